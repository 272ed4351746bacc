// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of a benchmark, one after the other. Entrants take turns on each image, so that whatever the machine does
// in the meantime hits all of them alike.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "bench/results.h"
#include "pipeline/job.h"
#include "pipeline/run_batch.h"

namespace imgmill::bench {

// The stage of an outcome that says for how long it was ready to go on, but others had the processor.
inline constexpr std::string_view kWaited = "waited";

struct Runner {
  std::vector<pipeline::Job> jobs;  // one for each image, in their order
  pipeline::Work run;               // timed; its results are dropped
  pipeline::Work make;              // the same, but the results stay at their paths and are scored
  pipeline::Footprint footprint;
};

struct Plan {
  std::vector<Runner> runners;  // one for each entrant, in their order
  std::uint64_t memory = 0;     // budget for what is in work at once
  // Rounds beyond the setting's repeats, where one worker is the only level:
  double seconds = 0;                              // until entrants had the processor for so long, on average,
  int most_repeats = 0;                            // or there are so many rounds;
  std::function<bool(const Results&)> more_tells;  // then asked: whether as many again might decide something
};

// Hears what there is as soon as it is there; `results` holds it already.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void made(const Results&, std::size_t /*entrant*/, std::size_t /*image*/) {}
  virtual void sampled(const Results&, std::size_t /*entrant*/, std::size_t /*image*/) {}  // the cell's last sample
  virtual void round(const Results&) {}                                                    // the last of them
};

// Fills `results`, whose setting, entrants and images are there. First every entrant makes every image once, which is
// the warm-up and gives bytes and scores; who failed at that is not timed. Then the timed runs, level after level: on
// one worker the entrants take turns on each image, in an order that moves on with each repetition; on several, each
// has the whole batch in its turn. Where the plan asks for more rounds than the setting, the setting says at the end
// how many there were: at most three times as many as without more_tells. Ends early when `stop` is set: what is there
// stays.
void measure(const Plan& plan, Results& results, Listener& listener, std::atomic<bool>& stop);

// What one entrant makes of all its images at once, scored: means, and the processor time without that of scoring.
struct Summed {
  std::size_t failed = 0;
  double mean_bytes = 0, mean_ssim = 0, mean_cpu_ms = 0;
};
Summed make_all(const Runner& runner, const pipeline::BatchOptions& options, std::atomic<bool>& stop);

}  // namespace imgmill::bench
