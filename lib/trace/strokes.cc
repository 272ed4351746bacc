// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/strokes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "trace/skeleton.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::Point;

constexpr float kInk = 0.35f;       // of a pixel: from there on it is part of a line, so that hairlines don't break
constexpr double kStep = 0.25;      // px between the places at which ink is looked up
constexpr float kBare = 0.06f;      // of a pixel: less is paper
constexpr double kThinnest = 0.25;  // px
constexpr int kArm = 4;             // pixels to each side that tell where a line is heading

// How much of each pixel is ink.
class Ink {
 public:
  explicit Ink(const Plane& plane) : width_(plane.width), height_(plane.height), at_(plane.at.size()) {
    const auto [dark, light] = levels_of(plane);
    for (std::size_t i = 0; i < at_.size(); ++i) {
      at_[i] = std::clamp(float((light - plane.at[i]) / std::max(light - dark, 1.0)), 0.0f, 1.0f);
    }
  }

  Bits bits() const {
    Bits bits{width_, height_, std::vector<std::uint8_t>(at_.size())};
    for (std::size_t i = 0; i < at_.size(); ++i) bits.at[i] = at_[i] >= kInk;
    return bits;
  }

  // Between the centres of pixels.
  float operator()(Point p) const {
    const double u = p.x - 0.5, v = p.y - 0.5;
    const double left = std::floor(u), top = std::floor(v);
    const float a = float(u - left), b = float(v - top);
    const int x = static_cast<int>(left), y = static_cast<int>(top);
    return (pixel(x, y) * (1 - a) + pixel(x + 1, y) * a) * (1 - b) +
           (pixel(x, y + 1) * (1 - a) + pixel(x + 1, y + 1) * a) * b;
  }

 private:
  struct Levels {
    double dark, light;
  };
  // Of solid ink and bare paper; where lines are too thin to be solid anywhere, their darkest pixels count.
  static Levels levels_of(const Plane& plane) {
    constexpr std::int64_t kEnough = 8;
    const std::vector<std::uint8_t> core = cores_of(plane);
    Histogram ink{}, solid{}, paper{};
    std::int64_t solid_count = 0, ink_count = 0;
    for (std::size_t i = 0; i < plane.at.size(); ++i) {
      if (!plane.ink(i)) {
        if (core[i] != 0) ++paper[plane.at[i]];
        continue;
      }
      ++ink[plane.at[i]], ++ink_count;
      if (core[i] != 0) ++solid[plane.at[i]], ++solid_count;
    }
    if (solid_count >= kEnough) return {double(median(solid)), double(median(paper))};
    int dark = 0;
    for (std::int64_t seen = 0; dark < 255 && (seen += ink[dark]) * 20 < ink_count;) ++dark;
    return {double(dark), double(median(paper))};
  }

  float pixel(int x, int y) const {
    if (x < 0 || y < 0 || x >= width_ || y >= height_) return 0;
    return at_[static_cast<std::size_t>(y) * width_ + x];
  }

  const int width_, height_;
  std::vector<float> at_;
};

// Takes out what is no line but a speck: fewer than `least` pixels that touch each other.
void drop_specks(Bits& bits, std::size_t least) {
  std::vector<std::uint8_t> seen(bits.at.size());
  std::vector<std::int32_t> speck;
  for (std::size_t i = 0; i < bits.at.size(); ++i) {
    if (bits.at[i] == 0 || seen[i] != 0) continue;
    speck = {static_cast<std::int32_t>(i)};
    seen[i] = 1;
    for (std::size_t k = 0; k < speck.size(); ++k) {
      const int x = speck[k] % bits.width, y = speck[k] / bits.width;
      for (int v = y - 1; v <= y + 1; ++v) {
        for (int u = x - 1; u <= x + 1; ++u) {
          const std::size_t next = static_cast<std::size_t>(v) * bits.width + u;
          if (!bits(u, v) || seen[next] != 0) continue;
          seen[next] = 1;
          speck.push_back(static_cast<std::int32_t>(next));
        }
      }
    }
    if (speck.size() >= least) continue;
    for (const std::int32_t pixel : speck) bits.at[pixel] = 0;
  }
}

Point centre_of(std::int32_t pixel, int width) { return {pixel % width + 0.5, pixel / width + 0.5}; }

Point unit(Point p) {
  const double size = vector::length(p);
  return size > 0 ? p * (1 / size) : Point{1, 0};
}

// A line as it was measured, from end to end.
struct Line {
  std::vector<Point> points;
  double width = 0;
  std::int32_t from = kFreeEnd, to = kFreeEnd;
  bool closed = false;

