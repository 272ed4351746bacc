// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/shadow_scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace imgmill::trace {
namespace {

constexpr int kNear = 3;  // px: where mixtures are, and what they mix

template <class T>
std::vector<T> cut(const std::vector<T>& of, int width, const Window& w) {
  std::vector<T> out;
  out.reserve(static_cast<std::size_t>(w.width()) * w.height());
  for (int y = w.top; y < w.bottom; ++y) {
    const auto row = of.begin() + static_cast<std::ptrdiff_t>(y) * width;
    out.insert(out.end(), row + w.left, row + w.right);
  }
  return out;
}

}  // namespace

ShadowScene::ShadowScene(const Raster& raster, const Cores& cores, const ShadedGround& ground, const Cast& cast,
                         const Window& window)
    : shade_(ground.shade),
      raster_{window.width(), window.height(), cut(raster.at, raster.width, window)},
      core_(cut(cores.core, raster.width, window)),
      role_(cut(ground.role, raster.width, window)),
      depth_(width(), height()),
      seen_(width(), height()),
      caster_(width(), height()) {
  leave_out_others(cast, window);
  grow_ground();
  measure();
}

// Other shadows, and what casts them.
void ShadowScene::leave_out_others(const Cast& cast, const Window& window) {
  std::vector<std::uint8_t> own(role_.size());
  for (const Run& run : cast.runs) {
    const auto row = own.begin() + static_cast<std::ptrdiff_t>(run.y - window.top) * width();
    std::fill(row + (run.begin - window.left), row + (run.end - window.left), 1);
  }
  for (std::size_t i = 0; i < role_.size(); ++i) {
    if (own[i] == 0 && (role_[i] == kCaster || (is_ground(i) && shade_.reaches(raster_.at[i])))) role_[i] = kOther;
  }
}

// Next to an edge nothing is even in all directions: what goes on as it did on its way there is ground too.
void ShadowScene::grow_ground() {
  constexpr int kFar = 3;  // px
  const auto is_one = [&](std::size_t i) { return !is_ground(i) && goes_on(i); };
  std::vector<std::size_t> grown;
  const std::vector<std::uint8_t> rim = rim_of_ground();
  for (std::size_t i = 0; i < rim.size(); ++i) {
    if (rim[i] && goes_on(i)) grown.push_back(i);
  }
  for (int k = 1; !grown.empty(); ++k) {
    for (const std::size_t i : grown) role_[i] = kGround;
    if (k == kFar) return;
    std::vector<std::size_t> next;  // what looks at those
    const std::size_t w = static_cast<std::size_t>(width());
    for (const std::size_t i : grown) {
      for (const std::size_t by : {std::size_t{1}, std::size_t{2}, w, 2 * w}) {
        if (i >= by && is_one(i - by)) next.push_back(i - by);
        if (i + by < role_.size() && is_one(i + by)) next.push_back(i + by);
      }
    }
    grown = std::move(next);
  }
}

bool ShadowScene::goes_on(std::size_t i) const {
  constexpr float kMostBend = 8;  // levels
  const int x = static_cast<int>(i % width()), y = static_cast<int>(i / width());
  const auto at = [&](int u, int v) { return static_cast<std::size_t>(v) * width() + u; };
  constexpr std::array<std::array<int, 2>, 4> kWays{{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}};
  return std::any_of(kWays.begin(), kWays.end(), [&](const std::array<int, 2>& way) {
    const int u = x + 2 * way[0], v = y + 2 * way[1];
    if (u < 0 || v < 0 || u >= width() || v >= height()) return false;
    const std::size_t next = at(x + way[0], y + way[1]), first = at(u, v);
    if (!is_ground(next) || !is_ground(first)) return false;
    const float along = shade_.along(raster_.at[i]);
    const float expected = 2 * shade_.along(raster_.at[next]) - shade_.along(raster_.at[first]);
    return along > -kSameShade && std::fabs(along - expected) <= kMostBend && shade_.is_at(raster_.at[i], along);
  });
}

