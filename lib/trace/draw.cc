// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/draw.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "trace/correct.h"
#include "trace/edges.h"
#include "trace/layers.h"
#include "trace/outline.h"
#include "trace/parts.h"
#include "trace/regular.h"
#include "trace/thin.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::Point;
using vector::Shape;

struct Box {
  double left = 1e30, top = 1e30, right = -1e30, bottom = -1e30;
  void add(Point p) {
    left = std::min(left, p.x), right = std::max(right, p.x);
    top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  }
  Box grown(double by) const { return {left - by, top - by, right + by, bottom + by}; }
  bool meets(const Box& o) const {
    return left <= o.right + 1 && o.left <= right + 1 && top <= o.bottom + 1 && o.top <= bottom + 1;
  }
};

Box box_of(const std::vector<Contour>& contours) {
  Box box;
  for (const Contour& contour : contours) {
    box.add(contour.start);
    Point at = contour.start;
    for (const vector::Segment& s : contour.segments) {
      box.add(s.to);
      if (s.cubic) box.add(s.c1), box.add(s.c2);
      if (s.is_arc()) {  // no farther from its chord than its rise, nor from its ends
        const double far = std::fabs(s.rise);
        for (const Point end : {at, s.to}) box.add(end - Point{far, far}), box.add(end + Point{far, far});
      }
      at = s.to;
    }
  }
  return box;
}

// One shape for all parts of a colour, where the order of drawing allows: a part may sink as far as nothing that it
// meets lies between.
class ShapeCollector {
 public:
  void add(std::vector<Contour> contours, const vector::Fill& fill) {
    const Box box = box_of(contours);
    const std::size_t lowest = items_.size() > kLookBack ? items_.size() - kLookBack : 0;
    for (std::size_t k = items_.size(); k-- > lowest;) {
      if (items_[k].shape.fill == fill && items_[k].shape.blur == 0) {
        std::move(contours.begin(), contours.end(), std::back_inserter(items_[k].shape.contours));
        items_[k].boxes.push_back(box);
        return;
      }
      if (std::any_of(items_[k].boxes.begin(), items_[k].boxes.end(), [&](const Box& b) { return b.meets(box); }))
        break;
    }
    items_.push_back({{std::move(contours), fill}, {box}});
  }
  // Nothing sinks beneath it, and it doesn't join others.
  void add(const Overlay& overlay) {
    for (const Shape& shape : overlay.shapes) {
      items_.push_back({shape, {box_of(shape.contours).grown(vector::kBlurReach * shape.blur)}});
    }
  }
  std::vector<Shape> take() {
    std::vector<Shape> shapes;
    for (Item& item : items_) shapes.push_back(std::move(item.shape));
    return shapes;
  }

 private:
  static constexpr std::size_t kLookBack = 64;
  struct Item {
    Shape shape;
    std::vector<Box> boxes;
  };
  std::vector<Item> items_;
};

std::vector<std::uint8_t> unseen_parts(const Parts& parts, const std::vector<Overlay>& overlays) {
  std::vector<std::uint8_t> unseen(parts.parts.size());
  for (const Overlay& overlay : overlays) {
    const std::int32_t ground = parts.at(overlay.on.x, overlay.on.y);
    for (const Pixel hole : overlay.holes) {
      const std::int32_t part = parts.at(hole.x, hole.y);
      if (part != ground && parts.parts[part].paint == parts.parts[ground].paint) unseen[part] = 1;
    }
  }
  return unseen;
}

vector::Fill fill_of(const PaintMap& map, std::int32_t paint) {
  const PaintEntry& entry = map.paints[paint];
  if (entry.gradient >= 0) return to_fill(map.gradients[entry.gradient]);
  return vector::Solid{to_rgba(entry.fill)};
}

}  // namespace

FitOptions fit_options(const TraceParams& params) {
  constexpr double kDegree = std::numbers::pi / 180;
  FitOptions fit;
  fit.tolerance = std::clamp(params.length_threshold * 0.03, 0.03, kLoosest);
  fit.corner_angle = std::max(params.corner_threshold * 0.5, 5.0) * kDegree;
  fit.smooth_angle = params.splice_threshold * kDegree;
  fit.iterations = std::clamp((params.max_iterations + 2) / 3, 1, 12);
  fit.corrections = params.max_iterations / 5;
  return fit;
}

vector::Document draw_paints(PaintMap& map, const Raster& raster, int speckle, const FitOptions& options,
                             const std::vector<Overlay>& overlays, const Execution& execution) {
  const base::Stop& stop = execution.stop;
  FitOptions fit = options;
  fit.stop = stop;
  Parts parts;
  std::vector<Loop> loops;
  Layers layers;
  {
    base::StageClock::Scope scope(execution.clock, "parts");
    parts = find_parts(map, speckle, stop);
    loops = trace_loops(parts, map, stop);
    layers = find_layers(parts, map.paints, unseen_parts(parts, overlays));
  }
  std::vector<Layer> drawn;
  std::vector<std::size_t> above(overlays.size());  // by overlay: how many of these are below it
  {
    base::StageClock::Scope scope(execution.clock, "curves");
    const EdgeFinder edges(map, parts, raster);
    const OutlineDrawer drawer(parts, layers, edges, fit);
    std::vector<std::vector<Contour>> drawn_loops(loops.size());
    execution.for_each(loops.size(), [&](std::size_t k) {
      stop.check();
      if (layers.rank[loops[k].part] >= 0) drawer.draw(loops[k], drawn_loops[k]);
    });
    std::vector<std::vector<Contour>> outlines(parts.parts.size());
    for (std::size_t k = 0; k < loops.size(); ++k) {
      std::move(drawn_loops[k].begin(), drawn_loops[k].end(), std::back_inserter(outlines[loops[k].part]));
    }
    if (!map.noisy) draw_thin(map, parts, loops, layers, raster, fit, outlines, execution);
    for (const std::int32_t part : layers.order) {
      if (!outlines[part].empty()) drawn.push_back({parts.parts[part].paint, std::move(outlines[part])});
      for (std::size_t k = 0; k < overlays.size(); ++k) {
        if (parts.at(overlays[k].on.x, overlays[k].on.y) == part) above[k] = drawn.size();
      }
    }
  }
  base::StageClock::Scope scope(execution.clock, "correction");
  correct(drawn, map, raster, fit.corrections, stop);
  vector::Document document;
  document.width = raster.width;
  document.height = raster.height;
  document.resolution = std::clamp(std::exp2(std::round(std::log2(fit.tolerance * 0.83))), 1.0 / 16, 0.5);
  ShapeCollector shapes;
  const auto lay_above = [&](std::size_t count) {
    for (std::size_t k = 0; k < overlays.size(); ++k) {
      if (above[k] == count) shapes.add(overlays[k]);
    }
  };
  lay_above(0);
  for (std::size_t k = 0; k < drawn.size(); ++k) {
    stop.check();
    for (Contour& contour : drawn[k].contours) make_regular(contour, document.resolution);
    shapes.add(std::move(drawn[k].contours), fill_of(map, drawn[k].paint));
    lay_above(k + 1);
  }
  document.shapes = shapes.take();
  return document;
}

}  // namespace imgmill::trace
