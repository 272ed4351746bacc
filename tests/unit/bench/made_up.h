// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Results of a benchmark that never ran.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "bench/results.h"

namespace imgmill {

// Entrants "a", "b", … on `images` images, each run `repeats` times: a takes 10 ms more for each image than for the one
// before, b twice that, …; bytes 1000, 2000, …, SSIM .9, .95, ….
inline bench::Results made_up_results(std::size_t entrants, std::size_t images, int repeats) {
  bench::Results results;
  results.setting.started = "2026-11-21T08:15:00Z";
  results.setting.version = "0.1.0";
  results.setting.revision = "abc";
  results.setting.subcommand = "convert";
  results.setting.arguments = {"art", "--json=x"};
  results.setting.cpu = "Z80";
  results.setting.system = "CP/M";
  results.setting.cores = 2;
  results.setting.memory = 65536;
  results.setting.libraries = {{"librsvg", "2.54.7"}};
  results.setting.levels = {1};
  results.setting.repeats = repeats;
  results.seconds = 10;
  results.measured_seconds = 9;
  for (std::size_t i = 0; i < entrants; ++i) {
    results.entrants.push_back({std::string(1, static_cast<char>('a' + i)), "", {{"path_precision", "3"}}});
  }
  for (std::size_t i = 0; i < images; ++i) {
    results.images.push_back({fmt::format("art/{}.png", i), fmt::format("digest{}", i), 100 + i});
  }
  results.cells.resize(entrants * images);
  for (std::size_t e = 0; e < entrants; ++e) {
    const double times = static_cast<double>(e + 1);
    for (std::size_t i = 0; i < images; ++i) {
      bench::Cell& cell = results.cell(e, i);
      cell.made = bench::Made{"", 1000 * (e + 1), 500 * (e + 1), 64, 48, 0.9 + 0.05 * static_cast<double>(e), 0.5};
      for (int repeat = 0; repeat < repeats; ++repeat) {
        const double ms = 10.0 * static_cast<double>(i + 1) * times + 0.1 * repeat;
        cell.samples.push_back({1, repeat, ms, ms * 0.9, ms * 0.05, 1.0, 0.0, 5000, 16, ""});
      }
    }
    for (int repeat = 0; repeat < repeats; ++repeat) results.rounds.push_back({e, 1, repeat, 0.5 * times, 0.4 * times});
  }
  return results;
}

}  // namespace imgmill
