// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/settings.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "base/error.h"
#include "trace/params.h"

using namespace imgmill;
using plan::Setting;
using plan::Settings;
using plan::Source;

namespace {

enum class Color { red, green };

struct Fixture {
  trace::TraceParams params;
  Color color = Color::red;
  std::string note;
  Settings settings;

  Fixture() {
    settings.add_fields(trace::trace_fields(), params, "Drawing");
    settings.add(
        plan::choice_setting("color", "Drawing", "one of two", color, {{"red", Color::red}, {"green", Color::green}}));
    settings.add(Setting{"note", "Other", "TEXT", "anything", [this](std::string_view text) { note = text; },
                         [this] { return note; }});
  }
};

}  // namespace

TEST_CASE("every field of the tracer is a setting with its range and default") {
  Fixture fixture;
  for (const auto& field : trace::trace_fields()) {
    const Setting* setting = fixture.settings.find(field.name);
    REQUIRE(setting != nullptr);
    CHECK(setting->range == plan::format_number(field.min) + "-" + plan::format_number(field.max));
    CHECK(setting->fallback == setting->print());
    CHECK(setting->in_presets);
    // Both ends belong to the range, what lies beyond doesn't.
    fixture.settings.set(field.name, plan::format_number(field.min), {Source::flag, "--x"});
    fixture.settings.set(field.name, plan::format_number(field.max), {Source::flag, "--x"});
    CHECK_THROWS_AS(fixture.settings.set(field.name, plan::format_number(field.max + 1), {Source::flag, "--x"}),
                    base::Error);
    CHECK_THROWS_AS(fixture.settings.set(field.name, plan::format_number(field.min - 1), {Source::flag, "--x"}),
                    base::Error);
  }
}

TEST_CASE("a stronger source wins in whatever order the values arrive") {
  const std::array<Source, 7> strong_to_weak = {Source::flag,         Source::set_flag,     Source::environment,
                                                Source::named_config, Source::local_config, Source::user_config,
                                                Source::preset};
  for (std::size_t strong = 0; strong < strong_to_weak.size(); ++strong) {
    for (std::size_t weak = strong + 1; weak < strong_to_weak.size(); ++weak) {
      for (const bool strong_first : {true, false}) {
        Fixture fixture;
        const auto set = [&](Source source, const char* text) {
          fixture.settings.set("color_precision", text, {source, "somewhere"});
        };
        if (strong_first) set(strong_to_weak[strong], "3");
        set(strong_to_weak[weak], "4");
        if (!strong_first) set(strong_to_weak[strong], "3");
        CHECK(fixture.params.color_precision == 3);
        CHECK(fixture.settings.find("color_precision")->origin.source == strong_to_weak[strong]);
      }
    }
  }
}

TEST_CASE("the later of two values from one source counts") {
  Fixture fixture;
  fixture.settings.set("max_colors", "3", {Source::flag, "--max-colors"});
  fixture.settings.set("max-colors", "4", {Source::flag, "--max-colors"});
  CHECK(fixture.params.max_colors == 4);
}

TEST_CASE("mistakes say where they are and what would be right") {
  Fixture fixture;
  const auto set = [&](const char* name, const char* text, Source source, const char* where) {
    fixture.settings.set(name, text, {source, where});
  };
  CHECK_THROWS_WITH(set("color_precision", "9", Source::flag, "--color-precision"),
                    "--color-precision must be a whole number from 1 to 8, not '9'");
  CHECK_THROWS_WITH(set("color_precision", "9", Source::user_config, "c.toml"),
                    "c.toml: color_precision must be a whole number from 1 to 8, not '9'");
  CHECK_THROWS_WITH(set("max_color", "9", Source::set_flag, "--set"),
                    "--set: max_color is no setting (did you mean max_colors?)");
  CHECK_THROWS_WITH(set("xyzzy", "9", Source::set_flag, "--set"), "--set: xyzzy is no setting");
  CHECK_THROWS_WITH(set("note", "x", Source::preset, "p.toml"), "p.toml: note can't stand in a preset");
  CHECK_THROWS_WITH(set("color", "blue", Source::environment, "IMGMILL_COLOR"),
                    "IMGMILL_COLOR must be red or green, not 'blue'");
  CHECK(fixture.params.color_precision == 6);
}

TEST_CASE("names for the command line and the environment") {
  Fixture fixture;
  CHECK(plan::flag_name(*fixture.settings.find("color_precision")) == "--color-precision");
  CHECK(plan::variable_name(*fixture.settings.find("color_precision")) == "IMGMILL_COLOR_PRECISION");
}

TEST_CASE("the nearest word is offered only when it is near") {
  const std::vector<std::string> words = {"convert", "compress", "jobs"};
  CHECK(plan::nearest("convrt", words) == "convert");
  CHECK(plan::nearest("job", words) == "jobs");
  CHECK(plan::nearest("xyz", words).empty());
}

TEST_CASE("a file may hold what another subcommand knows, a flag may not") {
  plan::Settings settings;
  settings.pass_over("webp_method");
  CHECK_NOTHROW(settings.set("webp_method", "4", {plan::Source::local_config, "imgmill.toml"}));
  CHECK_THROWS_AS(settings.set("webp_method", "4", {plan::Source::flag, "--webp-method"}), base::Error);
  CHECK_THROWS_AS(settings.set("webp_metod", "4", {plan::Source::local_config, "imgmill.toml"}), base::Error);
}
