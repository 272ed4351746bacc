// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/change.h"

#include <catch2/catch.hpp>
#include <cmath>

namespace imgmill {
namespace {

using bench::Change;
using bench::Run;
using bench::Runs;

// Each image's runs take 10, 20, … times what its round says.
std::vector<Runs> images_of(int images, const std::vector<double>& before, const std::vector<double>& now) {
  std::vector<Runs> all(static_cast<std::size_t>(images));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double times = 10.0 * static_cast<double>(i + 1);
    for (std::size_t r = 0; r < before.size(); ++r)
      all[i].before.push_back({static_cast<int>(r), times * before[r], 1});
    for (std::size_t r = 0; r < now.size(); ++r) all[i].now.push_back({static_cast<int>(r), times * now[r], 1});
  }
  return all;
}

TEST_CASE("The middle is the median, and what weighs little moves it little") {
  CHECK(bench::middle({{0, 5, 1}}) == 5);
  CHECK(bench::middle({{0, 7, 1}, {1, 5, 1}, {2, 900, 1}}) == 7);
  CHECK(bench::middle({{0, 4, 1}, {1, 8, 1}, {2, 5, 1}, {3, 7, 1}}) == Approx(6));
  CHECK(bench::middle({{0, 4, 1}, {1, 8, 0.01}}) == Approx(4).margin(0.05));
  CHECK(bench::middle({{0, 4, 3}, {1, 8, 1}}) == Approx(5));  // the half is a quarter of the way from 1.5 to 3.5
}

TEST_CASE("The change is the mean over the images, whatever one round was like") {
  const Change change = bench::change_of(images_of(5, {1, 1.01, 0.99, 1, 3}, {1.2, 1.21, 1.19, 1.2, 1.2}));
  CHECK(change.mean == Approx(std::log(1.2)).margin(1e-3));
  CHECK(change.rounds == 5);
  CHECK(change.freedom == 8);

  std::vector<Runs> one_slower = images_of(4, {1, 1, 1}, {1, 1, 1});
  for (Run& run : one_slower[2].now) run.value *= 2;
  CHECK(bench::change_of(one_slower).mean == Approx(std::log(2) / 4));  // not an odd value that is left out
}

TEST_CASE("Rounds that are off as a whole leave as much in doubt on many images as on one") {
  const std::vector<double> wavering = {1, 1.06, 0.95, 1.02, 0.98}, steady = {1, 1.001, 0.999, 1, 1};
  const double few = bench::change_of(images_of(1, wavering, wavering)).error;
  CHECK(few > 0.01);
  CHECK(bench::change_of(images_of(40, wavering, wavering)).error == Approx(few));
  CHECK(bench::change_of(images_of(40, steady, steady)).error < 0.002);
  CHECK(bench::change_of(images_of(40, wavering, steady)).error == Approx(few / std::sqrt(2)).epsilon(0.05));
}

TEST_CASE("Differences are in units of each image") {
  std::vector<Runs> images = images_of(2, {1, 1, 1}, {1.5, 1.5, 1.5});
  images[0].unit = 100;
  images[1].unit = 300;
  CHECK(bench::change_of(images).mean == Approx(100));
}

TEST_CASE("One round on a side is as doubtful as those of the other") {
  const std::vector<double> wavering = {1, 1.06, 0.95, 1.02, 0.98};
  const Change change = bench::change_of(images_of(3, wavering, {1}));
  CHECK(change.rounds == 1);
  const double many = bench::change_of(images_of(3, wavering, wavering)).error / std::sqrt(2);
  CHECK(change.error == Approx(many * std::sqrt(6)).epsilon(0.01));

  std::vector<Runs> single = images_of(3, {1}, {1});
  CHECK(bench::change_of(single).error == 0);
  single[0].now[0].value *= 1.3;
  CHECK(bench::change_of(single).error > 0.05);  // what the images say
}

TEST_CASE("An image whose other runs failed counts as it is") {
  std::vector<Runs> images = images_of(2, {1, 1, 1}, {1.1, 1.1, 1.1});
  images[0].now.resize(1);
  CHECK(bench::change_of(images).mean == Approx(std::log(1.1)));
  CHECK(bench::change_of(images).error == Approx(0).margin(1e-9));
}

TEST_CASE("The interval holds chance and doubt, and is wider for few rounds") {
  const Change change{0.1, 0.01, 8, 5};
  const double half = change.mean - change.interval(0).low;
  CHECK(half == Approx(0.01 * 1.860).epsilon(0.02));  // Student's t, 8 degrees of freedom, .95
  CHECK(Change{0.1, 0.01, 1000, 500}.interval(0).high == Approx(0.11645).epsilon(1e-3));
  CHECK(change.interval(0.03).high - change.mean == Approx(std::hypot(half, 0.03 * 1.645)).epsilon(1e-3));
}

}  // namespace
}  // namespace imgmill
