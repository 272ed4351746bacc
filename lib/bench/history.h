// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of many benchmarks over time, a line each in a file that only grows, and what changes from one to the next.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bench/results.h"
#include "report/sheet.h"

namespace imgmill::bench {

// What is left of a benchmark: means for each entrant and level.
struct Past {
  struct Figure {
    std::string entrant;
    int level = 1;
    double ms = 0, yardstick_ms = 0, memory = 0, bytes = 0, ssim = 0;  // ms without waiting; ssim 0: not scored
    std::string setting;  // a digest of its parameters, its command and the libraries
  };
  std::string started, revision, subcommand, cpu;
  std::string images;  // a digest of all images: only what is of the same ones is one series
  std::vector<Figure> figures;
};

// Who failed somewhere is left out: its means are of other images.
Past past_of(const Results& results);

// Adds a line at the end of the file, which is made where it is missing. Throws Error{output}, naming the file.
void append_history(const std::filesystem::path& file, const Past& past);

// What is no JSON at all is passed over: a full disk cut it off. Throws Error{input} with the number of a line that is
// something else.
std::vector<Past> read_history(std::string_view text, const std::string& file);

// A row for each figure of each entrant in series of the same machine, subcommand, images, parameters and
// libraries: its last `count` values
// as a sparkline, the last of them, how far that is from the median of those before, and whether it drifts: a trend
// (Mann-Kendall, p < .05, at least 2 % from the first to the last) or a step (the last is more than 5 % and more than
// four deviations off).
report::Sheet trend_sheet(const std::vector<Past>& history, std::size_t count);

}  // namespace imgmill::bench
