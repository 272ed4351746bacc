// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search.h"

namespace imgmill::plan {

Found search(std::size_t count, std::size_t first, double target, const std::function<double(std::size_t)>& score) {
  Found found;
  double closest = -2;                // under any SSIM
  std::size_t low = 0, high = count;  // the first that reaches it lies in [low, high]; count: none does
  std::size_t at = first < count ? first : count / 2;
  while (low < high) {
    const double reached = score(at);
    ++found.tries;
    if (reached >= target) {
      found.candidate = at;
      found.reached = true;
      high = at;
    } else {
      if (!found.reached && reached > closest) closest = reached, found.candidate = at;
      low = at + 1;
    }
    at = low + (high - low) / 2;
  }
  return found;
}

}  // namespace imgmill::plan
