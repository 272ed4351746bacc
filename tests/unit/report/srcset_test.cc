// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/srcset.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/temporary_folder.h"

using namespace imgmill;
using pipeline::Outcome;
using pipeline::Output;
using pipeline::Status;

namespace {

Output output(const std::string& path, std::string_view format, int width, int height) {
  Output made{path, format};
  made.status = Status::written;
  made.width = width;
  made.height = height;
  made.bytes = 10;
  return made;
}

std::string read(const std::filesystem::path& path) {
  const base::Bytes bytes = base::read_file(path);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("a picture element offers the formats from the best on, each width once") {
  Outcome outcome;
  outcome.outputs = {output("/s/a-l.jpg", "jpeg", 200, 100),  output("/s/a-s.jpg", "jpeg", 51, 25),
                     output("/s/a-l2.jpg", "jpeg", 200, 100), output("/s/a-l.avif", "avif", 200, 100),
                     output("/s/a-s.avif", "avif", 51, 25),   output("/s/a-t.avif", "avif", 40, 40)};
  CHECK(report::picture_element(outcome, "/s") ==
        "<picture>\n"
        "  <source type=\"image/avif\" srcset=\"a-s.avif 51w, a-l.avif 200w\" sizes=\"(max-width: 200px) 100vw, "
        "200px\">\n"
        "  <img src=\"a-l.jpg\" srcset=\"a-s.jpg 51w, a-l.jpg 200w\" sizes=\"(max-width: 200px) 100vw, 200px\" "
        "width=\"200\" height=\"100\" alt=\"\" loading=\"lazy\">\n"
        "</picture>\n");
}

TEST_CASE("a picture element of one size has no widths, and paths are safe in an attribute") {
  Outcome outcome;
  outcome.outputs = {output("/s/img/a \"b\",c.webp", "webp", 20, 10), output("/s/img/a.jpg", "jpeg", 20, 10)};
  CHECK(report::picture_element(outcome, "/s/html") ==
        "<picture>\n"
        "  <source type=\"image/webp\" srcset=\"../img/a%20%22b%22%2Cc.webp\">\n"
        "  <img src=\"../img/a.jpg\" width=\"20\" height=\"10\" alt=\"\" loading=\"lazy\">\n"
        "</picture>\n");
}

TEST_CASE("a picture element leaves out what is not there") {
  Outcome outcome;
  outcome.outputs = {output("/s/a.webp", "webp", 20, 10), output("/s/a.jpg", "jpeg", 20, 10)};
  outcome.outputs[0].error = pipeline::Failure{};
  CHECK_THAT(report::picture_element(outcome, "/s"), !Catch::Contains("webp"));
  outcome.outputs[1].status = Status::skipped;
  CHECK(report::picture_element(outcome, "/s").empty());
}

TEST_CASE("a manifest is in the order of the inputs and written at the end") {
  const test::TemporaryFolder folder;
  report::SrcsetSink sink(folder / "list.json");
  const auto tell = [&](std::size_t job, const std::filesystem::path& input, const std::filesystem::path& result) {
    Outcome outcome;
    outcome.job = job;
    outcome.input = input;
    outcome.outputs = {output(result.string(), "webp", 20, 10)};
    outcome.outputs[0].variant = std::string("v");
    sink.item(outcome);
  };
  tell(1, "b.png", folder / "b.webp");
  tell(0, "a.png", folder / "a.webp");
  sink.item(Outcome{});
  CHECK_FALSE(std::filesystem::exists(folder / "list.json"));
  sink.end({});
  const std::string manifest = read(folder / "list.json");
  CHECK_THAT(manifest,
             Catch::StartsWith("{\"schema_version\": 1, \"images\": [\n  {\"input\": \"a.png\", \"outputs\": [\n"
                               "    {\"path\": \"a.webp\", \"format\": \"webp\", \"variant\": \"v\", "
                               "\"width\": 20, \"height\": 10, \"bytes\": 10}]"));
  CHECK(manifest.find("b.png") > manifest.find("a.png"));
  const std::string html = read(folder / "list.html");
  CHECK(html.find("b.webp") > html.find("a.webp"));
  report::SrcsetSink nowhere(folder / "list.json/x.json");
  CHECK_THROWS_WITH(nowhere.end({}), Catch::Contains("--srcset: can't write"));
}
