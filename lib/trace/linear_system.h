// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The small systems of normal equations that curves and ellipses are fitted by.
#pragma once

#include <array>
#include <cstddef>

namespace imgmill::trace {

// Solves the first `count` equations of a symmetric positive definite system by elimination: a row for each, the
// right-hand side last. False where it is singular.
template <std::size_t N>
bool solve(std::array<std::array<double, N + 1>, N>& a, std::size_t count, std::array<double, N>& x) {
  for (std::size_t m = 0; m < count; ++m) {
    if (a[m][m] < 1e-9) return false;
    for (std::size_t r = m + 1; r < count; ++r) {
      const double factor = a[r][m] / a[m][m];
      for (std::size_t c = m; c <= N; ++c) a[r][c] -= factor * a[m][c];
    }
  }
  for (std::size_t m = count; m-- > 0;) {
    x[m] = a[m][N];
    for (std::size_t n = m + 1; n < count; ++n) x[m] -= a[m][n] * x[n];
    x[m] /= a[m][m];
  }
  return true;
}

}  // namespace imgmill::trace
