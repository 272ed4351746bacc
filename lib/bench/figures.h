// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What follows from the results of a benchmark: figures for each entrant, and who is beaten by nobody.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bench/results.h"
#include "report/statistics.h"

namespace imgmill::bench {

// Of all timed runs of an entrant at one level, in milliseconds.
struct Times {
  double mean = 0, median = 0, least = 0, most = 0, deviation = 0, p95 = 0;
  // none where each image ran once
  std::optional<report::Interval>
      interval;  // where the mean would lie if it were all run again, at 95 %: runs of each image redrawn
};

struct Figures {
  std::size_t entrant = 0;
  int level = 1;
  std::size_t runs = 0, failed = 0;  // timed runs; those that failed, and images that could not be made at all
  std::optional<Times> times;        // none: nothing was timed
  double cpu_ms = 0;                 // mean
  double images_per_second = 0;
  std::uint64_t peak_memory = 0;                             // the most of any run
  double mean_memory = 0, mean_change = 0, most_change = 0;  // bytes
  // Of what it makes, whatever the level:
  std::size_t images = 0;
  double mean_bytes = 0, median_bytes = 0, mean_gzip_bytes = 0;  // gzip: 0 where it doesn't apply
  std::optional<double> ssim, worst_ssim;                        // mean and least over the images
  std::size_t worst_image = 0;                                   // whose SSIM that is
  bool on_front = false;  // nobody at this level is at least as good in time, bytes and SSIM, and better in one

  double success() const {
    return runs + failed == 0 ? 0 : static_cast<double>(runs) / static_cast<double>(runs + failed);
  }
};

// For each level and each entrant, in their orders.
std::vector<Figures> figures_of(const Results& results);

}  // namespace imgmill::bench
