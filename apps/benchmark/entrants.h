// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who takes part in a benchmark: every preset with every variation of its parameters, each with settings of its own as
// the subcommand would have them, and other programs.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/command.h"
#include "bench/measure.h"
#include "bench/results.h"
#include "bench/spawner.h"
#include "codec/codec.h"
#include "common/compress_work.h"
#include "common/convert_work.h"
#include "common/subcommand.h"
#include "pipeline/inputs.h"
#include "plan/settings.h"

namespace imgmill::apps {

// "color_precision=3..8", "layer_difference=8..32:8", "engine=color|mono" and "path_precision=4" as the values that
// they stand for. Throws Error{usage}, naming --set.
struct Variation {
  std::string key;
  std::vector<std::string> values;
  bool is_range = false;
};
Variation parse_variation(const std::string& text);

// Whether what it says is part of what an entrant makes, and not of how the benchmark runs.
bool decides_results(const plan::Setting& setting);

// The settings of one entrant, from the same sources as the subcommand's.
class Contender {
 public:
  // Its arguments are those of the whole benchmark; `sets` are KEY=VALUE texts that come last. Throws Error{usage}.
  Contender(const std::string& subcommand, const std::string& preset, const std::vector<std::string>& sets,
            std::span<char* const> arguments);

  plan::Settings settings;
  BatchSettings batch;
  Invocation invocation;
  ConvertWork convert;
  CompressWork compress;
  BatchTask work;

  bench::Entrant entrant;
  const pipeline::Rules& rules() const {
    return is_convert_ ? static_cast<const pipeline::Rules&>(convert.task) : compress.task;
  }

  // Where the results of the inputs go below `root`; those of the shard alone, numbered anew.
  std::vector<pipeline::Job> jobs(const std::vector<pipeline::Input>& inputs, const std::filesystem::path& root) const;

  // What it asks for beyond parameters (a target, a bound) is the benchmark's business, not its own.
  void drop_goals();

  // Within this process. The contender outlives what is returned.
  bench::Runner runner(std::vector<pipeline::Job> jobs, const std::atomic<bool>* stop);

  // As a process of its own, like other programs: the words of its command.
  std::vector<std::string> command() const;

 private:
  bool is_convert_;
};

// All combinations of presets and variations, presets first.
std::vector<std::unique_ptr<Contender>> contenders(const std::string& subcommand,
                                                   const std::vector<std::string>& presets,
                                                   const std::vector<std::string>& sets,
                                                   std::span<char* const> arguments);

}  // namespace imgmill::apps
