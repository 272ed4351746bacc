// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/make_output.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "codec/codec.h"
#include "compress/closeness.h"
#include "compress/probe.h"
#include "plan/search.h"

namespace imgmill::pipeline {
namespace {

using base::StageClock;
using codec::Chroma;
using codec::EncodeOptions;
using codec::Format;
using Scope = StageClock::Scope;

// All that the encodes of one output have in common.
struct Bench {
  const image::Image& picture;
  Format format;
  const compress::CompressParams& params;
  const codec::Metadata& metadata;
  const base::Stop& stop;
  StageClock& clock;
  int encodes = 0;

  Made encode(const EncodeOptions& options) {
    stop.check();
    const Scope timed(&clock, "encode", codec::to_string(format));
    ++encodes;
    Made made{codec::encode(picture, format, options, metadata).bytes, options, {}, {}, 0};
    if (!options.lossless) made.quality = options.quality;
    return made;
  }

  void score(Made& made) const { made.score = compress::closeness(picture, made.bytes, made.options, &clock); }
};

// The qualities that differ: AVIF has 64 quantizers for 101 of them.
std::vector<int> quality_levels(const Bench& bench, int at_most) {
  std::vector<int> levels;
  int last = -1;
  const int high = std::min(bench.params.max_quality, at_most);
  for (int quality = std::min(bench.params.min_quality, high); quality <= high; ++quality) {
    const int step = codec::quality_step(bench.format, quality);
    if (step != last) levels.push_back(quality);
    last = step;
  }
  return levels;
}

// Few enough colours that a lossless encoder has a chance: drawings, screenshots, pixel art.
bool looks_drawn(const image::Image& picture) {
  constexpr std::int64_t kLooks = 4096;
  constexpr std::size_t kFew = 256;
  const std::int64_t step = std::max<std::int64_t>(1, picture.pixels() / kLooks) | 1;
  std::vector<std::uint32_t> seen;
  for (std::int64_t i = 0; i < picture.pixels(); i += step) {
    const std::uint8_t* p = picture.data() + i * picture.channels();
    std::uint32_t key = 0;
    for (int c = 0; c < picture.channels(); ++c) key = key << 8 | p[c];
    seen.push_back(key);
  }
  std::sort(seen.begin(), seen.end());
  return static_cast<std::size_t>(std::unique(seen.begin(), seen.end()) - seen.begin()) <= kFew;
}

// The chroma that a sample of the picture takes fewer bytes with, when both reach the target.
compress::Probe probe_for(const Bench& bench, EncodeOptions& options, double target) {
  const Scope timed(&bench.clock, "probe");
  compress::Probe probe(bench.picture, bench.format, options);
  probe.aim_at_ssim(target);
  const bool has_choice = bench.format == Format::avif || bench.format == Format::jpeg;
  if (bench.params.chroma != compress::ChromaChoice::automatic || !has_choice) return probe;
  bench.stop.check();
  EncodeOptions other = options;
  other.chroma = Chroma::full;
  compress::Probe full(bench.picture, bench.format, other);
  full.aim_at_ssim(target);
  // What is expected not to reach it loses, and of two such the one that is farther off.
  const auto short_by = [&](const compress::Probe& p) {
    return std::max(0.0, p.log_error(bench.params.max_quality) - plan::log_error(target));
  };
  const auto cost = [&](const compress::Probe& p) { return std::pair(short_by(p), p.log_bytes_for_ssim(target)); };
  if (cost(full) >= cost(probe)) return probe;
  options.chroma = Chroma::full;
  return full;
}

Made search_ssim(Bench& bench, EncodeOptions options, double target) {
  const compress::Probe probe = probe_for(bench, options, target);
  const std::vector<int> levels = quality_levels(bench, 100);
  const auto forecast = [&](int k) {
    return probe.log_error(levels[static_cast<std::size_t>(k)]) - plan::log_error(target);
  };
  std::map<int, Made> made;
  const auto measure = [&](int k) {
    options.quality = levels[static_cast<std::size_t>(k)];
    Made& one = made[k] = bench.encode(options);
    bench.score(one);
    return plan::ssim_miss(one.score->ssim, target);
  };
  const plan::Found found = plan::search({0, static_cast<int>(levels.size()) - 1}, forecast, measure);
  Made best = std::move(made[found.candidate]);
  // WebP's half chroma can keep it from any higher target; its lossless mode reaches all of them.
  const bool only_lossless = !found.reached && bench.params.max_quality == 100;
  if (bench.format != Format::webp || !(only_lossless || looks_drawn(bench.picture))) return best;
  options.lossless = true;
  Made exact = bench.encode(options);
  if (found.reached && exact.bytes.size() >= best.bytes.size()) return best;
  bench.score(exact);
  return exact;
}

// The highest quality under that of `start` whose result fits; the smallest of all where none does.
Made search_bytes(Bench& bench, EncodeOptions options, Made start, std::uint64_t max_bytes) {
  if (options.lossless) return start;
  constexpr int kAbove = 101;  // where a search for a target ended without loss
  const double wanted = std::log(static_cast<double>(max_bytes));
  compress::Probe probe(bench.picture, bench.format, options);
  {
    const Scope timed(&bench.clock, "probe");
    probe.aim_at_bytes(static_cast<double>(max_bytes));
  }
  const std::vector<int> levels = quality_levels(bench, start.quality.value_or(kAbove) - 1);
  const auto level = [&](int k) { return levels[levels.size() - 1 - static_cast<std::size_t>(k)]; };
  std::map<int, Made> made;
  const auto measure = [&](int k) {
    options.quality = level(k);
    Made& one = made[k] = bench.encode(options);
    return std::log(static_cast<double>(one.bytes.size())) - wanted;
  };
  const auto forecast = [&](int k) { return probe.log_bytes(level(k)) - wanted; };
  if (levels.empty()) return start;
  const plan::Found found = plan::search({0, static_cast<int>(levels.size()) - 1}, forecast, measure);
  Made& best = made[found.candidate];
  return !found.reached && start.bytes.size() < best.bytes.size() ? std::move(start) : std::move(best);
}

}  // namespace

Made make_output(const image::Image& picture, Format format, const EncodeOptions& options,
                 const compress::CompressParams& params, const Goal& goal, const codec::Metadata& metadata,
                 const base::Stop& stop, StageClock& clock) {
  Bench bench{picture, format, params, metadata, stop, clock};
  const bool search = goal.target_ssim > 0 && !options.lossless;
  Made made = search ? search_ssim(bench, options, goal.target_ssim) : bench.encode(options);
  if (goal.max_bytes > 0 && made.bytes.size() > goal.max_bytes) {
    made = search_bytes(bench, options, std::move(made), goal.max_bytes);
  }
  if (!made.score && (goal.score || goal.target_ssim > 0)) bench.score(made);
  made.encodes = bench.encodes;
  return made;
}

}  // namespace imgmill::pipeline
