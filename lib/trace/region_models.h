// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the colour of a region is taken for while regions are merged: one level, or an even slope. Each knows the
// squared error that a union adds, and adds up.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/stop.h"
#include "trace/four.h"
#include "trace/gradient_samples.h"
#include "trace/regions.h"

namespace imgmill::trace {

// A region's colour as one level: its mean.
struct Level {
  Paint mean;
  float area = 0;

  // Squared error that a union adds, by pixel of boundary.
  static float cost(const Level& u, const Level& v, float length) {
    return u.area * v.area * distance2(u.mean, v.mean) / ((u.area + v.area) * length);
  }
  void take(const Level& other) {
    const float sum = area + other.area;
    mean = mean * (area / sum) + other.mean * (other.area / sum);
    area = sum;
  }
};

// … or as an even slope in one direction, as a linear gradient of two stops has it: kept as moments.
struct Slope {
  double area = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0, squares = 0;
  Channels color{}, x_color{}, y_color{};
  double error = 0;  // squared, of the best such slope
  // What the colours' slopes from pixel to pixel are in the mean, and of how many pixels they are known.
  Four right{}, down{};
  float sloped = 0;

  // Slopes that are lost weigh as much as they do in the fitting of gradients.
  static float cost(const Slope& u, const Slope& v, float length) {
    Slope both = u;
    both.add(v);
    const Four right = u.right - v.right, down = u.down - v.down;
    const float apart = sum(right * right + down * down) * u.sloped * v.sloped / std::max(u.sloped + v.sloped, 1.0f);
    return (static_cast<float>(std::max(both.error - u.error - v.error, 0.0)) + kSlopeWeight * apart) / length;
  }
  void take(const Slope& o) {
    if (const float all = sloped + o.sloped; all > 0) {
      const float mine = sloped / all, theirs = o.sloped / all;
      right = right * mine + o.right * theirs, down = down * mine + o.down * theirs;
      sloped = all;
    }
    add(o);
  }
  // What the best direction explains is the larger eigenvalue of M⁻¹BBᵀ, with M the moments of the places and B those
  // of places and colours, both about the mean.
  void settle() {
    const double k = 1 / area, grain = area / 12;  // a pixel is a square, no point
    const double mxx = xx - x * x * k + grain, mxy = xy - x * y * k, myy = yy - y * y * k + grain;
    const Channels mean = color * k, bx = x_color - x * mean, by = y_color - y * mean;
    const Channels xs = bx * bx, both = bx * by, ys = by * by, level = color * mean;
    const auto total = [](const Channels& v) { return (v[0] + v[1]) + (v[2] + v[3]); };
    const double bxx = total(xs), bxy = total(both), byy = total(ys);
    const double det = mxx * myy - mxy * mxy;
    const double trace = (myy * bxx - 2 * mxy * bxy + mxx * byy) / det;
    const double product = (bxx * byy - bxy * bxy) / det;
    error = squares - total(level) - (trace / 2 + std::sqrt(std::max(trace * trace / 4 - product, 0.0)));
    error = std::max(error, 0.0);
  }

 private:
  // All but the slopes from pixel to pixel.
  void add(const Slope& o) {
    area += o.area, x += o.x, y += o.y, xx += o.xx, xy += o.xy, yy += o.yy, squares += o.squares;
    color += o.color, x_color += o.x_color, y_color += o.y_color;
    settle();
  }
};

// One by region; of pixels labelled −1 none.
std::vector<Slope> measure_slopes(const Regions& regions, const Raster& raster, const base::Stop& stop);

}  // namespace imgmill::trace
