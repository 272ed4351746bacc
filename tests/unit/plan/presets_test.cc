// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/presets.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/temporary_folder.h"
#include "plan/settings.h"
#include "trace/params.h"

using namespace imgmill;
using plan::Source;

TEST_CASE("a TOML file is read as a flat list") {
  const test::TemporaryFolder folder;
  const auto path = folder.write("x.toml", "a = 1\nb = 2.5\nc = \"text\"\nd = true\n[convert]\na = 7\n");
  std::string flat;
  for (const plan::FileEntry& entry : plan::read_toml(path))
    flat += entry.table + "." + entry.key + "=" + entry.text + " ";
  CHECK(flat == ".a=1 .b=2.5 .c=text convert.a=7 .d=on ");
}

TEST_CASE("what is no setting file is refused with path and line") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH(plan::read_toml(folder.write("x.toml", "a = 1\nb = = 2\n")), Catch::Contains("x.toml:2: "));
  CHECK_THROWS_WITH(plan::read_toml(folder.write("x.toml", "a = []\n")),
                    Catch::Contains("x.toml:1: a must be a string, a number or a boolean"));
  CHECK_THROWS_AS(plan::read_toml(folder.path() / "none.toml"), base::Error);
  CHECK_THROWS_AS(plan::read_toml(folder.path()), base::Error);
}

TEST_CASE("a subcommand's own table wins over the general keys, others' are left alone") {
  const test::TemporaryFolder folder;
  const auto path = folder.write("x.toml", "max_colors = 1\n[convert]\nmax_colors = 2\n[bench]\nmax_colors = 3\n");
  trace::TraceParams params;
  plan::Settings settings;
  settings.add_fields(trace::trace_fields(), params, "Drawing");
  plan::apply_file(settings, path, Source::local_config, "convert");
  CHECK(params.max_colors == 2);
}

TEST_CASE("the presets that are shipped hold what they are known for") {
  struct Expected {
    const char* name;
    int color_precision, layer_difference, corner_threshold, max_iterations, path_precision;
    double length_threshold;
    int splice_threshold;
  };
  const Expected presets[] = {{"speed", 3, 24, 80, 5, 3, 8.0, 60},
                              {"balanced", 6, 16, 60, 10, 5, 5.0, 45},
                              {"quality", 8, 8, 30, 20, 8, 2.0, 30}};
  for (const Expected& expected : presets) {
    trace::TraceParams params;
    plan::Settings settings;
    settings.add_fields(trace::trace_fields(), params, "Drawing");
    const auto path = plan::find_preset(expected.name, {"/nonexistent", std::string(IMGMILL_SOURCE_DIR) + "/presets"});
    plan::apply_file(settings, path, Source::preset, "convert");
    INFO(expected.name);
    CHECK(params.color_precision == expected.color_precision);
    CHECK(params.layer_difference == expected.layer_difference);
    CHECK(params.corner_threshold == expected.corner_threshold);
    CHECK(params.max_iterations == expected.max_iterations);
    CHECK(params.path_precision == expected.path_precision);
    CHECK(params.length_threshold == expected.length_threshold);
    CHECK(params.splice_threshold == expected.splice_threshold);
  }
}

TEST_CASE("a preset is looked for by name, or taken as a path") {
  const test::TemporaryFolder folder;
  folder.write("one.toml", "");
  folder.write("two.toml", "");
  CHECK(plan::find_preset("two", {folder.path()}) == folder.path() / "two.toml");
  CHECK(plan::find_preset("./mine", {folder.path()}) == "./mine");
  CHECK(plan::find_preset("mine.toml", {folder.path()}) == "mine.toml");
  CHECK_THROWS_WITH(plan::find_preset("three", {folder.path()}), "must be one, two or a file, not 'three'");
  CHECK_THROWS_WITH(plan::find_preset("x", {"/nonexistent"}), Catch::Contains("no presets are installed"));
}
