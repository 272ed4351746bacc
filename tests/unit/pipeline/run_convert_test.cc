// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_convert.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/temporary_folder.h"
#include "cache/layered_store.h"
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

// Smooth waves under grain: what takes many shapes, and no few of them come close.
image::Image grainy(int side) {
  std::vector<std::uint8_t> samples;
  std::uint32_t state = 1;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      for (int c = 0; c < 3; ++c) {
        state = state * 1664525 + 1013904223;
        const double wave = 128 + 60 * std::sin(x * 0.31 + c) * std::cos(y * 0.23 - c);
        samples.push_back(static_cast<std::uint8_t>(wave + (state >> 29)));
      }
    }
  }
  return {side, side, 3, std::move(samples)};
}

// A fixture of such a picture, with a fallback to WebP.
struct Grainy : Fixture {
  Grainy() {
    base::write_file(folder / "a.png", codec::encode_png(grainy(96)).bytes);
    job.outputs.push_back({folder / "out/a.webp", {codec::Format::webp, "webp", 0, ""}});
    task.fallback = codec::Format::webp;
  }
  bool wrote(const char* name) const { return std::filesystem::exists(folder / "out" / name); }
};

std::uint64_t footprint(const Fixture& fixture) {
  return pipeline::footprint(fixture.job, fixture.task.limits, [&](const pipeline::Source& source) {
    return pipeline::convert_memory(source, fixture.task.max_dimension, fixture.task.searches());
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

TEST_CASE("within a bound the closest drawing is found, and nothing is searched where what is given fits") {
  Grainy fixture;
  fixture.task.fallback.reset();
  fixture.task.score = true;
  const Outcome free = fixture.run();
  CHECK(free.tries == 0);
  const std::uint64_t whole = free.outputs.at(0).bytes;
  fixture.task.max_bytes = whole;
  CHECK(fixture.run().tries == 1);
  CHECK(fixture.run().status == Status::unchanged);
  fixture.task.max_bytes = whole - 1;  // of several that fit the closest, which is hardly smaller
  const Outcome hardly = fixture.run();
  CHECK(hardly.outputs.at(0).bytes < whole);
  CHECK(hardly.outputs[0].bytes > whole / 2);
  double last = free.outputs[0].ssim.value();
  for (const std::uint64_t bound : {whole * 3 / 4, whole / 3}) {
    fixture.task.max_bytes = bound;
    const Outcome outcome = fixture.run();
    INFO(bound << " of " << whole);
    CHECK(outcome.gate == Gate::none);
    CHECK(outcome.outputs.at(0).bytes <= bound);
    CHECK(outcome.outputs[0].ssim.value() < last);
    CHECK(outcome.tries <= 4);
    last = outcome.outputs[0].ssim.value();
  }
  fixture.task.max_bytes = 10;  // the smallest of all, then
  const Outcome outcome = fixture.run();
  CHECK(outcome.gate == Gate::over_budget);
  CHECK(outcome.outputs.at(0).bytes < whole / 3);
}

TEST_CASE("with a target and a bound the drawing comes up to both, or is the closest that fits") {
  Grainy fixture;
  fixture.task.fallback.reset();
  fixture.task.target_ssim = .5;
  const Outcome low = fixture.run();
  REQUIRE(low.gate == Gate::none);
  fixture.task.max_bytes = low.outputs.at(0).bytes;
  CHECK(fixture.run().outputs.at(0).bytes == low.outputs[0].bytes);
  CHECK(fixture.run().gate == Gate::none);
  fixture.task.target_ssim = .999;
  const Outcome outcome = fixture.run();
  CHECK(outcome.gate == Gate::below_target);
  CHECK(outcome.outputs.at(0).bytes <= fixture.task.max_bytes);
  CHECK(outcome.outputs[0].ssim.value() >= low.outputs[0].ssim.value());
}

TEST_CASE("a search tries no more when the time for an image is over, and says so") {
  Grainy fixture;
  fixture.task.fallback.reset();
  fixture.task.target_ssim = .999;
  fixture.task.target_seconds = 1e-9;
  const Outcome outcome = fixture.run();
  CHECK(outcome.tries == 1);
  REQUIRE(outcome.warnings.size() == 1);
  CHECK_THAT(outcome.warnings[0], Catch::Contains("--target-time"));
  CHECK(outcome.gate == Gate::below_target);
  fixture.task.target_seconds = 1e9;
  CHECK(fixture.run().tries > 1);
  CHECK(fixture.run().warnings.empty());
}

TEST_CASE("the fallback is written where no drawing comes up to what is asked, and only there") {
  Grainy fixture;
  fixture.task.target_ssim = .97;
  const Outcome outcome = fixture.run();
  REQUIRE(outcome.outputs.size() == 1);
  const pipeline::Output& output = outcome.outputs[0];
  CHECK(outcome.status == Status::written);
  CHECK(outcome.gate == Gate::none);
  CHECK(output.format == "webp");
  CHECK(output.path == fixture.folder / "out/a.webp");
  CHECK(output.ssim.value() >= .97);
  CHECK(output.encodes > 0);
  CHECK(outcome.engine.empty());
  REQUIRE(outcome.warnings.size() == 1);
  CHECK_THAT(outcome.warnings[0], Catch::Contains("comes to SSIM 0.") && Catch::Contains("--fallback"));
  CHECK_FALSE(fixture.wrote("a.svg"));
  const codec::Decoded decoded = codec::decode(base::read_file(output.path), {});
  CHECK(decoded.image.width() == 96);
  CHECK(fixture.run().status == Status::unchanged);
  fixture.task.check = true;
  CHECK(fixture.run().gate == Gate::none);
  fixture.folder.write("out/a.webp", "old");
  CHECK(fixture.run().gate == Gate::stale);
  fixture.task.check = false;
  fixture.run();

  // A drawing that does: the other result is of another time, which is said and no more.
  fixture.task.target_ssim = .2;
  const Outcome drawn = fixture.run();
  CHECK(drawn.outputs.at(0).format == "svg");
  CHECK(fixture.wrote("a.svg"));
  CHECK(fixture.wrote("a.webp"));
  REQUIRE(drawn.warnings.size() == 1);
  CHECK_THAT(drawn.warnings[0], Catch::Contains("a.webp is there too"));

  fixture.task.no_clobber = true;
  std::filesystem::remove(fixture.folder / "out/a.svg");
  CHECK(fixture.run().status == Status::skipped);
}

TEST_CASE("the fallback must be nearer to the goal than the drawing") {
  Grainy fixture;
  fixture.task.max_bytes = 20;
  const Outcome outcome = fixture.run();
  CHECK(outcome.gate == Gate::over_budget);
  const bool is_raster = outcome.outputs.at(0).format == "webp";
  fixture.task.fallback.reset();
  fixture.job.outputs.resize(1);
  const std::uint64_t drawn = fixture.run().outputs.at(0).bytes;
  CHECK(is_raster == (outcome.outputs[0].bytes < drawn));
  CHECK(outcome.outputs[0].bytes <= drawn);
}

TEST_CASE("what decides a search decides where its result is found again") {
  cache::LayeredStore store({});
  Grainy fixture;
  fixture.task.cache = pipeline::ResultCache(store, {});
  const auto answer = [&] { return std::string(fixture.run().outputs.at(0).cache); };
  fixture.task.target_ssim = .97;
  CHECK(answer() == "miss");
  std::filesystem::remove(fixture.folder / "out/a.webp");
  const Outcome again = fixture.run();
  CHECK(again.outputs.at(0).cache == "memory");
  CHECK(again.outputs[0].format == "webp");
  CHECK(again.status == Status::cached);
  CHECK(again.warnings.size() == 1);
  const Outcome plan = pipeline::plan_convert(fixture.job, fixture.task);
  CHECK(plan.outputs.at(0).path == fixture.folder / "out/a.webp");
  CHECK(plan.outputs[0].format == "webp");
  fixture.task.max_bytes = 3000;
  CHECK(answer() == "miss");
  fixture.task.target_seconds = 60;
  CHECK(answer() == "miss");
  fixture.task.fallback = codec::Format::avif;
  CHECK(answer() == "miss");
  fixture.task.target_ssim = .9;
  CHECK(answer() == "miss");
  CHECK(answer() == "memory");
}
