// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/forests.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/temporary_folder.h"

namespace imgmill {
namespace {

using features::Class;
using features::Features;
using plan::Lesson;
using plan::Row;

// All features have one value, so that every tree of a forest sees it.
Features with(double value) {
  Features features;
  for (const features::Feature& feature : features::feature_list()) features.*feature.member = value;
  return features;
}

// High values are simple, low ones photos; and a number that follows from value and size.
struct School {
  std::vector<Row> rows;
  Lesson kinds{"class", {}, true}, number{"speed_ssim", {}, false};

  School() {
    for (int i = 0; i < 400; ++i) {
      const double value = (i * 37 % 100) / 100.0, pixels = i / 100 % 2 == 0 ? 1e4 : 1e6;
      rows.push_back({with(value), pixels});
      kinds.answers.push_back(value > 0.5 ? 0.0f : 4.0f);
      number.answers.push_back(static_cast<float>(value * 2 + (pixels > 1e5 ? 10 : 0)));
    }
  }
};

TEST_CASE("forests: learn a class from features and a number from features and size") {
  const test::TemporaryFolder folder;
  School school;
  plan::train(folder / "models.yml.gz", school.rows, std::vector{school.kinds, school.number},
              std::vector<std::pair<std::string, double>>{{"examples", 400}});
  const plan::Forests forests(folder / "models.yml.gz");
  CHECK(forests.figure("examples") == 400);
  const features::Verdict flat = forests.classify(with(0.9));
  CHECK(flat.kind == Class::simple);
  CHECK(flat.confidence > 0.8);
  CHECK(flat.decided_by == "model");
  CHECK(forests.classify(with(0.1)).kind == Class::photo);
  CHECK(forests.number("speed_ssim", with(0.9), 1e4) > forests.number("speed_ssim", with(0.1), 1e4) + 1);
  CHECK(forests.number("speed_ssim", with(0.5), 1e6) > forests.number("speed_ssim", with(0.5), 1e4) + 5);
}

TEST_CASE("forests: classes don't follow what a picture was stored as or enlarged from, numbers do") {
  const test::TemporaryFolder folder;
  School school;
  for (std::size_t i = 0; i < school.rows.size(); ++i) {
    const double stored = i % 7 < 3 ? 0.5 : 1;
    school.rows[i].features.jpeg_quality = school.rows[i].features.pixel_grid = stored;
    school.kinds.answers[i] = stored < 1 ? 0.0f : 4.0f;
    school.number.answers[i] = static_cast<float>(10 * stored);
  }
  plan::train(folder / "models.yml", school.rows, std::vector{school.kinds, school.number}, {});
  const plan::Forests forests(folder / "models.yml");
  Features one = with(0.4), other = with(0.4);
  one.jpeg_quality = one.pixel_grid = 0.5;
  other.jpeg_quality = other.pixel_grid = 1;
  CHECK(forests.classify(one).kind == forests.classify(other).kind);
  CHECK(forests.classify(one).confidence == forests.classify(other).confidence);
  CHECK(forests.number("speed_ssim", one, 1e4) < forests.number("speed_ssim", other, 1e4) - 3);
}

TEST_CASE("forests: the same lessons give the same file, and what was let go is loaded again") {
  const test::TemporaryFolder folder;
  School school;
  for (const char* name : {"a.yml", "b.yml"}) {
    plan::train(folder / name, school.rows, std::vector{school.kinds, school.number}, {});
  }
  CHECK(base::read_file(folder / "a.yml") == base::read_file(folder / "b.yml"));
  plan::Forests forests(folder / "a.yml");
  const double before = forests.number("speed_ssim", with(0.5), 1e6);
  forests.let_go();
  CHECK(forests.number("speed_ssim", with(0.5), 1e6) == before);
}

TEST_CASE("forests: rows without an answer are left out") {
  const test::TemporaryFolder folder;
  School school;
  for (std::size_t i = 0; i < school.rows.size(); ++i) {
    if (school.rows[i].pixels > 1e5) school.number.answers[i] = std::numeric_limits<float>::quiet_NaN();
  }
  plan::train(folder / "models.yml", school.rows, std::vector{school.number}, {});
  CHECK(plan::Forests(folder / "models.yml").number("speed_ssim", with(0.5), 1e6) < 2.5);
}

TEST_CASE("forests: what can't be had is one clear error") {
  const test::TemporaryFolder folder;
  const auto complaint = [](const auto& act) -> std::string {
    try {
      act();
    } catch (const base::Error& error) {
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
      return error.what();
    }
    return "";
  };
  const auto ask = [&](const char* name) {
    return complaint([&] { plan::Forests(folder / name).number("speed_ssim", {}, 1); });
  };
  CHECK(ask("missing.yml") != "");
  std::ofstream(folder / "broken.yml") << "%YAML:1.0\n---\nspeed_ssim: [1, 2";
  CHECK(ask("broken.yml") != "");
  std::ofstream(folder / "text.yml.gz") << "no forest";
  CHECK(ask("text.yml.gz") != "");
  School school;
  plan::train(folder / "other.yml", school.rows, std::vector{school.kinds}, {});
  CHECK(ask("other.yml").find("has no forest 'speed_ssim'") != std::string::npos);
  CHECK(complaint([&] { plan::train(folder / "no/such/folder.yml", school.rows, std::vector{school.kinds}, {}); }) !=
        "");
}

}  // namespace
}  // namespace imgmill
