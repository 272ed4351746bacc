// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "trace/closest_line.h"
#include "trace/four.h"
#include "trace/gradient_course.h"
#include "trace/gradient_profile.h"

namespace imgmill::trace {
namespace {

using Block = GradientSamples::Block;
using vector::cross;
using vector::dot;
using vector::Point;

// Of a definition without its stops; some are given by shares of a box and shorter, others in the drawing's units.
constexpr double kLinearBytes = 86;
constexpr double kRadialBytes = 100;
constexpr double kEllipseBytes = 120;

constexpr double kTurned = 0.01;  // tangent of a turn that is not worth it in a quick fit

// Symmetric, its upper half given, the right side last.
using System = std::array<std::array<double, 5>, 4>;

class Fitter {
 public:
  Fitter(const GradientSamples& samples, double enough, double price, Effort effort)
      : samples_(samples), blocks_(samples.blocks()), enough_(enough), price_(price), full_(effort == Effort::full) {
    Four weight{}, x{}, y{};
    for (const Block& b : blocks_) weight += b.weight, x += b.weight * b.x, y += b.weight * b.y;
    weight_ = sum(weight);
    const double per = 1 / std::max(weight_, 1e-9);
    centre_ = {sum(x) * per, sum(y) * per};
    Four spread{};
    for (const Block& b : blocks_) {
      const auto [dx, dy] = off(b, centre_);
      spread += b.weight * (dx * dx + dy * dy);
    }
    spread_ = std::sqrt(sum(spread) * per);
  }

  std::optional<FittedGradient> best() {
    if (samples_.size() < 8 || spread_ < 1) return {};
    linear();
    // A line that is nearly as good as anything can be needs no rival.
    if (!best_ || best_->error > 1.1 * enough_ + 20 * price_) radial();
    if (!best_ || best_->error > 1.05 * enough_ + 40 * price_) oval();
    return std::move(best_);
  }

 private:
  double cost(const FittedGradient& f) const { return f.error + price_ * f.bytes; }

  struct Offsets {
    Four x, y;
  };
  static Offsets off(const Block& b, Point p) { return {b.x - float(p.x), b.y - float(p.y)}; }

  // A shape's own ways along, bounded to 0…1 by scaling `shape` itself.
  bool stretch(Gradient& shape) const {
    const Course course(shape);
    Four lows = four(1e30f), highs = four(-1e30f);
    for (const Block& b : blocks_) {
      const Four t = course.position(b);
      lows = smaller(lows, t), highs = larger(highs, t);
    }
    double low = std::min({lows[0], lows[1], lows[2], lows[3]});
    const double high = std::max({highs[0], highs[1], highs[2], highs[3]});
    if (shape.radial) low = 0;
    if (!(high - low > 1e-9)) return false;
    if (!shape.radial) shape.origin = shape.origin + shape.u * (low / dot(shape.u, shape.u));
    shape.u = shape.u * (1 / (high - low));
    shape.v = shape.v * (1 / (high - low));
    return true;
  }

  // The samples as a shape sees them.
  struct Ways {
    std::vector<Four> along;  // of each block
    Bins bins;
  };

  void gather(const Gradient& shape, Ways& ways) const {
    struct Pile {
      Four sums{};  // weight, weight · t, weight of the slopes
      Four color{}, slope{};
    };
    std::array<Pile, kBins> piles{};
    const Course course(shape);
    ways.along.resize(blocks_.size());
    for (std::size_t n = 0; n < blocks_.size(); ++n) {
      const Block& b = blocks_[n];
      const auto [along, x, y] = course.along(b);
      ways.along[n] = along;
      const Four t = bounded(along), weight_t = b.weight * t, by_x = b.steep * x, by_y = b.steep * y;
      const Four steep = by_x * x + by_y * y;
      const FourWhole bin = whole(smaller(t * float(kBins), four(kBins - 0.5f)));
      for (int lane = 0; lane < 4; ++lane) {
        Pile& pile = piles[bin[lane]];
        pile.sums += Four{b.weight[lane], weight_t[lane], steep[lane], 0};
        pile.color += b.color[lane] * b.weight[lane];
        pile.slope += b.slope_x[lane] * by_x[lane] + b.slope_y[lane] * by_y[lane];
      }
    }
    for (int k = 0; k < kBins; ++k) {
      const Pile& pile = piles[k];
      Bin& bin = ways.bins[k] = {};
      bin.weight = pile.sums[0];
      if (bin.weight == 0) continue;
      bin.t = pile.sums[1] / bin.weight;
      bin.color = pile.color / pile.sums[0];
      bin.slope_weight = pile.sums[2];
      if (bin.slope_weight == 0) continue;
      bin.slope = pile.slope / pile.sums[2];
    }
  }