// For each pixel that is no ground, 1 where ground is beside, above or below it; 0 elsewhere.
std::vector<std::uint8_t> ShadowScene::rim_of_ground() const {
  const int w = width(), h = height();
  std::vector<std::uint8_t> rim(role_.size());
  for (int y = 0; y < h; ++y) {
    const std::size_t row = static_cast<std::size_t>(y) * w;
    const Role* const at = &role_[row];
    const Role* const above = y > 0 ? at - w : at;
    const Role* const below = y + 1 < h ? at + w : at;
    std::uint8_t* const to = &rim[row];
    const auto ground = [](Role role) { return static_cast<std::uint8_t>(role == kGround); };
    const auto look = [=](int x, int left, int right) {
      const std::uint8_t around = ground(at[left]) | ground(at[right]) | ground(above[x]) | ground(below[x]);
      to[x] = around & ~ground(at[x]);
    };
    look(0, 0, std::min(1, w - 1));
    for (int x = 1; x + 1 < w; ++x) look(x, x - 1, x + 1);
    look(w - 1, std::max(w - 2, 0), w - 1);
  }
  return rim;
}

void ShadowScene::measure() {
  const std::vector<std::uint8_t> rim = rim_of_ground();
  for (std::size_t i = 0; i < role_.size(); ++i) {
    if (is_ground(i)) {
      seen_.at[i] = 1;
      depth_.at[i] = shade_.along(raster_.at[i]);
    } else if (role_[i] == kCaster) {
      caster_.at[i] = rim[i] ? 0 : 1;  // the ring of mixtures around it is half its own
    }
  }
}

std::vector<ShadowScene::Patch> ShadowScene::patches() const {
  std::vector<Patch> patches;
  Open open{width(), height(), std::vector<std::uint8_t>(role_.size())};
  std::transform(role_.begin(), role_.end(), open.at.begin(), [](Role r) { return r == kCaster ? 1 : 0; });
  each_patch(open, [&](std::int32_t first) {
    Patch patch;
    flood(open, first, [&](const Run& run) {
      patch.runs.push_back(run);
      patch.area += run.end - run.begin;
    });
    patches.push_back(std::move(patch));
  });
  return patches;
}

std::vector<ShadowScene::Patch> ShadowScene::small_patches() const {
  constexpr int kSmall = 10;  // times less than the largest
  std::vector<Patch> all = patches();
  std::int64_t largest = 0;
  for (const Patch& patch : all) largest = std::max(largest, patch.area);
  std::erase_if(all, [&](const Patch& patch) { return patch.area * kSmall > largest; });
  return all;
}

void ShadowScene::leave_out_small() {
  for (const Patch& patch : small_patches()) fill(patch.runs, kOther);
}

bool ShadowScene::split() {
  constexpr std::size_t kMost = 8;
  leave_out_small();
  const std::vector<Patch> all = patches();
  if (all.size() < 2 || all.size() > kMost) return false;
  of_.assign(role_.size(), 0);
  for (std::size_t k = 0; k < all.size(); ++k) {
    for (const Run& run : all[k].runs) {
      const auto row = of_.begin() + static_cast<std::ptrdiff_t>(run.y) * width();
      std::fill(row + run.begin, row + run.end, static_cast<std::uint8_t>(k));
    }
  }
  casters_ = static_cast<int>(all.size());
  return true;
}

Field ShadowScene::caster(int k) const {
  Field out = caster_;
  if (casters_ == 1) return out;
  for (std::size_t i = 0; i < role_.size(); ++i) {
    if (of_[i] != k) out.at[i] = 0;
  }
  return out;
}

// What the ground may be where it is seen through a hole that isn't known yet, which leaves the shade lighter.
bool ShadowScene::may_be_shaded(std::size_t i, const Field& model) const {
  const float along = shade_.along(raster_.at[i]), expected = model.at[i];
  return along >= 0.25f * expected - kSameShade && along <= 1.3f * expected + kSameShade &&
         shade_.is_at(raster_.at[i], along);
}

