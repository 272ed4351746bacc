// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where and with what a benchmark runs, for its records.
#pragma once

#include <filesystem>
#include <span>

#include "bench/results.h"
#include "codec/codec.h"

namespace imgmill::bench {

// The time, the machine, the revision of the current folder, and the libraries that read and draw pictures and that
// write `formats`. Throws Error{internal} where one of these can't be loaded.
Setting this_setting(std::span<const codec::Format> formats);

// What a record says of an input; without digest where it can't be read, which its runs will say.
Image image_of(const std::filesystem::path& path);

}  // namespace imgmill::bench
