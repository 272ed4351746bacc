// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a Document as a compact SVG: integer coordinates in a scaled viewBox, relative commands, packed separators.
#pragma once

#include <string>

#include "base/stop.h"
#include "vector/document.h"

namespace imgmill::vector {

struct SvgOptions {
  int path_precision = 5;       // at most this many significant digits in a coordinate
  bool group_by_color = false;  // a <g fill> for each run of shapes of one colour, its paths apart
};

// Deterministic: the same document and options give the same bytes. Has viewBox, width and height.
std::string write_svg(const Document& document, const SvgOptions& options, const base::Stop& stop = {});

}  // namespace imgmill::vector
