// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/figures.h"

#include <algorithm>
#include <limits>

namespace imgmill::bench {
namespace {

using Values = std::vector<double>;

report::Interval interval_of_mean(const std::vector<Values>& by_image, std::size_t runs) {
  return report::bootstrap([&](report::Dice& dice) {
    double sum = 0;
    for (const Values& ms : by_image) {
      for (std::size_t i = 0; i < ms.size(); ++i) sum += ms[dice.below(ms.size())];
    }
    return sum / static_cast<double>(runs);
  });
}

void add_runs(const Results& results, Figures& figures) {
  std::vector<Values> by_image;
  Values all, cpu, memory, change;
  for (std::size_t image = 0; image < results.images.size(); ++image) {
    const Cell& cell = results.cell(figures.entrant, image);
    // What could not be made would have failed each time.
    if (cell.made && !cell.made->error.empty()) figures.failed += static_cast<std::size_t>(results.setting.repeats);
    by_image.push_back(times_of(cell, figures.level));
    all.insert(all.end(), by_image.back().begin(), by_image.back().end());
    for (const Sample& sample : cell.samples) {
      if (sample.level != figures.level) continue;
      if (!sample.error.empty()) {
        ++figures.failed;
        continue;
      }
      cpu.push_back(sample.cpu_ms);
      memory.push_back(static_cast<double>(sample.memory));
      change.push_back(static_cast<double>(sample.memory_change));
    }
  }
  figures.runs = all.size();
  if (all.empty()) return;
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  figures.times =
      Times{report::mean(all),           report::median(all), *least, *most, report::standard_deviation(all),
            report::quantile(all, 0.95), std::nullopt};
  const bool vary = std::any_of(by_image.begin(), by_image.end(), [](const Values& ms) { return ms.size() > 1; });
  if (vary) figures.times->interval = interval_of_mean(by_image, all.size());
  figures.cpu_ms = report::mean(cpu);
  figures.mean_memory = report::mean(memory);
  figures.peak_memory = static_cast<std::uint64_t>(*std::max_element(memory.begin(), memory.end()));
  figures.mean_change = report::mean(change);
  figures.most_change = *std::max_element(change.begin(), change.end());
}

// Of the rounds that came to their end.
void add_speed(const Results& results, Figures& figures) {
  double seconds = 0, cpu_seconds = 0, runs = 0;
  for (const Round& round : results.rounds) {
    if (round.entrant != figures.entrant || round.level != figures.level) continue;
    seconds += round.seconds;
    cpu_seconds += round.cpu_seconds;
    for (std::size_t image = 0; image < results.images.size(); ++image) {
      for (const Sample& sample : results.cell(figures.entrant, image).samples) {
        runs += sample.level == round.level && sample.repeat == round.repeat && sample.error.empty() ? 1 : 0;
      }
    }
  }
  if (seconds > 0) figures.images_per_second = runs / seconds;
  // On several workers only the process knows what all threads took; other programs' samples do themselves.
  const bool by_process = figures.level > 1 && results.entrants[figures.entrant].command.empty();
  if (by_process && runs > 0) figures.cpu_ms = cpu_seconds * 1000 / runs;
}

void add_made(const Results& results, Figures& figures) {
  Values bytes, gzip, ssim;
  for (std::size_t image = 0; image < results.images.size(); ++image) {
    const auto& made = results.cell(figures.entrant, image).made;
    if (!made || !made->error.empty()) continue;
    bytes.push_back(static_cast<double>(made->bytes));
    gzip.push_back(static_cast<double>(made->gzip_bytes));
    if (!made->ssim) continue;
    ssim.push_back(*made->ssim);
    if (figures.worst_ssim.value_or(std::numeric_limits<double>::infinity()) <= *made->ssim) continue;
    figures.worst_ssim = made->ssim;
    figures.worst_image = image;
  }
  figures.images = bytes.size();
  if (bytes.empty()) return;
  figures.mean_bytes = report::mean(bytes);
  figures.median_bytes = report::median(bytes);
  figures.mean_gzip_bytes = report::mean(gzip);
  if (!ssim.empty()) figures.ssim = report::mean(ssim);
}

bool beats(const Figures& a, const Figures& b) {
  const double ssim_a = a.ssim.value_or(0), ssim_b = b.ssim.value_or(0);
  const bool no_worse = a.times->mean <= b.times->mean && a.mean_bytes <= b.mean_bytes && ssim_a >= ssim_b;
  const bool better = a.times->mean < b.times->mean || a.mean_bytes < b.mean_bytes || ssim_a > ssim_b;
  return no_worse && better;
}

// Who failed somewhere has no means to compare with those of the others.
void find_front(std::vector<Figures>& all) {
  const auto can_be = [](const Figures& figures) { return figures.times && figures.failed == 0; };
  for (Figures& figures : all) {
    figures.on_front = can_be(figures) && std::none_of(all.begin(), all.end(), [&](const Figures& other) {
                         return other.level == figures.level && can_be(other) && beats(other, figures);
                       });
  }
}

}  // namespace

std::vector<Figures> figures_of(const Results& results) {
  std::vector<Figures> all;
  for (const int level : results.setting.levels) {
    for (std::size_t entrant = 0; entrant < results.entrants.size(); ++entrant) {
      Figures figures;
      figures.entrant = entrant;
      figures.level = level;
      add_runs(results, figures);
      add_speed(results, figures);
      add_made(results, figures);
      all.push_back(std::move(figures));
    }
  }
  find_front(all);
  return all;
}

}  // namespace imgmill::bench
