// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_compress.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/temporary_folder.h"
#include "codec/encode.h"
#include "image/scene.h"

using namespace imgmill;
using codec::Format;
using pipeline::CompressTask;
using pipeline::Gate;
using pipeline::Job;
using pipeline::Outcome;
using pipeline::Status;

namespace {

struct Fixture {
  test::TemporaryFolder folder;
  Job job;
  CompressTask task;

  Fixture(const std::string& variants, std::vector<Format> formats, int channels = 3) {
    base::write_file(folder / "a.png", codec::encode_png(test::scene(120, 90, channels)).bytes);
    job.input = folder / "a.png";
    task.params.variants = compress::parse_variants(variants);
    task.params.formats = std::move(formats);
    task.params.avif_speed = 10;
    name_outputs();
  }
  void name_outputs() {
    job.outputs.clear();
    for (const pipeline::Product& product : pipeline::products_of(task.params)) {
      job.outputs.push_back({folder / ("out/" + product.variant_name + "." + product.extension), product});
    }
  }
  void put_jpeg(int quality) {
    codec::EncodeOptions options;
    options.quality = quality;
    options.jpeg_tables = codec::JpegTables::standard;
    base::write_file(folder / "a.jpg", codec::encode(test::scene(120, 90), Format::jpeg, options, {}).bytes);
    job.input = folder / "a.jpg";
  }
  Outcome run() const { return pipeline::run_compress(job, task, nullptr); }
};

}  // namespace

TEST_CASE("run_compress makes formats by variants, decoding once") {
  Fixture fixture("s=40,l=0", {Format::webp, Format::jpeg});
  fixture.task.score = true;
  const Outcome outcome = fixture.run();
  REQUIRE(outcome.status == Status::written);
  REQUIRE(outcome.outputs.size() == 4);
  CHECK(outcome.outputs[0].variant == "s");
  CHECK(outcome.outputs[0].format == "webp");
  CHECK(outcome.outputs[1].format == "jpeg");
  CHECK(outcome.outputs[3].variant == "l");
  for (const pipeline::Output& output : outcome.outputs) {
    CHECK(output.width == (output.variant == "s" ? 40 : 120));
    CHECK(output.height == (output.variant == "s" ? 30 : 90));
    CHECK(output.bytes == std::filesystem::file_size(output.path));
    CHECK(output.encodes == 1);
    CHECK(output.ssim.value() > 0.8);
    const base::Bytes made = base::read_file(output.path);
    CHECK(codec::read_header(made, {}).width == output.width);
  }
  CHECK(std::count_if(outcome.stages.begin(), outcome.stages.end(),
                      [](const base::StageTime& stage) { return stage.name == std::string_view("decode"); }) == 1);
  CHECK(fixture.run().status == Status::unchanged);
}

TEST_CASE("run_compress keeps an original that is the better file") {
  Fixture fixture("l=0", {Format::jpeg});
  fixture.put_jpeg(40);
  const Outcome outcome = fixture.run();
  CHECK(outcome.status == Status::kept);
  CHECK(outcome.outputs.at(0).quality == 40);
  CHECK(fixture.run().status == Status::unchanged);
  fixture.task.params.allow_larger = true;
  CHECK(fixture.run().outputs.at(0).encodes == 1);
  fixture.task.params.allow_larger = false;
  fixture.put_jpeg(98);
  CHECK(fixture.run().status == Status::written);
  CHECK(fixture.run().outputs.at(0).quality == 85);
  // What was made once isn't worn down by making it again.
  const std::filesystem::path made = fixture.job.outputs[0].path;
  base::write_file(fixture.job.input, base::read_file(made.string()));
  CHECK(fixture.run().outputs.at(0).quality == 85);
  CHECK(base::read_file(made.string()) == base::read_file(fixture.job.input.string()));
}

