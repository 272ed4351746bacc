// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/coverage.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "vector/arc.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::Point;
using vector::Segment;

// What outlines do to one pixel: `area` is added to it alone, `height` to all pixels right of it.
struct Cell {
  std::int32_t y, x;
  float height, area;
};

// The stretch of a segment from parameter t to t + dt as one line.
struct Chord {
  Point from, to;
  double t, dt;
};

struct Bow {
  Point from, chord, centre;
  double radius, rise;
};

class Rasteriser {
 public:
  Rasteriser(int width, int height, std::span<const std::uint8_t> pulls_at)
      : width_(width), height_(height), pulls_at_(pulls_at) {}

  // Room for what contours do to about that many pixels.
  void reserve(std::size_t pixels) {
    cells_.reserve(pixels);
    if (!pulls_at_.empty()) pulls_.reserve(pixels);
  }

  void add(const Contour& contour, std::int32_t index) {
    Point at = contour.start;
    contour_ = index;
    for (std::size_t k = 0; k < contour.segments.size(); ++k) {
      const Segment& s = contour.segments[k];
      segment_ = static_cast<std::int32_t>(k);
      cubic_ = s.cubic;
      bow_.reset();
      if (s.is_arc() && !(at == s.to)) {
        arc(at, s);
      } else {
        s.cubic ? curve(at, s) : line({at, s.to, 0, 1});
      }
      at = s.to;
    }
    bow_.reset();
    segment_ = static_cast<std::int32_t>(contour.segments.size());
    cubic_ = false;
    line({at, contour.start, 0, 1});
  }

  Coverage finish() {
    sort_cells();
    Coverage out;
    out.pulls = std::move(pulls_);
    out.spans.reserve(cells_.size());
    std::size_t k = 0;
    while (k < cells_.size()) {
      const std::int32_t y = cells_[k].y;
      double carried = 0;
      while (k < cells_.size() && cells_[k].y == y) {
        const std::int32_t x = cells_[k].x;
        double area = 0, height = 0;
        for (; k < cells_.size() && cells_[k].y == y && cells_[k].x == x; ++k) {
          area += cells_[k].area, height += cells_[k].height;
        }
        out.spans.push_back({x, y, 1, share(carried + area)});
        carried += height;
        const std::int32_t next = k < cells_.size() && cells_[k].y == y ? cells_[k].x : width_;
        const float cover = share(carried);
        if (next > x + 1 && cover > 1e-4f) out.spans.push_back({x + 1, y, next - x - 1, cover});
      }
    }
    return out;
  }

 private:
  static float share(double winding) { return static_cast<float>(std::min(std::fabs(winding), 1.0)); }

  static std::array<double, 4> cubic_weights(double t) {
    const double u = 1 - t;
    return {u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t};
  }

  void curve(Point from, const Segment& s) {
    const Point bend1 = from - 2 * s.c1 + s.c2, bend2 = s.c1 - 2 * s.c2 + s.to;
    const double bend = std::sqrt(std::max(dot(bend1, bend1), dot(bend2, bend2)));
    const int count = std::clamp(static_cast<int>(std::sqrt(0.75 * bend / kFlatness)) + 1, 1, 256);
    Point at = from;
    for (int k = 1; k <= count; ++k) {
      const std::array<double, 4> w = cubic_weights(double(k) / count);
      const Point to = k == count ? s.to : w[0] * from + w[1] * s.c1 + w[2] * s.c2 + w[3] * s.to;
      line({at, to, double(k - 1) / count, 1.0 / count});
      at = to;
    }
  }

  void arc(Point from, const Segment& s) {
    const vector::Arc arc(from, s.to, s.rise);
    bow_ = Bow{from, s.to - from, arc.centre(), arc.radius(), s.rise};
    Point at = from;
    for (const Point to : arc.points(arc.steps(kFlatness))) {
      line({at, to, 0, 1});
      at = to;
    }
  }

  static Chord part(const Chord& c, double from, double to) {
    const Point way = c.to - c.from;
    return {c.from + way * from, to == 1 ? c.to : c.from + way * to, c.t + c.dt * from, c.dt * (to - from)};
  }

