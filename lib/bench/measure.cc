// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/measure.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/bytes.h"
#include "base/load.h"
#include "base/memory.h"
#include "bench/yardstick.h"
#include "pipeline/sink.h"
#include "report/time_figures.h"

namespace imgmill::bench {
namespace {

using pipeline::Outcome;
using pipeline::Output;

// As a server sends it: gzip, level 9.
std::uint64_t gzip_size(base::ByteView bytes) {
  constexpr int kLevel = 9, kGzip = 15 + 16, kMemory = 8;
  z_stream stream{};
  if (::deflateInit2(&stream, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  base::Bytes out(::deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib's interface knows no const, but only reads
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  const std::uint64_t size = stream.total_out;
  ::deflateEnd(&stream);
  return size;
}

std::string problem_of(const Outcome& outcome) {
  if (outcome.error) return outcome.error->message;
  for (const Output& output : outcome.outputs) {
    if (output.error) return output.error->message;
  }
  return outcome.outputs.empty() ? "gave no result" : "";
}

Made summed_up(const Outcome& outcome) {
  Made made;
  made.error = problem_of(outcome);
  if (!made.error.empty()) return made;
  double ssim = 0;
  int scored = 0;
  for (const Output& output : outcome.outputs) {
    made.bytes += output.bytes;
    if (output.format == "svg") made.gzip_bytes += gzip_size(base::read_file(output.path));
    if (output.width * output.height > made.width * made.height) {
      made.width = output.width;
      made.height = output.height;
    }
    if (!output.ssim) continue;
    ssim += *output.ssim;
    ++scored;
    if (output.worst_block) made.worst_block = std::min(*output.worst_block, made.worst_block.value_or(1));
  }
  if (scored > 0) made.ssim = ssim / scored;
  return made;
}

double thread_cpu_ms(const Outcome& outcome) {
  return std::accumulate(outcome.stages.begin(), outcome.stages.end(), 0.0,
                         [](double sum, const base::StageTime& s) { return sum + s.cpu_milliseconds; });
}

class Measuring {
 public:
  Measuring(const Plan& plan, Results& results, Listener& listener, std::atomic<bool>& stop)
      : plan_(plan), results_(results), listener_(listener), stop_(stop) {
    results.cells.assign(results.entrants.size() * results.images.size(), {});
  }

  void make_all() {
    for (std::size_t image = 0; image < results_.images.size(); ++image) {
      for (std::size_t entrant = 0; entrant < results_.entrants.size(); ++entrant) {
        const Runner& runner = plan_.runners[entrant];
        base::StageClock clock;
        const Outcome outcome = [&] {
          const base::StageClock::Scope timed(&clock, "make");
          return runner.make(runner.jobs[image]);
        }();
        if (stop_) return;
        results_.measured_seconds += clock.stages().front().milliseconds / 1000;
        results_.cell(entrant, image).made = summed_up(outcome);
        listener_.made(results_, entrant, image);
      }
    }
  }

  // One worker: the entrants take turns on each image.
  void take_turns(int level, int repeat) {
    const std::size_t entrants = results_.entrants.size();
    std::vector<Round> rounds(entrants);
    Yardstick yardstick;
    for (std::size_t image = 0; image < results_.images.size(); ++image) {
      for (std::size_t turn = 0; turn < entrants; ++turn) {
        const std::size_t entrant = (turn + image + static_cast<std::size_t>(repeat)) % entrants;
        if (stop_) return;
        if (!can_be_timed(entrant, image)) continue;
        const auto resident = static_cast<std::int64_t>(base::resident_memory());
        const double cpu_before = base::cpu_seconds();
        const Outcome outcome = run(entrant, plan_.runners[entrant].jobs[image]);
        const double cpu_ms = (base::cpu_seconds() - cpu_before) * 1000;
        if (stop_) return;
        results_.measured_seconds += outcome.total_ms / 1000;
        Sample sample = sample_of(outcome, level, repeat);
        sample.memory_change = static_cast<std::int64_t>(base::resident_memory()) - resident;
        if (is_own(entrant)) sample.cpu_ms = cpu_ms;  // of all threads
        const double before = yardstick.ms();
        yardstick.follow(sample.ms - sample.wait_ms);
        sample.yardstick_ms = (before + yardstick.ms()) / 2;
        sample.yardstick_shift = (yardstick.ms() - before) / sample.yardstick_ms;
        rounds[entrant].seconds += sample.ms / 1000;
        rounds[entrant].cpu_seconds += sample.cpu_ms / 1000;
        add(entrant, image, sample);
      }
    }
    for (std::size_t entrant = 0; entrant < entrants; ++entrant) {
      add({entrant, level, repeat, rounds[entrant].seconds, rounds[entrant].cpu_seconds});
    }
  }

  // After all rounds that the setting asks for.
  int rounds_to_add() {
    if (stop_ || results_.setting.levels != std::vector{1}) return 0;
    const int rounds = results_.setting.repeats;
    double seconds = 0;
    for (const Round& round : results_.rounds) seconds += std::min(round.seconds, round.cpu_seconds);
    const double missing = plan_.seconds * static_cast<double>(results_.entrants.size()) - seconds;
    if (seconds > 0 && missing > 0 && rounds < plan_.most_repeats) {
      return static_cast<int>(std::min<double>(std::ceil(missing / seconds * rounds), plan_.most_repeats - rounds));
    }
    constexpr int kTimesAsMany = 3;
    if (asked_ == 0) asked_ = rounds;
    return plan_.more_tells && rounds < kTimesAsMany * asked_ && plan_.more_tells(results_) ? asked_ : 0;
  }

  // Several workers: each entrant has the whole batch in its turn.
  void run_batches(int level, int repeat) {
    const std::size_t entrants = results_.entrants.size();
    for (std::size_t turn = 0; turn < entrants && !stop_; ++turn) {
      const std::size_t entrant = (turn + static_cast<std::size_t>(repeat)) % entrants;
      yardstick_ = lay_yardstick();
      std::vector<pipeline::Job> jobs;
      std::vector<std::size_t> images;  // of the jobs, which are numbered anew
      for (std::size_t image = 0; image < results_.images.size(); ++image) {
        if (!can_be_timed(entrant, image)) continue;
        jobs.push_back(plan_.runners[entrant].jobs[image]);
        jobs.back().index = images.size();
        images.push_back(image);
      }
      run_batch(entrant, jobs, images, level, repeat);
    }
  }

 private:
  class Sampler : public pipeline::Sink {
   public:
    Sampler(Measuring& measuring, std::size_t entrant, const std::vector<std::size_t>& images, int level, int repeat)
        : measuring_(measuring), entrant_(entrant), images_(images), level_(level), repeat_(repeat) {}
    void item(const Outcome& outcome) override {
      if (measuring_.stop_) return;
      Sample sample = sample_of(outcome, level_, repeat_);
      sample.yardstick_ms = measuring_.yardstick_;
      measuring_.add(entrant_, images_[outcome.job], std::move(sample));
    }

   private:
    Measuring& measuring_;
    std::size_t entrant_;
    const std::vector<std::size_t>& images_;
    int level_, repeat_;
  };

  bool is_own(std::size_t entrant) const { return results_.entrants[entrant].command.empty(); }

  // With a stage of its own for the time in which it could have gone on, but others had the processor.
  Outcome run(std::size_t entrant, const pipeline::Job& job) const {
    const double before = base::wait_for_cpu_ms();
    Outcome outcome = plan_.runners[entrant].run(job);
    if (is_own(entrant)) outcome.stages.push_back({kWaited, base::wait_for_cpu_ms() - before});
    return outcome;
  }

  void run_batch(std::size_t entrant, const std::vector<pipeline::Job>& jobs, const std::vector<std::size_t>& images,
                 int level, int repeat) {
    if (jobs.empty()) return;
    const Runner& runner = plan_.runners[entrant];
    Sampler sampler(*this, entrant, images, level, repeat);
    pipeline::Sink* const sinks[] = {&sampler};
    pipeline::BatchOptions options;
    options.jobs = level;
    options.memory = plan_.memory;
    const pipeline::Work work = [&](const pipeline::Job& job) { return run(entrant, job); };
    const pipeline::Summary summary = pipeline::run_batch(jobs, options, stop_, work, runner.footprint, sinks);
    if (stop_) return;
    results_.measured_seconds += summary.wall_seconds;
    add({entrant, level, repeat, summary.wall_seconds, summary.cpu_seconds});
  }

  bool can_be_timed(std::size_t entrant, std::size_t image) const {
    const auto& made = results_.cell(entrant, image).made;
    return made && made->error.empty();
  }

  static Sample sample_of(const Outcome& outcome, int level, int repeat) {
    Sample sample;
    sample.level = level;
    sample.repeat = repeat;
    sample.error = problem_of(outcome);
    sample.ms = outcome.total_ms;
    sample.cpu_ms = thread_cpu_ms(outcome);
    sample.memory = outcome.peak;
    // The kernel's count is of a few milliseconds at once, so it may be of what was before.
    sample.wait_ms = std::clamp(report::stage_ms(outcome.stages, kWaited), 0.0, sample.ms);
    return sample;
  }

  void add(std::size_t entrant, std::size_t image, Sample sample) {
    results_.cell(entrant, image).samples.push_back(std::move(sample));
    listener_.sampled(results_, entrant, image);
  }

  void add(const Round& round) {
    results_.rounds.push_back(round);
    listener_.round(results_);
  }

  const Plan& plan_;
  Results& results_;
  Listener& listener_;
  std::atomic<bool>& stop_;
  double yardstick_ = 0;  // before the batch in work
  int asked_ = 0;         // rounds, when nobody asked yet whether more would tell; 0: not so far
};

}  // namespace

void measure(const Plan& plan, Results& results, Listener& listener, std::atomic<bool>& stop) {
  base::StageClock clock;
  {
    const base::StageClock::Scope timed(&clock, "bench");
    Measuring measuring(plan, results, listener, stop);
    measuring.make_all();
    for (const int level : results.setting.levels) {
      for (int repeat = 0; repeat < results.setting.repeats && !stop; ++repeat) {
        level == 1 ? measuring.take_turns(level, repeat) : measuring.run_batches(level, repeat);
        if (repeat + 1 == results.setting.repeats) results.setting.repeats += measuring.rounds_to_add();
      }
    }
  }
  results.seconds = clock.stages().front().milliseconds / 1000;
  results.interrupted = stop;
}

Summed make_all(const Runner& runner, const pipeline::BatchOptions& options, std::atomic<bool>& stop) {
  class Adder : public pipeline::Sink {
   public:
    void item(const Outcome& outcome) override {
      const Made made = summed_up(outcome);
      if (!made.error.empty()) {
        ++sums.failed;
        return;
      }
      sums.mean_bytes += static_cast<double>(made.bytes);
      sums.mean_ssim += made.ssim.value_or(0);
      for (const base::StageTime& stage : outcome.stages) {
        if (stage.name != "rasterise" && stage.name != "score") sums.mean_cpu_ms += stage.cpu_milliseconds;
      }
    }
    Summed sums;
  } adder;
  pipeline::Sink* const sinks[] = {&adder};
  pipeline::run_batch(runner.jobs, options, stop, runner.make, runner.footprint, sinks);
  const auto images = static_cast<double>(std::max<std::size_t>(1, runner.jobs.size() - adder.sums.failed));
  for (double* sum : {&adder.sums.mean_bytes, &adder.sums.mean_ssim, &adder.sums.mean_cpu_ms}) *sum /= images;
  return adder.sums;
}

}  // namespace imgmill::bench