  // Even stops: what a profile can come to at most, for comparing shapes.
  double even_profile(const Gradient& shape, EvenColors& colors, Ways& ways) const {
    gather(shape, ways);
    colors = EvenColors(fit_even_stops(ways.bins, weight_));
    return colors.error(blocks_, ways.along);
  }

  // The colours' error under even stops with which a rival is not worth looking at any more.
  double most() const { return best_ ? cost(*best_) - price_ * (kEllipseBytes + 2 * kStopBytes) : 1e300; }

  void offer(Gradient shape, double bytes, const Bins& bins) {
    std::size_t first = 0;
    while (first + 1 < bins.size() && bins[first].weight == 0) ++first;
    // Rounded as it is written, so that the colours make up for it.
    const double from = shape.radial ? std::floor(100.0 * bins[first].t) / 100 : 0.0;
    shape.stops = fit_stops(bins, weight_, from, price_ * kStopBytes, full_);
    FittedGradient fitted{std::move(shape), 0, bytes};
    fitted.bytes += kStopBytes * double(fitted.gradient.stops.size());
    const double most = best_ ? cost(*best_) - price_ * fitted.bytes : 1e300;
    fitted.error = gradient_error(fitted.gradient, samples_, most);
    if (!best_ || cost(fitted) < cost(*best_)) best_ = std::move(fitted);
  }

  // The principal direction of the slopes; where they are not known or cancel out, of the plane through the colours.
  void linear() {
    Four xx{}, xy{}, yy{};
    for (const Block& b : blocks_) xx += b.weight * b.xx, xy += b.weight * b.xy, yy += b.weight * b.yy;
    Gradient shape;
    shape.origin = centre_;
    shape.u = principal(sum(xx), sum(xy), sum(yy));
    if (!stretch(shape)) return;
    EvenColors colors, now;
    Ways ways, ways_now;
    double error = even_profile(shape, colors, ways);
    for (int round = 0; round < (full_ ? 3 : 1); ++round) {
      Gradient turned = shape;
      const double by = turn(shape, colors, ways.along);
      if (!full_ && std::fabs(by) < kTurned) break;
      const Point normal{-shape.u.y, shape.u.x};
      turned.u = shape.u + normal * std::clamp(by, -0.3, 0.3);
      turned.origin = centre_;
      if (!stretch(turned)) break;
      const double less = even_profile(turned, now, ways_now);
      if (less >= error) break;
      const bool enough = std::fabs(by) < 1e-3;
      error = less, shape = turned;
      std::swap(colors, now), std::swap(ways, ways_now);
      if (enough) break;
    }
    offer(shape, kLinearBytes, ways.bins);
  }

  // Of length 1, whatever the moments.
  static Point principal(double xx, double xy, double yy) {
    const Point d = principal_direction(xx, xy, yy);
    const double size = vector::length(d);
    return size > 1e-12 ? d * (1 / size) : Point{0, 1};
  }

  // Gauss–Newton step of the direction: tangent of the angle by which to turn u.
  double turn(const Gradient& shape, const EvenColors& colors, const std::vector<Four>& along) const {
    Four top{}, bottom{};
    for (std::size_t n = 0; n < blocks_.size(); ++n) {
      const Block& b = blocks_[n];
      const auto [x, y] = off(b, centre_);
      const Four by = y * float(shape.u.x) - x * float(shape.u.y);
      const auto [steep, miss] = colors.pull(b, along[n]);
      top += b.weight * by * miss;
      bottom += b.weight * by * by * steep;
    }
    return sum(top) / (sum(bottom) + 1e-9);
  }

