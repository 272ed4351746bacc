// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Text for people and for JSON out of bytes that may be anything: a file's name can hold every byte but '/' and NUL.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace imgmill::report {

// One line: control characters and bytes that are no UTF-8 are shown as \n, \t, \xNN.
std::string printable(std::string_view text);

// With quotes, as a JSON string; bytes that are no UTF-8 become U+FFFD, so that the line stays valid.
std::string json_string(std::string_view text);

// A JSON number of at most `decimals` decimals without trailing zeros; null for what is not finite.
std::string json_number(double value, int decimals);

// "812 B", "3.4 KB", "1.2 MB": powers of 1024.
std::string human_bytes(std::uint64_t bytes);

// `text`, which is printable, in `width` columns: padded, or shortened in front, where a path has least to say.
std::string fitted(std::string_view text, std::size_t width);

// Writes to `stream` and never throws: a log that is full or gone must not end the work that it tells of.
void say(std::FILE* stream, const std::string& text);

}  // namespace imgmill::report
