// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_profile.h"

#include <cmath>
#include <cstddef>

namespace imgmill::trace {
namespace {

constexpr std::size_t kMostStops = 8;

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

class StopFitter {
 public:
  StopFitter(const Bins& bins, double weight) : bins_(bins), weight_(weight) {}

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

  std::vector<GradientStop> even() const {
    Profile even;
    for (int k = 0; k <= kEven; ++k) even.stops.push_back({double(k) / kEven, {}});
    fit_all(even);
    return std::move(even.stops);
  }

 private:
  struct Profile {
    std::vector<GradientStop> stops;
    std::array<Span, kMostStops> spans;  // of each stop, to the next
    double error = 0;
  };

  // Everything that there is to the stops of a profile anew.
  void fit_all(Profile& profile) const {
    int next = 0;
    for (std::size_t k = 0; k + 1 < profile.stops.size(); ++k) {
      const double from = profile.stops[k].at, to = profile.stops[k + 1].at;
      profile.spans[k] = span_of(bins_, next, from, to, k + 2 == profile.stops.size());
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
  int first_behind(const Profile& profile, std::size_t stop) const {
    int k = 0;
    while (stop > 0 && k < kBins && (bins_[k].weight == 0 || bins_[k].t <= profile.stops[stop].at)) ++k;
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
    Bulge most;
    for (const Bin& bin : bins_) {
      if (bin.weight == 0 || bin.t < low + 0.03 || bin.t > high - 0.03) continue;
      const Paint mean{float(bin.color[0]), float(bin.color[1]), float(bin.color[2]), float(bin.color[3])};
      // A chord through the ends of a curve leaves it most in the middle, and the least squares line at the ends too.
      const double room = std::min(bin.t - low, high - bin.t) / (high - low);
      const double off = distance2(color_at(now.stops, bin.t), mean) * std::sqrt(bin.weight) * room;
      if (off > most.size) most = {off, bin.t};
    }
    return most;
  }

  // … there, or in the middle.
  void try_stop(const Profile& now, std::size_t k, double where, Added& best) const {
    const double low = now.stops[k].at, high = now.stops[k + 1].at;
    const double middle = std::round(50 * (low + high)) / 100, farthest = std::round(100 * where) / 100;
    const int first = first_behind(now, k);
    const bool last = k + 2 == now.stops.size();
    for (const double at : {farthest, middle}) {
      if (at < low + 0.025 || at > high - 0.025) continue;
      int next = first;
      const Span before = span_of(bins_, next, low, at, false), after = span_of(bins_, next, at, high, last);
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
    int next = first_behind(best, k - 1);
    const Span before = span_of(bins_, next, low, at, false);
    const Span after = span_of(bins_, next, at, high, k + 2 == best.stops.size());
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

  const Bins& bins_;
  const double weight_;
};

}  // namespace

std::vector<GradientStop> fit_stops(const Bins& bins, double weight, double from, double worth, bool settle) {
  return StopFitter(bins, weight).best(from, worth, settle);
}

std::vector<GradientStop> fit_even_stops(const Bins& bins, double weight) { return StopFitter(bins, weight).even(); }

}  // namespace imgmill::trace
