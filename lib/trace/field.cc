// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/field.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numeric>

namespace imgmill::trace {
namespace {

// e⁻ˣ for x ≥ 0, by plain arithmetic: libm's is not the same everywhere.
double decay(double x) {
  constexpr int kTerms = 12;
  int halvings = 0;
  for (; x > 0.5; ++halvings) x /= 2;
  double power = 1;
  for (int k = kTerms; k > 0; --k) power = 1 - x / k * power;
  while (halvings-- > 0) power *= power;
  return power;
}

// From the middle outwards; all of them, both sides counted, add up to 1.
std::vector<float> gaussian(double sigma) {
  const int reach = static_cast<int>(std::ceil(3.3 * sigma));
  std::vector<double> weights;
  double whole = 0;
  for (int k = 0; k <= reach; ++k) {
    weights.push_back(decay(k * k / (2 * sigma * sigma)));
    whole += k == 0 ? 1 : 2 * weights.back();
  }
  std::vector<float> out;
  for (const double weight : weights) out.push_back(static_cast<float>(weight / whole));
  return out;
}

const float* row_of(const Field& field, int y) { return &field.at[static_cast<std::size_t>(y) * field.width]; }
float* row_of(Field& field, int y) { return &field.at[static_cast<std::size_t>(y) * field.width]; }

bool is_alike(const float* a, const float* b, int count) {
  return std::memcmp(a, b, static_cast<std::size_t>(count) * sizeof(float)) == 0;
}

// Every row becomes the weighted sum of those around it. Along upright sides these are all alike.
Field blurred_down(const Field& field, const std::vector<float>& weights, const Rows& rows) {
  const int reach = static_cast<int>(weights.size()) - 1, w = field.width, h = field.height;
  Field out(w, h);
  int alike_from = 0, alike_to = 0;  // rows around this one that are as it is, the last beyond them
  for (int y = 0; y < h; ++y) {
    if (y >= alike_to) {
      alike_from = y, alike_to = y + 1;
      while (alike_to < h && is_alike(row_of(field, alike_to), row_of(field, y), w)) ++alike_to;
    }
    if (!rows.empty() && !rows[y]) continue;
    float* const to = row_of(out, y);
    if (y - reach >= alike_from && y + reach < alike_to) {
      std::copy_n(row_of(field, y), w, to);
      continue;
    }
    for (int k = std::max(-reach, -y); k <= std::min(reach, h - 1 - y); ++k) {
      const float weight = weights[std::abs(k)];
      const float* const from = row_of(field, y + k);
      for (int x = 0; x < w; ++x) to[x] += weight * from[x];
    }
  }
  return out;
}

// … every column.
void blur_across(Field& field, const std::vector<float>& weights, const Rows& rows) {
  const int reach = static_cast<int>(weights.size()) - 1, w = field.width;
  std::vector<float> row(static_cast<std::size_t>(w) + 2 * reach);
  float* const from = &row[reach];
  const float* last = nullptr;  // what came of `row`
  for (int y = 0; y < field.height; ++y) {
    if (!rows.empty() && !rows[y]) continue;
    float* const to = row_of(field, y);
    if (last != nullptr && is_alike(to, from, w)) {
      std::copy_n(last, w, to);
      continue;
    }
    std::copy_n(to, w, from);
    last = to;
    for (int x = 0; x < w; ++x) to[x] = weights[0] * from[x];
    for (int k = 1; k <= reach; ++k) {
      const float weight = weights[k];
      for (int x = 0; x < w; ++x) to[x] += weight * (from[x - k] + from[x + k]);
    }
  }
}

}  // namespace

float Field::between(double x, double y) const {
  const double left = std::floor(x), top = std::floor(y);
  if (left < -1 || top < -1 || left >= width || top >= height) return 0;
  const int u = static_cast<int>(left), v = static_cast<int>(top);
  const auto value = [&](int i, int j) { return i < 0 || j < 0 || i >= width || j >= height ? 0 : (*this)(i, j); };
  const auto across = static_cast<float>(x - left), down = static_cast<float>(y - top);
  const float above = value(u, v) + across * (value(u + 1, v) - value(u, v));
  const float below = value(u, v + 1) + across * (value(u + 1, v + 1) - value(u, v + 1));
  return above + down * (below - above);
}

Field::Around Field::around(double x, double y) const {
  const double left = std::floor(x), top = std::floor(y);
  if (left < 1 || top < 1 || left + 2 >= width || top + 2 >= height)
    return {between(x, y), between(x - 1, y), between(x + 1, y), between(x, y - 1), between(x, y + 1)};
  const auto share = static_cast<float>(x - left), down = static_cast<float>(y - top);
  const float* const at = row_of(*this, static_cast<int>(top)) + static_cast<int>(left);
  const auto across = [&](int u, int v) {
    const float* const from = at + static_cast<std::ptrdiff_t>(v) * width + u;
    return from[0] + share * (from[1] - from[0]);
  };
  const auto value = [&](float upper, float lower) { return upper + down * (lower - upper); };
  const float first = across(0, 0), second = across(0, 1);
  return {value(first, second), value(across(-1, 0), across(-1, 1)), value(across(1, 0), across(1, 1)),
          value(across(0, -1), first), value(second, across(0, 2))};
}

Field shrunk(const Field& field, int factor) {
  if (factor == 1) return field;
  Field out((field.width + factor - 1) / factor, (field.height + factor - 1) / factor);
  std::vector<float> sums(static_cast<std::size_t>(field.width));
  for (int y = 0; y < out.height; ++y) {
    const int first = y * factor, rows = std::min(factor, field.height - first);
    std::copy_n(row_of(field, first), field.width, sums.begin());
    for (int k = 1; k < rows; ++k) {
      const float* const from = row_of(field, first + k);
      for (int x = 0; x < field.width; ++x) sums[x] += from[x];
    }
    float* const to = row_of(out, y);
    for (int x = 0; x < out.width; ++x) {
      const float* const from = &sums[static_cast<std::size_t>(x) * factor];
      const int count = std::min(factor, field.width - x * factor);
      to[x] = std::accumulate(from, from + count, 0.0f) / static_cast<float>(rows * count);
    }
  }
  return out;
}

Field stretched(const Field& cells, int factor, int width, int height, double across, double down) {
  struct Place {
    int first, second;  // cells
    float share;        // of the second
    bool is_inside;
  };
  const auto place = [&](int at, double moved, int count) {
    const double exact = (at + 0.5 - moved) / factor - 0.5;
    const int first = std::clamp(static_cast<int>(std::floor(exact)), 0, std::max(count - 2, 0));
    return Place{first, std::min(first + 1, count - 1), static_cast<float>(exact - first),
                 exact >= -0.5 && exact <= count - 0.5};
  };
  std::vector<Place> columns;
  for (int x = 0; x < width; ++x) columns.push_back(place(x, across, cells.width));
  std::vector<float> row(static_cast<std::size_t>(cells.width));
  Field out(width, height);
  for (int y = 0; y < height; ++y) {
    const Place at = place(y, down, cells.height);
    if (!at.is_inside) continue;
    for (int x = 0; x < cells.width; ++x) {
      row[x] = cells(x, at.first) + at.share * (cells(x, at.second) - cells(x, at.first));
    }
    float* const to = row_of(out, y);
    for (int x = 0; x < width; ++x) {
      const Place& c = columns[x];
      if (c.is_inside) to[x] = row[c.first] + c.share * (row[c.second] - row[c.first]);
    }
  }
  return out;
}

Field padded(const Field& field, int by) {
  Field out(field.width + 2 * by, field.height + 2 * by);
  for (int y = 0; y < field.height; ++y) std::copy_n(row_of(field, y), field.width, &out(by, y + by));
  return out;
}

Field blurred(const Field& field, double sigma, const Rows& rows) {
  constexpr double kFine = 4;  // cells of a sigma: between them it changes evenly
  const int cell = std::max(1, static_cast<int>(sigma / kFine));
  const std::vector<float> weights = gaussian(sigma / cell);
  if (cell == 1) {
    Field soft = blurred_down(field, weights, rows);
    blur_across(soft, weights, rows);
    return soft;
  }
  Field soft = blurred_down(shrunk(field, cell), weights, {});
  blur_across(soft, weights, {});
  return stretched(soft, cell, field.width, field.height);
}

}  // namespace imgmill::trace
