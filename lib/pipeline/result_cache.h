// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Finished results, so that none is made twice: the bytes of a file together with what its record says of it. A result
// from the cache and one that was just made are the same in all but the time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stage_clock.h"
#include "base/stop.h"
#include "cache/layered_store.h"
#include "pipeline/outcome.h"

namespace imgmill::pipeline {

// What is known of a result beside its bytes, wherever it is put and whatever gates it has to pass.
struct Facts {
  int width = 0, height = 0;
  std::optional<int> quality{};
  std::optional<double> ssim{}, worst_block{}, psnr{};
  bool reached = true;       // the target that was searched for
  bool is_original = false;  // the source's own bytes were the better result
  bool is_fallback = false;  // of another format than was asked for first
  std::string engine{};
  std::string kind{}, preset{};  // the picture's class, and what was chosen for it
  std::vector<std::string> warnings{};

  bool operator==(const Facts&) const = default;
};

// As a cache's note, and back; what is missing or no number stays at its default.
std::map<std::string, std::string> to_note(const Facts& facts);
Facts from_note(const std::map<std::string, std::string>& note);

struct Result {
  cache::ValuePtr value{};  // holds the bytes
  Facts facts{};
  std::string_view tier{};  // of the cache that had it; empty: made just now

  base::ByteView bytes() const { return value->bytes; }
  // All that the cache and the facts say.
  void describe(Output& output) const;
};

struct Fresh {
  base::Bytes bytes;
  Facts facts;
};

// Copyable; a default one has nothing and keeps nothing.
class ResultCache {
 public:
  ResultCache() = default;
  // `store` outlives every copy. Whatever is kept gets the tags.
  ResultCache(cache::LayeredStore& store, std::vector<std::string> tags) : store_(&store), tags_(std::move(tags)) {}

  explicit operator bool() const { return store_ != nullptr; }

  // Nothing where it isn't there.
  std::optional<Result> find(const cache::Key& key, base::StageClock& clock) const;

  // For what wasn't found, or (without a key) isn't looked for: makes it, unless another is just making it, and keeps
  // it. Throws as `make` and `stop` do.
  using Make = std::function<Fresh()>;
  Result make(const std::optional<cache::Key>& key, const Make& make, const base::Stop& stop,
              base::StageClock& clock) const;

 private:
  cache::LayeredStore* store_ = nullptr;
  std::vector<std::string> tags_{};
};

}  // namespace imgmill::pipeline
