// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What can be asked of compression. The defaults are the balanced preset.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "codec/encode.h"
#include "codec/metadata.h"
#include "image/image.h"
#include "image/resize.h"

namespace imgmill::compress {

enum class Fit {
  inside,     // the whole picture inside the box
  crop,       // the box filled, what is too much cut off evenly
  attention,  // the box filled with what draws the eye
};

// Quality by format, 0–100 as codec::EncodeOptions counts; absent: the general one.
struct Qualities {
  std::optional<int> avif, webp, jpeg;
  std::optional<int> of(codec::Format format) const;
};

// A size that is made of every picture.
struct Variant {
  std::string name;        // part of the file's name; empty for the only one
  image::Size box;         // px; 0 × 0: the picture's own size
  std::optional<Fit> fit;  // absent: the general one
  Qualities quality;
};

enum class ChromaChoice {
  automatic,  // whichever takes fewer bytes for the same closeness; 4:2:0 where nothing is measured
  half,
  full,
};
enum class LightChoice { automatic, srgb, linear };

struct CompressParams {
  int avif_quality = 80, webp_quality = 80, jpeg_quality = 85;
  int avif_speed = 6;
  int webp_method = 4;
  int avif_threads = 1;
  int min_quality = 1, max_quality = 100;  // of a search

  std::vector<codec::Format> formats = {codec::Format::avif, codec::Format::webp, codec::Format::jpeg};
  bool best = false;  // of the formats only the smallest result that reaches the target is kept
  std::vector<Variant> variants = {Variant{}};
  Fit fit = Fit::inside;
  LightChoice light = LightChoice::automatic;
  ChromaChoice chroma = ChromaChoice::automatic;
  codec::JpegTables jpeg_tables = codec::JpegTables::tuned;
  bool lossless = false;
  std::optional<image::Rgba> background;  // under transparency where the format has none; absent: white
  codec::Keep keep;
  bool allow_larger = false;
};

// The numeric parameters, in the order of --help.
std::span<const base::Field<CompressParams>> compress_fields();

// "thumbnail=150:crop:jpeg=80,full=1920x1080,original=0": NAME=SIZE with options. SIZE is N (a square box), WxH, or 0
// for the picture's own size; an option is inside, crop, attention, or FORMAT=QUALITY. Throws Error{usage} whose
// message starts with "must".
std::vector<Variant> parse_variants(std::string_view text);
std::string format_variants(std::span<const Variant> variants);

// "avif,webp,jpeg,png": throws Error{usage} likewise. `best` is set by the word best, alone (avif, webp, jpeg and png)
// or beside formats.
struct Formats {
  std::vector<codec::Format> formats;
  bool best = false;
};
Formats parse_formats(std::string_view text);
std::string format_formats(const Formats& formats);

// What a file's extension (jpg, jpeg, webp, avif, png, in any case) says that it should hold.
std::optional<codec::Format> format_of_file(std::string_view path);

// What the file's name ends in: "jpg", "webp", …
std::string_view extension(codec::Format format);

// The options of one encode for a variant.
codec::EncodeOptions encode_options(const CompressParams& params, const Variant& variant, codec::Format format);

}  // namespace imgmill::compress
