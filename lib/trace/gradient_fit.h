// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The gradient that comes nearest to a number of pixels: along a line, or outwards from a centre, with as many stops as
// pay for themselves.
#pragma once

#include <optional>

#include "trace/gradient.h"
#include "trace/gradient_samples.h"

namespace imgmill::trace {

struct FittedGradient {
  Gradient gradient;
  double error = 0;  // weighted sum of the squared errors of colours and slopes, levels²
  double bytes = 0;  // that its definition takes
};

inline constexpr double kStopBytes = 39;

enum class Effort { quick, full };

// Least of  error + price · bytes; nothing where the colours don't change. `price` in levels² per byte. An error of
// about `enough` is as good as none.
std::optional<FittedGradient> fit_gradient(const GradientSamples& samples, double enough, double price, Effort effort);

// Of the samples against a gradient as it is; some value above `most` where it is more.
double gradient_error(const Gradient& gradient, const GradientSamples& samples, double most = 1e300);

}  // namespace imgmill::trace
