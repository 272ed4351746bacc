// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_samples.h"

namespace imgmill::trace {

void GradientSamples::add(const GradientSample& s) {
  const Four x = four(float(s.at.x)), y = four(float(s.at.y));
  if (room_ == 0) {
    Block& fresh = blocks_.emplace_back();
    fresh.x = x, fresh.y = y;
    room_ = 4;
  }
  Block& b = blocks_.back();
  const std::size_t lane = 4 - room_--;
  ++size_;
  b.x[lane] = x[0], b.y[lane] = y[0];
  b.weight[lane] = s.weight;
  b.color[lane] = four(s.color);
  if (!s.sloped) return;
  b.steep[lane] = s.weight * kSlopeWeight;
  b.slope_x[lane] = four(s.slopes.x), b.slope_y[lane] = four(s.slopes.y);
  b.xx[lane] = dot(s.slopes.x, s.slopes.x);
  b.xy[lane] = dot(s.slopes.x, s.slopes.y);
  b.yy[lane] = dot(s.slopes.y, s.slopes.y);
}

void GradientSamples::add(const GradientSamples& other) {
  blocks_.insert(blocks_.end(), other.blocks_.begin(), other.blocks_.end());
  size_ += other.size_;
  room_ = other.blocks_.empty() ? room_ : 0;
}

void GradientSamples::thin() {
  std::vector<Block> all = std::move(blocks_);
  float weight = 0, kept = 0;
  blocks_ = {};
  blocks_.reserve((all.size() + 1) / 2);
  size_ = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Block& from = all[k];
    if (k % 2 == 0) blocks_.emplace_back().x = four(from.x[0]), blocks_.back().y = four(from.y[0]);
    Block& to = blocks_.back();
    weight += sum(from.weight);
    for (int lane = 0; lane < 4; lane += 2) {
      const int into = lane / 2 + (k % 2 == 0 ? 0 : 2);
      for (Four Block::*of :
           {&Block::x, &Block::y, &Block::weight, &Block::steep, &Block::xx, &Block::xy, &Block::yy}) {
        (to.*of)[into] = (from.*of)[lane];
      }
      to.color[into] = from.color[lane], to.slope_x[into] = from.slope_x[lane], to.slope_y[into] = from.slope_y[lane];
      kept += from.weight[lane];
      size_ += from.weight[lane] > 0;
    }
  }
  room_ = 0;
  if (kept > 0) scale_weights(weight / kept);
}

void GradientSamples::scale_weights(float by) {
  for (Block& b : blocks_) b.weight *= by, b.steep *= by;
}

}  // namespace imgmill::trace
