// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/palette.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "plan/values.h"

namespace imgmill::plan {
namespace {

constexpr std::string_view kSpace = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// GIMP: "R G B Name"; headers and comments give nothing.
std::optional<image::Rgba> gimp_color(std::string_view line) {
  if (line.front() == '#' || line.starts_with("Name:") || line.starts_with("Columns:")) return std::nullopt;
  int channels[3] = {};
  for (int& channel : channels) {
    line = trimmed(line);
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), channel);
    if (error != std::errc() || channel < 0 || channel > 255) {
      throw base::Error(base::ErrorKind::usage, "must be three numbers from 0 to 255");
    }
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  }
  return image::Rgba{static_cast<std::uint8_t>(channels[0]), static_cast<std::uint8_t>(channels[1]),
                     static_cast<std::uint8_t>(channels[2]), 255};
}

std::optional<image::Rgba> plain_color(std::string_view line) {
  if (line.front() == ';' || line.starts_with("//")) return std::nullopt;
  return parse_color(line);
}

}  // namespace

std::vector<image::Rgba> parse_palette(std::string_view text) {
  constexpr std::string_view kGimpMagic = "GIMP Palette";
  const bool gimp = text.starts_with(kGimpMagic);
  std::vector<image::Rgba> colors;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || (gimp && number == 1)) continue;
    try {
      const auto color = gimp ? gimp_color(line) : plain_color(line);
      if (color && std::find(colors.begin(), colors.end(), *color) == colors.end()) colors.push_back(*color);
    } catch (const base::Error& error) {
      throw base::Error(base::ErrorKind::usage, fmt::format("must be a palette, but line {} {}", number, error.what()));
    }
  }
  if (colors.empty()) throw base::Error(base::ErrorKind::usage, "must be a palette with at least one colour");
  return colors;
}

std::vector<image::Rgba> read_palette(const std::filesystem::path& path) {
  base::Bytes bytes;
  try {
    bytes = base::read_file(path);
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("must be a palette file: {}: {}", path.string(), error.what()));
  }
  return parse_palette({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace imgmill::plan
