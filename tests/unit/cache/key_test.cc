// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/key.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "base/error.h"

namespace imgmill {
namespace {

using cache::Key;
using cache::Recipe;

Recipe recipe() {
  return {.stage = "trace",
          .version = 3,
          .inputs = {{1, 2}},
          .parameters = {{"colors", 16}, {"detail", 0.5}, {"mono", false}, {"engine", "photo"}},
          .library = {{"potrace", "1.16"}}};
}

Key changed(const std::function<void(Recipe&)>& change) {
  Recipe result = recipe();
  change(result);
  return Key(result);
}

TEST_CASE("Key: stays what it is from release to release") {
  // A change here makes every cache worthless: raise the version of what changed instead.
  CHECK(Key(recipe()).hex() == "6b6249172b17b6feef89ba65dd665987");
}

TEST_CASE("Key: one meaning, one key") {
  const Key key(recipe());
  CHECK(key == Key(recipe()));
  CHECK(key == changed([](Recipe& r) {
          r.parameters.clear();
          for (const char* name : {"mono", "engine", "detail", "colors"})
            r.parameters[name] = recipe().parameters[name];
        }));
  CHECK(key == changed([](Recipe& r) { r.parameters["detail"] = 0.5 + 1e-12; }));
  CHECK(changed([](Recipe& r) { r.parameters["detail"] = 0.0; }) ==
        changed([](Recipe& r) { r.parameters["detail"] = -0.0; }));
  CHECK(changed([](Recipe& r) { r.parameters["detail"] = std::nan("1"); }) ==
        changed([](Recipe& r) { r.parameters["detail"] = -std::nan("2"); }));
}

TEST_CASE("Key: any difference is another key") {
  std::set<Key> keys{Key(recipe())};
  const std::vector<std::function<void(Recipe&)>> changes{
      [](Recipe& r) { r.stage = "tracE"; },
      [](Recipe& r) { r.version = 4; },
      [](Recipe& r) {
        r.inputs = {{2, 1}};
      },
      [](Recipe& r) {
        r.inputs = {{1, 2}, {1, 2}};
      },
      [](Recipe& r) {
        r.inputs = {{1, 2}, {3, 4}};
      },
      [](Recipe& r) {
        r.inputs = {{3, 4}, {1, 2}};
      },
      [](Recipe& r) { r.parameters["colors"] = 17; },
      [](Recipe& r) { r.parameters["colors"] = 16.0; },
      [](Recipe& r) { r.parameters["colors"] = "16"; },
      [](Recipe& r) { r.parameters["detail"] = 0.5 + 1e-8; },
      [](Recipe& r) { r.parameters["detail"] = std::numeric_limits<double>::infinity(); },
      [](Recipe& r) { r.parameters["detail"] = "inf"; },
      [](Recipe& r) { r.parameters["mono"] = true; },
      [](Recipe& r) { r.parameters["mono"] = 0; },
      [](Recipe& r) { r.parameters["engine"] = ""; },
      [](Recipe& r) { r.parameters.erase("engine"); },
      [](Recipe& r) { r.parameters["more"] = ""; },
      [](Recipe& r) { r.library["potrace"] = "1.17"; },
      [](Recipe& r) { r.library["aom"] = "3.6 threads=1"; },
      [](Recipe& r) { r.library.clear(); },
  };
  for (const auto& change : changes) CHECK(keys.insert(changed(change)).second);
}

TEST_CASE("Key: what ends one item never begins the next") {
  std::set<Key> keys;
  const auto add = [&](cache::Parameters parameters, std::map<std::string, std::string> library) {
    return keys
        .insert(Key({.stage = "s",
                     .version = 1,
                     .inputs = {{1, 1}},
                     .parameters = std::move(parameters),
                     .library = std::move(library)}))
        .second;
  };
  CHECK(add({{"ab", "c"}}, {}));
  CHECK(add({{"a", "bc"}}, {}));
  CHECK(add({{"abc", ""}}, {}));
  CHECK(add({{"", "abc"}}, {}));
  CHECK(add({{"a", "b"}, {"c", "d"}}, {}));
  CHECK(add({{"a", "b"}}, {{"c", "d"}}));
  CHECK(add({}, {{"a", "b"}, {"c", "d"}}));
  CHECK(add({{std::string("a\0", 2), "b"}}, {}));
  CHECK(add({{"a", std::string("\0b", 2)}}, {}));
}

TEST_CASE("Key: a recipe without a stage or an input is refused") {
  CHECK_THROWS_AS(changed([](Recipe& r) { r.stage.clear(); }), base::Error);
  CHECK_THROWS_AS(changed([](Recipe& r) { r.inputs.clear(); }), base::Error);
}

TEST_CASE("Key: parameters from a field table") {
  struct Params {
    int colors = 8;
    double detail = 0.25;
  };
  constexpr base::Field<Params> kFields[] = {{"colors", &Params::colors, 1, 9, "count", "h"},
                                             {"detail", &Params::detail, 0, 1, "", "h"}};
  cache::Parameters parameters;
  cache::add<Params>(parameters, kFields, Params{});
  CHECK(parameters == cache::Parameters{{"colors", 8}, {"detail", 0.25}});
}

}  // namespace
}  // namespace imgmill
