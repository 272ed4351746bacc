// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/lcd_text.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "trace/four.h"
#include "trace/runs.h"

namespace imgmill::trace {
namespace {

using Colors = std::vector<Four>;

constexpr int kFlat = 3;            // px of one colour, and more, are no text
constexpr double kTogether = 0.97;  // from here on channels change together
constexpr float kSameColor = 3;     // levels

// Where red is measured: left of green, as on nearly all screens, or right of it.
enum class Order { red_first = 1, blue_first = -1 };

// What lies between two flat stretches of a row, with the last pixel of one and the first of the other.
struct Transition {
  int first = 0, last = 0;
};

template <class Visit>
void each_transition(const Sample* row, int width, Visit visit) {
  int flat_end = -1;  // of the last flat stretch
  for (int x = 0; x < width;) {
    const int end = x + alike(row + x + 1, row + x, width - x - 1);
    if (end - x + 1 >= kFlat) {
      if (flat_end >= 0 && x > flat_end + 1) visit(Transition{flat_end, x});
      flat_end = end;
    }
    x = end + 1;
  }
}

// Its colours, and one more of each end.
void take_colors(const Sample* row, Transition t, Colors& colors) {
  colors.assign(1, four(row[t.first]));
  for (int x = t.first; x <= t.last; ++x) colors.push_back(four(row[x]));
  colors.push_back(colors.back());
}

// How well the channels of a stretch change together: 1 where all of it are shades between two colours, less where they
// don't rise and fall in the same places. From the correlations of their changes, by their weight.
double togetherness(const Colors& colors) {
  constexpr float kFaint = 500;  // levels²
  Four squares{}, products{};
  for (std::size_t i = 1; i < colors.size(); ++i) {
    const Four d = colors[i] - colors[i - 1];
    squares += d * d;
    products += d * Four{d[1], d[2], d[0], 0};
  }
  if (squares[0] + squares[1] + squares[2] < kFaint) return 1;
  double found = 0, most = 0;
  for (int c = 0; c < 3; ++c) {
    found += std::fabs(products[c]);
    most += std::sqrt(static_cast<double>(squares[c]) * squares[(c + 1) % 3]);
  }
  return most > 0 ? found / most : 1;
}

// The channels as measured in one place, the middle of each pixel, between the pixels by interpolation; green, which is
// there already, as soft as the others.
void align(const Colors& colors, Order order, Colors& aligned) {
  const std::size_t behind = colors.size() - 1;
  aligned = colors;
  for (std::size_t i = 1; i < behind; ++i) {
    const Four before = colors[i - 1], here = colors[i], after = colors[i + 1];
    const Four left = order == Order::red_first ? before : after, right = order == Order::red_first ? after : before;
    aligned[i] = Four{(2 * here[0] + right[0]) / 3, (left[1] + 4 * here[1] + right[1]) / 6, (2 * here[2] + left[2]) / 3,
                      here[3]};
  }
}

// Whether all are between the two ends, channel by channel.
bool is_between(const Colors& colors) {
  const Four a = colors.front(), b = colors.back();
  return std::all_of(colors.begin(), colors.end(), [&](Four color) {
    for (int c = 0; c < 3; ++c) {
      if (color[c] < std::min(a[c], b[c]) - kSameColor || color[c] > std::max(a[c], b[c]) + kSameColor) return false;
    }
    return true;
  });
}

bool is_same(Four a, Four b) {
  return std::fabs(a[0] - b[0]) <= kSameColor && std::fabs(a[1] - b[1]) <= kSameColor &&
         std::fabs(a[2] - b[2]) <= kSameColor;
}

// The ground and as much of what makes the other colour as the mean of the channels shows.
Four mixed(Four ground, Four color, Four direction) {
  const Four difference = color - ground;
  float shown = 0, whole = 0;
  for (int c = 0; c < 3; ++c) {
    shown += direction[c] < 0 ? -difference[c] : difference[c];
    whole += std::fabs(direction[c]);
  }
  return whole > 0 ? ground + shown / whole * direction : color;
}

// What lies on one ground. Which way the text's colour is from it is told by the whole transition, or, where text of
// several colours stands side by side, by the pixels next to each: all of a letter's channels sum up to that colour.
void mix_on_ground(Colors& colors) {
  constexpr int kNear = 3;           // px: as wide as a stroke and its fringes
  constexpr float kSameWay = 0.97f;  // cosine
  const Four ground = colors.front();
  const Colors before = colors;
  const int count = static_cast<int>(colors.size());
  Four whole{};
  for (const Four color : before) whole += color - ground;
  for (int i = 0; i < count; ++i) {
    Four near{};
    for (int k = std::max(i - kNear, 0); k <= std::min(i + kNear, count - 1); ++k) near += before[k] - ground;
    const float along = sum(near * whole);
    const bool same = along > 0 && along * along >= kSameWay * kSameWay * sum(near * near) * sum(whole * whole);
    colors[i] = mixed(ground, before[i], same ? whole : near);
  }
}

// Finds such text in a picture, and takes its fringes away. Keeps room that each transition needs.
class LcdText {
 public:
  explicit LcdText(const Raster& raster) : raster_(raster) {}

