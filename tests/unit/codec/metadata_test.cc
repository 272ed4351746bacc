// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/metadata.h"

#include <catch2/catch.hpp>
#include <string>

#include "codec/exif.h"
#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;
using codec::Keep;
using codec::Metadata;

Metadata full(int orientation = 6) {
  const std::string xmp = full_xmp();
  return {base::Bytes{1, 2, 3}, full_exif(orientation), base::Bytes(xmp.begin(), xmp.end())};
}

Metadata kept(const Metadata& metadata, const Keep& keep) {
  std::vector<std::string> warnings;
  const Metadata result = codec::kept(metadata, keep, warnings);
  CHECK(warnings.empty());
  return result;
}

TEST_CASE("kept: the samples hold what the tests below miss") {
  const Metadata metadata = full();
  CHECK(codec::exif_orientation(metadata.exif) == 6);
  for (const base::Bytes& part : {kLatitude, kLongitude, kThumbnail}) CHECK(contains(metadata.exif, part));
  for (const char* text : {"four quarters", "(c) nobody", "lens!"}) CHECK(contains(metadata.exif, text));
  CHECK(contains(metadata.exif, kMakerNote));
}

TEST_CASE("kept: nothing that was not asked for") {
  const Metadata none = kept(full(), {});
  CHECK((none.icc.empty() && none.exif.empty() && none.xmp.empty()));
  CHECK(kept(full(), {.icc = true}).icc == base::Bytes{1, 2, 3});
  CHECK(kept(full(), {.icc = true}).exif.empty());
  CHECK(kept(full(), {.exif = true}).xmp.empty());
  CHECK(kept(full(), {.xmp = true}).exif.empty());
  CHECK(kept({}, {true, true, true, true}).exif.empty());
}

TEST_CASE("kept: EXIF without position, maker's note and thumbnail, upright") {
  const Metadata result = kept(full(), {.exif = true});
  REQUIRE_FALSE(result.exif.empty());
  CHECK(codec::exif_orientation(result.exif) == 1);
  for (const char* text : {"four quarters", "(c) nobody", "lens!"}) CHECK(contains(result.exif, text));
  for (const base::Bytes& part : {kLatitude, kLongitude, kThumbnail}) CHECK_FALSE(contains(result.exif, part));
  CHECK_FALSE(contains(result.exif, kMakerNote));
  CHECK_FALSE(contains(result.exif, "thumb"));
  // Not even the entry that pointed at the positions.
  CHECK_FALSE(contains(result.exif, base::Bytes{0x25, 0x88, 4, 0}));
}

TEST_CASE("kept: positions where they are asked for") {
  const Metadata result = kept(full(), {.exif = true, .xmp = true, .gps = true});
  CHECK(contains(result.exif, kLatitude));
  CHECK(contains(result.exif, kLongitude));
  CHECK_FALSE(contains(result.exif, kThumbnail));
  CHECK_FALSE(contains(result.exif, kMakerNote));
  CHECK(contains(result.xmp, "47,22.6645N"));
  CHECK(contains(result.xmp, "8,32.7852E"));
}

TEST_CASE("kept: XMP without positions, upright") {
  const Metadata result = kept(full(), {.xmp = true});
  CHECK(contains(result.xmp, "four quarters"));
  CHECK(contains(result.xmp, "image/jpeg"));
  CHECK(result.xmp.size() <= full().xmp.size());  // no padding
  for (const char* text : {"47,22", "8,32", "GPS", "Orientation=\"6\""}) CHECK_FALSE(contains(result.xmp, text));
  CHECK(contains(result.xmp, "tiff:Orientation=\"1\""));
}

TEST_CASE("kept: positions by any other name") {
  const std::string xmp =
      R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">)"
      R"(<rdf:Description rdf:about="" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" )"
      R"(xmlns:d="http://www.dji.com/drone-dji/1.0/" xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" )"
      R"(xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" )"
      R"(geo:lat="47.3777" d:GpsLatitude="47.3777" d:RtkStdLat="47.3777" dc:source="a camera">)"
      R"(<i:LocationCreated><rdf:Bag><rdf:li rdf:parseType="Resource"><i:City>Zurich</i:City>)"
      R"(<e:GPSLatitude>47.3777</e:GPSLatitude></rdf:li></rdf:Bag></i:LocationCreated>)"
      R"(</rdf:Description></rdf:RDF></x:xmpmeta>)";
  const Metadata metadata{{}, {}, base::Bytes(xmp.begin(), xmp.end())};
  const Metadata result = kept(metadata, {.xmp = true});
  CHECK(contains(result.xmp, "a camera"));
  CHECK(contains(result.xmp, "Zurich"));  // a name, not a position
  CHECK_FALSE(contains(result.xmp, "47.3777"));
  CHECK(contains(kept(metadata, {.xmp = true, .gps = true}).xmp, "47.3777"));
}

TEST_CASE("kept: what is damaged is dropped with a warning") {
  std::vector<std::string> warnings;
  const std::string text = "this is neither";
  const base::Bytes junk(text.begin(), text.end());
  const Metadata result = codec::kept({{}, junk, junk}, {.exif = true, .xmp = true}, warnings);
  CHECK((result.exif.empty() && result.xmp.empty()));
  CHECK(warnings == std::vector<std::string>{"its EXIF is damaged; not kept", "its XMP is damaged; not kept"});
}

TEST_CASE("kept: any cut or changed block is survived") {
  const base::Bytes exif = full_exif();
  const std::string xmp = full_xmp();
  std::vector<std::string> warnings;
  for (std::size_t size = 0; size < exif.size(); ++size) {
    const Metadata result =
        codec::kept({{}, base::Bytes(exif.begin(), exif.begin() + static_cast<std::ptrdiff_t>(size)), {}},
                    {.exif = true}, warnings);
    REQUIRE_FALSE(contains(result.exif, kMakerNote));
  }
  for (std::size_t i = 0; i < exif.size(); ++i) {
    base::Bytes changed = exif;
    changed[i] ^= 0xff;
    codec::kept({{}, changed, {}}, {.exif = true}, warnings);
  }
  for (std::size_t size = 0; size < xmp.size(); size += 7) {
    codec::kept({{}, {}, base::Bytes(xmp.begin(), xmp.begin() + static_cast<std::ptrdiff_t>(size))}, {.xmp = true},
                warnings);
  }
}

}  // namespace
}  // namespace imgmill
