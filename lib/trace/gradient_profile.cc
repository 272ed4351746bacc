// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_profile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace imgmill::trace {
namespace {

constexpr std::size_t kMostStops = 8;

// Sums over the bins before one, so that those over the bins between two are differences.
struct Sums {
  double weight = 0, t = 0, tt = 0, slope_weight = 0, squares = 0;
  Channels color{}, color_t{}, slope{};
};

// What the bins between two stops say about the colours there: the squared error of the line from one to the other is
// Σ over the channels of  low_low·l² + 2·low_high·l·h + high_high·h² − 2·(low·l + high·h)  + squares.
struct Span {
  double low_low = 0, low_high = 0, high_high = 0, squares = 0;
  Channels low{}, high{};

  Span() = default;
  // Of the bins whose sums are `after` − `before`, with stops at `from` and `to`.
  Span(const Sums& before, const Sums& after, double from, double to) {
    const double per = 1 / (to - from);
    const double w = after.weight - before.weight, wt = after.t - before.t, wtt = after.tt - before.tt;
    // Σ of weight · b and weight · b², b being how far a bin is on its way from the one stop to the other.
    const double b = per * (wt - from * w), bb = per * per * (wtt - 2 * from * wt + from * from * w);
    const double steep = (after.slope_weight - before.slope_weight) * per * per;
    low_low = w - 2 * b + bb + steep;
    low_high = b - bb - steep;
    high_high = bb + steep;
    squares = after.squares - before.squares;
    const Channels color = after.color - before.color;
    high = ((after.color_t - before.color_t) - color * from + (after.slope - before.slope)) * per;
    low = color - high;
  }
};

using Spans = std::array<const Span*, kMostStops>;  // one fewer than there are stops
using StopColors = std::array<Channels, kMostStops>;

// The colours at stops that come nearest to what the spans between them say, by least squares over hat functions: a
// tridiagonal system. `weight` is that of all bins. Returns the error over what the bins' means leave.
double fit_colors(const Spans& spans, std::size_t stops, double weight, StopColors& colors) {
  struct Row {
    double mid = 0, high = 0;  // what is beside the diagonal; the system is symmetric
    Channels right{};
  };
  std::array<Row, kMostStops> rows;
  for (std::size_t j = 0; j + 1 < stops; ++j) {
    const Span& span = *spans[j];
    // Neighbouring stops are held together a little, so that one without samples has a colour.
    const double hold = 1e-4 * weight;
    rows[j].mid += span.low_low + hold, rows[j + 1].mid += span.high_high + hold;
    rows[j].high = span.low_high - hold;
    rows[j].right += span.low, rows[j + 1].right += span.high;
  }
  for (std::size_t j = 1; j < stops; ++j) {
    const double f = rows[j - 1].high / rows[j - 1].mid;
    rows[j].mid -= f * rows[j - 1].high;
    rows[j].right -= f * rows[j - 1].right;
  }
  for (std::size_t j = stops; j-- > 0;) {
    if (j + 1 < stops) rows[j].right -= rows[j].high * colors[j + 1];
    colors[j] = rows[j].right / rows[j].mid;
  }
  for (std::size_t j = 0; j < stops; ++j) {
    Channels& color = colors[j];
    for (int c = 3; c >= 0; --c) color[c] = std::clamp(color[c], 0.0, c == 3 ? 255.0 : color[3]);
  }
  double error = 0;
  for (std::size_t j = 0; j + 1 < stops; ++j) {
    const Span& span = *spans[j];
    const Channels &l = colors[j], &h = colors[j + 1];
    const Channels off =
        l * (span.low_low * l + 2 * (span.low_high * h - span.low)) + h * (span.high_high * h - 2 * span.high);
    error += span.squares + ((off[0] + off[2]) + (off[1] + off[3]));
  }
  return std::max(error, 0.0);
}

Paint to_paint(const Channels& v) { return {float(v[0]), float(v[1]), float(v[2]), float(v[3])}; }

class StopFitter {
 public:
  StopFitter(const Bins& bins, double weight) : bins_(bins), weight_(weight) {
    for (int k = 0; k < kBins; ++k) {
      const Bin& bin = bins[k];
      const double w = bin.weight, t = bin.t, s = bin.slope_weight;
      const Channels color = __builtin_convertvector(bin.color, Channels) * w;
      const Channels slope = __builtin_convertvector(bin.slope, Channels) * s;
      Sums& sums = sums_[k + 1] = sums_[k];
      sums.weight += w, sums.t += w * t, sums.tt += w * t * t, sums.slope_weight += s;
      const Channels squares =
          __builtin_convertvector(bin.color, Channels) * color + __builtin_convertvector(bin.slope, Channels) * slope;
      sums.squares += (squares[0] + squares[2]) + (squares[1] + squares[3]);
      sums.color += color, sums.color_t += color * t, sums.slope += slope;
    }
  }

  // Stops are added where the colours leave the line most, while that pays: between any two, or, unless it is to
  // settle, between those two where they leave it most.
  std::vector<GradientStop> best(double from, double worth, bool settle) const {
    Profile best;
    best.stops = {{from, {}}, {1, {}}};
    fit_all(best);
    while (best.stops.size() < kMostStops && best.error >= worth) {
      Added added;
      std::array<Bulge, kMostStops> bulges;
      std::size_t largest = 0;
      for (std::size_t k = 0; k + 1 < best.stops.size(); ++k) {
        bulges[k] = bulge(best, k);
        if (bulges[k].size > bulges[largest].size) largest = k;
      }
      for (std::size_t k = 0; k + 1 < best.stops.size(); ++k) {
        if (settle || k == largest) try_stop(best, k, bulges[k].at, added);
      }
      if (best.error - added.error < worth) break;
      add(best, added);
    }
    if (settle) move_stops(best);
    return std::move(best.stops);
  }

