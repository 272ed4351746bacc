// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/history.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "base/error.h"
#include "base/temporary_folder.h"
#include "bench/made_up.h"

namespace imgmill {
namespace {

using bench::Past;

std::vector<Past> course(const std::vector<double>& ms, const std::vector<double>& yardstick = {}) {
  std::vector<Past> history;
  for (std::size_t i = 0; i < ms.size(); ++i) {
    Past past{"2026", "r", "convert", "Z80", "images", {}};
    past.figures.push_back({"a", 1, ms[i], yardstick.empty() ? 1 : yardstick[i], 100, 1000, 0.9, "s"});
    history.push_back(past);
  }
  return history;
}

// Of the time of the one entrant.
std::vector<std::string> time_row(const std::vector<Past>& history, std::size_t count = 20) {
  return bench::trend_sheet(history, count).rows.front();
}

TEST_CASE("A history is read back as it was added") {
  const test::TemporaryFolder folder;
  const bench::Results results = made_up_results(2, 3, 2);
  bench::append_history(folder.path() / "h.nd", bench::past_of(results));
  bench::append_history(folder.path() / "h.nd", bench::past_of(results));
  const base::Bytes file = base::read_file(folder.path() / "h.nd");
  const std::string text(file.begin(), file.end());
  const std::vector<Past> history = bench::read_history(text, "h.nd");
  REQUIRE(history.size() == 2);
  CHECK(history[1].cpu == "Z80");
  REQUIRE(history[1].figures.size() == 2);
  CHECK(history[1].figures[1].entrant == "b");
  CHECK(history[1].figures[1].ms == Approx(40.05 * 0.95));  // without waiting
  CHECK(history[1].figures[1].bytes == 2000);
  CHECK(history[1].figures[1].ssim == Approx(0.95));
  CHECK(bench::read_history(text.substr(0, text.size() - 5), "h.nd").size() == 1);
  // A line that was cut off doesn't spoil the next one.
  std::filesystem::resize_file(folder.path() / "h.nd", text.size() - 5);
  bench::append_history(folder.path() / "h.nd", bench::past_of(results));
  const base::Bytes torn = base::read_file(folder.path() / "h.nd");
  CHECK(bench::read_history({reinterpret_cast<const char*>(torn.data()), torn.size()}, "h.nd").size() == 2);
  CHECK_THROWS_AS(bench::read_history("{\"type\": \"bench\"}\n", "h.nd"), base::Error);
  CHECK_THROWS_AS(bench::append_history(folder.path() / "no/h.nd", bench::past_of(results)), base::Error);
}

TEST_CASE("What drifts and what leaps is flagged, what only trembles is not") {
  CHECK(time_row(course({10, 10.1, 9.9, 10.05, 9.95, 10.02, 10})).back().empty());
  CHECK(time_row(course({10, 10.1, 10.2, 10.3, 10.4, 10.5})).back() == "rising");
  CHECK(time_row(course({10.5, 10.4, 10.3, 10.2, 10.1, 10})).back() == "falling");
  CHECK(time_row(course({10, 10.1, 9.9, 10.05, 9.95, 12})).back() == "step");
  CHECK(time_row(course({10, 12})).back().empty());  // too few to tell
}

TEST_CASE("A machine that slows down is no drift") {
  CHECK(time_row(course({10, 11, 12, 13, 14, 15}, {1, 1.1, 1.2, 1.3, 1.4, 1.5})).back().empty());
}

TEST_CASE("Only what ran on the same machine and images is one series") {
  std::vector<Past> history = course({10, 10, 10, 20});
  CHECK(bench::trend_sheet(history, 20).rows.size() == 4);
  history[3].images = "others";
  const report::Sheet sheet = bench::trend_sheet(history, 20);
  CHECK(sheet.rows.size() == 8);
  CHECK(sheet.rows[0][3] == "3");
  CHECK(sheet.rows[4][3] == "1");
  history = course({10, 10, 10, 20});
  history[3].figures[0].setting = "other parameters";
  CHECK(bench::trend_sheet(history, 20).rows.size() == 8);
  CHECK(time_row(course({1, 2, 3, 4, 5, 6}), 2)[3] == "2");
  CHECK(time_row(course({1, 2, 3}))[4] == "▁▅█");
}

}  // namespace
}  // namespace imgmill
