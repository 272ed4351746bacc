// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/tune.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "bench/made_up.h"

namespace imgmill {
namespace {

using bench::Cost;
using bench::Goal;
using bench::Knob;

// Coarseness saves bytes and costs SSIM, precision the other way round and cheaper; the third knob does nothing.
Cost made_up_cost(std::span<const double> knobs) {
  const double coarse = knobs[0], precision = knobs[1];
  return {false, 1000 * std::exp(-0.2 * coarse + 0.05 * precision), 0.95 - 0.002 * coarse + 0.0015 * precision, 10};
}

const std::vector<Knob> kKnobs = {
    {"coarse", 0, 10, false, 5}, {"precision", 1, 8, true, 4}, {"idle", 0, 100, true, 50}};

struct Course {
  int trials = 0;
  std::set<std::vector<double>> seen;
  std::vector<double> values;
  Cost cost;
};

Course tuned(Goal goal, int most = 300, int stop_after = 1000) {
  Course course;
  const std::vector<double> start = {5, 4, 50};
  goal.start = made_up_cost(start);
  course.values = bench::tune(
      kKnobs, goal, most,
      [&](std::span<const double> values) {
        CHECK(course.seen.emplace(values.begin(), values.end()).second);  // nothing is tried twice
        for (std::size_t i = 0; i < values.size(); ++i) {
          CHECK((values[i] >= kKnobs[i].least && values[i] <= kKnobs[i].most));
          CHECK((!kKnobs[i].whole || values[i] == std::round(values[i])));
        }
        return made_up_cost(values);
      },
      [&](const bench::Trial&) { return ++course.trials < stop_after; });
  course.cost = made_up_cost(course.values);
  return course;
}

TEST_CASE("Tuning finds fewer bytes for the same SSIM where two knobs have to turn together") {
  const Course course = tuned({});
  CHECK(course.cost.ssim >= made_up_cost(std::vector<double>{5, 4, 50}).ssim);
  CHECK(course.cost.bytes < 0.9 * made_up_cost(std::vector<double>{5, 4, 50}).bytes);
  CHECK(course.values[1] == 8);
  CHECK(course.values[2] == 50);
}

TEST_CASE("Tuning keeps to the bound, whatever it is") {
  const Course ssim = tuned({Goal::Kind::ssim, 0.955, {}});
  CHECK(ssim.cost.ssim >= 0.955);
  CHECK(ssim.cost.ssim < 0.959);
  const Course bytes = tuned({Goal::Kind::bytes, 500, {}});
  CHECK(bytes.cost.bytes <= 500);
  CHECK(bytes.cost.bytes > 450);
  CHECK(bytes.cost.ssim > 0.94);
}

TEST_CASE("Tuning gives the start back where nothing reaches the bound") {
  CHECK(tuned({Goal::Kind::ssim, 0.99, {}}).values == std::vector<double>{5, 4, 50});
}

TEST_CASE("Tuning ends after as many trials as allowed, and when it is told to") {
  CHECK(tuned({}, 7).trials == 7);
  CHECK(tuned({}, 300, 5).trials == 5);
}

TEST_CASE("What fails is never chosen") {
  Goal goal;
  goal.start = {false, 100, 0.9, 1};
  const std::vector<Knob> knob = {{"k", 0, 10, true, 5}};
  const auto values = bench::tune(
      knob, goal, 100,
      [](std::span<const double> v) {
        return Cost{v[0] < 5, 100 - 10 * std::abs(v[0] - 5), 0.95, 1};
      },
      [](const bench::Trial&) { return true; });
  CHECK(values[0] == 10);
}

bench::Results second(double bytes, double ssim, double time, double trembling = 0) {
  bench::Results results = made_up_results(2, 12, 3);
  for (std::size_t image = 0; image < results.images.size(); ++image) {
    bench::Cell& cell = results.cell(1, image);
    const double tremble = 1 + trembling * (static_cast<double>(image % 3) - 1);
    cell = results.cell(0, image);
    cell.made->bytes = static_cast<std::uint64_t>(1000 * bytes * tremble);
    *cell.made->ssim += ssim;
    for (bench::Sample& sample : cell.samples) {
      sample.ms *= time;
      sample.wait_ms *= time;
    }
  }
  return results;
}

std::string why_not(const bench::Results& results, const Goal& goal) {
  return bench::why_not(bench::gain_of(results, 0, 1), goal);
}

TEST_CASE("What is gained is told with its interval") {
  const bench::Gain gain = bench::gain_of(second(0.9, 0.001, 1.2), 0, 1);
  CHECK(gain.images == 12);
  CHECK(gain.bytes == Approx(-0.1));
  CHECK(gain.bytes_interval.low == Approx(-0.1));
  CHECK(gain.ssim == Approx(0.001));
  CHECK(gain.time == Approx(0.2));
  CHECK(gain.mean_bytes == Approx(900));
  CHECK(bench::to_text(gain) ==
        "SSIM +0.0010 (+0.0010 to +0.0010), bytes -10.0 % (-10.0 to -10.0), time +20.0 % (+20.0 to +20.0)");
}

TEST_CASE("Only what surely dominates the start is worth a preset") {
  const Goal dominate;
  CHECK(why_not(second(0.9, 0.001, 1), dominate).empty());
  CHECK(why_not(second(1, 0.001, 0.9), dominate).empty());
  CHECK_FALSE(why_not(second(0.9, -0.001, 1), dominate).empty());   // farther off
  CHECK_FALSE(why_not(second(0.97, 0, 1), dominate).empty());       // too little
  CHECK_FALSE(why_not(second(0.93, 0, 1, 0.3), dominate).empty());  // perhaps by chance
  CHECK_FALSE(why_not(second(0.9, 0, 1.2), dominate).empty());      // slower
  CHECK_FALSE(why_not(second(1.1, 0, 0.8), dominate).empty());      // larger
}

TEST_CASE("A goal has to hold on the images held back") {
  const Goal ssim{Goal::Kind::ssim, 0.905, {}};
  CHECK_FALSE(why_not(second(0.5, 0.004, 1), ssim).empty());
  CHECK(why_not(second(1.5, 0.006, 1), ssim).empty());  // the start doesn't reach it
  CHECK(why_not(second(0.9, 0, 1), {Goal::Kind::ssim, 0.9, {}}).empty());
  CHECK_FALSE(why_not(second(1.1, 0, 1), {Goal::Kind::ssim, 0.9, {}}).empty());
  CHECK(why_not(second(0.9, -0.1, 1), {Goal::Kind::bytes, 950, {}}).empty());
  CHECK_FALSE(why_not(second(0.9, 0.1, 1), {Goal::Kind::bytes, 850, {}}).empty());
  CHECK_FALSE(why_not(second(0.9, -0.1, 1), {Goal::Kind::bytes, 1500, {}}).empty());
  CHECK(why_not(second(1.2, 0.1, 1), {Goal::Kind::bytes, 1500, {}}).empty());
  CHECK(why_not(second(1, 0.1, 1), {Goal::Kind::time, 100, {}}).empty());
  CHECK_FALSE(why_not(second(1, 0.1, 1), {Goal::Kind::time, 20, {}}).empty());
}

}  // namespace
}  // namespace imgmill
