// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a benchmark found, as plain records: who ran on what, what each made of each image, and how long every single
// run took. Figures, gates, charts and trends are all made of these, whether they were just measured or read from a
// file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace imgmill::bench {

// One of those that are compared: a preset with its variations, or another program.
struct Entrant {
  std::string name;
  std::string command;                                          // where it was run as a process of its own
  std::vector<std::pair<std::string, std::string>> parameters;  // every value that decides its results
};

// The machine and the programs: enough to run it again, and to tell whether times can be compared.
struct Setting {
  std::string started;            // UTC, "2026-11-21T08:15:00Z"
  std::string version, revision;  // of imgmill; of the folder that it ran in, empty where that is no git repository
  std::string subcommand;
  std::vector<std::string> arguments;
  std::string cpu, system;                       // "AMD EPYC 7B13", "Linux 6.1.0 x86_64"
  int cores = 0;                                 // that the process may use
  std::uint64_t memory = 0;                      // bytes of the machine
  std::map<std::string, std::string> libraries;  // name → version, of those that decide results, and the yardstick's
  std::vector<int> levels;                       // items in work at once
  int repeats = 0;
};

struct Image {
  std::string path;
  std::string digest;       // of the file
  std::uint64_t bytes = 0;  // of the file
};

// What an entrant makes of an image. All its outputs together where there are several.
struct Made {
  std::string error;  // not empty: it failed, and nothing else counts
  std::uint64_t bytes = 0, gzip_bytes = 0;
  int width = 0, height = 0;                // of the largest output
  std::optional<double> ssim, worst_block;  // mean over the outputs, and the least
};

// One timed run of an entrant on an image.
struct Sample {
  int level = 1, repeat = 0;
  double ms = 0, cpu_ms = 0;
  double wait_ms = 0;              // of ms: it could have gone on, but others had the processor; only on one worker
  double yardstick_ms = 0;         // how long the yardstick took before and after it: the mean
  double yardstick_shift = 0;      // by what part of that the one after it differs from the one before
  std::uint64_t memory = 0;        // at its peak: on the heap of its thread, or of the process where it had its own
  std::int64_t memory_change = 0;  // resident bytes after it less those before
  std::string error;               // not empty: it failed, and the times don't count
};

struct Cell {
  std::optional<Made> made;
  std::vector<Sample> samples;
};

// Why it failed, or the first of its runs that did; empty where none did.
inline std::string failure_of(const Cell& cell) {
  if (cell.made && !cell.made->error.empty()) return cell.made->error;
  for (const Sample& sample : cell.samples) {
    if (!sample.error.empty()) return sample.error;
  }
  return "";
}

// figure(sample) of each run at the level that counts, in their order.
template <class Figure>
auto of_runs(const Cell& cell, int level, const Figure& figure) {
  std::vector<std::invoke_result_t<Figure, const Sample&>> values;
  for (const Sample& sample : cell.samples) {
    if (sample.level == level && sample.error.empty()) values.push_back(figure(sample));
  }
  return values;
}

inline std::vector<double> times_of(const Cell& cell, int level) {
  return of_runs(cell, level, [](const Sample& sample) { return sample.ms; });
}

// All images by one entrant, at one level: how long the whole took.
struct Round {
  std::size_t entrant = 0;
  int level = 1, repeat = 0;
  double seconds = 0, cpu_seconds = 0;
};

struct Results {
  Setting setting;
  std::vector<Entrant> entrants;
  std::vector<Image> images;
  std::vector<Cell> cells;  // entrants × images, an entrant's one after the other
  std::vector<Round> rounds;
  double seconds = 0;           // the whole run
  double measured_seconds = 0;  // of it, inside of what was measured: timed runs, warm-up and scoring
  bool interrupted = false;

  const Cell& cell(std::size_t entrant, std::size_t image) const { return cells[entrant * images.size() + image]; }
  Cell& cell(std::size_t entrant, std::size_t image) { return cells[entrant * images.size() + image]; }
};

}  // namespace imgmill::bench
