// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A Value as bytes, for a file or a server: self-describing, with the key it belongs to and a checksum over all of
// it. What isn't wholly intact is not read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "cache/key.h"
#include "cache/value.h"

namespace imgmill::cache {

// Compressed where that saves a sixteenth or more. Empty when note and tags together pass 1 MB: they are to be small.
base::Bytes pack(const Key& key, const Value& value);

// Null for anything but what pack made for this very key, unharmed.
ValuePtr unpack(const Key& key, base::Bytes packed);

// What an entry's first kHeadSize bytes say about its sizes; nullopt where that is no beginning of one. Nothing in it
// is proven: compare it with what there is before making room for it.
constexpr std::size_t kHeadSize = 56;
struct Extent {
  std::uint64_t prefix = 0;  // up to the payload: what tags_of needs; at most a little over 1 MB
  std::uint64_t whole = 0;
};
std::optional<Extent> extent_of(base::ByteView head);

// The tags of an entry of which only the prefix was read, so without a look at the checksum: good
// for choosing what to throw away and for nothing else. Empty for what is no entry.
std::vector<std::string> tags_of(base::ByteView prefix);

}  // namespace imgmill::cache
