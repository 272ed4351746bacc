// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace imgmill::trace {
namespace {

using Samples = std::vector<GradientSample>;
using vector::cross;
using vector::dot;
using vector::Point;

constexpr double kLinearBytes = 98;  // of a definition without its stops
constexpr double kRadialBytes = 102;

constexpr int kBins = 32;
constexpr std::size_t kMostStops = 8;

// The colours by their way along the gradient: means over even bins.
struct Bin {
  double weight = 0, t = 0;  // 0…1
  std::array<double, 4> color{};
  double slope_weight = 0;
  std::array<double, 4> slope{};  // of the colour by the way
};
using Bins = std::array<Bin, kBins>;

std::array<double, 4> channels(const Paint& p) { return {p.r, p.g, p.b, p.a}; }

// What the bins between two stops say about the colours there: the squared error of the line from one to the other is
// Σ over the channels of  low_low·l² + 2·low_high·l·h + high_high·h² − 2·(low·l + high·h)  + squares.
struct Span {
  double low_low = 0, low_high = 0, high_high = 0, squares = 0;
  std::array<double, 4> low{}, high{};
};

// Of the bins from `next` on, up to the stop at `to`, or of all where there is none behind; `next` moves on.
Span span_of(const Bins& bins, int& next, double from, double to, bool last) {
  Span span;
  const double per_way = 1 / (to - from);
  for (; next < kBins; ++next) {
    const Bin& bin = bins[next];
    if (bin.weight == 0) continue;
    if (!last && bin.t > to) break;
    const double b = std::clamp((bin.t - from) * per_way, 0.0, 1.0), a = 1 - b;
    const double steep = bin.slope_weight * per_way;
    const double low = bin.weight * a, high = bin.weight * b;
    span.low_low += low * a + steep * per_way;
    span.low_high += low * b - steep * per_way;
    span.high_high += high * b + steep * per_way;
    for (int c = 0; c < 4; ++c) {
      const double pull = steep * bin.slope[c];
      span.low[c] += low * bin.color[c] - pull;
      span.high[c] += high * bin.color[c] + pull;
      span.squares += bin.weight * bin.color[c] * bin.color[c] + bin.slope_weight * bin.slope[c] * bin.slope[c];
    }
  }
  return span;
}

using Spans = std::array<const Span*, kMostStops>;  // one fewer than there are stops
using StopColors = std::array<std::array<double, 4>, kMostStops>;

// The colours at stops that come nearest to what the spans between them say, by least squares over hat functions: a
// tridiagonal system. `weight` is that of all bins. Returns the error over what the bins' means leave.
double fit_colors(const Spans& spans, std::size_t stops, double weight, StopColors& colors) {
  struct Row {
    double mid = 0, high = 0;  // what is beside the diagonal; the system is symmetric
    std::array<double, 4> right{};
  };
  std::array<Row, kMostStops> rows;
  for (std::size_t j = 0; j + 1 < stops; ++j) {
    const Span& span = *spans[j];
    // Neighbouring stops are held together a little, so that one without samples has a colour.
    const double hold = 1e-4 * weight;
    rows[j].mid += span.low_low + hold, rows[j + 1].mid += span.high_high + hold;
    rows[j].high = span.low_high - hold;
    for (int c = 0; c < 4; ++c) rows[j].right[c] += span.low[c], rows[j + 1].right[c] += span.high[c];
  }
  for (std::size_t j = 1; j < stops; ++j) {
    const double f = rows[j - 1].high / rows[j - 1].mid;
    rows[j].mid -= f * rows[j - 1].high;
    for (int c = 0; c < 4; ++c) rows[j].right[c] -= f * rows[j - 1].right[c];
  }
  for (std::size_t j = stops; j-- > 0;) {
    const double per = 1 / rows[j].mid;
    for (int c = 0; c < 4; ++c) {
      const double after = j + 1 < stops ? rows[j].high * colors[j + 1][c] : 0;
      colors[j][c] = (rows[j].right[c] - after) * per;
    }
  }
  for (std::size_t j = 0; j < stops; ++j) {
    for (double& v : colors[j]) v = std::clamp(v, 0.0, 255.0);
    for (int c = 0; c < 3; ++c) colors[j][c] = std::min(colors[j][c], colors[j][3]);
  }
  double error = 0;
  for (std::size_t j = 0; j + 1 < stops; ++j) {
    const Span& span = *spans[j];
    error += span.squares;
    for (int c = 0; c < 4; ++c) {
      const double l = colors[j][c], h = colors[j + 1][c];
      error +=
          l * (span.low_low * l + 2 * (span.low_high * h - span.low[c])) + h * (span.high_high * h - 2 * span.high[c]);
    }
  }
  return std::max(error, 0.0);
}

Paint color_at(const std::vector<GradientStop>& stops, double t) {
  std::size_t k = 0;
  while (k + 2 < stops.size() && t > stops[k + 1].at) ++k;
  const double b = std::clamp((t - stops[k].at) / (stops[k + 1].at - stops[k].at), 0.0, 1.0);
  return stops[k].color + (stops[k + 1].color - stops[k].color) * float(b);
}

// Sums over the channels of the products of a colour's slopes.
struct Tensor {
  double xx = 0, xy = 0, yy = 0;
};

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
    return std::move(best_);
  }

 private:
  struct Profile {
    std::vector<GradientStop> stops;
    std::array<Span, kMostStops> spans;  // of each stop, to the next
    double error = 0;
  };

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
      const double along = shape.position(s.at), t = std::clamp(along, 0.0, 1.0);
      ways.along[k] = along;
      Bin& bin = bins[std::min(static_cast<int>(t * kBins), kBins - 1)];
      const double w = s.weight;
      bin.weight += w;
      bin.t += w * t;
      const std::array<double, 4> color = channels(s.color);
      for (int c = 0; c < 4; ++c) bin.color[c] += w * color[c];
      if (!s.sloped) continue;
      const Point way = shape.way(s.at);
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
    Profile even;
    for (std::size_t k = 0; k < 6; ++k) even.stops.push_back({double(k) / 5, {}});
    fit_all(ways.bins, even);
    stops = std::move(even.stops);
    double error = 0;
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      error += samples_[k].weight * distance2(color_at(stops, ways.along[k]), samples_[k].color);
    }
    return error;
  }

  // Everything that there is to the stops of a profile anew.
  void fit_all(const Bins& bins, Profile& profile) const {
    int next = 0;
    for (std::size_t k = 0; k + 1 < profile.stops.size(); ++k) {
      const double from = profile.stops[k].at, to = profile.stops[k + 1].at;
      profile.spans[k] = span_of(bins, next, from, to, k + 2 == profile.stops.size());
    }
    profile.error = fit(profile.stops, spans_of(profile));
  }

  static Spans spans_of(const Profile& profile) {
    Spans spans{};
    for (std::size_t k = 0; k + 1 < profile.stops.size(); ++k) spans[k] = &profile.spans[k];
    return spans;
  }

  // The colours of stops; returns the error.
  double fit(std::vector<GradientStop>& stops, const Spans& spans) const {
    StopColors colors;
    const double error = fit_colors(spans, stops.size(), weight_, colors);
    for (std::size_t k = 0; k < stops.size(); ++k) {
      stops[k].color = {float(colors[k][0]), float(colors[k][1]), float(colors[k][2]), float(colors[k][3])};
    }
    return error;
  }

  // The first bin behind a stop.
  static int first_behind(const Bins& bins, const Profile& profile, std::size_t stop) {
    int k = 0;
    while (stop > 0 && k < kBins && (bins[k].weight == 0 || bins[k].t <= profile.stops[stop].at)) ++k;
    return k;
  }

  // Stops are added where the colours leave the line most, while that pays.
  Profile profile(const Gradient& shape, const Bins& bins) const {
    int first = 0, last = kBins - 1;
    while (first < last && bins[first].weight == 0) ++first;
    while (last > first && bins[last].weight == 0) --last;
    // Rounded as they are written, so that the colours make up for it.
    const double from = shape.radial ? std::floor(100.0 * bins[first].t) / 100 : 0.0;
    Profile best;
    best.stops = {{from, {}}, {1, {}}};
    fit_all(bins, best);
    const double worth = price_ * kStopBytes;
    while (best.stops.size() < kMostStops && best.error >= worth) {
      Added added;
      for (std::size_t k = 0; k + 1 < best.stops.size(); ++k) try_stop(bins, best, k, added);
      if (best.error - added.error < worth) break;
      add(best, added);
    }
    if (full_) move_stops(bins, best);
    return best;
  }

  // A stop more, between a stop and the next.
  struct Added {
    double error = 1e300;
    std::size_t between = 0;
    double at = 0;
    Span before, after;
  };

  // … where the colours are farthest from the line, or in the middle.
  void try_stop(const Bins& bins, const Profile& now, std::size_t k, Added& best) const {
    const double low = now.stops[k].at, high = now.stops[k + 1].at;
    double most = 0, where = 0;
    for (const Bin& bin : bins) {
      if (bin.weight == 0 || bin.t < low + 0.03 || bin.t > high - 0.03) continue;
      const Paint mean{float(bin.color[0]), float(bin.color[1]), float(bin.color[2]), float(bin.color[3])};
      // A chord through the ends of a curve leaves it most in the middle, and the least squares line at the ends too.
      const double room = std::min(bin.t - low, high - bin.t) / (high - low);
      const double off = distance2(color_at(now.stops, bin.t), mean) * std::sqrt(bin.weight) * room;
      if (off > most) most = off, where = bin.t;
    }
    const double middle = std::round(50 * (low + high)) / 100, farthest = std::round(100 * where) / 100;
    const int first = first_behind(bins, now, k);
    const bool last = k + 2 == now.stops.size();
    for (const double at : {farthest, middle}) {
      if (at < low + 0.025 || at > high - 0.025) continue;
      int next = first;
      const Span before = span_of(bins, next, low, at, false), after = span_of(bins, next, at, high, last);
      Spans spans = spans_of(now);
      std::copy_backward(spans.begin() + k + 1, spans.begin() + now.stops.size() - 1, spans.begin() + now.stops.size());
      spans[k] = &before, spans[k + 1] = &after;
      StopColors colors;
      const double error = fit_colors(spans, now.stops.size() + 1, weight_, colors);
      if (error < best.error) best = {error, k, at, before, after};
      if (farthest == middle) break;
    }
  }

  void add(Profile& profile, const Added& added) const {
    const std::size_t k = added.between, spans = profile.stops.size() - 1;
    profile.stops.insert(profile.stops.begin() + static_cast<std::ptrdiff_t>(k) + 1, {added.at, {}});
    std::copy_backward(profile.spans.begin() + k + 1, profile.spans.begin() + spans, profile.spans.begin() + spans + 1);
    profile.spans[k] = added.before, profile.spans[k + 1] = added.after;
    profile.error = fit(profile.stops, spans_of(profile));
  }

  void move_stops(const Bins& bins, Profile& best) const {
    for (const double by : {0.04, 0.02, 0.01}) {
      for (std::size_t k = 1; k + 1 < best.stops.size(); ++k) {
        for (const double sense : {-1.0, 1.0}) {
          for (int step = 0; step < 4 && move_stop(bins, best, k, sense * by); ++step) {
          }
        }
      }
    }
  }

  // Whether that was better.
  bool move_stop(const Bins& bins, Profile& best, std::size_t k, double by) const {
    const double at = std::round(100 * (best.stops[k].at + by)) / 100;
    const double low = best.stops[k - 1].at, high = best.stops[k + 1].at;
    if (at < low + 0.015 || at > high - 0.015) return false;
    int next = first_behind(bins, best, k - 1);
    const Span before = span_of(bins, next, low, at, false);
    const Span after = span_of(bins, next, at, high, k + 2 == best.stops.size());
    Spans spans = spans_of(best);
    spans[k - 1] = &before, spans[k] = &after;
    std::vector<GradientStop> moved = best.stops;
    moved[k].at = at;
    const double error = fit(moved, spans);
    if (error >= best.error) return false;
    best.stops = std::move(moved);
    best.spans[k - 1] = before, best.spans[k] = after;
    best.error = error;
    return true;
  }

  void offer(Gradient shape, double bytes, const Bins& bins) {
    Profile found = profile(shape, bins);
    shape.stops = std::move(found.stops);
    FittedGradient fitted{std::move(shape), 0, bytes};
    fitted.bytes += kStopBytes * double(fitted.gradient.stops.size());
    fitted.error = gradient_error(fitted.gradient, samples_);
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

  // The eigenvector of the larger eigenvalue.
  static Point principal(double xx, double xy, double yy) {
    const double half = (xx - yy) / 2, root = std::sqrt(half * half + xy * xy);
    Point d = half >= 0 ? Point{half + root, xy} : Point{xy, root - half};
    const double size = vector::length(d);
    return size > 1e-12 ? d * (1 / size) : Point{0, 1};
  }

  static Paint slope_at(const std::vector<GradientStop>& stops, double t) {
    std::size_t k = 0;
    while (k + 2 < stops.size() && t > stops[k + 1].at) ++k;
    return (stops[k + 1].color - stops[k].color) * float(1 / (stops[k + 1].at - stops[k].at));
  }

  // Gauss–Newton step of the direction: tangent of the angle by which to turn u.
  double turn(const Gradient& shape, const std::vector<GradientStop>& stops, const std::vector<double>& along) const {
    const Point normal{-shape.u.y, shape.u.x};
    double top = 0, bottom = 1e-9;
    for (std::size_t k = 0; k < samples_.size(); ++k) {
      const GradientSample& s = samples_[k];
      const double t = along[k];
      const Paint slope = slope_at(stops, t);
      const double by = dot(normal, s.at - centre_);
      const Paint off = s.color - color_at(stops, t);
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
        const Paint slope = slope_at(stops, t);
        const Point n = q * (-now.u.x / size);
        const double w = s.weight * trace::dot(slope, slope),
                     off = s.weight * trace::dot(s.color - color_at(stops, t), slope);
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

double gradient_error(const Gradient& gradient, const Samples& samples) {
  double error = 0;
  for (const GradientSample& s : samples) {
    const double t = gradient.position(s.at);
    const std::size_t behind = gradient.stop_behind(t);
    error += s.weight * distance2(gradient.color_along(t, behind), s.color);
    if (!s.sloped) continue;
    const Slopes slopes = gradient.slopes_along(t, behind, s.at);
    error += kSlopeWeight * s.weight * (distance2(slopes.x, s.slopes.x) + distance2(slopes.y, s.slopes.y));
  }
  return error;
}

}  // namespace imgmill::trace
