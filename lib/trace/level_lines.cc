// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/level_lines.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace imgmill::trace {
namespace {

using vector::Point;

// Marching squares. A square has four cells at its corners; where the line crosses from one cell to the next beside or
// below it, there is a crossing.
class Marcher {
 public:
  Marcher(const Field& field, float level)
      : field_(padded(field, 1)), level_(level), next_(2 * field_.at.size(), kNone) {}

  std::vector<std::vector<Point>> run() {
    for (int y = 0; y + 1 < field_.height; ++y) {
      for (int x = 0; x + 1 < field_.width; ++x) join_in(x, y);
    }
    std::vector<std::vector<Point>> lines;
    for (std::size_t k = 0; k < next_.size(); ++k) {
      if (next_[k] == kNone) continue;
      std::vector<Point>& line = lines.emplace_back();
      for (std::size_t at = k; next_[at] != kNone;) {
        line.push_back(place(at));
        const auto to = static_cast<std::size_t>(next_[at]);
        next_[at] = kNone;
        at = to;
      }
    }
    return lines;
  }

 private:
  static constexpr std::int32_t kNone = -1;
  enum Side { kTop, kRight, kBottom, kLeft };

  bool is_in(int x, int y) const { return field_(x, y) > level_; }

  std::int32_t crossing(int x, int y, Side side) const {
    if (side == kRight) ++x;
    if (side == kBottom) ++y;
    const bool is_upright = side == kLeft || side == kRight;
    return 2 * (y * field_.width + x) + (is_upright ? 1 : 0);
  }

  void join_in(int x, int y) {
    const int corners = is_in(x, y) | is_in(x + 1, y) << 1 | is_in(x + 1, y + 1) << 2 | is_in(x, y + 1) << 3;
    if (corners == 0 || corners == 15) return;
    const auto join = [&](Side from, Side to) { next_[crossing(x, y, from)] = crossing(x, y, to); };
    const auto is_joined = [&] {
      return field_(x, y) + field_(x + 1, y) + field_(x + 1, y + 1) + field_(x, y + 1) > 4 * level_;
    };
    switch (corners) {
      case 1:
        return join(kTop, kLeft);
      case 2:
        return join(kRight, kTop);
      case 3:
        return join(kRight, kLeft);
      case 4:
        return join(kBottom, kRight);
      case 6:
        return join(kBottom, kTop);
      case 7:
        return join(kBottom, kLeft);
      case 8:
        return join(kLeft, kBottom);
      case 9:
        return join(kTop, kBottom);
      case 11:
        return join(kRight, kBottom);
      case 12:
        return join(kLeft, kRight);
      case 13:
        return join(kTop, kRight);
      case 14:
        return join(kLeft, kTop);
      case 5:
        is_joined() ? (join(kTop, kRight), join(kBottom, kLeft)) : (join(kTop, kLeft), join(kBottom, kRight));
        return;
      default:
        is_joined() ? (join(kLeft, kTop), join(kRight, kBottom)) : (join(kRight, kTop), join(kLeft, kBottom));
    }
  }

  Point place(std::size_t crossing) const {
    const int x = static_cast<int>(crossing / 2) % field_.width, y = static_cast<int>(crossing / 2) / field_.width;
    const bool is_upright = crossing % 2 == 1;
    const double from = field_(x, y), to = is_upright ? field_(x, y + 1) : field_(x + 1, y);
    const double part = (level_ - from) / (to - from);
    // The padding is one cell wide, and a cell's place its middle.
    return {x - 0.5 + (is_upright ? 0 : part), y - 0.5 + (is_upright ? part : 0)};
  }

  Field field_;
  float level_;
  std::vector<std::int32_t> next_;  // by crossing: 2 for each cell, to the right and down
};

}  // namespace

Field finer_shape(const Field& cover, int factor, const base::Stop& stop) {
  constexpr int kRounds = 6;
  constexpr float kSteep = 3;  // of the edge, per cell; steeper ones don't come to rest
  constexpr float kStep = 0.5f;
  const int width = cover.width * factor, height = cover.height * factor;
  Field fine = stretched(cover, factor, width, height);
  for (int k = 0; k < kRounds; ++k) {
    stop.check();
    Field shape = fine;
    for (float& v : shape.at) v = std::clamp(0.5f + kSteep * (v - 0.5f), 0.0f, 1.0f);
    Field off = shrunk(shape, factor);
    for (std::size_t i = 0; i < off.at.size(); ++i) off.at[i] = kStep * (cover.at[i] - off.at[i]);
    const Field by = stretched(off, factor, width, height);
    for (std::size_t i = 0; i < fine.at.size(); ++i) fine.at[i] += by.at[i];
  }
  return fine;
}

std::vector<std::vector<Point>> level_lines(const Field& field, float level) { return Marcher(field, level).run(); }

}  // namespace imgmill::trace