  void radial() {
    const std::optional<Point> centre = circle_centre();
    if (!centre) return;
    const double far = vector::length(*centre - centre_);
    if (far > 8 * spread_) return;  // hardly bent: a line does
    Gradient shape{true, *centre, {1, 0}, {0, 1}, {}};
    if (full_) refine_centre(shape);
    if (!stretch(shape)) return;
    Ways ways;
    gather(shape, ways);
    offer(shape, kRadialBytes, ways.bins);
  }

  // An ellipse: its shape is the symmetric matrix of 1 + e, b, 1 − e, with which the way out is √(q·Mq).
  struct Oval {
    Point centre;
    double e = 0, b = 0;

    bool real() const { return e * e + b * b < 0.96; }
    // M·q
    Offsets across(const Offsets& q) const {
      return {q.x * float(1 + e) + q.y * float(b), q.x * float(b) + q.y * float(1 - e)};
    }
    Gradient shape() const {
      const double root = std::sqrt(1 + e);
      return {true, centre, {root, b / root}, {0, std::sqrt(std::max(1 - e - b * b / (1 + e), 1e-9))}, {}};
    }
  };

  void oval() {
    std::optional<Oval> found = slopes_oval();
    if (!found) return;
    const double far = vector::length(found->centre - centre_);
    if (far > 8 * spread_) return;
    Gradient shape = found->shape();
    Ways ways;
    if (refine_oval(*found, shape, ways) < most()) offer(shape, kEllipseBytes, ways.bins);
  }

  // How little the slopes of samples count that lead past a centre, the way across the ellipse through them being n:
  // 1 where they keep to it.
  static Four trust(const Block& b, const Offsets& n) {
    const Four miss = b.yy * n.x * n.x - 2.0f * b.xy * n.x * n.y + b.xx * n.y * n.y;
    return 1.0f / (1.0f + 30.0f * miss / ((b.xx + b.yy) * (n.x * n.x + n.y * n.y) + 1e-9f));
  }

  // Sums of the upper half of a system, four samples at a time.
  struct Sums {
    std::array<std::array<Four, 5>, 4> at{};

    System system() const {
      System m{};
      for (int i = 0; i < 4; ++i) {
        for (int j = i; j < 5; ++j) m[i][j] = sum(at[i][j]);
      }
      return m;
    }
  };

  // The ellipse that the slopes are across: least of Σ (slope × M(p − o))², where slope × M(p − o) is
  // slope.x · (x·z − x₄) + slope.y · (y·z − y₄) with z of e, b and Mo.
  std::optional<Oval> slopes_oval() const {
    Oval o{centre_};
    const float unit = float(1 / spread_);
    for (int round = 0; round < 2; ++round) {
      Sums sums;
      for (const Block& b : blocks_) {
        const Four w = round == 0 ? b.weight : b.weight * trust(b, o.across(off(b, o.centre)));
        const auto [dx, dy] = off(b, centre_);
        const Four px = dx * unit, py = dy * unit, xx = w * b.xx, xy = w * b.xy, yy = w * b.yy;
        // Rows and columns: x is −py, px, 0, −1 and y is −px, −py, 1, 0, with −py and px on the right.
        const Four cross_x = xx * px - xy * py, cross_y = xy * px - yy * py, along_x = xx * py + xy * px,
                   along_y = xy * py + yy * px;
        sums.at[0][0] += along_x * py + along_y * px;
        sums.at[0][1] += along_y * py - along_x * px;
        sums.at[0][2] -= along_y;
        sums.at[0][3] += along_x;
        sums.at[0][4] += along_x * py - along_y * px;
        sums.at[1][1] += cross_x * px - cross_y * py;
        sums.at[1][2] += cross_y;
        sums.at[1][3] -= cross_x;
        sums.at[1][4] += cross_y * px - cross_x * py;
        sums.at[2][2] += yy;
        sums.at[2][3] -= xy;
        sums.at[2][4] += yy * px - xy * py;
        sums.at[3][3] += xx;
        sums.at[3][4] += xx * py - xy * px;
      }
      System m = sums.system();
      std::array<double, 4> z;
      if (!solve(m, z)) return {};
      o.e = z[0], o.b = z[1];
      if (!o.real()) return {};
      const double det = 1 - o.e * o.e - o.b * o.b;
      o.centre =
          centre_ + Point{((1 - o.e) * z[2] - o.b * z[3]) / det, ((1 + o.e) * z[3] - o.b * z[2]) / det} * spread_;
    }
    return o;
  }

