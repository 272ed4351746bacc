// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Text to values, for flags, environment variables and configuration files alike. Each parser throws Error{usage}
// whose message starts with "must be …", so that the caller can put the name of the setting before it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image/image.h"

namespace imgmill::plan {

// `range` inclusive; the message names it.
std::int64_t parse_int(std::string_view text, std::int64_t min, std::int64_t max);
double parse_number(std::string_view text, double min, double max);

// 1500, 64K, 2M, 1.5GiB: powers of 1024, with or without B or iB. At least 1.
std::uint64_t parse_size(std::string_view text);

// 90, 45s, 90m, 12h, 30d, 4w: whole numbers, seconds where there is no unit.
std::chrono::seconds parse_duration(std::string_view text);

// on, true, yes, 1 or off, false, no, 0.
bool parse_switch(std::string_view text);

// #rgb or #rrggbb.
image::Rgba parse_color(std::string_view text);

// The words between commas.
std::vector<std::string> split_list(std::string_view text);

std::string format_number(double value);       // the shortest text that reads back as the same number
std::string format_size(std::uint64_t bytes);  // "512M" where that is exact, else bytes
std::string format_color(image::Rgba color);

}  // namespace imgmill::plan
