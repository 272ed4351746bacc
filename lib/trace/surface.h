// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The surface of second order that comes nearest to the colours of a number of pixels, kept as sums, so that two add
// up. Hardly a gradient does better, which tells cheaply where fitting one is no use.
#pragma once

#include <array>

#include "trace/gradient_samples.h"

namespace imgmill::trace {

class Surface {
 public:
  // `centre` is near the samples and the same for all surfaces that are added up.
  void add(const GradientSamples& samples, vector::Point centre);
  void add(const Surface& other);

  Paint mean() const;
  // Squared errors as those of FittedGradient: of the mean alone, and of the surface.
  double level_error() const;
  double error() const;

 private:
  static constexpr int kTerms = 6;
  using Terms = std::array<double, kTerms>;
  // Normal equations: the lower triangle, and a right side for each channel.
  std::array<double, kTerms*(kTerms + 1) / 2> matrix_{};
  std::array<double, kTerms * 4> right_{};
  std::array<double, 4> sum_{};
  double squares_ = 0, weight_ = 0;
};

}  // namespace imgmill::trace
