// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/portrait.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "codec/jpeg_quality.h"
#include "features/extract.h"
#include "pipeline/recipes.h"

namespace imgmill::pipeline {
namespace {

using features::Feature;
using features::Features;

// One number a line, in the order of the list: shortest digits that give the same number back.
base::Bytes to_bytes(const Features& features) {
  std::string text;
  for (const Feature& feature : features::feature_list()) text += fmt::format("{}\n", features.*feature.member);
  return {text.begin(), text.end()};
}

std::optional<Features> from_bytes(base::ByteView bytes) {
  const char* at = reinterpret_cast<const char*>(bytes.data());
  const char* const end = at + bytes.size();
  Features features;
  for (const Feature& feature : features::feature_list()) {
    const auto parsed = std::from_chars(at, end, features.*feature.member);
    if (parsed.ec != std::errc() || parsed.ptr == end) return std::nullopt;
    at = parsed.ptr + 1;
  }
  return features;
}

}  // namespace

double jpeg_quality_of(base::ByteView file) {
  const std::optional<codec::JpegQuality> found = codec::jpeg_quality(file);
  return found ? found->quality / 100.0 : 1;
}

Features features_of(const base::Digest& input, double jpeg_quality, const std::function<image::Image()>& decode,
                     const ResultCache& cache, const base::Stop& stop, base::StageClock& clock) {
  const auto measure = [&] {
    const image::Image picture = decode();
    const base::StageClock::Scope timed(&clock, "features");
    Features features = features::extract(picture, stop);
    features.jpeg_quality = jpeg_quality;
    return features;
  };
  if (!cache) return measure();
  const cache::Key key = features_key(input);
  std::optional<Result> found = cache.find(key, clock);
  if (!found)
    found = cache.make(
        key,
        [&] {
          return Fresh{to_bytes(measure()), {}};
        },
        stop, clock);
  const std::optional<Features> kept = from_bytes(found->bytes());
  return kept ? *kept : measure();
}

Portrait describe(const Features& features, const features::Verdict& verdict) {
  Portrait portrait;
  portrait.kind = features::to_string(verdict.kind);
  portrait.confidence = verdict.confidence;
  portrait.decided_by = verdict.decided_by;
  for (const Feature& feature : features::feature_list()) {
    portrait.features.emplace_back(feature.name, features.*feature.member);
  }
  return portrait;
}

}  // namespace imgmill::pipeline