  // Cuts off what lies above and below the picture; what lies left of it counts as its left rim.
  void line(const Chord& c) {
    if (!(std::fabs(c.from.x) < 1e9 && std::fabs(c.from.y) < 1e9 && std::fabs(c.to.x) < 1e9 && std::fabs(c.to.y) < 1e9))
      return;
    std::array<double, 6> cuts{0, 1};
    int count = 2;
    const auto cut = [&](double from, double to, double at) {
      if ((from < at) == (to < at)) return;
      const double share = std::clamp((at - from) / (to - from), 0.0, 1.0);
      int k = count++;
      for (; cuts[k - 1] > share; --k) cuts[k] = cuts[k - 1];
      cuts[k] = share;
    };
    cut(c.from.y, c.to.y, 0), cut(c.from.y, c.to.y, height_);
    cut(c.from.x, c.to.x, 0), cut(c.from.x, c.to.x, width_);
    for (int k = 0; k + 1 < count; ++k) {
      Chord piece = count == 2 ? c : part(c, cuts[k], cuts[k + 1]);
      const Point middle = (piece.from + piece.to) * 0.5;
      if (middle.y < 0 || middle.y > height_ || middle.x > width_) continue;
      for (Point* p : {&piece.from, &piece.to}) p->y = std::clamp(p->y, 0.0, double(height_));
      if (middle.x < 0) {
        rim(piece.from.y, piece.to.y);
      } else {
        for (Point* p : {&piece.from, &piece.to}) p->x = std::clamp(p->x, 0.0, double(width_));
        rows(piece);
      }
    }
  }

  // The first row or column of a way that begins there, 0 at least. std::floor and std::ceil are calls.
  static std::int32_t first_of(double from, bool onwards) {
    const std::int32_t whole = static_cast<std::int32_t>(from);
    return !onwards && whole > 0 && whole == from ? whole - 1 : whole;
  }

  void rim(double from, double to) {
    while (from != to) {
      const bool down = to > from;
      const std::int32_t y = std::min(first_of(from, down), height_ - 1);
      const double end = down ? std::min(to, y + 1.0) : std::max(to, double(y));
      const float by = static_cast<float>(end - from);
      cells_.push_back({y, 0, by, by});
      from = end;
    }
  }

  // Within the picture: walks from pixel to pixel.
  void rows(const Chord& c) {
    const double dx = c.to.x - c.from.x, dy = c.to.y - c.from.y;
    int x = std::min(first_of(c.from.x, dx >= 0), width_ - 1), y = std::min(first_of(c.from.y, dy >= 0), height_ - 1);
    // Where the next column and the next row begin, as shares of the way; 2: never.
    const double per_x = dx != 0 ? 1 / dx : 0, per_y = dy != 0 ? 1 / dy : 0;
    const int column = dx > 0, row = dy > 0;
    Point at = c.from;
    double t = 0;
    for (;;) {
      const double tx = dx != 0 ? (x + column - c.from.x) * per_x : 2;
      const double ty = dy != 0 ? (y + row - c.from.y) * per_y : 2;
      const double next = std::min({tx, ty, 1.0});
      const Point to = next >= 1 ? c.to : Point{c.from.x + dx * next, c.from.y + dy * next};
      emit(x, y, at, to, c.t + c.dt * (t + next) / 2);
      if (next >= 1) return;
      if (tx <= ty) x += dx > 0 ? 1 : -1;
      if (ty <= tx) y += dy > 0 ? 1 : -1;
      if (x < 0 || x >= width_ || y < 0 || y >= height_) return;
      at = to;
      t = next;
    }
  }

  void emit(std::int32_t x, std::int32_t y, Point from, Point to, double t) {
    const double height = to.y - from.y;
    if (height == 0 && to.x == from.x) return;
    const float own = static_cast<float>(height);
    const float area = static_cast<float>(height * (x + 1 - (from.x + to.x) / 2));
    if (!cells_.empty() && cells_.back().x == x && cells_.back().y == y) {
      cells_.back().height += own, cells_.back().area += area;
    } else {
      cells_.push_back({y, x, own, area});
    }
    if (pulls_at_.empty() || pulls_at_[static_cast<std::size_t>(y) * width_ + x] == 0) return;
    begin_pull(x, y);
    bow_ ? pull_arc(from, to) : pull(to - from, t);
  }

  void begin_pull(std::int32_t x, std::int32_t y) {
    if (pulls_.empty() || pulls_.back().x != x || pulls_.back().y != y || pulls_.back().segment != segment_ ||
        pulls_.back().contour != contour_) {
      pulls_.push_back({x, y, contour_, segment_, {}});
    }
  }

