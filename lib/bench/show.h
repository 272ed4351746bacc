// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a benchmark for people and for spreadsheets.
#pragma once

#include <string>
#include <vector>

#include "bench/figures.h"
#include "bench/results.h"
#include "report/sheet.h"

namespace imgmill::bench {

// What was run where; the figures of each entrant; who failed at what.
std::vector<report::Sheet> sheets_of(const Results& results, const std::vector<Figures>& figures);

std::string to_text(const Results& results);
std::string to_markdown(const Results& results);

// A line for each entrant, image and level: every figure of the cell, under a line of names (RFC 4180).
std::string to_csv(const Results& results);

}  // namespace imgmill::bench
