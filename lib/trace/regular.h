// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is regular as far as can be measured is so exactly, on the grid that is written: lines along x, along y or at
// 45°, and round corners of one radius.
#pragma once

#include "vector/document.h"

namespace imgmill::trace {

// `step`: of the grid, px. What is moved lies on it afterwards, and what then leads straight on is one line.
void make_regular(vector::Contour& contour, double step);

}  // namespace imgmill::trace
