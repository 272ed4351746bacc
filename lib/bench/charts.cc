// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "report/sheet.h"
#include "report/statistics.h"
#include "report/text.h"

namespace imgmill::bench {
namespace {

constexpr double kWidth = 640, kHeight = 300, kLeft = 64, kRight = 16, kTop = 12, kBottom = 44;
constexpr std::size_t kColors = 8;

std::string escaped(const std::string& text) { return report::escaped_for_html(text); }

// From values to places, with ticks at round values. Logarithmic axes are for values over 0.
class Axis {
 public:
  Axis(double least, double most, bool logarithmic, double from, double to)
      : logarithmic_(logarithmic), from_(from), to_(to) {
    low_ = scaled(least);
    high_ = scaled(most);
    constexpr double kRoom = 0.06;
    constexpr double kLeastWidth = 1e-6;  // of the values themselves: what is nearer than that is equal
    const double width = high_ - low_, size = std::max(std::abs(low_), std::abs(high_));
    const double room = width > size * kLeastWidth ? width * kRoom : std::max(size * kRoom, kLeastWidth);
    low_ -= room;
    high_ += room;
  }
  double place(double value) const { return from_ + (scaled(value) - low_) / (high_ - low_) * (to_ - from_); }
  std::vector<double> ticks() const {
    std::vector<double> values;
    const double least = unscaled(low_), most = unscaled(high_);
    if (logarithmic_ && most / least > 8) {
      for (double decade = std::pow(10, std::floor(low_)); decade <= most; decade *= 10) {
        for (const double step : {1.0, 2.0, 5.0}) {
          if (decade * step >= least && decade * step <= most) values.push_back(decade * step);
        }
      }
      return values;
    }
    constexpr double kTicks = 5;
    const double raw = (most - least) / kTicks, decade = std::pow(10, std::floor(std::log10(raw)));
    const double step = raw / decade < 1.5   ? decade
                        : raw / decade < 3.5 ? 2 * decade
                        : raw / decade < 7.5 ? 5 * decade
                                             : 10 * decade;
    const double first = std::ceil(least / step);
    for (int i = 0; i <= 2 * kTicks && (first + i) * step <= most; ++i) values.push_back((first + i) * step);
    return values;
  }