  void turn_around() {
    std::reverse(points.begin(), points.end());
    std::swap(from, to);
  }
  // Where it is heading at its end.
  Point heading() const {
    const std::size_t n = points.size(), back = std::min<std::size_t>(n - 1, 2 * kArm);
    return unit(points[n - 1] - points[n - 1 - back]);
  }
};

class LineMeter {
 public:
  LineMeter(const Ink& ink, const Bits& bits) : ink_(ink), bits_(bits) {}

  Line measure(const Chain& chain) const {
    Line line{{}, 0, chain.from, chain.to, chain.closed};
    std::vector<Point> middle = smoothed(chain);
    std::vector<Section> sections = sections_of(middle, chain.closed);
    if (middle.size() == 1) {  // a dot: once across, once along
      middle[0].x = across(middle[0], {0, 1}).middle.x, middle[0].y = across(middle[0], {1, 0}).middle.y;
      sections = {across(middle[0], {0, 1})};
    } else if (chain.closed) {  // now that the directions are known better
      for (std::size_t k = 0; k < middle.size(); ++k) middle[k] = sections[k].middle;
      sections = sections_of(middle, true);
    }
    std::vector<double> widths;
    for (const Section& section : sections) widths.push_back(section.width);
    std::nth_element(widths.begin(), widths.begin() + std::ptrdiff_t(widths.size() / 2), widths.end());
    line.width = std::max(widths[widths.size() / 2], kThinnest);
    // Near its ends a line is cut off askew, and near other lines theirs count as well.
    const std::size_t n = sections.size();
    const auto skipped = [&](std::int32_t end) {
      const double near = (end == kFreeEnd ? 0.5 : 0.8) * line.width + 1.5;
      return chain.closed ? 0 : std::min(static_cast<std::size_t>(near), (n - 1) / 2);
    };
    for (std::size_t k = skipped(chain.from); k < n - skipped(chain.to); ++k) {
      if (sections[k].width <= 1.12 * line.width + 0.1) line.points.push_back(sections[k].middle);
    }
    if (line.points.empty()) line.points.push_back(sections[n / 2].middle);
    if (chain.closed) return line;
    if (chain.to == kFreeEnd) end_at_rim(line, middle);
    line.turn_around();
    if (chain.from == kFreeEnd) end_at_rim(line, middle);
    line.turn_around();
    return line;
  }

 private:
  struct Section {
    Point middle;
    double width;
  };

  std::vector<Section> sections_of(const std::vector<Point>& middle, bool closed) const {
    std::vector<Section> sections;
    for (std::size_t k = 0; k < middle.size(); ++k) {
      sections.push_back(across(middle[k], direction(middle, k, closed)));
    }
    return sections;
  }

  // The steps of the pixels evened out.
  std::vector<Point> smoothed(const Chain& chain) const {
    const std::size_t n = chain.pixels.size();
    std::vector<Point> out;
    for (std::size_t k = 0; k < n; ++k) {
      Point sum;
      int count = 0;
      for (int by = -2; by <= 2; ++by) {
        const auto at = static_cast<std::ptrdiff_t>(k) + by, size = static_cast<std::ptrdiff_t>(n);
        if (!chain.closed && (at < 0 || at >= size)) continue;
        sum = sum + centre_of(chain.pixels[static_cast<std::size_t>((at + 2 * size) % size)], bits_.width);
        ++count;
      }
      out.push_back(sum * (1.0 / count));
    }
    return out;
  }

  static Point direction(const std::vector<Point>& middle, std::size_t k, bool closed) {
    const std::size_t n = middle.size(), arm = std::min<std::size_t>(kArm, n / 2);
    if (closed) return unit(middle[(k + arm) % n] - middle[(k + n - arm) % n]);
    return unit(middle[std::min(k + arm, n - 1)] - middle[k < arm ? 0 : k - arm]);
  }

  // The ink on a straight way from a place on, as far as there is any.
  struct Ray {
    double sum = 0, moment = 0;
  };
  Ray ray(Point from, Point way) const {
    Ray ray;
    const double longest = bits_.width + bits_.height;
    float last = 1;
    for (double t = kStep / 2; t < longest; t += kStep) {
      const float here = ink_(from + way * t);
      if (here < kBare || here > last + 0.25f) break;  // paper, or the next line
      last = std::min(last, here);
      ray.sum += here * kStep;
      ray.moment += here * t * kStep;
    }
    return ray;
  }

