// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the shapes of a drawing are filled with, as SVG says it in the fewest bytes. A gradient is written once however
// many shapes show it; one that a single shape shows may be given by shares of that shape's box.
#pragma once

#include <string>
#include <vector>

#include "vector/bounds.h"
#include "vector/document.h"

namespace imgmill::vector {

class Fills {
 public:
  // `step`: px of a unit of the grid. `boxes`: whether each shape is an element of its own, with a box of its own.
  Fills(const Document& document, double step, bool boxes);

  // Of a shape of the document; each begins with a space.
  std::string attributes(const Shape& shape);
  // The definitions of the gradients that have been asked for so far; empty where there are none.
  std::string defs() const;

 private:
  std::string paint_attributes(const Shape& shape);
  std::string filter_attribute(const Shape& shape);

  struct Gradient {
    const Shape* first;  // that shows it
    bool shared = false;
    std::string id;  // empty until it is asked for
  };

  const double step_;
  const bool boxes_;
  std::vector<Gradient> gradients_;
  std::size_t written_ = 0;
  std::string defs_;
};

}  // namespace imgmill::vector
