// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "trace/closest_line.h"
#include "trace/gradient_profile.h"

namespace imgmill::trace {
namespace {

using Samples = std::vector<GradientSample>;
using vector::cross;
using vector::dot;
using vector::Point;

// Of a definition without its stops; some are given by shares of a box and shorter, others in the drawing's units.
constexpr double kLinearBytes = 86;
constexpr double kRadialBytes = 100;
constexpr double kEllipseBytes = 120;

constexpr double kTurned = 0.01;  // tangent of a turn that is not worth it in a quick fit

// Sums over the channels of the products of a colour's slopes.
struct Tensor {
  double xx = 0, xy = 0, yy = 0;
};

// Symmetric, its upper half given, the right side last.
using System = std::array<std::array<double, 5>, 4>;

class Fitter {
 public:
  Fitter(const Samples& samples, double enough, double price, Effort effort)
      : samples_(samples), enough_(enough), price_(price), full_(effort == Effort::full) {
    tensors_.reserve(samples.size());
    for (const GradientSample& s : samples_) {
      const Slopes& d = s.slopes;
      tensors_.push_back({trace::dot(d.x, d.x), trace::dot(d.x, d.y), trace::dot(d.y, d.y)});
      weight_ += s.weight;
      centre_ = centre_ + s.at * double(s.weight);
    }
    centre_ = centre_ * (1 / std::max(weight_, 1e-9));
    for (const GradientSample& s : samples_) {
      const Point q = s.at - centre_;
      spread_ += s.weight * dot(q, q);
    }
    spread_ = std::sqrt(spread_ / std::max(weight_, 1e-9));
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

  // A shape's own ways along, bounded to 0…1 by scaling `shape` itself.
  bool stretch(Gradient& shape) const {
    double low = 1e30, high = -1e30;
    for (const GradientSample& s : samples_) {
      const double t = shape.position(s.at);
      low = std::min(low, t), high = std::max(high, t);
    }
    if (shape.radial) low = 0;
    if (!(high - low > 1e-9)) return false;
    if (!shape.radial) shape.origin = shape.origin + shape.u * (low / dot(shape.u, shape.u));
    shape.u = shape.u * (1 / (high - low));
    shape.v = shape.v * (1 / (high - low));
    return true;
  }

  // The samples as a shape sees them.
  struct Ways {
    std::vector<double> along;  // of each sample
    Bins bins;
  };

  void gather(const Gradient& shape, Ways& ways) const {
    ways.along.resize(samples_.size());
    Bins& bins = ways.bins;
    bins.fill({});
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      const GradientSample& s = samples_[k];
      const auto [along, way] = shape.along(s.at);
      const double t = std::clamp(along, 0.0, 1.0);
      ways.along[k] = along;
      Bin& bin = bins[std::min(static_cast<int>(t * kBins), kBins - 1)];
      const double w = s.weight;
      bin.weight += w;
      bin.t += w * t;
      const std::array<double, 4> color = channels(s.color);
      for (int c = 0; c < 4; ++c) bin.color[c] += w * color[c];
      if (!s.sloped) continue;
      const std::array<double, 4> x = channels(s.slopes.x), y = channels(s.slopes.y);
      bin.slope_weight += kSlopeWeight * w * dot(way, way);
      for (int c = 0; c < 4; ++c) bin.slope[c] += kSlopeWeight * w * (x[c] * way.x + y[c] * way.y);
    }
    for (Bin& bin : bins) {
      if (bin.weight == 0) continue;
      bin.t /= bin.weight;
      for (double& v : bin.color) v /= bin.weight;
      if (bin.slope_weight == 0) continue;
      for (double& v : bin.slope) v /= bin.slope_weight;
    }
  }

