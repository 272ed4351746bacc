// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Folded stacks as a picture: an SVG in one file, in which a click on a frame shows it at full width. It reads without
// scripts too (in an <img>), light or dark as its reader wishes.
#pragma once

#include <string>

#include "report/stacks.h"

namespace imgmill::report {

// `title` may hold any text. The outermost frames lie at the bottom; beside each other they stand in the order of their
// names. Frames of less than 1/20,000 of the whole are left out.
std::string flame_graph(const Stacks& stacks, const std::string& title);

}  // namespace imgmill::report
