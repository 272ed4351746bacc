// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/naming.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/temporary_folder.h"

using namespace imgmill;
using pipeline::Input;
using pipeline::Naming;

namespace {

Input input(const std::string& root, const std::string& relative) {
  return {std::filesystem::path(root) / relative, root, relative, false, ""};
}

std::string output_of(const Input& one, const Naming& naming) {
  return pipeline::name_outputs(std::vector<Input>{one}, naming).at(0).outputs[0].path.string();
}

Naming to(const std::string& output, bool single) {
  Naming naming;
  naming.output = output;
  naming.single = single;
  return naming;
}

}  // namespace

TEST_CASE("without -o a result goes beside its input") {
  CHECK(output_of(input("in", "x/a.png"), {}) == "in/x/a.svg");
  CHECK(output_of(input("", "a.png"), {}) == "a.svg");
  CHECK(output_of(input("", "archive.tar.png"), {}) == "archive.tar.svg");
}

TEST_CASE("what -o names is a folder for several inputs, else a file unless something says that it is a folder") {
  const test::TemporaryFolder folder;
  const Input one = input("in", "x/a.png");
  CHECK(output_of(one, to("out", false)) == "out/x/a.svg");
  CHECK(output_of(one, to("out", true)) == "out");
  CHECK(output_of(one, to("out/", true)) == "out/x/a.svg");
  CHECK(output_of(one, to(folder.path().string(), true)) == (folder.path() / "x/a.svg").string());
  CHECK_THROWS_WITH(output_of(one, to("out.svg", false)), Catch::Contains("must be a folder"));
  CHECK_THROWS_AS(output_of(one, to(folder.write("file", "").string(), false)), base::Error);
}

TEST_CASE("standard output takes one input, that of standard input goes there by itself") {
  Naming naming = to("-", true);
  CHECK(pipeline::name_outputs(std::vector<Input>{input("", "a.png")}, naming)[0].to_stdout);
  naming.single = false;
  CHECK_THROWS_AS(pipeline::name_outputs(std::vector<Input>{input("", "a.png")}, naming), base::Error);
  Naming beside;
  beside.single = true;
  CHECK(pipeline::name_outputs(std::vector<Input>{{"-", {}, "stdin", true, ""}}, beside)[0].to_stdout);
}

TEST_CASE("names are made from a template") {
  Naming naming;
  naming.output = "out";
  naming.name_template = "{dir}/{stem}.{source_ext}.{ext}";
  CHECK(output_of(input("in", "x/y/a.PNG"), naming) == "out/x/y/a.PNG.svg");
  CHECK(output_of(input("in", "a.PNG"), naming) == "out/a.PNG.svg");  // and not /a.PNG.svg
  CHECK(output_of(input("in", "plain"), naming) == "out/plain..svg");
  naming.name_template = "{stem}";
  CHECK(output_of(input("in", "{dir}.png"), naming) == "out/{dir}");  // what is filled in is not read again
  for (const char* wrong : {"{nothing}", "{stem", "{dir}/"}) {
    naming.name_template = wrong;
    CHECK_THROWS_AS(output_of(input("in", "x/a.png"), naming), base::Error);
  }
}

TEST_CASE("two inputs for one output are refused, both named") {
  const std::vector<Input> inputs = {input("one", "a.png"), input("one", "b.png"), input("two", "./a.jpg")};
  CHECK_THROWS_WITH(pipeline::name_outputs(inputs, to("out", false)),
                    Catch::StartsWith("one/a.png and two/./a.jpg would both write out/"));
  CHECK(pipeline::name_outputs(inputs, {}).size() == 3);
}

TEST_CASE("an output that is an input is refused, through links too") {
  const test::TemporaryFolder folder;
  const std::string root = folder.path().string();
  folder.write("a.png", "a");
  folder.write("b.png", "b");
  CHECK_THROWS_WITH(pipeline::name_outputs(std::vector<Input>{input(root, "a.png")}, to(root + "/a.png", true)),
                    Catch::Contains("a.png is an input and would be overwritten"));
  std::filesystem::create_symlink("a.png", folder.path() / "b.svg");
  const std::vector<Input> inputs = {input(root, "a.png"), input(root, "b.png")};
  CHECK_THROWS_WITH(pipeline::name_outputs(inputs, {}), Catch::Contains("by the result of"));
}