void ShadowScene::open_holes(const Field& model, Holes holes) {
  constexpr double kAll = 0.95;  // of a patch's pixels
  constexpr float kUneven = 6;   // levels
  Open open{width(), height(), std::vector<std::uint8_t>(role_.size())};
  for (std::size_t i = 0; i < role_.size(); ++i) open.at[i] = role_[i] == kCaster && core_[i] ? 1 : 0;
  each_patch(open, [&](std::int32_t first) {
    std::vector<Run> runs;
    std::int64_t area = 0, shaded = 0, maybe = 0;
    float least = 1e9f, most = -1e9f;
    flood(open, first, [&](const Run& run) {
      runs.push_back(run);
      area += run.end - run.begin;
      const std::size_t row = static_cast<std::size_t>(run.y) * width();
      for (std::size_t i = row + run.begin; i < row + run.end; ++i) {
        shaded += shade_.is_at(raster_.at[i], model.at[i]), maybe += may_be_shaded(i, model);
        const float along = shade_.along(raster_.at[i]);
        least = std::min(least, along), most = std::max(most, along);
      }
    });
    const bool may_do = holes == Holes::likely && most - least >= kUneven;
    if (static_cast<double>(may_do ? maybe : shaded) < kAll * static_cast<double>(area)) return;
    fill(runs, kGround);
    holes_.push_back(std::move(runs));
  });
}

bool ShadowScene::close_holes(const Field& model, double off) {
  const auto is_none = [&](const std::vector<Run>& runs) {
    double squares = 0;
    std::int64_t area = 0;
    for (const Run& run : runs) {
      const std::size_t row = static_cast<std::size_t>(run.y) * width();
      for (std::size_t i = row + run.begin; i < row + run.end; ++i) {
        squares += (depth_.at[i] - model.at[i]) * (depth_.at[i] - model.at[i]);
      }
      area += run.end - run.begin;
    }
    return squares > off * off * static_cast<double>(area);
  };
  bool is_some = false;
  for (const std::vector<Run>& runs : holes_) {
    if (!is_none(runs)) continue;
    fill(runs, kCaster);
    is_some = true;
  }
  holes_.clear();
  return is_some;
}

void ShadowScene::fill(const std::vector<Run>& runs, Role role) {
  for (const Run& run : runs) {
    const std::size_t row = static_cast<std::size_t>(run.y) * width();
    for (std::size_t i = row + run.begin; i < row + run.end; ++i) {
      role_[i] = role;
      seen_.at[i] = role == kGround ? 1 : 0;
      depth_.at[i] = role == kGround ? shade_.along(raster_.at[i]) : 0;
      caster_.at[i] = role == kCaster ? 1 : 0;
    }
  }
}

// Calls visit(index) for what is not ground but near it.
template <class Visit>
void ShadowScene::each_near_ground(Visit visit) const {
  const int w = width(), h = height();
  std::vector<std::uint8_t> column(static_cast<std::size_t>(w));  // 1 with ground up to so far above or below
  for (int y = 0; y < h; ++y) {
    std::fill(column.begin(), column.end(), 0);
    for (int v = std::max(y - kNear, 0); v <= std::min(y + kNear, h - 1); ++v) {
      const Role* const row = &role_[static_cast<std::size_t>(v) * w];
      for (int x = 0; x < w; ++x) column[x] |= row[x] == kGround ? 1 : 0;
    }
    int last = -kNear - 1;  // column with ground
    for (int x = 0, ahead = 0; x < w; ++x) {
      for (; ahead < std::min(x + kNear + 1, w); ++ahead) {
        if (column[ahead]) last = ahead;
      }
      const std::size_t i = static_cast<std::size_t>(y) * w + x;
      if (!is_ground(i) && last >= x - kNear) visit(i);
    }
  }
}

