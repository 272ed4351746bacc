// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of recorded items: stages and items over all and over each repetition, and what advice follows from. One
// pass, nothing of an item is kept but its name and times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/outcome.h"

namespace imgmill::report {

// What the run was asked for, as far as advice depends on it.
struct Asked {
  std::string subcommand;
  int jobs = 1;
  std::uint64_t memory = 0;  // bytes
  int avif_speed = 6;
  int max_dimension = 0;  // px; 0: no bound
  bool score = false;
  double target_ssim = 0;  // 0: none
};

// Of the stage of that name; 0 where there is none.
double stage_ms(const std::vector<base::StageTime>& stages, std::string_view name);

std::vector<base::StageTime> longest_first(std::vector<base::StageTime> stages);

class TimeFigures {
 public:
  void add(const pipeline::Outcome& outcome);

  // One of the times that everything was done: the sums over the items.
  struct Round {
    double total_ms = 0;
    std::vector<base::StageTime> stages;
  };
  struct Item {
    std::string name;        // printable
    std::vector<double> ms;  // of each time that it was done
  };
  struct Growth {
    std::string name, stage;  // printable; the stage that took most
    std::uint64_t bytes = 0, stage_bytes = 0;
  };

  // Over all items and repetitions.
  double total_ms() const { return total_ms_; }
  const std::vector<base::StageTime>& stages() const { return stages_; }
  double share(double milliseconds) const { return total_ms_ > 0 ? milliseconds / total_ms_ : 0; }
  double share_of(std::string_view stage) const;                              // without inner stages
  double share_with_inner(const std::string& stage) const;                    // as spans say
  double share_of_kind(std::string_view stage, std::string_view kind) const;  // "encode", "avif"

  const std::vector<Round>& rounds() const { return rounds_; }
  const std::vector<Item>& items() const { return items_; }
  const Growth& largest_growth() const { return growth_; }

  double look_ms = 0;                                    // before all that
  std::size_t outputs = 0, encodes = 0;                  // of what was done last, which all below are too
  int tries = 0;                                         // tracings
  double input_pixels = 0;                               // where they are known, of the items that follow
  double largest_output_pixels = 0;                      // the largest result of each of them
  std::size_t sized_items = 0;                           // how many these are
  int largest_output_side = 0;                           // px
  std::map<std::string, std::vector<double>> qualities;  // by format

 private:
  void add_run(const pipeline::Outcome& outcome, std::size_t round, Item& item);

  double total_ms_ = 0;
  std::vector<base::StageTime> stages_;
  std::map<std::string, double> with_inner_;  // ms by frame name
  std::vector<Round> rounds_;
  std::vector<Item> items_;
  Growth growth_;
};

}  // namespace imgmill::report
