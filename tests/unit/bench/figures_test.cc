// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/figures.h"

#include <catch2/catch.hpp>

#include "bench/made_up.h"
#include "bench/show.h"

namespace imgmill {
namespace {

TEST_CASE("Figures of an entrant follow from its runs") {
  const std::vector<bench::Figures> all = bench::figures_of(made_up_results(2, 3, 2));
  REQUIRE(all.size() == 2);
  const bench::Figures& a = all[0];
  CHECK(a.runs == 6);
  CHECK(a.success() == 1);
  CHECK(a.times->mean == Approx(20.05));
  CHECK(a.times->median == Approx(20.05));
  CHECK(a.times->least == Approx(10));
  CHECK(a.times->most == Approx(30.1));
  CHECK(a.cpu_ms == Approx(20.05 * 0.9));
  CHECK(a.images_per_second == Approx(6));
  CHECK(a.mean_bytes == 1000);
  CHECK(a.mean_gzip_bytes == 500);
  CHECK(*a.ssim == Approx(0.9));
  CHECK(a.peak_memory == 5000);
  // Each image's runs differ by a tenth of a millisecond, whatever the images differ by.
  CHECK(a.times->interval->low >= 20.0 - 1e-9);
  CHECK(a.times->interval->high <= 20.1 + 1e-9);
  CHECK(a.times->interval->low < a.times->interval->high);
  CHECK_FALSE(bench::figures_of(made_up_results(1, 3, 1))[0].times->interval);  // nothing says how runs vary
}

TEST_CASE("On the front is who is beaten by nobody") {
  bench::Results results = made_up_results(3, 2, 1);  // b and c are slower and larger, but closer
  std::vector<bench::Figures> all = bench::figures_of(results);
  CHECK((all[0].on_front && all[1].on_front && all[2].on_front));
  for (std::size_t image = 0; image < 2; ++image) results.cell(2, image).made->ssim = 0.95;  // as b
  all = bench::figures_of(results);
  CHECK((all[0].on_front && all[1].on_front));
  CHECK_FALSE(all[2].on_front);
}

TEST_CASE("Who fails is no candidate for the front, and counts what failed") {
  bench::Results results = made_up_results(2, 2, 2);
  results.cell(0, 1).made = bench::Made{"no", 0, 0, 0, 0, {}, {}};
  results.cell(0, 1).samples.clear();
  results.cell(0, 0).samples[0].error = "gone";
  const std::vector<bench::Figures> all = bench::figures_of(results);
  CHECK(all[0].runs == 1);
  CHECK(all[0].failed == 3);  // one run, and both of what could not be made
  CHECK(all[0].success() == Approx(0.25));
  CHECK(all[0].images == 1);
  CHECK_FALSE(all[0].on_front);
  const std::string text = bench::to_text(results);
  CHECK(text.find("a        art/0.png  gone") != std::string::npos);
  CHECK(text.find("a        art/1.png  no") != std::string::npos);
}

TEST_CASE("What nobody timed has no times") {
  bench::Results results = made_up_results(1, 1, 1);
  results.cells.front().samples.clear();
  const std::vector<bench::Figures> all = bench::figures_of(results);
  CHECK_FALSE(all[0].times);
  CHECK(bench::to_text(results).find("1000 B") != std::string::npos);
}

TEST_CASE("CSV: a line a cell, and text that would end a field is quoted") {
  bench::Results results = made_up_results(1, 2, 2);
  results.images[1].path = "art/\"odd\", or so.png";
  const std::string csv = bench::to_csv(results);
  CHECK(
      csv.find("a,art/0.png,1,1000,500,0.900000,0.500000,,2,10.0500,10.0500,10.0000,10.1000,0.0707,9.0450,5000\r\n") !=
      std::string::npos);
  CHECK(csv.find("a,\"art/\"\"odd\"\", or so.png\",1,") != std::string::npos);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 3);
}

}  // namespace
}  // namespace imgmill