  Section across(Point at, Point along) const {
    const Point normal{-along.y, along.x};
    const Ray left = ray(at, normal * -1), right = ray(at, normal);
    const double width = left.sum + right.sum;
    if (width <= 0) return {at, 0};
    return {at + normal * ((right.moment - left.moment) / width), width};
  }

  // On to where the round cap of a pen as wide would end with the ink.
  void end_at_rim(Line& line, const std::vector<Point>& middle) const {
    const Point end = line.points.back();
    Point way = line.points.size() > 1 ? line.heading() : unit(middle.back() - middle.front());
    if (middle.size() < 2) return;
    double solid = 0;  // a hairline's middle is not all ink
    for (const Point& p : line.points) solid += double(ink_(p)) / double(line.points.size());
    const double ahead = ray(end, way).sum / std::max(solid, 0.25) - line.width / 2;
    if (ahead > 0.1) line.points.push_back(end + way * ahead);
  }

  const Ink& ink_;
  const Bits& bits_;
};

// What leads to one node, so that it can go on from there: which line, and by which end.
struct Arm {
  std::size_t line;
  bool at_end;
};

// Puts the lines together that meet in the nodes.
class Joiner {
 public:
  Joiner(const Skeleton& skeleton, std::vector<Line> lines, int width)
      : skeleton_(skeleton), lines_(std::move(lines)), width_(width) {}

  std::vector<Line> run() {
    for (std::size_t n = 0; n < skeleton_.nodes.size(); ++n) {
      if (!skeleton_.nodes[n].pixels.empty()) meet(static_cast<std::int32_t>(n));
    }
    std::erase_if(lines_, [](const Line& line) { return line.points.empty(); });
    return std::move(lines_);
  }

 private:
  std::vector<Arm> arms_of(std::int32_t node) const {
    std::vector<Arm> arms;
    for (std::size_t k = 0; k < lines_.size(); ++k) {
      if (lines_[k].points.empty()) continue;
      if (lines_[k].from == node) arms.push_back({k, false});
      if (lines_[k].to == node) arms.push_back({k, true});
    }
    return arms;
  }

  Point end_of(const Arm& arm) const {
    const Line& line = lines_[arm.line];
    return arm.at_end ? line.points.back() : line.points.front();
  }
  Point heading_of(const Arm& arm) const {
    Line line = lines_[arm.line];
    if (!arm.at_end) line.turn_around();
    return line.points.size() > 1 ? line.heading() : Point{0, 0};
  }

  // The place that is nearest to the lines as they are heading (least squares), unless that is far off.
  Point place_of(std::int32_t node, const std::vector<Arm>& arms) const {
    Point mean;
    const std::vector<std::int32_t>& pixels = skeleton_.nodes[node].pixels;
    for (const std::int32_t i : pixels) mean = mean + centre_of(i, width_) * (1.0 / double(pixels.size()));
    double xx = 0, xy = 0, yy = 0, widest = 0;
    Point right;
    for (const Arm& arm : arms) {
      const Point way = heading_of(arm), at = end_of(arm), normal{-way.y, way.x};
      xx += normal.x * normal.x, xy += normal.x * normal.y, yy += normal.y * normal.y;
      right = right + normal * vector::dot(normal, at);
      widest = std::max(widest, lines_[arm.line].width);
    }
    const double det = xx * yy - xy * xy;
    if (det < 0.05) return mean;
    const Point place{(yy * right.x - xy * right.y) / det, (xx * right.y - xy * right.x) / det};
    return vector::length(place - mean) <= widest / 2 + 2 ? place : mean;
  }

  // Two lines that go straight on into each other are one; the others end in the node, or on that line.
  void meet(std::int32_t node) {
    const Point place = place_of(node, arms_of(node));
    while (const std::optional<std::pair<Arm, Arm>> pair = straightest(arms_of(node))) link(pair->first, pair->second);
    for (const Arm& arm : arms_of(node)) {
      Line& line = lines_[arm.line];
      if (arm.at_end) {
        line.points.push_back(place);
        line.to = kFreeEnd;
      } else {
        line.points.insert(line.points.begin(), place);
        line.from = kFreeEnd;
      }
    }
  }

  std::optional<std::pair<Arm, Arm>> straightest(const std::vector<Arm>& arms) const {
    double least = -0.8;
    std::optional<std::pair<Arm, Arm>> best;
    for (std::size_t a = 0; a < arms.size(); ++a) {
      for (std::size_t b = a + 1; b < arms.size(); ++b) {
        if (arms[a].line == arms[b].line) continue;
        const double thin = lines_[arms[a].line].width, thick = lines_[arms[b].line].width;
        if (std::max(thin, thick) > 1.3 * std::min(thin, thick) + 0.3) continue;
        const double turn = vector::dot(heading_of(arms[a]), heading_of(arms[b]));
        if (turn < least) least = turn, best = {arms[a], arms[b]};
      }
    }
    return best;
  }

