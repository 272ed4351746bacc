// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/admission.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

using namespace imgmill;
using namespace std::chrono_literals;
using pipeline::Admission;
using pipeline::Hold;
using pipeline::Job;
using pipeline::Readings;
using pipeline::Throttle;
using pipeline::Turn;

namespace {

// An admission with a clock and a machine that the test sets.
struct Scene {
  Admission::Time now{};
  Readings readings;
  std::uint64_t resident = 0;
  std::vector<Job> jobs = std::vector<Job>(20);
  Admission admission;

  explicit Scene(const Admission::Options& options, const pipeline::ThrottleOptions& throttle = {})
      : admission(
            options, Throttle(throttle, [this] { return readings; }), [this] { return resident; }, now) {
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].index = i;
  }
  void arrive(std::size_t job, std::uint64_t bytes, int retry = 0) {
    admission.arrive({&jobs[job], bytes, retry}, now);
  }
  void leave(std::size_t job, std::uint64_t bytes) { admission.leave({&jobs[job], bytes}); }
  // The jobs that start now.
  std::string started() {
    std::string names;
    while (const auto turn = admission.next(now)) names += std::to_string(turn->job->index) + " ";
    return names;
  }
  double held(Hold hold) const { return admission.throttled_seconds()[static_cast<std::size_t>(hold)]; }
};

}  // namespace

TEST_CASE("first come, first served, as many as there are workers") {
  Scene scene({1000, 2});
  for (std::size_t i = 0; i < 4; ++i) scene.arrive(i, 1);
  CHECK(scene.started() == "0 1 ");
  CHECK(scene.started().empty());
  CHECK_FALSE(scene.admission.ask_again());  // a job that leaves brings the next question
  scene.leave(0, 1);
  CHECK(scene.started() == "2 ");
  CHECK(scene.admission.flight().jobs == 2);
}

TEST_CASE("a large job waits until it is alone, and nothing overtakes it") {
  Scene scene({100, 8});
  scene.arrive(0, 40);
  scene.arrive(1, 500);
  scene.arrive(2, 1);
  CHECK(scene.started() == "0 ");
  scene.now += 3s;
  CHECK(scene.started().empty());
  scene.leave(0, 40);
  CHECK(scene.started() == "1 ");
  scene.now += 2s;
  scene.leave(1, 500);
  CHECK(scene.started() == "2 ");
  CHECK(scene.held(Hold::memory) == 5);
}

TEST_CASE("a retry comes next and runs alone, even in an ample budget") {
  Scene scene({1000, 8});
  for (std::size_t i = 0; i < 2; ++i) scene.arrive(i, 1);
  CHECK(scene.started() == "0 1 ");
  scene.arrive(2, 1);
  scene.leave(0, 1);
  scene.arrive(0, 1, 1);
  CHECK(scene.started().empty());
  scene.leave(1, 1);
  CHECK(scene.started() == "0 ");
  CHECK(scene.started().empty());
  scene.leave(0, 1);
  CHECK(scene.started() == "2 ");
}

TEST_CASE("the rate spaces starts, and says when to ask again") {
  Scene scene({1000, 8, 2.0});
  for (std::size_t i = 0; i < 4; ++i) scene.arrive(i, 1);
  CHECK(scene.started() == "0 1 ");
  REQUIRE(scene.admission.ask_again());
  CHECK(*scene.admission.ask_again() == scene.now + 500ms);
  scene.now += 500ms;
  CHECK(scene.started() == "2 ");
  scene.now += 250ms;
  CHECK(scene.started().empty());
  scene.now += 250ms;
  CHECK(scene.started() == "3 ");
  CHECK(scene.held(Hold::rate) == Approx(1.0));
  CHECK_FALSE(scene.admission.ask_again());
  CHECK_FALSE(scene.admission.waiting());
}

TEST_CASE("a busy machine leaves one job at a time") {
  Scene scene({1000, 8}, {2, 0, 4});
  scene.readings.load = 3;
  for (std::size_t i = 0; i < 3; ++i) scene.arrive(i, 1);
  CHECK(scene.started() == "0 ");
  CHECK(scene.admission.ask_again());
  scene.now += 1s;
  scene.leave(0, 1);
  CHECK(scene.started() == "1 ");
  scene.now += 1s;
  scene.readings.load = 1;
  CHECK(scene.started() == "2 ");
  CHECK(scene.held(Hold::load) == 2);
  CHECK(scene.admission.flight().jobs == 2);
}

TEST_CASE("what is waiting can be forgotten") {
  Scene scene({1000, 1});
  scene.arrive(0, 1);
  scene.arrive(1, 1);
  CHECK(scene.started() == "0 ");
  scene.admission.forget_the_waiting();
  scene.leave(0, 1);
  CHECK(scene.started().empty());
  CHECK_FALSE(scene.admission.waiting());
}