TEST_CASE("each product has a name of its own, with its variant where it has one") {
  Naming naming = to("out/", true);
  naming.products = {{codec::Format::avif, "avif", 0, "small"}, {codec::Format::jpeg, "jpg", 0, "small"}};
  const auto outputs = pipeline::name_outputs(std::vector<Input>{input("in", "x/a.png")}, naming).at(0).outputs;
  REQUIRE(outputs.size() == 2);
  CHECK(outputs[0].path == "out/x/a-small.avif");
  CHECK(outputs[1].path == "out/x/a-small.jpg");
  CHECK(outputs[1].product.format == codec::Format::jpeg);
  naming.name_template = "{variant}/{stem}.{ext}";
  CHECK(output_of(input("in", "x/a.png"), naming) == "out/small/a.avif");
  naming.name_template = "{stem}.{variant}";
  CHECK_THROWS_WITH(output_of(input("in", "x/a.png"), naming), Catch::Contains("put {variant} and {ext}"));
  naming.name_template.clear();
  naming.output = "-";
  CHECK_THROWS_WITH(output_of(input("in", "x/a.png"), naming), Catch::Contains("one result"));
  naming.output = "a.jpg";
  CHECK_THROWS_WITH(output_of(input("in", "x/a.png"), naming), Catch::Contains("must be a folder"));
}

TEST_CASE("an input gives way to its own result only in place") {
  const test::TemporaryFolder folder;
  folder.write("a.svg", "x");
  folder.write("b.png", "y");
  Naming naming;
  const Input own = input(folder.path().string(), "a.svg");
  CHECK_THROWS_WITH(output_of(own, naming), Catch::Contains("--in-place"));
  naming.in_place = true;
  CHECK(output_of(own, naming) == (folder.path() / "a.svg").string());
}

TEST_CASE("a folder that is searched holds no pictures that are results, or they are left out") {
  Naming naming;
  naming.products = {{codec::Format::webp, "webp", 0, ""}};
  Input found = input("in", "x/a.png");
  CHECK(output_of(found, naming) == "in/x/a.webp");  // named, not found
  found.searched = true;
  CHECK_THROWS_WITH(output_of(found, naming), Catch::Contains("in is searched for inputs"));
  naming.output = "./in/";
  CHECK_THROWS_AS(output_of(found, naming), base::Error);
  naming.in_place = true;
  CHECK(output_of(found, naming) == "./in/x/a.webp");
  naming.in_place = false;
  naming.output = "elsewhere/";
  CHECK(output_of(found, naming) == "elsewhere/x/a.webp");
  naming.output = "in/x";
  Input earlier = input("in", "x/x/a.webp");
  earlier.searched = true;
  CHECK(pipeline::name_outputs(std::vector<Input>{earlier}, naming).empty());
  CHECK(output_of(input("in", "x/x/a.webp"), naming) == "in/x/x/x/a.webp");
  CHECK(output_of(earlier, Naming{}) == "in/x/x/a.svg");  // drawings are never inputs
}

TEST_CASE("where the picture decides which of two results there will be, each has a name that clashes with nothing") {
  const test::TemporaryFolder folder;
  Naming naming = to((folder.path() / "out").string(), false);
  naming.products = {pipeline::Product{}, {codec::Format::webp, "webp", 0, ""}};
  naming.one_of = true;
  const std::string png = folder.write("in/a.png", "x").string();
  const Input one = input((folder.path() / "in").string(), "a.png");
  const auto paths = [&](const Naming& how) {
    std::vector<std::string> all;
    const std::vector<pipeline::Job> jobs = pipeline::name_outputs(std::vector<Input>{one}, how);
    for (const pipeline::Destination& output : jobs.at(0).outputs) all.push_back(output.path.string());
    return all;
  };
  const std::string out = (folder.path() / "out/a").string();
  CHECK(paths(naming) == std::vector<std::string>{out + ".svg", out + ".webp"});
  // A file's name is that of the first; the other differs in its extension.
  naming.single = true;
  naming.output = (folder.path() / "logo.svg").string();
  CHECK(paths(naming) == std::vector<std::string>{*naming.output, (folder.path() / "logo.webp").string()});
  naming.output = "-";
  CHECK_THROWS_WITH(paths(naming), Catch::Contains("--fallback"));

  // Beside the inputs the other result would be another input.
  naming.output.reset();
  naming.single = false;
  folder.write("in/a.webp", "y");
  const std::vector<Input> both = {one, input((folder.path() / "in").string(), "a.webp")};
  CHECK_THROWS_WITH(pipeline::name_outputs(both, naming), Catch::Contains("a.svg"));
  naming.name_template = "{dir}/{stem}.{source_ext}.{ext}";
  CHECK(pipeline::name_outputs(both, naming).size() == 2);
  naming.name_template = "{dir}/{stem}.{ext}";
  const std::vector<Input> other = {one, input((folder.path() / "in").string(), "b.png")};
  folder.write("in/b.png", "z");
  CHECK(pipeline::name_outputs(other, naming).size() == 2);
  // What was searched would find it the next time.
  std::vector<Input> searched = {one};
  searched[0].searched = true;
  CHECK_THROWS_WITH(pipeline::name_outputs(searched, naming), Catch::Contains("would hold results"));
}