 private:
  double scaled(double value) const { return logarithmic_ ? std::log10(value) : value; }
  double unscaled(double value) const { return logarithmic_ ? std::pow(10, value) : value; }
  bool logarithmic_;
  double from_, to_, low_ = 0, high_ = 1;
};

using Label = std::function<std::string(double)>;

std::string bytes_label(double bytes) { return report::human_bytes(static_cast<std::uint64_t>(std::llround(bytes))); }
std::string number_label(double value) { return fmt::format("{:g}", std::round(value * 1e6) / 1e6 + 0.0); }

std::string x_axis(const Axis& axis, const std::vector<double>& ticks, const Label& label, const std::string& title) {
  std::string text;
  for (const double tick : ticks) {
    const double x = axis.place(tick);
    text += fmt::format(
        "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        x, kTop, kHeight - kBottom, kHeight - kBottom + 16, label(tick));
  }
  return text + fmt::format("<text class=\"title\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                            (kLeft + kWidth - kRight) / 2, kHeight - 8, title);
}

std::string y_axis(const Axis& axis, const Label& label, const std::string& title) {
  std::string text;
  for (const double tick : axis.ticks()) {
    const double y = axis.place(tick);
    text += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        kLeft, kWidth - kRight, y, kLeft - 6, y + 4, label(tick));
  }
  return text + fmt::format(
                    "<text class=\"title\" transform=\"translate(14 {:.1f}) rotate(-90)\" "
                    "text-anchor=\"middle\">{}</text>\n",
                    (kTop + kHeight - kBottom) / 2, title);
}

std::string figure(const std::string& title, const std::string& drawing) {
  return fmt::format(
      "<figure>\n<figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n"
      "</figure>\n",
      title, kWidth, kHeight, title, drawing);
}

std::string color_of(std::size_t entrant) { return fmt::format("e{}", entrant % kColors); }

std::pair<double, double> range_of(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return {*least, *most};
}

// A column of dots for each entrant, and the box of its quartiles with the median in it.
using Dots = std::vector<std::pair<std::size_t, double>>;  // image, value
std::string columns(const Results& results, const std::vector<Dots>& by_entrant, bool logarithmic, const Label& label,
                    const std::string& title, const std::string& unit) {
  std::vector<double> all;
  for (const Dots& dots : by_entrant) {
    for (const auto& [image, value] : dots) all.push_back(value);
  }
  if (all.empty()) return "";
  const auto [least, most] = range_of(all);
  const Axis axis(least, most, logarithmic && least > 0, kHeight - kBottom, kTop);
  std::string drawing = y_axis(axis, label, unit);
  const double step = (kWidth - kLeft - kRight) / static_cast<double>(by_entrant.size());
  for (std::size_t entrant = 0; entrant < by_entrant.size(); ++entrant) {
    const double middle = kLeft + step * (static_cast<double>(entrant) + 0.5), half = std::min(step * 0.3, 48.0);
    std::vector<double> values;
    const std::string name = escaped(results.entrants[entrant].name);
    for (const auto& [image, value] : by_entrant[entrant]) {
      // Spread by a fixed rule, so that the same results give the same bytes.
      const double aside = (static_cast<double>(image * 7 % 11) / 10 - 0.5) * half;
      drawing += fmt::format(
          "<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"><title>{}: {} {}</title></circle>\n",
          color_of(entrant), middle + aside, axis.place(value), escaped(results.images[image].path), label(value),
          unit);
      values.push_back(value);
    }
    if (values.empty()) continue;
    const double low = axis.place(report::quantile(values, 0.25)), high = axis.place(report::quantile(values, 0.75)),
                 median = axis.place(report::median(values));
    drawing += fmt::format(
        "<rect class=\"box {0}\" x=\"{1:.1f}\" y=\"{2:.1f}\" width=\"{3:.1f}\" height=\"{4:.1f}\"/>"
        "<line class=\"median\" x1=\"{1:.1f}\" x2=\"{5:.1f}\" y1=\"{6:.1f}\" y2=\"{6:.1f}\"><title>{7}: median {8} "
        "{9}</title></line>\n",
        color_of(entrant), middle - half, high, 2 * half, low - high, middle + half, median, name,
        label(report::median(values)), unit);
    if (step >= 48) {
      drawing +=
          fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", middle, kHeight - kBottom + 16,
                      escaped(report::fitted(report::printable(results.entrants[entrant].name),
                                             static_cast<std::size_t>(step / 7))));
    }
  }
  return figure(title, drawing);
}

}  // namespace

std::string_view chart_style() {
  return R"(figure { margin: 1rem 0; display: inline-block; width: min(100%, 36rem); vertical-align: top; }
figcaption, h2 { font-size: 1.1rem; font-weight: 600; margin: .5rem 0; }
svg { width: 100%; font: 11px system-ui, sans-serif; } svg text { fill: var(--ink); } .title { font-size: 12px; }
.grid { stroke: var(--line); stroke-width: .7; } .front { stroke: var(--ink); stroke-dasharray: 4 3; fill: none; opacity: .6; }
.ring { fill: none; stroke: var(--ink); stroke-width: 1.5; } .dot { opacity: .55; } .box { fill-opacity: .25; }
.median { stroke: var(--ink); stroke-width: 2; } .curve { fill: none; stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
.legend svg { width: .8rem; height: .8rem; vertical-align: -.05rem; margin-right: .4rem; }
.trio { display: inline-grid; grid-template-columns: repeat(3, minmax(0, 12rem)); gap: .25rem; margin: .5rem 1rem .5rem 0; }
.trio p { grid-column: 1 / -1; margin: 0; max-width: 36rem; overflow-wrap: anywhere; } .trio img { max-width: 100%; background: #fff; }
.e0 { fill: #0969da; stroke: #0969da; } .e1 { fill: #bc4c00; stroke: #bc4c00; } .e2 { fill: #1a7f37; stroke: #1a7f37; }
.e3 { fill: #8250df; stroke: #8250df; } .e4 { fill: #bf3989; stroke: #bf3989; } .e5 { fill: #7d4e00; stroke: #7d4e00; }
.e6 { fill: #057a7a; stroke: #057a7a; } .e7 { fill: #57606a; stroke: #57606a; }
@media (prefers-color-scheme: dark) {
  .e0 { fill: #58a6ff; stroke: #58a6ff; } .e1 { fill: #f0883e; stroke: #f0883e; } .e2 { fill: #56d364; stroke: #56d364; }
  .e3 { fill: #bc8cff; stroke: #bc8cff; } .e4 { fill: #f778ba; stroke: #f778ba; } .e5 { fill: #d29922; stroke: #d29922; }
  .e6 { fill: #39c5cf; stroke: #39c5cf; } .e7 { fill: #8b949e; stroke: #8b949e; }
}
)";
}

std::string legend(const Results& results) {
  std::string text = "<ul class=\"legend\">\n";
  for (std::size_t i = 0; i < results.entrants.size(); ++i) {
    text +=
        fmt::format("<li><svg viewBox=\"0 0 10 10\"><circle class=\"{}\" cx=\"5\" cy=\"5\" r=\"4\"/></svg>{}</li>\n",
                    color_of(i), escaped(results.entrants[i].name));
  }
  return text + "</ul>\n";
}

std::string cost_chart(const Results& results, const std::vector<Figures>& figures) {
  std::vector<const Figures*> shown;
  std::vector<double> bytes, ssim, ms;
  for (const Figures& f : figures) {
    if (f.level != results.setting.levels.front() || !f.times || !f.ssim || f.mean_bytes <= 0) continue;
    shown.push_back(&f);
    bytes.push_back(f.mean_bytes);
    ssim.push_back(*f.ssim);
    ms.push_back(f.times->mean);
  }
  if (shown.empty()) return "";
  const auto [least_bytes, most_bytes] = range_of(bytes);
  const auto [least_ssim, most_ssim] = range_of(ssim);
  const Axis x(least_bytes, most_bytes, true, kLeft, kWidth - kRight);
  const Axis y(least_ssim, most_ssim, false, kHeight - kBottom, kTop);
  std::string drawing = x_axis(x, x.ticks(), bytes_label, "bytes, mean") + y_axis(y, number_label, "SSIM, mean");
  std::sort(shown.begin(), shown.end(), [](const auto* a, const auto* b) { return a->mean_bytes < b->mean_bytes; });
  std::string front;
  for (const Figures* f : shown) {
    if (!f->on_front) continue;
    front += fmt::format("{}{:.1f} {:.1f}", front.empty() ? "M" : " L", x.place(f->mean_bytes), y.place(*f->ssim));
  }
  if (!front.empty()) drawing += fmt::format("<path class=\"front\" d=\"{}\"/>\n", front);
  constexpr double kLargest = 16, kSmallest = 4;
  const double slowest = *std::max_element(ms.begin(), ms.end());
  for (const Figures* f : shown) {
    const double cx = x.place(f->mean_bytes), cy = y.place(*f->ssim);
    const double r = std::max(kSmallest, kLargest * std::sqrt(f->times->mean / slowest));
    drawing += fmt::format(
        "<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"><title>{}: SSIM {:.4f}, {}, {:.1f} "
        "ms</title></circle>\n",
        color_of(f->entrant), cx, cy, r, escaped(results.entrants[f->entrant].name), *f->ssim,
        bytes_label(f->mean_bytes), f->times->mean);
    if (f->on_front)
      drawing += fmt::format("<circle class=\"ring\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n", cx, cy, r + 2);
  }
  return figure("Quality against bytes; the larger the disc, the longer it takes; ringed: beaten by nobody", drawing);
}

std::string time_chart(const Results& results) {
  std::vector<Dots> by_entrant(results.entrants.size());
  for (std::size_t entrant = 0; entrant < by_entrant.size(); ++entrant) {
    for (std::size_t image = 0; image < results.images.size(); ++image) {
      const std::vector<double> ms = times_of(results.cell(entrant, image), results.setting.levels.front());
      if (!ms.empty()) by_entrant[entrant].emplace_back(image, report::median(ms));
    }
  }
  return columns(
      results, by_entrant, true, [](double ms) { return fmt::format("{:.3g}", ms); }, "Time of each image", "ms");
}

std::string ssim_chart(const Results& results) {
  std::vector<Dots> by_entrant(results.entrants.size());
  for (std::size_t entrant = 0; entrant < by_entrant.size(); ++entrant) {
    for (std::size_t image = 0; image < results.images.size(); ++image) {
      const auto& made = results.cell(entrant, image).made;
      if (made && made->ssim) by_entrant[entrant].emplace_back(image, *made->ssim);
    }
  }
  return columns(
      results, by_entrant, false, [](double ssim) { return fmt::format("{:.4g}", ssim); }, "Quality of each image",
      "SSIM");
}

std::string scaling_chart(const Results& results, const std::vector<Figures>& figures) {
  if (results.setting.levels.size() < 2) return "";
  const std::vector<double> levels(results.setting.levels.begin(), results.setting.levels.end());
  std::vector<double> speeds = {0};
  for (const Figures& f : figures) speeds.push_back(f.images_per_second);
  const auto [least, most] = range_of(levels);
  const Axis x(least, most, false, kLeft, kWidth - kRight);
  const Axis y(0, *std::max_element(speeds.begin(), speeds.end()), false, kHeight - kBottom, kTop);
  std::string drawing =
      x_axis(x, levels, number_label, "items in work at once") + y_axis(y, number_label, "images per second");
  for (std::size_t entrant = 0; entrant < results.entrants.size(); ++entrant) {
    std::string curve;
    for (const Figures& f : figures) {
      if (f.entrant != entrant || !f.times) continue;
      const double px = x.place(f.level), py = y.place(f.images_per_second);
      curve += fmt::format("{}{:.1f} {:.1f}", curve.empty() ? "M" : " L", px, py);
      drawing += fmt::format(
          "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}, {} at once: {:.1f} "
          "images/s</title></circle>\n",
          color_of(entrant), px, py, escaped(results.entrants[entrant].name), f.level, f.images_per_second);
    }
    drawing += fmt::format("<path class=\"curve {}\" style=\"fill:none\" d=\"{}\"/>\n", color_of(entrant), curve);
  }
  return figure("Images a second by items in work at once", drawing);
}

}  // namespace imgmill::bench