  // By the votes of transitions in some rows; a line of text is eight rows high at least.
  std::optional<Order> order(const base::Stop& stop) {
    constexpr int kLeastVotes = 24;
    const int step = std::clamp(raster_.height / 64, 1, 8);
    int red_first = 0, blue_first = 0, neither = 0;
    for (int y = 0; y < raster_.height; y += step) {
      stop.check();
      each_transition(row(y), raster_.width, [&](Transition t) {
        if (!is_fringed(row(y), t)) return;
        const bool red = mends(Order::red_first), blue = mends(Order::blue_first);
        ++(red == blue ? neither : red ? red_first : blue_first);
      });
    }
    // Drawings of many colours have some of each.
    const int most = std::max(red_first, blue_first), least = std::min(red_first, blue_first);
    if (most < kLeastVotes || most < 16 * least || most < 3 * neither) return std::nullopt;
    return red_first > blue_first ? Order::red_first : Order::blue_first;
  }

  Raster without_fringes(Order order, const base::Stop& stop) {
    Raster out = raster_;
    for (int y = 0; y < raster_.height; ++y) {
      stop.check();
      each_transition(row(y), raster_.width, [&](Transition t) {
        if (!is_fringed(row(y), t) || !is_better(order)) return;
        mix();
        Sample* to = out.at.data() + static_cast<std::size_t>(y) * raster_.width + t.first;
        for (auto color = colors_.begin() + 1; color + 1 != colors_.end(); ++color) {
          *to++ = to_sample(to_paint(*color));
        }
      });
    }
    return out;
  }

 private:
  const Sample* row(int y) const { return raster_.at.data() + static_cast<std::size_t>(y) * raster_.width; }

  // Whether the transition has colours that aren't shades between two. Takes it into colors_.
  bool is_fringed(const Sample* row, Transition t) {
    if (std::any_of(row + t.first, row + t.last + 1, [](const Sample& s) { return s.a != 255; })) return false;
    take_colors(row, t, colors_);
    before_ = togetherness(colors_);
    return before_ < kTogether;
  }

  // How well the channels change together once they are where they were measured.
  double together_if(Order order) {
    align(colors_, order, aligned_);
    return togetherness(aligned_);
  }
  bool is_better(Order order) { return together_if(order) > before_; }
  bool mends(Order order) {
    const double after = together_if(order);
    return after > 0.75 && 1 - after < (1 - before_) / 2;
  }

  // What is_fringed took and is_better looked at becomes shades.
  void mix() {
    const Four first = colors_.front(), last = colors_.back();
    if (is_same(first, last)) return mix_on_ground(colors_);
    if (!is_between(colors_)) return colors_.swap(aligned_);
    for (Four& color : colors_) color = mixed(first, color, last - first);
  }

  const Raster& raster_;
  Colors colors_, aligned_;
  double before_ = 1;  // how well the channels of colors_ change together
};

}  // namespace

std::optional<Raster> without_lcd_fringes(const Raster& raster, const base::Stop& stop) {
  LcdText text(raster);
  const std::optional<Order> order = text.order(stop);
  if (!order) return std::nullopt;
  return text.without_fringes(*order, stop);
}

}  // namespace imgmill::trace
