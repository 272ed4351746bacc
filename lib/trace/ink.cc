// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/ink.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "base/module.h"
#include "trace/paper_module.h"

namespace imgmill::trace {
namespace {

// The pixels whose four neighbours are close to them: ground and solid ink, not edges.
Histogram flat_histogram(const Plane& plane) {
  constexpr int kClose = 6;
  Histogram histogram{};
  const int w = plane.width;
  for (int y = 1; y + 1 < plane.height; ++y) {
    const std::uint8_t* row = plane.at.data() + static_cast<std::size_t>(y) * w;
    for (int x = 1; x + 1 < w; ++x) {
      const int v = row[x];
      const int most = std::max(
          {std::abs(row[x - 1] - v), std::abs(row[x + 1] - v), std::abs(row[x - w] - v), std::abs(row[x + w] - v)});
      histogram[v] += most <= kClose;
    }
  }
  return histogram;
}

// Whether flat ground spreads over the levels between the two classes, as it does under uneven light: then no one
// threshold parts ink from paper. A patch in a middle grey takes few levels and doesn't count.
bool uneven(const Histogram& flat, const Split& split) {
  const double third = (split.light - split.dark) / 3;
  const int from = int(split.dark + third), to = int(split.light - third);
  std::int64_t all = 0;
  for (const std::int64_t n : flat) all += n;
  const auto populated = std::count_if(flat.begin() + from, flat.begin() + to + 1,
                                       [&](std::int64_t n) { return n > 0 && n * 2000 >= all; });
  return to - from >= 8 && populated * 2 > to - from;
}

// Under uneven light there is no one threshold; the paper is made even first.
void even_out(Plane& plane) {
  using EvenOut = decltype(&imgmill_even_out_paper);
  static const auto call = reinterpret_cast<EvenOut>(base::module_symbol("paper", "imgmill_even_out_paper"));
  if (call(plane.at.data(), plane.width, plane.height) != 0) throw std::bad_alloc();
}

Histogram histogram_of(const Plane& plane) {
  Histogram histogram{};
  for (const std::uint8_t v : plane.at) ++histogram[v];
  return histogram;
}

}  // namespace

// Otsu 1979.
Split otsu(const Histogram& histogram) {
  double count = 0, sum = 0;
  for (int v = 0; v < 256; ++v) count += double(histogram[v]), sum += double(histogram[v]) * v;
  Split best;
  best.dark = best.light = count > 0 ? sum / count : 255;
  double most = 0, dark_count = 0, dark_sum = 0;
  for (int v = 0; v < 255; ++v) {
    dark_count += double(histogram[v]), dark_sum += double(histogram[v]) * v;
    const double light_count = count - dark_count;
    if (dark_count == 0 || light_count == 0) continue;
    const double dark = dark_sum / dark_count, light = (sum - dark_sum) / light_count;
    const double between = dark_count * light_count * (light - dark) * (light - dark);
    if (between > most) most = between, best = {v + 1, dark, light};
  }
  return best;
}

void invert(Plane& plane) {
  for (std::uint8_t& v : plane.at) v = static_cast<std::uint8_t>(255 - v);
}

bool ink_holds_the_rim(const Plane& plane) {
  const int w = plane.width, h = plane.height;
  std::int64_t balance = 0;
  const auto count = [&](int x, int y) { balance += plane.ink(static_cast<std::size_t>(y) * w + x) ? 1 : -1; };
  for (int x = 0; x < w; ++x) count(x, 0), count(x, h - 1);
  for (int y = 1; y + 1 < h; ++y) count(0, y), count(w - 1, y);
  if (balance != 0) return balance > 0;
  for (std::size_t i = 0; i < plane.at.size(); ++i) balance += plane.ink(i) ? 1 : -1;
  return balance > 0;
}

std::vector<std::uint8_t> cores_of(const Plane& plane) {
  const int w = plane.width, h = plane.height;
  std::vector<std::uint8_t> core(plane.at.size());
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * w + x;
      const bool ink = plane.ink(i);
      core[i] = (x == 0 || plane.ink(i - 1) == ink) && (x + 1 == w || plane.ink(i + 1) == ink) &&
                (y == 0 || plane.ink(i - w) == ink) && (y + 1 == h || plane.ink(i + w) == ink);
    }
  }
  return core;
}

int median(const Histogram& histogram) {
  std::int64_t all = 0, below = 0;
  for (const std::int64_t n : histogram) all += n;
  for (int v = 0; v < 256; ++v) {
    below += histogram[v];
    if (below * 2 > all) return v;
  }
  return 255;
}

void set_level(Plane& plane) {
  const std::vector<std::uint8_t> core = cores_of(plane);
  Histogram ink{}, paper{};
  for (std::size_t i = 0; i < plane.at.size(); ++i) {
    if (core[i]) ++(plane.ink(i) ? ink : paper)[plane.at[i]];
  }
  const std::int64_t enough = 8;
  const auto count = [](const Histogram& h) {
    std::int64_t n = 0;
    for (const std::int64_t v : h) n += v;
    return n;
  };
  if (count(ink) < enough || count(paper) < enough) return;  // hairlines only: Otsu's threshold stays
  plane.level = (median(ink) + median(paper)) / 2.0;
}

bool separate(Plane& plane) {
  constexpr double kLeastContrast = 12;  // levels; below that it is noise
  const Split split = otsu(histogram_of(plane));
  if (split.light - split.dark < kLeastContrast) return false;
  plane.level = split.below - 0.5;
  if (uneven(flat_histogram(plane), split)) {
    even_out(plane);
    plane.level = otsu(histogram_of(plane)).below - 0.5;
  } else if (ink_holds_the_rim(plane)) {
    invert(plane);
    plane.level = 255 - plane.level;
  }
  set_level(plane);
  return true;
}

}  // namespace imgmill::trace