  static bool solve(System& m, std::array<double, 4>& z) {
    double trace = 0;
    for (int i = 0; i < 4; ++i) trace += m[i][i];
    for (int i = 0; i < 4; ++i) {
      if (!(m[i][i] > 1e-6 * trace)) return false;
      for (int j = i + 1; j < 4; ++j) {
        const double f = m[i][j] / m[i][i];
        for (int k = j; k < 5; ++k) m[j][k] -= f * m[i][k];
      }
    }
    for (int i = 4; i-- > 0;) {
      double v = m[i][4];
      for (int k = i + 1; k < 4; ++k) v -= m[i][k] * z[k];
      z[i] = v / m[i][i];
    }
    return true;
  }

  // Gauss–Newton on the centre and the shape, on what the colours say themselves. Returns the error under even stops.
  double refine_oval(Oval now, Gradient& shape, Ways& ways) const {
    EvenColors colors, after;
    Ways ways_after;
    if (!stretch(shape)) return 1e300;
    double error = even_profile(shape, colors, ways);
    for (int round = 0; round < (full_ ? 6 : 2); ++round) {
      std::array<double, 4> step;
      if (!oval_step(now, shape, colors, ways.along, step)) return error;
      double less = 1e300;
      // A step too far is halved.
      for (double by = 1; by > 0.2 && less >= error; by /= 2) {
        const Oval moved{now.centre + Point{step[2], step[3]} * by, now.e + by * step[0], now.b + by * step[1]};
        Gradient there = moved.shape();
        if (!moved.real() || !stretch(there)) continue;
        less = even_profile(there, after, ways_after);
        if (less < error) now = moved, shape = there;
      }
      if (less >= error) return error;
      std::swap(colors, after), std::swap(ways, ways_after);
      const bool enough = less > 0.98 * error;
      error = less;
      if (enough) return error;
    }
    return error;
  }

  // Of e, b and the centre.
  bool oval_step(const Oval& now, const Gradient& shape, const EvenColors& colors, const std::vector<Four>& along,
                 std::array<double, 4>& step) const {
    Sums sums;
    const float per = float(shape.u.x * shape.u.x / (1 + now.e));  // (t of a place)² by q·Mq
    const float unit = float(spread_);
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
      const Block& b = blocks_[k];
      const auto [steep, miss] = colors.pull(b, along[k]);
      const Four far = along[k] < 1e-3f ? four(0.0f) : b.weight;  // the middle says nothing
      const Offsets q = off(b, now.centre), n = now.across(q);
      const Four f = per / larger(along[k], four(1e-3f));
      // In units that are alike in size.
      const std::array<Four, 4> by{f * (q.x * q.x - q.y * q.y) * 0.5f, f * q.x * q.y, f * n.x * -unit, f * n.y * -unit};
      const Four w = far * steep, right = far * miss;
      for (int i = 0; i < 4; ++i) {
        const Four row = w * by[i];
        for (int j = i; j < 4; ++j) sums.at[i][j] += row * by[j];
        sums.at[i][4] += right * by[i];
      }
    }
    System m = sums.system();
    for (int i = 0; i < 4; ++i) m[i][i] *= 1.0001;
    if (!solve(m, step)) return false;
    step[2] *= spread_, step[3] *= spread_;
    return true;
  }

  // Where the slopes point to: least of Σ (slope × (p − o))², with those that miss it weighing less in each round.
  std::optional<Point> circle_centre() const {
    Point o = centre_;
    for (int round = 0; round < 4; ++round) {
      Four sxx{}, sxy{}, syy{}, sx{}, sy{};
      for (const Block& b : blocks_) {
        const Four w = round == 0 ? b.weight : b.weight * trust(b, off(b, o));
        const auto [x, y] = off(b, centre_);
        const Four xx = w * b.xx, xy = w * b.xy, yy = w * b.yy;
        sxx += yy, sxy -= xy, syy += xx;
        sx += yy * x - xy * y;
        sy += xx * y - xy * x;
      }
      const double axx = sum(sxx), axy = sum(sxy), ayy = sum(syy), bx = sum(sx), by = sum(sy);
      const double det = axx * ayy - axy * axy, trace = axx + ayy;
      if (!(det > 1e-5 * trace * trace)) return {};
      o = centre_ + Point{(bx * ayy - by * axy) / det, (by * axx - bx * axy) / det};
    }
    return o;
  }

