// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/values.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace imgmill;
using plan::parse_color;
using plan::parse_int;
using plan::parse_number;
using plan::parse_size;

TEST_CASE("whole numbers are read whole and kept in their range") {
  CHECK(parse_int("7", 1, 8) == 7);
  CHECK(parse_int("+7", 1, 8) == 7);
  CHECK(parse_int("-3", -5, 8) == -3);
  for (const char* text : {"", "9", "0", "4.5", "4x", " 4", "0x4", "99999999999999999999"}) {
    CHECK_THROWS_AS(parse_int(text, 1, 8), base::Error);
  }
  CHECK_THROWS_WITH(parse_int("9", 1, 8), "must be a whole number from 1 to 8, not '9'");
}

TEST_CASE("numbers are finite and in their range") {
  CHECK(parse_number("2.5", 0, 10) == 2.5);
  CHECK(parse_number("10", 0, 10) == 10);
  for (const char* text : {"nan", "inf", "-1", "10.001", "1,5", ""}) {
    CHECK_THROWS_AS(parse_number(text, 0, 10), base::Error);
  }
}

TEST_CASE("sizes count in powers of 1024") {
  CHECK(parse_size("1500") == 1500);
  CHECK(parse_size("2k") == 2048);
  CHECK(parse_size("1.5M") == 1536 * 1024);
  CHECK(parse_size("1MB") == parse_size("1MiB"));
  CHECK(parse_size("3G") == std::uint64_t{3} << 30);
  CHECK(parse_size("12B") == 12);
  for (const char* text : {"", "0", "M", "-1", "1X", "1 M", "1KK", "1.2.3", "99999999T"}) {
    CHECK_THROWS_AS(parse_size(text), base::Error);
  }
}

TEST_CASE("sizes are printed so that they read back") {
  for (const std::uint64_t bytes : {1ULL, 1023ULL, 1024ULL, 1536ULL, 512ULL << 20, 3ULL << 40, 5ULL << 40}) {
    CHECK(parse_size(plan::format_size(bytes)) == bytes);
  }
  CHECK(plan::format_size(512 << 20) == "512M");
}

TEST_CASE("colours are read in both forms") {
  CHECK(parse_color("#1a2B3c") == image::Rgba{0x1a, 0x2b, 0x3c, 255});
  CHECK(parse_color("#f0a") == image::Rgba{0xff, 0x00, 0xaa, 255});
  CHECK(plan::format_color(parse_color("#1a2B3c")) == "#1a2b3c");
  for (const char* text : {"", "#", "red", "123456", "#12345", "#12345g", "#1234567"}) {
    CHECK_THROWS_AS(parse_color(text), base::Error);
  }
}

TEST_CASE("switches know the usual words and no others") {
  for (const char* text : {"on", "true", "yes", "1"}) CHECK(plan::parse_switch(text));
  for (const char* text : {"off", "false", "no", "0"}) CHECK_FALSE(plan::parse_switch(text));
  CHECK_THROWS_AS(plan::parse_switch("maybe"), base::Error);
}

TEST_CASE("durations have a unit or are seconds") {
  using namespace std::chrono_literals;
  CHECK(plan::parse_duration("0") == 0s);
  CHECK(plan::parse_duration("90") == 90s);
  CHECK(plan::parse_duration("45s") == 45s);
  CHECK(plan::parse_duration("90m") == 90min);
  CHECK(plan::parse_duration("12h") == 12h);
  CHECK(plan::parse_duration("30d") == 24h * 30);
  CHECK(plan::parse_duration("4w") == 24h * 28);
  for (const char* text : {"", "d", "1.5d", "-1d", "1 d", "1y", "99999999999999999999", "9999999999999w"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(plan::parse_duration(text), base::Error);
  }
}
