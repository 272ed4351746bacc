// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/choose.h"

#include <catch2/catch.hpp>
#include <vector>

#include "base/temporary_folder.h"
#include "plan/ladder.h"

namespace imgmill {
namespace {

using features::Features;
using plan::Choice;
using plan::Presets;
using plan::Subject;
using plan::Wish;

Presets three_presets() {
  Presets presets;
  for (const std::string_view name : plan::kPresetNames) presets.all.push_back({std::string(name), {}});
  presets.all[0].params.color_precision = 3, presets.all[0].params.max_iterations = 5;
  presets.all[0].params.length_threshold = 8, presets.all[0].params.layer_difference = 24;
  presets.all[2].params.color_precision = 8, presets.all[2].params.max_iterations = 20;
  presets.all[2].params.length_threshold = 2, presets.all[2].params.layer_difference = 8;
  return presets;
}

// All features have one value, so that every tree of a forest sees it.
Features with(double value) {
  Features features;
  for (const features::Feature& feature : features::feature_list()) features.*feature.member = value;
  return features;
}

// Forests by which SSIM falls with that value: 1 − .1 e for speed, 1 − .05 e for balanced, 1 − .02 e for quality, known
// to .002.
class Models {
 public:
  Models() : path_(folder_ / "models.yml"), forests_(path_) {
    std::vector<plan::Row> rows;
    std::vector<plan::Lesson> lessons;
    std::vector<std::pair<std::string, double>> figures;
    for (const auto& [preset, loss] :
         {std::pair("speed", 0.1), std::pair("balanced", 0.05), std::pair("quality", 0.02)}) {
      plan::Lesson ssim{plan::forest_name(preset, "ssim"), {}, false},
          bytes{plan::forest_name(preset, "bytes"), {}, false}, ms{plan::forest_name(preset, "ms"), {}, false};
      rows.clear();
      for (int i = 1; i <= 500; ++i) {
        const double value = i / 500.0;
        rows.push_back({with(value), 1e6});
        ssim.answers.push_back(static_cast<float>(plan::to_lesson("ssim", 1 - loss * value, 1e6)));
        bytes.answers.push_back(static_cast<float>(plan::to_lesson("bytes", 1000 / loss, 1e6)));
        ms.answers.push_back(static_cast<float>(plan::to_lesson("ms", 1 / loss, 1e6)));
      }
      for (auto* lesson : {&ssim, &bytes, &ms}) lessons.push_back(*lesson);
      figures.emplace_back(plan::forest_name(preset, "ssim") + "_error", 0.002);
    }
    plan::train(path_, rows, lessons, figures);
  }
  Choice choose(double value, const Wish& wish, const Presets& presets, double pixels = 1e5, double bytes = 1e4) const {
    return plan::choose({with(value), pixels, bytes}, wish, presets, forests_);
  }

 private:
  test::TemporaryFolder folder_;
  std::filesystem::path path_;
  plan::Forests forests_;
};

TEST_CASE("choose: without a target the time decides") {
  const Models models;
  const Presets presets = three_presets();
  CHECK(models.choose(0.5, {0.5, 0}, presets).preset == 0);
  CHECK(models.choose(0.5, {2, 0}, presets).preset == 1);
  CHECK(models.choose(0.5, {6, 0}, presets).preset == 2);
}

TEST_CASE("choose: with a target it is the first preset that is expected to reach it, as far as time allows") {
  const Models models;
  const Presets presets = three_presets();
  CHECK(models.choose(0.2, {6, 0.97}, presets).preset == 0);  // .98, .99, .996 to expect
  CHECK(models.choose(0.5, {6, 0.97}, presets).preset == 1);  // .95, .975, .99
  CHECK(models.choose(0.9, {6, 0.97}, presets).preset == 2);  // .91, .955, .982
  CHECK(models.choose(0.9, {2, 0.97}, presets).preset == 1);
  CHECK(models.choose(0.9, {0.5, 0.97}, presets).preset == 0);
  const Choice choice = models.choose(0.5, {2, 0}, presets);
  CHECK(choice.expected[0].ssim == Approx(0.95).margin(0.008));
  CHECK(choice.expected[1].bytes == Approx(20000).epsilon(0.01));
  CHECK(choice.expected[2].ms == Approx(50 * 0.1).epsilon(0.01));  // a tenth of the pixels
}

TEST_CASE("choose: parameters follow the work, within their range, and leave the user's alone") {
  const Models models;
  Presets presets = three_presets();
  CHECK(plan::workload({{}, 5e5, 1e6}) == Approx(0.7));
  CHECK(plan::workload({{}, 5e6, 1e6}) == 1);
  const Choice hurried = models.choose(0.5, {0.5, 0}, presets, 9e5);
  CHECK(hurried.params.color_precision == 2);
  CHECK(hurried.params.max_iterations == 3);
  CHECK(hurried.notes.empty());
  const Choice careful = models.choose(0.5, {6, 0}, presets);
  CHECK(careful.params.color_precision == 8);
  CHECK(careful.params.max_iterations == 25);
  REQUIRE(careful.notes.size() == 1);
  CHECK(careful.notes[0] == "color_precision 10 is out of range; 8 is taken");
  const Choice large = models.choose(0.5, {2, 0}, presets, 3e6);
  CHECK(large.params.color_precision == trace::TraceParams().color_precision - 2);
  CHECK(large.params.max_iterations == trace::TraceParams().max_iterations - 5);
  presets.fixed = {"color_precision"};
  CHECK(models.choose(0.5, {2, 0}, presets, 3e6).params.color_precision == trace::TraceParams().color_precision);
}

TEST_CASE("ladder: from the first preset over the others and beyond, with a forecast that falls") {
  const Models models;
  Presets presets = three_presets();
  presets.fixed = {"layer_difference"};
  for (auto& preset : presets.all) preset.params.layer_difference = 11;
  const Choice choice = models.choose(0.5, {2, 0.97}, presets);
  const plan::Ladder ladder = plan::ladder(presets, choice, 0.97, 0);
  REQUIRE(ladder.rungs.size() == 9);
  for (std::size_t i = 0; i < ladder.rungs.size(); ++i) {
    CHECK(ladder.rungs[i].layer_difference == 11);
    if (i == 0) continue;
    CHECK(ladder.rungs[i].length_threshold < ladder.rungs[i - 1].length_threshold);
    CHECK(ladder.rungs[i].color_precision >= ladder.rungs[i - 1].color_precision);
    CHECK(ladder.forecast(static_cast<int>(i)) < ladder.forecast(static_cast<int>(i) - 1));
  }
  CHECK(ladder.rungs[3].length_threshold == presets.all[1].params.length_threshold);
  CHECK(ladder.rungs[6].color_precision == 8);
  CHECK(ladder.forecast(0) > 0);  // .95
  CHECK(ladder.forecast(3) < 0);  // .975
  CHECK(plan::ladder(presets, choice, 0.97, 0.5).forecast(3) == Approx(ladder.forecast(3) + 0.5));
}

}  // namespace
}  // namespace imgmill
