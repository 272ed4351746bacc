// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the colours that a drawing may use. Two kinds of file: GIMP's .gpl, or plain text with one #rrggbb (or #rgb) a
// line, where blank lines and lines that start with ';' or '//' are comments.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "image/image.h"

namespace imgmill::plan {

// In the file's order, without repeats. Throws Error{usage} whose message starts with "must …", with the line's number.
std::vector<image::Rgba> parse_palette(std::string_view text);
std::vector<image::Rgba> read_palette(const std::filesystem::path& path);

}  // namespace imgmill::plan