  // Even stops: what a profile can come to at most, for comparing shapes.
  double even_profile(const Gradient& shape, std::vector<GradientStop>& stops, Ways& ways) const {
    gather(shape, ways);
    stops = fit_even_stops(ways.bins, weight_);
    double error = 0;
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      error += samples_[k].weight * distance2(even_color(stops, ways.along[k]), samples_[k].color);
    }
    return error;
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
    double xx = 0, xy = 0, yy = 0;
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      const double w = samples_[k].weight;
      xx += w * tensors_[k].xx, xy += w * tensors_[k].xy, yy += w * tensors_[k].yy;
    }
    Gradient shape;
    shape.origin = centre_;
    shape.u = principal(xx, xy, yy);
    if (!stretch(shape)) return;
    std::vector<GradientStop> stops, now;
    Ways ways, ways_now;
    double error = even_profile(shape, stops, ways);
    for (int round = 0; round < (full_ ? 3 : 1); ++round) {
      Gradient turned = shape;
      const double by = turn(shape, stops, ways.along);
      if (!full_ && std::fabs(by) < kTurned) break;
      const Point normal{-shape.u.y, shape.u.x};
      turned.u = shape.u + normal * std::clamp(by, -0.3, 0.3);
      turned.origin = centre_;
      if (!stretch(turned)) break;
      const double less = even_profile(turned, now, ways_now);
      if (less >= error) break;
      const bool enough = std::fabs(by) < 1e-3;
      error = less, shape = turned;
      std::swap(stops, now), std::swap(ways, ways_now);
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
  double turn(const Gradient& shape, const std::vector<GradientStop>& stops, const std::vector<double>& along) const {
    const Point normal{-shape.u.y, shape.u.x};
    double top = 0, bottom = 1e-9;
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      const GradientSample& s = samples_[k];
      const double t = along[k];
      const Paint slope = even_slope(stops, t);
      const double by = dot(normal, s.at - centre_);
      const Paint off = s.color - even_color(stops, t);
      top += s.weight * by * trace::dot(off, slope);
      bottom += s.weight * by * by * trace::dot(slope, slope);
    }
    return top / bottom;
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
    Point across(Point q) const { return {(1 + e) * q.x + b * q.y, b * q.x + (1 - e) * q.y}; }  // M·q
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

  // The ellipse that the slopes are across: least of Σ (slope × M(p − o))², where slope × M(p − o) is
  // slope.x · (x·z − x₄) + slope.y · (y·z − y₄) with z of e, b and Mo.
  std::optional<Oval> slopes_oval() const {
    Oval o{centre_};
    for (int round = 0; round < 2; ++round) {
      System m{};
      for (std::size_t k = 0; k < samples_.size(); ++k) {
        const Tensor& s = tensors_[k];
        const double sum = s.xx + s.yy;
        if (sum <= 0) continue;
        double w = samples_[k].weight;
        if (round > 0) {
          const Point q = samples_[k].at - o.centre;
          const Point n = o.across(q);
          const double miss = s.yy * n.x * n.x - 2 * s.xy * n.x * n.y + s.xx * n.y * n.y;
          w /= 1 + 30 * miss / (sum * dot(n, n) + 1e-9);
        }
        const Point p = (samples_[k].at - centre_) * (1 / spread_);
        const std::array<double, 5> x{-p.y, p.x, 0, -1, -p.y}, y{-p.x, -p.y, 1, 0, p.x};
        for (int i = 0; i < 4; ++i) {
          const double a = w * (s.xx * x[i] + s.xy * y[i]), b = w * (s.xy * x[i] + s.yy * y[i]);
          for (int j = i; j < 5; ++j) m[i][j] += a * x[j] + b * y[j];
        }
      }
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
      if (!(m[i][i] > 1e-7 * trace)) return false;
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
    std::vector<GradientStop> stops, after;
    Ways ways_after;
    if (!stretch(shape)) return 1e300;
    double error = even_profile(shape, stops, ways);
    for (int round = 0; round < (full_ ? 6 : 2); ++round) {
      std::array<double, 4> step;
      if (!oval_step(now, shape, stops, ways.along, step)) return error;
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
      std::swap(stops, after), std::swap(ways, ways_after);
      const bool enough = less > 0.98 * error;
      error = less;
      if (enough) return error;
    }
    return error;
  }

  // Of e, b and the centre.
  bool oval_step(const Oval& now, const Gradient& shape, const std::vector<GradientStop>& stops,
                 const std::vector<double>& along, std::array<double, 4>& step) const {
    System m{};
    const double per = shape.u.x * shape.u.x / (1 + now.e);  // (t of a place)² by q·Mq
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      const GradientSample& s = samples_[k];
      const double t = along[k];
      if (t < 1e-3) continue;
      const Point q = s.at - now.centre, n = now.across(q);
      const double f = per / t;
      // In units that are alike in size.
      const std::array<double, 4> by{f * (q.x * q.x - q.y * q.y) / 2, f * q.x * q.y, -f * n.x * spread_,
                                     -f * n.y * spread_};
      const Paint slope = even_slope(stops, t);
      const double w = s.weight * trace::dot(slope, slope);
      const double off = s.weight * trace::dot(s.color - even_color(stops, t), slope);
      for (int i = 0; i < 4; ++i) {
        for (int j = i; j < 4; ++j) m[i][j] += w * by[i] * by[j];
        m[i][4] += off * by[i];
      }
    }
    for (int i = 0; i < 4; ++i) m[i][i] *= 1.0001;
    if (!solve(m, step)) return false;
    step[2] *= spread_, step[3] *= spread_;
    return true;
  }

  // Where the slopes point to: least of Σ (slope × (p − o))², with those that miss it weighing less in each round.
  std::optional<Point> circle_centre() const {
    Point o = centre_;
    for (int round = 0; round < 4; ++round) {
      double axx = 0, axy = 0, ayy = 0, bx = 0, by = 0;
      for (std::size_t k = 0; k < samples_.size(); ++k) {
        const Tensor& s = tensors_[k];
        const double sum = s.xx + s.yy;
        if (sum <= 0) continue;
        double w = samples_[k].weight;
        const Point q = samples_[k].at - o;
        if (round > 0) {
          const double miss = s.yy * q.x * q.x - 2 * s.xy * q.x * q.y + s.xx * q.y * q.y;
          w /= 1 + 30 * miss / (sum * dot(q, q) + 1e-9);
        }
        axx += w * s.yy, axy -= w * s.xy, ayy += w * s.xx;
        const Point p = samples_[k].at - centre_;
        bx += w * (s.yy * p.x - s.xy * p.y);
        by += w * (s.xx * p.y - s.xy * p.x);
      }
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
    std::vector<GradientStop> stops, after;
    Ways ways;
    double error = even_profile(now, stops, ways);
    for (int round = 0; round < 3; ++round) {
      double axx = 1e-9, axy = 0, ayy = 1e-9, bx = 0, by = 0;
      for (std::size_t k = 0; k < samples_.size(); ++k) {
        const GradientSample& s = samples_[k];
        const Point q = s.at - now.origin;
        const double size = vector::length(q);
        if (size < 0.5) continue;
        const double t = ways.along[k];
        const Paint slope = even_slope(stops, t);
        const Point n = q * (-now.u.x / size);
        const double w = s.weight * trace::dot(slope, slope),
                     off = s.weight * trace::dot(s.color - even_color(stops, t), slope);
        axx += w * n.x * n.x, axy += w * n.x * n.y, ayy += w * n.y * n.y;
        bx += off * n.x, by += off * n.y;
      }
      const double det = axx * ayy - axy * axy;
      if (!(det > 0)) return;
      const Point step{(bx * ayy - by * axy) / det, (by * axx - bx * axy) / det};
      Gradient moved{true, now.origin + step, {1, 0}, {0, 1}, {}};
      if (!stretch(moved)) return;
      const double less = even_profile(moved, after, ways);
      if (less >= error) return;
      const bool enough = less > 0.98 * error;
      error = less, now = moved, shape = now;
      std::swap(stops, after);
      if (enough) return;
    }
  }

  const Samples& samples_;
  const double enough_, price_;
  const bool full_;
  std::vector<Tensor> tensors_;
  double weight_ = 0, spread_ = 0;
  Point centre_;
  std::optional<FittedGradient> best_;
};

}  // namespace

std::optional<FittedGradient> fit_gradient(const Samples& samples, double enough, double price, Effort effort) {
  return Fitter(samples, enough, price, effort).best();
}

double gradient_error(const Gradient& gradient, const Samples& samples, double most) {
  const std::vector<GradientStop>& stops = gradient.stops;
  std::vector<Paint> slopes(stops.size() + 1, Paint{0, 0, 0, 0});  // up to each stop, by the way
  for (std::size_t k = 1; k < stops.size(); ++k) {
    slopes[k] = (stops[k].color - stops[k - 1].color) * float(1 / std::max(stops[k].at - stops[k - 1].at, 1e-9));
  }
  double error = 0;
  for (const GradientSample& s : samples) {
    const auto [t, way] = gradient.along(s.at);
    const std::size_t behind = gradient.stop_behind(t), before = behind == 0 ? 0 : behind - 1;
    const Paint& slope = slopes[behind];
    error += s.weight * distance2(stops[before].color + slope * float(t - stops[before].at), s.color);
    if (s.sloped) {
      error += kSlopeWeight * s.weight *
               (distance2(slope * float(way.x), s.slopes.x) + distance2(slope * float(way.y), s.slopes.y));
    }
    if (error > most) break;
  }
  return error;
}

}  // namespace imgmill::trace