  // Gauss–Newton on the centre, on what the colours say themselves.
  void refine_centre(Gradient& shape) const {
    Gradient now = shape;
    if (!stretch(now)) return;
    EvenColors colors, after;
    Ways ways;
    double error = even_profile(now, colors, ways);
    for (int round = 0; round < 3; ++round) {
      Four sxx{}, sxy{}, syy{}, sx{}, sy{};
      for (std::size_t k = 0; k < blocks_.size(); ++k) {
        const Block& b = blocks_[k];
        const auto [x, y] = off(b, now.origin);
        const Four size = root(x * x + y * y), per = float(-now.u.x) / larger(size, four(0.5f));
        const auto [steep, miss] = colors.pull(b, ways.along[k]);
        const Four far = size < 0.5f ? four(0.0f) : b.weight, nx = x * per, ny = y * per;
        const Four w = far * steep, right = far * miss;
        sxx += w * nx * nx, sxy += w * nx * ny, syy += w * ny * ny;
        sx += right * nx, sy += right * ny;
      }
      const double axx = sum(sxx) + 1e-9, axy = sum(sxy), ayy = sum(syy) + 1e-9, bx = sum(sx), by = sum(sy);
      const double det = axx * ayy - axy * axy;
      if (!(det > 0)) return;
      const Point step{(bx * ayy - by * axy) / det, (by * axx - bx * axy) / det};
      Gradient moved{true, now.origin + step, {1, 0}, {0, 1}, {}};
      if (!stretch(moved)) return;
      const double less = even_profile(moved, after, ways);
      if (less >= error) return;
      const bool enough = less > 0.98 * error;
      error = less, now = moved, shape = now;
      std::swap(colors, after);
      if (enough) return;
    }
  }

  const GradientSamples& samples_;
  const std::vector<Block>& blocks_;
  const double enough_, price_;
  const bool full_;
  double weight_ = 0, spread_ = 0;
  Point centre_;
  std::optional<FittedGradient> best_;
};

}  // namespace

std::optional<FittedGradient> fit_gradient(const GradientSamples& samples, double enough, double price, Effort effort) {
  return Fitter(samples, enough, price, effort).best();
}

double gradient_error(const Gradient& gradient, const GradientSamples& samples, double most) {
  struct Piece {  // up to a stop, or behind the last
    Four color, slope;
    float from;
  };
  const std::vector<GradientStop>& stops = gradient.stops;
  std::vector<Piece> pieces{Piece{four(stops.front().color), Four{}, 0}};
  for (std::size_t k = 0; k < stops.size(); ++k) {
    Piece piece{four(stops[k].color), Four{}, float(stops[k].at)};
    if (k + 1 < stops.size()) {
      piece.slope = (four(stops[k + 1].color) - piece.color) * float(1 / std::max(stops[k + 1].at - stops[k].at, 1e-9));
    }
    pieces.push_back(piece);
  }
  const Course course(gradient);
  double error = 0;
  for (const Block& b : samples.blocks()) {
    const auto [t, x, y] = course.along(b);
    FourWhole behind{};
    for (std::size_t k = 1; k < pieces.size(); ++k) behind -= t > pieces[k].from;
    Four sums{};
    for (int lane = 0; lane < 4; ++lane) {
      const Piece& piece = pieces[static_cast<std::size_t>(behind[lane])];
      const Four color = piece.color + piece.slope * (t[lane] - piece.from) - b.color[lane];
      const Four along_x = piece.slope * x[lane] - b.slope_x[lane], along_y = piece.slope * y[lane] - b.slope_y[lane];
      sums += color * color * b.weight[lane] + (along_x * along_x + along_y * along_y) * b.steep[lane];
    }
    error += sum(sums);
    if (error > most) break;
  }
  return error;
}

}  // namespace imgmill::trace
