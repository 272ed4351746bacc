// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/yardstick.h"

#include <catch2/catch.hpp>

namespace imgmill {
namespace {

TEST_CASE("The yardstick takes some time, and says of what it is made") {
  CHECK(bench::lay_yardstick() > 0);
  CHECK(bench::yardstick_version().find("potrace") != std::string::npos);
}

TEST_CASE("The yardstick is laid after long runs, and not after each short one") {
  bench::Yardstick yardstick;
  const double first = yardstick.ms();
  CHECK(first > 0);
  yardstick.follow(1e-9 * first);
  CHECK(yardstick.ms() != first);  // what is owed from the start
  const double second = yardstick.ms();
  for (int i = 0; i < 3; ++i) yardstick.follow(1e-9 * first);
  CHECK(yardstick.ms() == second);
  yardstick.follow(1000 * first);
  CHECK(yardstick.ms() != second);
}

}  // namespace
}  // namespace imgmill
