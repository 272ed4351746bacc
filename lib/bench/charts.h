// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Results as charts: SVG that stands in a page, without scripts; what a mark means is told by the tip that comes up
// over it. Colours are classes, "e0" … "e7" for the entrants in their order, whose style chart_style() gives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/figures.h"
#include "bench/results.h"

namespace imgmill::bench {

std::string_view chart_style();

// The names of the entrants beside their colours.
std::string legend(const Results& results);

// Bytes against SSIM; the area of a disc is time. Who is on the front has a ring, and a line joins them.
std::string cost_chart(const Results& results, const std::vector<Figures>& figures);

// How long each image took each entrant at the first level: a dot an image (its median), the quartiles as a box.
std::string time_chart(const Results& results);

// The same for SSIM.
std::string ssim_chart(const Results& results);

// Images a second over the levels; empty where there is only one.
std::string scaling_chart(const Results& results, const std::vector<Figures>& figures);

}  // namespace imgmill::bench
