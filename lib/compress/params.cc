// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/params.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

#include "base/error.h"

namespace imgmill::compress {
namespace {

using codec::Format;

constexpr int kLargestBox = 65535;

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

int parse_count(std::string_view text, int most, std::string_view what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) {
    refuse(fmt::format("must have a {} of 0-{}, not '{}'", what, most, text));
  }
  return value;
}

image::Size parse_box(std::string_view text) {
  const auto cross = text.find('x');
  const int width = parse_count(text.substr(0, cross), kLargestBox, "size");
  const int height = cross == std::string_view::npos ? width : parse_count(text.substr(cross + 1), kLargestBox, "size");
  if ((width == 0) != (height == 0)) refuse(fmt::format("must have sizes of N, WxH or 0, not '{}'", text));
  return {width, height};
}

std::optional<Format> format_named(std::string_view name) {
  if (name == "avif") return Format::avif;
  if (name == "webp") return Format::webp;
  if (name == "jpeg" || name == "jpg") return Format::jpeg;
  if (name == "png") return Format::png;
  return std::nullopt;
}

std::optional<int>* quality_slot(Qualities& qualities, std::string_view format) {
  if (format == "avif") return &qualities.avif;
  if (format == "webp") return &qualities.webp;
  if (format == "jpeg" || format == "jpg") return &qualities.jpeg;
  return nullptr;
}

std::string_view to_text(Fit fit) { return fit == Fit::inside ? "inside" : fit == Fit::crop ? "crop" : "attention"; }

void take_option(std::string_view option, Variant& variant) {
  for (const Fit fit : {Fit::inside, Fit::crop, Fit::attention}) {
    if (option == to_text(fit)) {
      variant.fit = fit;
      return;
    }
  }
  const auto equals = option.find('=');
  auto* slot = equals == std::string_view::npos ? nullptr : quality_slot(variant.quality, option.substr(0, equals));
  if (slot == nullptr) {
    refuse(fmt::format("must have options of inside, crop, attention or avif|webp|jpeg=QUALITY, not '{}'", option));
  }
  *slot = parse_count(option.substr(equals + 1), 100, "quality");
}

Variant parse_variant(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  if (equals == std::string_view::npos || name.empty() || name.find_first_of("/\\:{}") != std::string_view::npos) {
    refuse(fmt::format("must be NAME=SIZE, several with a comma between, not '{}'", text));
  }
  const std::vector<std::string_view> parts = split(text.substr(equals + 1), ':');
  Variant variant;
  variant.name = name;
  variant.box = parse_box(parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) take_option(parts[i], variant);
  return variant;
}

}  // namespace

std::optional<int> Qualities::of(Format format) const {
  return format == Format::avif ? avif : format == Format::webp ? webp : format == Format::jpeg ? jpeg : std::nullopt;
}

std::span<const base::Field<CompressParams>> compress_fields() {
  using P = CompressParams;
  static constexpr base::Field<P> kFields[] = {
      {"avif_quality", &P::avif_quality, 0, 100, "quality", "Quality of AVIF, as avifenc -q counts (libavif 1.x)."},
      {"webp_quality", &P::webp_quality, 0, 100, "quality", "Quality of WebP, as cwebp -q counts."},
      {"jpeg_quality", &P::jpeg_quality, 1, 100, "quality", "Quality of JPEG, close to what cjpeg -quality gives."},
      {"avif_speed", &P::avif_speed, 0, 10, "speed", "Speed of the AVIF encoder; lower is slower and smaller."},
      {"webp_method", &P::webp_method, 0, 6, "method", "Effort of the WebP encoder; higher is slower and smaller."},
      {"avif_threads", &P::avif_threads, 1, 64, "threads",
       "Threads of one AVIF encode; the bytes of 1 and of more differ."},
      {"min_quality", &P::min_quality, 0, 100, "quality", "The lowest quality that a search may choose."},
      {"max_quality", &P::max_quality, 0, 100, "quality", "The highest quality that a search may choose."},
  };
  return kFields;
}

std::vector<Variant> parse_variants(std::string_view text) {
  std::vector<Variant> variants;
  std::set<std::string> names;
  for (const std::string_view part : split(text, ',')) {
    variants.push_back(parse_variant(part));
    if (!names.insert(variants.back().name).second) {
      refuse(fmt::format("must have names that differ; '{}' stands twice", variants.back().name));
    }
  }
  return variants;
}

std::string format_variants(std::span<const Variant> variants) {
  std::string text;
  for (const Variant& variant : variants) {
    if (variant.name.empty()) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", variant.name, variant.box.width);
    if (variant.box.height != variant.box.width) text += fmt::format("x{}", variant.box.height);
    if (variant.fit) text += fmt::format(":{}", to_text(*variant.fit));
    if (variant.quality.avif) text += fmt::format(":avif={}", *variant.quality.avif);
    if (variant.quality.webp) text += fmt::format(":webp={}", *variant.quality.webp);
    if (variant.quality.jpeg) text += fmt::format(":jpeg={}", *variant.quality.jpeg);
  }
  return text;
}

Formats parse_formats(std::string_view text) {
  Formats result;
  for (const std::string_view name : split(text, ',')) {
    if (name == "best") {
      result.best = true;
      continue;
    }
    const std::optional<Format> format = format_named(name);
    if (!format) refuse(fmt::format("must be some of avif, webp, jpeg, png and best, not '{}'", name));
    if (std::find(result.formats.begin(), result.formats.end(), *format) == result.formats.end()) {
      result.formats.push_back(*format);
    }
  }
  if (result.formats.empty()) result.formats = {Format::avif, Format::webp, Format::jpeg, Format::png};
  return result;
}

std::string format_formats(const Formats& formats) {
  std::string text = formats.best ? "best" : "";
  for (const Format format : formats.formats) {
    text += fmt::format("{}{}", text.empty() ? "" : ",", codec::to_string(format));
  }
  return text;
}

std::optional<Format> format_of_file(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == path.npos) return std::nullopt;
  std::string name(path.substr(dot + 1));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return format_named(name);
}

std::string_view extension(Format format) { return format == Format::jpeg ? "jpg" : codec::to_string(format); }

codec::EncodeOptions encode_options(const CompressParams& params, const Variant& variant, Format format) {
  codec::EncodeOptions options;
  const int general = format == Format::avif   ? params.avif_quality
                      : format == Format::webp ? params.webp_quality
                                               : params.jpeg_quality;
  options.quality = variant.quality.of(format).value_or(general);
  options.lossless = format == Format::png || (params.lossless && format != Format::jpeg);
  options.chroma = params.chroma == ChromaChoice::full ? codec::Chroma::full : codec::Chroma::half;
  options.jpeg_tables = params.jpeg_tables;
  options.webp_method = params.webp_method;
  options.avif_speed = params.avif_speed;
  options.avif_threads = params.avif_threads;
  return options;
}

}  // namespace imgmill::compress
