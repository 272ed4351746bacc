// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/pattern.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "base/temporary_folder.h"

using namespace imgmill;

namespace {

struct Tree {
  test::TemporaryFolder folder;

  Tree() {
    for (const char* name :
         {"a.png", "b.jpg", "x/c.png", "x/y/d.png", "x/y/e.txt", ".h/f.png", ".g.png", "[z]/i.png"}) {
      folder.write(name, "");
    }
    std::filesystem::create_directory_symlink(folder.path(), folder.path() / "x/loop");
  }

  std::string match(const std::string& pattern) const {
    std::string names;
    for (const auto& file : pipeline::match_pattern((folder.path() / pattern).string()).files) {
      names += file.lexically_relative(folder.path()).string() + " ";
    }
    return names;
  }
};

}  // namespace

TEST_CASE("patterns match names, folders and any number of folders") {
  const Tree tree;
  CHECK(tree.match("*.png") == "a.png ");
  CHECK(tree.match("?.*") == "a.png b.jpg ");
  CHECK(tree.match("[ab].*") == "a.png b.jpg ");
  CHECK(tree.match("x/*.png") == "x/c.png ");
  CHECK(tree.match("*/c.png") == "x/c.png ");
  CHECK(tree.match("x/**/*.png") == "x/c.png x/y/d.png ");
  CHECK(tree.match("**/*.png") == "[z]/i.png a.png x/c.png x/y/d.png ");
  CHECK(tree.match("**/y/*") == "x/y/d.png x/y/e.txt ");
  CHECK(tree.match("x/**") == "x/c.png x/y/d.png x/y/e.txt ");
  CHECK(tree.match("**/**/d.png") == "x/y/d.png ");
  CHECK(tree.match("none/*.png").empty());
}

TEST_CASE("hidden names need a pattern that says so") {
  const Tree tree;
  CHECK(tree.match(".*.png") == ".g.png ");
  CHECK(tree.match(".h/*") == ".h/f.png ");
}

TEST_CASE("a path that need not exist is matched by the same rules") {
  const Tree tree;
  const std::string all[] = {"[z]/i.png", "a.png", "b.jpg", "x/c.png", "x/y/d.png", "x/y/e.txt", ".h/f.png", ".g.png"};
  for (const char* pattern : {"*.png", "?.*", "[ab].*", "x/*.png", "*/c.png", "x/**/*.png", "**/*.png", "**/y/*",
                              "x/**", "**/**/d.png", "none/*.png", ".*.png", ".h/*", "**", "*", "x/c.*"}) {
    std::string names;
    for (const std::string& path : all) names += pipeline::matches_pattern(pattern, path) ? path + " " : "";
    CHECK(names == tree.match(pattern));
  }
  CHECK(pipeline::matches_pattern("x/c.png", "x/c.png"));
  CHECK_FALSE(pipeline::matches_pattern("x", "x/c.png"));
  CHECK_FALSE(pipeline::matches_pattern("x/c.png/d", "x/c.png"));
  CHECK_FALSE(pipeline::matches_pattern("**", "x/.y/e.txt"));
}

TEST_CASE("the root is what stands before the first wildcard") {
  CHECK(pipeline::match_pattern("/nonexistent/deep/*.png").root == "/nonexistent/deep");
  CHECK(pipeline::match_pattern("**/*.none").root == "");
  CHECK(pipeline::match_pattern("art/v?/x.none").root == "art");
}