  std::array<Paint, kEven + 1> even() const {
    std::array<Span, kEven> spans;
    Spans pointers{};
    int begin = 0;
    for (int k = 0; k < kEven; ++k) {
      const int end = k + 1 == kEven ? kBins : first_behind(double(k + 1) / kEven, begin);
      spans[k] = Span(sums_[begin], sums_[end], double(k) / kEven, double(k + 1) / kEven);
      pointers[k] = &spans[k];
      begin = end;
    }
    StopColors colors;
    fit_colors(pointers, kEven + 1, weight_, colors);
    std::array<Paint, kEven + 1> even;
    for (int k = 0; k <= kEven; ++k) even[k] = to_paint(colors[k]);
    return even;
  }

 private:
  struct Profile {
    std::vector<GradientStop> stops;
    std::array<Span, kMostStops> spans;  // of each stop, to the next
    double error = 0;
  };

  // Everything that there is to the stops of a profile anew.
  void fit_all(Profile& profile) const {
    for (std::size_t k = 0; k + 1 < profile.stops.size(); ++k) profile.spans[k] = span(profile.stops, k);
    profile.error = fit(profile.stops, spans_of(profile));
  }

  // From a stop to the next; the first has all bins before it too, and the last all behind it.
  Span span(const std::vector<GradientStop>& stops, std::size_t k) const {
    const double from = stops[k].at, to = stops[k + 1].at;
    const int begin = k == 0 ? 0 : first_behind(from, 0), end = k + 2 == stops.size() ? kBins : first_behind(to, begin);
    return Span(sums_[begin], sums_[end], from, to);
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
    for (std::size_t k = 0; k < stops.size(); ++k) stops[k].color = to_paint(colors[k]);
    return error;
  }

  // The first bin behind a place, from that bin on.
  int first_behind(double at, int k) const {
    while (k < kBins && (bins_[k].weight == 0 || bins_[k].t <= at)) ++k;
    return k;
  }

  // A stop more, between a stop and the next.
  struct Added {
    double error = 1e300;
    std::size_t between = 0;
    double at = 0;
    Span before, after;
  };

  // Where between two stops the colours are farthest from the line.
  struct Bulge {
    double size = 0, at = 0;
  };
  Bulge bulge(const Profile& now, std::size_t k) const {
    const double low = now.stops[k].at, high = now.stops[k + 1].at;
    const Four from = four(now.stops[k].color), rise = four(now.stops[k + 1].color) - from;
    Bulge most;
    for (const Bin& bin : bins_) {
      if (bin.weight == 0 || bin.t < low + 0.03 || bin.t > high - 0.03) continue;
      const double way = (bin.t - low) / (high - low);
      const Four off = from + rise * float(way) - bin.color;
      // A chord through the ends of a curve leaves it most in the middle, and the least squares line at the ends too.
      const double size = sum(off * off) * std::sqrt(bin.weight) * std::min(way, 1 - way);
      if (size > most.size) most = {size, bin.t};
    }
    return most;
  }

  // … there, or in the middle.
  void try_stop(const Profile& now, std::size_t k, double where, Added& best) const {
    const double low = now.stops[k].at, high = now.stops[k + 1].at;
    const double middle = std::round(50 * (low + high)) / 100, farthest = std::round(100 * where) / 100;
    const int first = k == 0 ? 0 : first_behind(low, 0);
    const int end = k + 2 == now.stops.size() ? kBins : first_behind(high, first);
    for (const double at : {farthest, middle}) {
      if (at < low + 0.025 || at > high - 0.025) continue;
      const Sums& middle_sums = sums_[first_behind(at, first)];
      const Span before(sums_[first], middle_sums, low, at), after(middle_sums, sums_[end], at, high);
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

  void move_stops(Profile& best) const {
    for (const double by : {0.04, 0.02, 0.01}) {
      for (std::size_t k = 1; k + 1 < best.stops.size(); ++k) {
        for (const double sense : {-1.0, 1.0}) {
          for (int step = 0; step < 4 && move_stop(best, k, sense * by); ++step) {
          }
        }
      }
    }
  }

  // Whether that was better.
  bool move_stop(Profile& best, std::size_t k, double by) const {
    const double at = std::round(100 * (best.stops[k].at + by)) / 100;
    const double low = best.stops[k - 1].at, high = best.stops[k + 1].at;
    if (at < low + 0.015 || at > high - 0.015) return false;
    std::vector<GradientStop> moved = best.stops;
    moved[k].at = at;
    const Span before = span(moved, k - 1), after = span(moved, k);
    Spans spans = spans_of(best);
    spans[k - 1] = &before, spans[k] = &after;
    const double error = fit(moved, spans);
    if (error >= best.error) return false;
    best.stops = std::move(moved);
    best.spans[k - 1] = before, best.spans[k] = after;
    best.error = error;
    return true;
  }

  const Bins& bins_;
  const double weight_;
  std::array<Sums, kBins + 1> sums_{};
};

}  // namespace

std::vector<GradientStop> fit_stops(const Bins& bins, double weight, double from, double worth, bool settle) {
  return StopFitter(bins, weight).best(from, worth, settle);
}

std::array<Paint, kEven + 1> fit_even_stops(const Bins& bins, double weight) { return StopFitter(bins, weight).even(); }

}  // namespace imgmill::trace
