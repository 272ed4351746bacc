// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Input files for the decoder tests, made at test time with the formats' own encoders.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "codec/codec.h"

namespace imgmill::test {

struct Colour {
  int r = 0, g = 0, b = 0, a = 255;
};

// The picture of tests/data/quadrants: 16 × 12, red and green above blue and white.
inline constexpr int kWidth = 16, kHeight = 12;
inline constexpr std::array<Colour, 4> kQuadrants{{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}}};
std::vector<std::uint8_t> quadrant_samples(int channels);  // 3, or 4 with the white quarter at alpha 128

// The four corners of a picture: top left, top right, bottom left, bottom right.
std::array<Colour, 4> corners(const image::Image& image);

// The greatest difference of any channel.
int distance(const Colour& a, const Colour& b);
int distance(const std::array<Colour, 4>& a, const std::array<Colour, 4>& b);

base::Bytes read_fixture(const std::string& name);  // of tests/data

// What decode() throws for these bytes; fails the test when it throws nothing or something else.
base::Error decode_error(base::ByteView bytes, const image::Limits& limits = {});

// PNG with `samples` as libspng's SPNG_FMT_PNG wants them (16-bit in host order, bits packed).
struct PngRecipe {
  int width = kWidth, height = kHeight;
  int bit_depth = 8, colour_type = 2;
  bool interlaced = false;
  std::vector<Colour> palette;
  std::vector<int> transparent;  // tRNS: one grey, three of RGB, or the palette's alphas
  base::Bytes icc;
  base::Bytes exif;
  std::string xmp;
};
base::Bytes make_png(const PngRecipe& recipe, base::ByteView samples);

enum class JpegKind { rgb, grey, cmyk, progressive };
base::Bytes make_jpeg(JpegKind kind, int width, int height, base::ByteView samples);
// A segment behind the start marker.
base::Bytes with_segment(const base::Bytes& jpeg, std::uint8_t marker, base::ByteView payload);
base::Bytes with_exif_orientation(const base::Bytes& jpeg, int orientation);
base::Bytes with_icc(const base::Bytes& jpeg, const base::Bytes& icc, std::size_t piece = 60000);

base::Bytes exif_block(int orientation, bool big_endian = false);

// A description, orientation, a copyright line, a maker note, a position (kLatitude, kLongitude as stored) and a
// thumbnail whose bytes are kThumbnail.
base::Bytes full_exif(int orientation = 1);
inline const base::Bytes kLatitude{47, 0, 0, 0, 1, 0, 0, 0, 22, 0, 0, 0, 1, 0, 0, 0, 0x93, 0x0f, 0, 0, 100, 0, 0, 0};
inline const base::Bytes kLongitude{8, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0x67, 0x12, 0, 0, 100, 0, 0, 0};
inline const std::string kMakerNote = "a maker's secret: 47.3777 north";
inline const base::Bytes kThumbnail{0xff, 0xd8, 0xff, 0xdb, 't', 'h', 'u', 'm', 'b', 0xff, 0xd9, 0};
// A packet with a title and a position, as attributes and as an element.
std::string full_xmp();

bool contains(base::ByteView bytes, base::ByteView part);
bool contains(base::ByteView bytes, const std::string& part);

base::Bytes with_exif(const base::Bytes& jpeg, const base::Bytes& exif);
base::Bytes with_xmp(const base::Bytes& jpeg, const std::string& xmp);

base::Bytes make_webp(int width, int height, base::ByteView samples, bool lossless);
// Extended container around it: ICC, EXIF and XMP, or an animation whose first frame stands at x, y.
base::Bytes with_webp_chunks(const base::Bytes& webp, const base::Bytes& icc, const base::Bytes& exif,
                             const std::string& xmp = "");
base::Bytes make_animated_webp(int canvas_width, int canvas_height, int x, int y, const base::Bytes& first,
                               const base::Bytes& second);

// Profiles made with lcms2.
base::Bytes srgb_profile();
base::Bytes swapped_profile();     // red and green primaries exchanged
base::Bytes adobe_like_profile();  // a wider green, gamma 2.2
base::Bytes gamma_profile();       // the primaries of sRGB, gamma 2.2
base::Bytes grey_profile(double gamma);
base::Bytes cmyk_profile();  // a table that says: all ink combinations are pure green

}  // namespace imgmill::test
