// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/learn.h"

#include <fmt/core.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/error.h"
#include "base/temporary_folder.h"

namespace imgmill {
namespace {

using bench::Example;
using features::Class;

pipeline::Outcome outcome_with_features(double flat_share) {
  pipeline::Outcome outcome;
  for (const features::Feature& feature : features::feature_list()) {
    outcome.portrait.features.emplace_back(feature.name, feature.name == "flat_share" ? flat_share : 0.25);
  }
  return outcome;
}

TEST_CASE("example_of: the first folder named after a class labels it, and what lies below groups it") {
  const auto example = [](const char* path) { return bench::example_of(path, outcome_with_features(0.5)); };
  CHECK(example("in/text/logo.png").kind == Class::text);
  CHECK(example("in/text/logo.png").group == "in/text/logo");
  CHECK(example("in/text/logo/512.png").group == "in/text/logo");
  CHECK(example("in/text/logo/96.png").group == "in/text/logo");
  CHECK(example("in/photo/simple/x.jpg").kind == Class::photo);
  CHECK_FALSE(example("in/other/x.png").kind);
  CHECK_FALSE(example("text").kind);  // a file, no folder
  CHECK(example("in/text/logo.png").features.flat_share == 0.5);
  CHECK_THROWS_AS(bench::example_of("x.png", {}), base::Error);
}

TEST_CASE("example_of: outputs are presets, and stages of their names their times") {
  pipeline::Outcome outcome = outcome_with_features(0.5);
  for (const char* preset : {"speed", "quality"}) {
    pipeline::Output output{"x.svg", "svg", preset};
    output.width = 30, output.height = 20, output.bytes = 700, output.ssim = 0.9;
    outcome.outputs.push_back(output);
  }
  outcome.stages = {{"decode", 1}, {"speed", 12.5}};
  const Example example = bench::example_of("x.png", outcome);
  CHECK(example.pixels == 600);
  REQUIRE(example.measured.size() == 1);  // quality has no time
  CHECK(example.measured.at("speed").ssim == 0.9);
  CHECK(example.measured.at("speed").bytes == 700);
  CHECK(example.measured.at("speed").ms == 12.5);
}

// All features have one value, so that every tree of a forest sees it.
features::Features with(double value) {
  features::Features features;
  for (const features::Feature& feature : features::feature_list()) features.*feature.member = value;
  return features;
}

std::vector<Example> examples(int count) {
  std::vector<Example> all;
  for (int i = 0; i < count; ++i) {
    Example e;
    e.group = fmt::format("drawing {}", i / 2);
    e.features = with((i * 37 % 100) / 100.0);
    e.kind = e.features.flat_share > 0.5 ? Class::simple : Class::photo;
    e.pixels = 1e4;
    e.measured["speed"] = {0.9 + 0.09 * e.features.flat_share, 1000, 10};
    all.push_back(std::move(e));
  }
  return all;
}

TEST_CASE("learn: writes forests with the errors to expect of them, and leaves nothing else") {
  const test::TemporaryFolder folder;
  const bench::Learned learned = bench::learn(folder / "m.yml.gz", examples(300));
  CHECK(bench::accuracy(learned.by_model) > 0.95);
  int counted = 0;
  for (const auto& row : learned.by_model) {
    for (const int n : row) counted += n;
  }
  CHECK(counted == 300);
  const plan::Forests forests(folder / "m.yml.gz");
  CHECK(forests.figure("examples") == 300);
  CHECK(forests.figure("speed_ssim_error") < 0.01);
  CHECK(forests.figure("speed_ssim_error") > 0);
  CHECK(plan::expect(forests, "speed", with(0.5), 1e4).ssim == Approx(0.945).margin(0.01));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("learn: a drawing is never on both sides, so what only its twin could tell is not known") {
  // Classes that follow from nothing but which drawing it is: a model that had seen the twin would be right.
  std::vector<Example> twins = examples(400);
  for (std::size_t i = 0; i < twins.size(); ++i) {
    const std::size_t drawing = i / 2;
    twins[i].features = with(static_cast<double>(drawing * 73 % 200) / 200);
    twins[i].kind = drawing * 2654435761u % 97 < 48 ? Class::simple : Class::photo;
  }
  const test::TemporaryFolder folder;
  CHECK(bench::accuracy(bench::learn(folder / "m.yml", twins).by_model) < 0.7);
}

TEST_CASE("learn: too few drawings are refused") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(bench::learn(folder / "m.yml", examples(8)), base::Error);
}

}  // namespace
}  // namespace imgmill