TEST_CASE("an output that fails does not hold up the others") {
  Fixture fixture("l=0", {Format::webp, Format::jpeg});
  fixture.job.outputs[0].path = fixture.folder / "a.png/below.webp";
  const Outcome outcome = fixture.run();
  CHECK(outcome.status == Status::failed);
  REQUIRE(outcome.error);
  CHECK(outcome.error->kind == base::ErrorKind::output);
  CHECK_THAT(outcome.error->message, Catch::StartsWith("l.webp: can't write"));
  CHECK(outcome.outputs.at(0).status == Status::failed);
  CHECK(outcome.outputs.at(1).status == Status::written);
  CHECK(std::filesystem::exists(fixture.job.outputs[1].path));
}

TEST_CASE("transparency is told of once, however many JPEGs are made") {
  Fixture fixture("s=40,l=0", {Format::webp, Format::jpeg}, 4);
  fixture.task.params.background = image::Rgba{1, 2, 3, 255};
  const Outcome outcome = fixture.run();
  REQUIRE(outcome.warnings.size() == 1);
  CHECK_THAT(outcome.warnings[0], Catch::Contains("#010203"));
}

TEST_CASE("run_compress gates: check, least SSIM, most bytes") {
  Fixture fixture("l=0", {Format::webp, Format::jpeg});
  fixture.task.check = true;
  CHECK(fixture.run().gate == Gate::missing);
  CHECK_FALSE(std::filesystem::exists(fixture.folder / "out"));
  fixture.task.check = false;
  fixture.run();
  fixture.task.check = true;
  CHECK(fixture.run().gate == Gate::none);
  fixture.folder.write("out/l.jpg", "old");
  const Outcome stale = fixture.run();
  CHECK(stale.outputs.at(0).gate == Gate::none);
  CHECK(stale.outputs.at(1).gate == Gate::stale);
  fixture.task.check = false;
  fixture.task.min_ssim = 0.99999;
  CHECK(fixture.run().gate == Gate::below_minimum);
  fixture.task.min_ssim = 0;
  fixture.task.max_bytes = 10;
  CHECK(fixture.run().gate == Gate::over_budget);
}

TEST_CASE("of the best format alone something is written") {
  Fixture fixture("s=40,l=0", {Format::webp, Format::jpeg, Format::png});
  fixture.task.params.best = true;
  fixture.task.target_ssim = 0.9;
  const Outcome outcome = fixture.run();
  REQUIRE(outcome.outputs.size() == 2);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(fixture.folder / "out")) ++files;
  CHECK(files == 2);
  for (const pipeline::Output& output : outcome.outputs) {
    CHECK(output.ssim.value() >= 0.9);
    CHECK(std::filesystem::exists(output.path));
  }
}

TEST_CASE("a plan of compression says sizes and memory, and writes nothing") {
  Fixture fixture("s=40,l=0", {Format::avif, Format::webp});
  const Outcome outcome = pipeline::plan_compress(fixture.job, fixture.task);
  CHECK(outcome.status == Status::skipped);
  REQUIRE(outcome.outputs.size() == 4);
  CHECK(outcome.outputs[0].width == 40);
  CHECK(outcome.outputs[3].height == 90);
  CHECK(outcome.memory > 120 * 90 * 4);
  CHECK_FALSE(std::filesystem::exists(fixture.folder / "out"));
  // What a JPEG is not decoded to takes no memory.
  const auto memory = [&](Format format, bool progressive = false) {
    const pipeline::Source source{1000, {format, "", 8000, 6000, progressive}};
    return pipeline::compress_memory(source, fixture.task);
  };
  CHECK(memory(Format::jpeg) == memory(Format::png));
  fixture.task.params.variants = compress::parse_variants("s=400");
  CHECK(memory(Format::jpeg) < memory(Format::png) / 10);
  CHECK(memory(Format::jpeg, true) > memory(Format::jpeg) + 8000 * 6000 * 3);
}

TEST_CASE("run_compress stops when it is told to") {
  Fixture fixture("l=0", {Format::webp});
  const std::atomic<bool> stop = true;
  const Outcome outcome = pipeline::run_compress(fixture.job, fixture.task, &stop);
  CHECK(outcome.status == Status::skipped);
  CHECK_FALSE(std::filesystem::exists(fixture.folder / "out"));
  fixture.task.timeout_seconds = 1e-9;
  CHECK(fixture.run().error.value().kind == base::ErrorKind::timeout);
}
