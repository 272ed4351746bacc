// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_convert.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/temporary_folder.h"
#include "codec/codec.h"
#include "image/image.h"
#include "pipeline/footprint.h"

using namespace imgmill;
using pipeline::ConvertTask;
using pipeline::Gate;
using pipeline::Job;
using pipeline::Outcome;
using pipeline::Status;

namespace {

// A red square on white: something that any tracer draws.
image::Image square(int side) {
  std::vector<std::uint8_t> samples(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3, 255);
  for (int y = side / 4; y < side * 3 / 4; ++y) {
    for (int x = side / 4; x < side * 3 / 4; ++x) {
      const auto at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)) * 3;
      samples[at + 1] = samples[at + 2] = 0;
    }
  }
  return {side, side, 3, std::move(samples)};
}

struct Fixture {
  test::TemporaryFolder folder;
  Job job;
  ConvertTask task;

  explicit Fixture(int side = 32) {
    base::write_file(folder / "a.png", codec::encode_png(square(side)).bytes);
    job.input = folder / "a.png";
    job.outputs = {{folder / "out/a.svg", {}}};
  }
  Outcome run() const { return pipeline::run_convert(job, task, nullptr); }
};

std::uint64_t footprint(const Fixture& fixture) {
  return pipeline::footprint(fixture.job, fixture.task.limits, [&](const pipeline::Source& source) {
    return pipeline::convert_memory(source, fixture.task.max_dimension);
  });
}

}  // namespace

TEST_CASE("a job writes its drawing and says all about it") {
  const Fixture fixture;
  const Outcome outcome = fixture.run();
  REQUIRE(outcome.status == Status::written);
  REQUIRE(outcome.outputs.size() == 1);
  CHECK(outcome.outputs[0].width == 32);
  CHECK(outcome.outputs[0].bytes == std::filesystem::file_size(fixture.job.outputs[0].path));
  CHECK(outcome.bytes_in == std::filesystem::file_size(fixture.job.input));
  CHECK_FALSE(outcome.outputs[0].ssim);
  CHECK_FALSE(outcome.engine.empty());
  double stages = 0;
  for (const base::StageTime& stage : outcome.stages) stages += stage.milliseconds;
  CHECK(stages <= outcome.total_ms);
  CHECK(stages > 0);
  CHECK(fixture.run().status == Status::unchanged);
}

TEST_CASE("run_job with --check compares and writes nothing") {
  Fixture fixture;
  fixture.task.check = true;
  CHECK(fixture.run().gate == Gate::missing);
  CHECK_FALSE(std::filesystem::exists(fixture.folder / "out"));
  fixture.folder.write("out/a.svg", "old");
  CHECK(fixture.run().gate == Gate::stale);
  fixture.task.check = false;
  fixture.run();
  fixture.task.check = true;
  const Outcome outcome = fixture.run();
  CHECK(outcome.gate == Gate::none);
  CHECK(outcome.status == Status::unchanged);
}

TEST_CASE("a budget is a gate, with and without --check") {
  Fixture fixture;
  fixture.task.max_bytes = 5;
  CHECK(fixture.run().gate == Gate::over_budget);
  fixture.task.max_bytes = 100000;
  CHECK(fixture.run().gate == Gate::none);
}

TEST_CASE("run_job with --max-dimension scales down before tracing, never up") {
  Fixture fixture(64);
  fixture.task.max_dimension = 20;
  CHECK(fixture.run().outputs.at(0).width == 20);
  fixture.task.max_dimension = 100;
  CHECK(fixture.run().outputs.at(0).width == 64);
}

TEST_CASE("whatever goes wrong is a record") {
  Fixture fixture;
  const auto kind = [&] { return fixture.run().error.value().kind; };
  fixture.task.limits.max_pixels = 10;
  CHECK(kind() == base::ErrorKind::limit);
  fixture.task.limits = {};
  fixture.job.problem = "permission denied";
  CHECK(kind() == base::ErrorKind::input);
  fixture.job.problem.clear();
  fixture.job.outputs[0].path = fixture.folder / "a.png/below.svg";
  CHECK(kind() == base::ErrorKind::output);
  CHECK(fixture.run().status == Status::failed);
  fixture.job.outputs[0].path = fixture.folder / "x.svg";
  fixture.task.timeout_seconds = 1e-9;
  CHECK(kind() == base::ErrorKind::timeout);
  fixture.job.input = fixture.folder / "none.png";
  fixture.task.timeout_seconds = 0;
  CHECK(kind() == base::ErrorKind::input);
  CHECK_FALSE(std::filesystem::exists(fixture.folder / "x.svg"));
}

TEST_CASE("a job that is stopped is skipped, not failed") {
  const Fixture fixture;
  const std::atomic<bool> stop{true};
  const Outcome outcome = pipeline::run_convert(fixture.job, fixture.task, &stop);
  CHECK(outcome.status == Status::skipped);
  CHECK(outcome.error.value().kind == base::ErrorKind::cancelled);
}

TEST_CASE("run_job with --no-clobber leaves what is there") {
  Fixture fixture;
  fixture.task.no_clobber = true;
  fixture.folder.write("out/a.svg", "mine");
  const Outcome outcome = fixture.run();
  CHECK(outcome.status == Status::skipped);
  CHECK_FALSE(outcome.error);
  CHECK(std::filesystem::file_size(fixture.job.outputs[0].path) == 4);
}

TEST_CASE("the footprint grows with the pixels and needs the header only") {
  Fixture small(32), large(128);
  CHECK(footprint(large) > 10 * footprint(small));
  const std::uint64_t whole = footprint(large);
  large.task.max_dimension = 32;
  CHECK(footprint(large) < whole);
  // Cut off behind the header: what remains of the file is all that is counted beside the pixels.
  std::filesystem::resize_file(small.job.input, 60);
  CHECK(footprint(small) >= 32 * 32 * 4);
  small.folder.write("a.png", "words");
  CHECK(footprint(small) == 5);
  small.job.input = small.folder / "none";
  CHECK(footprint(small) == 0);
}

TEST_CASE("a plan is made from the header and writes nothing") {
  Fixture fixture(64);
  fixture.task.max_dimension = 16;
  const Outcome outcome = pipeline::plan_convert(fixture.job, fixture.task);
  CHECK(outcome.status == Status::skipped);
  CHECK(outcome.outputs.at(0).width == 16);
  CHECK(outcome.memory == footprint(fixture));
  CHECK_FALSE(std::filesystem::exists(fixture.folder / "out"));
}
