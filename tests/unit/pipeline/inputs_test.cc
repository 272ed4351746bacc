// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/inputs.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/error.h"
#include "base/temporary_folder.h"

using namespace imgmill;
using pipeline::Operand;

namespace {

std::string relatives(const std::vector<Operand>& operands) {
  std::string names;
  for (const pipeline::Input& input : pipeline::find_inputs(operands)) {
    CHECK((input.from_stdin || (input.root / input.relative).lexically_normal() == input.path.lexically_normal()));
    names += input.relative + " ";
  }
  return names;
}

}  // namespace

TEST_CASE("a folder gives its image files in order, by name or by content") {
  const test::TemporaryFolder folder;
  for (const char* name : {"b.PNG", "a.jpeg", "sub/c.tif", ".hidden.png", ".git/d.png", "drawing.svg", "notes.txt"}) {
    folder.write(name, "");
  }
  folder.write("by-content", "\x89PNG\r\n\x1a\n and more than that, since a few dozen bytes are looked at");
  folder.write("svg-content", "<svg xmlns='http://www.w3.org/2000/svg'/>");
  CHECK(relatives({{folder.path().string(), false}}) == "a.jpeg b.PNG by-content sub/c.tif ");
}

TEST_CASE("a file stands for itself, whatever its name and whether or not it exists") {
  CHECK(relatives({{"/nonexistent/x.txt", false}, {"y", false}}) == "x.txt y ");
}

TEST_CASE("a list keeps relative paths and knows no patterns") {
  CHECK(relatives({{"art/x.png", true}}) == "art/x.png ");
  CHECK(relatives({{"./art/../art/x.png", true}}) == "art/x.png ");
  CHECK(relatives({{"../x.png", true}, {"/nonexistent/y.png", true}}) == "x.png y.png ");
  CHECK(relatives({{"*.png", true}}) == "*.png ");
  CHECK(relatives({{"*.nothing-like-it", false}}).empty());
}

TEST_CASE("what is named twice is taken once, but standard input can't be") {
  CHECK(relatives({{"a/x.png", false}, {"a/./x.png", false}, {"b/x.png", false}}) == "x.png x.png ");
  CHECK(relatives({{"-", false}}) == "stdin ");
  CHECK(relatives({{"-", true}}) == "- ");  // in a list it is a file's name
  CHECK_THROWS_AS(pipeline::find_inputs(std::vector<Operand>{{"-", false}, {"-", false}}), base::Error);
  CHECK_THROWS_AS(pipeline::find_inputs(std::vector<Operand>{{"", false}}), base::Error);
}

TEST_CASE("single is one file or standard input, and no folder, pattern or list") {
  const test::TemporaryFolder folder;
  const std::string odd = folder.write("[a]*.png", "").string();
  const auto single = [](const std::vector<Operand>& operands) { return pipeline::is_single(operands); };
  CHECK(single({{"x.png", false}}));
  CHECK(single({{"-", false}}));
  CHECK(single({{odd, false}}));
  CHECK_FALSE(single({{"*.png", false}}));
  CHECK_FALSE(single({{folder.path().string(), false}}));
  CHECK_FALSE(single({{"x.png", true}}));
  CHECK_FALSE(single({{"x.png", false}, {"y.png", false}}));
}

TEST_CASE("lists are split by lines or by NUL") {
  const auto lines = pipeline::parse_list("a\r\n\nb c\nd", '\n');
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].text == "a");
  CHECK(lines[1].text == "b c");
  CHECK(lines[2].text == "d");
  const auto entries = pipeline::parse_list(std::string_view("a\nb\r\0c\0", 7), '\0');
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].text == "a\nb\r");
  CHECK(entries[1].listed);
}
