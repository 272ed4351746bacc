// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/change.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>

namespace imgmill::bench {
namespace {

void sort(std::vector<Run>& runs) {
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.value < b.value; });
}

// Of sorted runs without those of a round (−1: of all). Each stands at the middle of its weight's share, and between
// two of them the value goes in proportion. 0 where there is none.
double middle_of(const std::vector<Run>& runs, int without) {
  double half = 0;
  for (const Run& run : runs) half += run.round == without ? 0 : run.weight / 2;
  double passed = 0, last_at = 0, last_value = 0;
  for (const Run& run : runs) {
    if (run.round == without) continue;
    const double at = passed + run.weight / 2;
    if (at >= half) {
      if (passed <= 0) return run.value;
      return last_value + (half - last_at) / (at - last_at) * (run.value - last_value);
    }
    passed += run.weight;
    last_at = at;
    last_value = run.value;
  }
  return last_value;
}

double change(const Runs& image, int without_before, int without_now) {
  const double before = middle_of(image.before, without_before), now = middle_of(image.now, without_now);
  if (before <= 0 || now <= 0) return change(image, -1, -1);  // all its other runs failed
  return image.unit > 0 ? image.unit * (now / before - 1) : std::log(now / before);
}

std::vector<double> changes_of(const std::vector<Runs>& images, int without_before, int without_now) {
  std::vector<double> changes;
  for (const Runs& image : images) changes.push_back(change(image, without_before, without_now));
  return changes;
}

// What one of the sides leaves to chance.
struct Side {
  std::size_t rounds = 0;
  double variance = 0;  // of the mean over the images, by the jackknife (Quenouille, Tukey): without each round once
};

Side side_of(const std::vector<Runs>& images, std::vector<Run> Runs::*runs) {
  std::set<int> rounds;
  for (const Runs& image : images) {
    for (const Run& run : image.*runs) rounds.insert(run.round);
  }
  std::vector<double> means;
  for (const int round : rounds) {
    const bool before = runs == &Runs::before;
    means.push_back(report::mean(changes_of(images, before ? round : -1, before ? -1 : round)));
  }
  const auto count = static_cast<double>(means.size());
  const double deviation = report::standard_deviation(means);
  return {means.size(), (count - 1) * (count - 1) / count * deviation * deviation};
}

}  // namespace

double middle(std::vector<Run> runs) {
  sort(runs);
  return middle_of(runs, -1);
}

report::Interval Change::interval(double doubt) const {
  constexpr double kNormal = 1.6449;
  // Student's distribution instead of the normal one, to the first order.
  const double student = kNormal * (1 + (kNormal * kNormal + 1) / (4.0 * freedom));
  const double half = std::hypot(student * error, kNormal * doubt);
  return {mean - half, mean + half};
}

Change change_of(const std::vector<Runs>& images) {
  std::vector<Runs> sorted = images;
  for (Runs& image : sorted) {
    sort(image.before);
    sort(image.now);
  }
  const std::vector<double> changes = changes_of(sorted, -1, -1);
  Side before = side_of(sorted, &Runs::before), now = side_of(sorted, &Runs::now);
  Change change;
  change.mean = report::mean(changes);
  change.rounds = static_cast<int>(std::min(before.rounds, now.rounds));
  change.freedom = std::max(1, static_cast<int>(before.rounds + now.rounds) - 2);
  // A single round tells nothing of others: as much as on the other side, or what the images tell.
  if (before.rounds == 1) before.variance = now.variance * static_cast<double>(now.rounds);
  if (now.rounds == 1) now.variance = before.variance * static_cast<double>(before.rounds);
  change.error = std::sqrt(before.variance + now.variance);
  if (before.rounds == 1 && now.rounds == 1) {
    change.error = report::standard_deviation(changes) / std::sqrt(static_cast<double>(changes.size()));
    change.freedom = std::max<int>(1, static_cast<int>(changes.size()) - 1);
  }
  return change;
}

}  // namespace imgmill::bench