  void link(const Arm& first, const Arm& second) {
    Line &a = lines_[first.line], &b = lines_[second.line];
    if (!first.at_end) a.turn_around();
    if (second.at_end) b.turn_around();
    const double share = double(a.points.size()) / double(a.points.size() + b.points.size());
    a.width = a.width * share + b.width * (1 - share);
    bridge(a, b);
    a.points.insert(a.points.end(), b.points.begin(), b.points.end());
    a.to = b.to;
    b.points.clear();
    b.from = b.to = kFreeEnd;
  }

  // Points where none could be measured: on the cubic that goes on as both lines do (Hermite's).
  static void bridge(Line& a, const Line& b) {
    Line back = b;
    back.turn_around();
    const Point from = a.points.back(), to = b.points.front();
    const double far = vector::length(to - from);
    if (a.points.size() < 2 || b.points.size() < 2) return;
    const Point leaving = a.heading() * far, arriving = back.heading() * -far;
    const int count = static_cast<int>(far);
    for (int k = 1; k < count; ++k) {
      const double t = double(k) / count, u = 1 - t;
      a.points.push_back(from * (u * u * (1 + 2 * t)) + leaving * (u * u * t) - arriving * (u * t * t) +
                         to * (t * t * (1 + 2 * u)));
    }
  }

  const Skeleton& skeleton_;
  std::vector<Line> lines_;
  const int width_;
};

// How far points are from the middle of those beside them, px: half of the points less than that.
double roughness_of(const std::vector<Point>& points) {
  std::vector<double> off;
  for (std::size_t k = 2; k + 2 < points.size(); ++k) {
    // What a cubic through the five would have (Savitzky & Golay 1964).
    const Point smooth = (points[k - 2] + points[k + 2]) * (-3.0 / 35) + (points[k - 1] + points[k + 1]) * (12.0 / 35) +
                         points[k] * (17.0 / 35);
    off.push_back(vector::length(points[k] - smooth));
  }
  if (off.empty()) return 0;
  std::nth_element(off.begin(), off.begin() + std::ptrdiff_t(off.size() / 2), off.end());
  return off[off.size() / 2];
}

// `stair`: the picture was never antialiased.
Contour contour_of(const Line& line, bool stair, FitOptions fit) {
  constexpr double kNoise = 4;
  fit.tolerance = std::clamp(kNoise * roughness_of(line.points), fit.tolerance, std::max(fit.tolerance, kLoosest));
  std::vector<EdgePoint> points;
  for (const Point& p : line.points) points.push_back({.at = p, .contrast = 255, .stair = stair});
  Contour contour;
  if (line.closed) {
    contour = fit_closed(points, fit);
  } else {
    contour = fit_open(points, fit);
    contour.open = true;
    if (contour.segments.empty()) contour.segments.push_back(vector::line_to(contour.start));  // a dot
  }
  return contour;
}

}  // namespace

std::vector<vector::Shape> strokes_of(const Plane& plane, image::Rgba color, std::size_t speckle, const FitOptions& fit,
                                      const base::Stop& stop) {
  const Ink ink(plane);
  Bits bits = ink.bits();
  drop_specks(bits, speckle);
  const Skeleton skeleton = skeleton_of(bits, stop);
  const LineMeter meter(ink, bits);
  std::vector<Line> lines;
  for (const Chain& chain : skeleton.chains) {
    stop.check();
    lines.push_back(meter.measure(chain));
  }
  lines = Joiner(skeleton, std::move(lines), plane.width).run();
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.width > b.width; });
  std::vector<vector::Shape> shapes;
  for (std::size_t k = 0; k < lines.size();) {
    // Widths that hardly differ are one pen's.
    std::size_t end = k;
    double sum = 0, weight = 0;
    for (; end < lines.size() && lines[end].width >= 0.9 * lines[k].width - 0.1; ++end) {
      sum += lines[end].width * double(lines[end].points.size());
      weight += double(lines[end].points.size());
    }
    vector::Shape shape{{}, vector::Solid{color}, sum / weight};
    for (; k < end; ++k) shape.contours.push_back(contour_of(lines[k], plane.exact, fit));
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace imgmill::trace
