// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/module.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace imgmill {
namespace {

TEST_CASE("module_symbol: says which module or symbol is missing") {
  CHECK_THROWS_WITH(base::module_symbol("nonesuch", "f"), Catch::Contains("nonesuch_module.so"));
  CHECK_THROWS_WITH(base::module_symbol("avif", "nonesuch"), Catch::Contains("nonesuch"));
  CHECK(base::module_symbol("avif", "imgmill_decode") != nullptr);
  CHECK(base::module_symbol("avif", "imgmill_decode") != base::module_symbol("vips", "imgmill_decode"));
}

}  // namespace
}  // namespace imgmill