  // The arc turns and grows with its chord; what that adds to its rise is taken off again.
  void pull_arc(Point from, Point to) {
    const Point way = to - from, at = (from + to) * 0.5 - bow_->from, chord = bow_->chord;
    const double size2 = dot(chord, chord);
    const Point along{dot(at, chord) / size2, cross(chord, at) / size2};  // of the chord: how far on it, and off it
    const Point by{way.y, -way.x};
    // By the rise, a point moves outwards as far as it stands over the chord.
    const Point out = ((from + to) * 0.5 - bow_->centre) * (1 / bow_->radius);
    const double over = -along.y * std::sqrt(size2) / bow_->rise;
    const double by_rise = dot(by, out) * over * (bow_->rise > 0 ? 1 : -1);
    const Point grown = chord * (by_rise * bow_->rise / size2);
    const Point by_to = Point{by.x * along.x + by.y * along.y, by.y * along.x - by.x * along.y} - grown;
    const Point by_from = by - by_to;
    const double shares[] = {by_from.x, by_from.y, by_rise, 0, by_to.x, by_to.y};
    for (std::size_t k = 0; k < std::size(shares); ++k) pulls_.back().by[k] += static_cast<float>(shares[k]);
  }

  void pull(Point way, double t) {
    // The part lies on the right of its outline, where the winding is negative.
    const float by_x = static_cast<float>(way.y), by_y = static_cast<float>(-way.x), v = static_cast<float>(t),
                u = 1 - v;
    const std::array<float, 4> weights = cubic_
                                             ? std::array<float, 4>{u * u * u, 3 * u * u * v, 3 * u * v * v, v * v * v}
                                             : std::array<float, 4>{u, v, 0, 0};
    std::array<float, 8>& by = pulls_.back().by;
    for (std::size_t k = 0; k < 4; ++k) {
      by[2 * k] += weights[k] * by_x;
      by[2 * k + 1] += weights[k] * by_y;
    }
  }

  // By rows, and by columns within each: what is put in order by the one first stays so under the other.
  void sort_cells() {
    order_by(&Cell::x);
    order_by(&Cell::y);
  }
  // A counting sort.
  void order_by(std::int32_t Cell::*key) {
    if (cells_.empty()) return;
    std::int32_t low = cells_[0].*key, high = low;
    for (const Cell& cell : cells_) low = std::min(low, cell.*key), high = std::max(high, cell.*key);
    std::vector<std::int32_t> begin(static_cast<std::size_t>(high - low) + 2, 0);
    for (const Cell& cell : cells_) ++begin[cell.*key - low + 1];
    for (std::size_t k = 1; k < begin.size(); ++k) begin[k] += begin[k - 1];
    sorted_.resize(cells_.size());
    for (const Cell& cell : cells_) sorted_[begin[cell.*key - low]++] = cell;
    std::swap(cells_, sorted_);
  }

  const std::int32_t width_, height_;
  const std::span<const std::uint8_t> pulls_at_;
  std::int32_t contour_ = 0, segment_ = 0;
  bool cubic_ = false;
  std::optional<Bow> bow_;  // where the segment is an arc
  std::vector<Cell> cells_, sorted_;
  std::vector<Pull> pulls_;
};

// At most about that many pixels: by columns and rows that are entered, along the handles where there are any.
std::size_t pixels_met(const std::vector<Contour>& contours, int width, int height) {
  double met = 0;
  for (const Contour& contour : contours) {
    Point at = contour.start;
    const auto go = [&](Point to) {
      met += std::fabs(to.x - at.x) + std::fabs(to.y - at.y);
      at = to;
    };
    for (const Segment& s : contour.segments) {
      if (s.cubic) go(s.c1), go(s.c2);
      go(s.to);
      met += 2 + std::fabs(s.rise);
    }
    go(contour.start);
  }
  const double most = 4.0 * width + 4.0 * height;
  return static_cast<std::size_t>(met < most ? met : most) + 8;  // whatever is no number has room for the most
}

}  // namespace

Coverage cover(const std::vector<Contour>& contours, int width, int height, std::span<const std::uint8_t> pulls_at) {
  Rasteriser rasteriser(width, height, pulls_at);
  rasteriser.reserve(pixels_met(contours, width, height));
  for (std::size_t k = 0; k < contours.size(); ++k) rasteriser.add(contours[k], static_cast<std::int32_t>(k));
  return rasteriser.finish();
}

}  // namespace imgmill::trace