// The nearest pixel of a kind, or this one where there is none.
template <class IsOne>
std::size_t ShadowScene::nearest(std::size_t i, IsOne is_one) const {
  const int y = static_cast<int>(i / width()), x = static_cast<int>(i % width());
  int least = 1 << 30;
  std::size_t found = i;
  for (int v = std::max(y - kNear, 0); v <= std::min(y + kNear, height() - 1); ++v) {
    for (int u = std::max(x - kNear, 0); u <= std::min(x + kNear, width() - 1); ++u) {
      const std::size_t at = static_cast<std::size_t>(v) * width() + u;
      const int far = (u - x) * (u - x) + (v - y) * (v - y);
      if (far < least && is_one(at)) least = far, found = at;
    }
  }
  return found;
}

// Told from the colours next to it: within, and out on the ground, from which the shade goes on as it should.
ShadowScene::Mixture ShadowScene::mixture(std::size_t i, const Field& model) const {
  const std::size_t ground = nearest(i, [&](std::size_t at) { return is_ground(at); });
  if (ground == i) return {};
  Mixture m;
  m.depth = model.at[i] + depth_.at[ground] - model.at[ground];
  if (shade_.is_at(raster_.at[i], m.depth)) m.covered = 0;
  if (m.covered == 0 || core_[i]) return m;
  const Paint shade = shade_.at(m.depth);
  const std::size_t inner = nearest(i, [&](std::size_t at) {
    return !is_ground(at) && core_[at] && distance2(to_paint(raster_.at[at]), shade) > 4 * kSameShade * kSameShade;
  });
  if (inner == i) return m;
  m.inner = to_paint(raster_.at[inner]);
  m.covered = share(to_paint(raster_.at[i]), *m.inner, shade);
  return m;
}

void ShadowScene::shape_casters(const Field& model) {
  for (std::size_t i = 0; i < role_.size(); ++i) {
    if (role_[i] == kCaster) caster_.at[i] = 1;
  }
  each_near_ground([&](std::size_t i) {
    if (role_[i] == kCaster) caster_.at[i] = mixture(i, model).covered;
  });
}

bool ShadowScene::is_bare(int caster) const {
  for (std::size_t i = 0; i < role_.size(); ++i) {
    if (is_caster(i, caster) && caster_.at[i] == 1 && raster_.at[i] == shade_.color) return true;
  }
  return false;
}

Raster ShadowScene::shape(int caster) const {
  Raster out{width(), height(), std::vector<Sample>(role_.size(), Sample{0, 0, 0, 0})};
  for (std::size_t i = 0; i < role_.size(); ++i) {
    if (is_caster(i, caster)) out.at[i].a = static_cast<std::uint8_t>(std::lround(255 * caster_.at[i]));
  }
  return out;
}

Raster ShadowScene::clear(const Field& model, double off) const {
  Raster out = raster_;
  for (std::size_t i = 0; i < role_.size(); ++i) {
    if (!is_ground(i)) continue;
    const float rest = depth_.at[i] - model.at[i];
    out.at[i] = std::fabs(rest) <= off ? shade_.color : to_sample(shade_.at(rest));
  }
  each_near_ground([&](std::size_t i) {
    if (const Mixture m = mixture(i, model); m.covered < 1) out.at[i] = without_shade(i, m);
  });
  return out;
}

Sample ShadowScene::without_shade(std::size_t i, const Mixture& m) const {
  constexpr float kMixed = 24;  // levels within which it is a mixture of the two
  const Paint color = to_paint(raster_.at[i]), shade = shade_.at(m.depth);
  if (m.inner && distance2(color, shade + (*m.inner - shade) * m.covered) <= kMixed * kMixed)
    return to_sample(shade_.ground + (*m.inner - shade_.ground) * m.covered);
  return to_sample(color - shade_.way * ((1 - m.covered) * m.depth));
}

}  // namespace imgmill::trace
