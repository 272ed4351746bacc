// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the colour of a region is taken for while regions are merged: one level, or an even slope. Each knows the
// squared error that a union adds, and adds up.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/stop.h"
#include "trace/gradient_fit.h"
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
  std::array<double, 4> color{}, x_color{}, y_color{};
  double error = 0;  // squared, of the best such slope
  // What the colours' slopes from pixel to pixel are in the mean, and of how many pixels they are known: to the right
  // and downwards, four channels each.
  std::array<float, 8> slopes{};
  float sloped = 0;

  // Slopes that are lost weigh as much as they do in the fitting of gradients.
  static float cost(const Slope& u, const Slope& v, float length) {
    Slope both = u;
    both.take(v);
    float apart = 0;
    for (int k = 0; k < 8; ++k) apart += (u.slopes[k] - v.slopes[k]) * (u.slopes[k] - v.slopes[k]);
    apart *= u.sloped * v.sloped / std::max(u.sloped + v.sloped, 1.0f);
    return (static_cast<float>(std::max(both.error - u.error - v.error, 0.0)) + kSlopeWeight * apart) / length;
  }
  void take(const Slope& o) {
    if (const float sum = sloped + o.sloped; sum > 0) {
      const float mine = sloped / sum, theirs = o.sloped / sum;
      for (int k = 0; k < 8; ++k) slopes[k] = slopes[k] * mine + o.slopes[k] * theirs;
      sloped = sum;
    }
    area += o.area, x += o.x, y += o.y, xx += o.xx, xy += o.xy, yy += o.yy, squares += o.squares;
    for (int c = 0; c < 4; ++c) color[c] += o.color[c], x_color[c] += o.x_color[c], y_color[c] += o.y_color[c];
    settle();
  }
  // What the best direction explains is the larger eigenvalue of M⁻¹BBᵀ, with M the moments of the places and B those
  // of places and colours, both about the mean.
  void settle() {
    const double k = 1 / area, grain = area / 12;  // a pixel is a square, no point
    const double mxx = xx - x * x * k + grain, mxy = xy - x * y * k, myy = yy - y * y * k + grain;
    double bxx = 0, bxy = 0, byy = 0;
    error = squares;
    for (int c = 0; c < 4; ++c) {
      const double bx = x_color[c] - x * color[c] * k, by = y_color[c] - y * color[c] * k;
      bxx += bx * bx, bxy += bx * by, byy += by * by;
      error -= color[c] * color[c] * k;
    }
    const double det = mxx * myy - mxy * mxy;
    const double trace = (myy * bxx - 2 * mxy * bxy + mxx * byy) / det;
    const double product = (bxx * byy - bxy * bxy) / det;
    error -= trace / 2 + std::sqrt(std::max(trace * trace / 4 - product, 0.0));
    error = std::max(error, 0.0);
  }
};

// One by region; of pixels labelled −1 none.
std::vector<Slope> measure_slopes(const Regions& regions, const Raster& raster, const base::Stop& stop);

}  // namespace imgmill::trace
