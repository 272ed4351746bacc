// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/limits.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace imgmill {
namespace {

base::ErrorKind kind_of(const image::Limits& limits, std::int64_t width, std::int64_t height) {
  try {
    image::check(limits, width, height);
  } catch (const base::Error& error) {
    return error.kind();
  }
  return base::ErrorKind::internal;  // none
}

TEST_CASE("limits: the number of pixels, exactly") {
  const image::Limits limits{100};
  CHECK_NOTHROW(image::check(limits, 10, 10));
  CHECK_NOTHROW(image::check(limits, 100, 1));
  CHECK(kind_of(limits, 101, 1) == base::ErrorKind::limit);
  CHECK(kind_of(limits, 10, 11) == base::ErrorKind::limit);
  CHECK_THROWS_WITH(image::check(limits, 10, 11),
                    Catch::Contains("10x11") && Catch::Contains("100 pixels") && Catch::Contains("--max-pixels"));
}

TEST_CASE("limits: absurd sides neither overflow nor pass") {
  const image::Limits none{INT64_MAX};
  CHECK(kind_of(none, INT64_MAX, INT64_MAX) == base::ErrorKind::limit);
  CHECK(kind_of(none, std::int64_t{1} << 40, 1) == base::ErrorKind::limit);
  CHECK(kind_of({}, 65535, 65535) == base::ErrorKind::limit);
  CHECK(kind_of({}, 0, 5) == base::ErrorKind::input);
  CHECK(kind_of({}, 5, -1) == base::ErrorKind::input);
}

}  // namespace
}  // namespace imgmill
