// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/advice.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "recorded.h"

using namespace imgmill;
using pipeline::Outcome;
using report::Asked;

namespace {

// A run of which nothing needs to be said.
struct Run {
  Asked asked{"compress", 1, std::uint64_t{1} << 30, 6, 0, false, 0};
  std::vector<Outcome> items;
  pipeline::Summary summary;

  explicit Run(std::vector<base::Span> spans) : Run(recorded("a.png", 0, 100, std::move(spans))) {}
  explicit Run(Outcome outcome) {
    items.push_back(std::move(outcome));
    summary.wall_seconds = summary.cpu_seconds = 0.1;
  }
  Outcome& item() { return items[0]; }

  std::vector<report::Advice> advice() const {
    report::TimeFigures figures;
    for (const Outcome& item : items) figures.add(item);
    return report::advice(figures, asked, summary);
  }
  // The rules that had something to say, and what.
  std::string rules() const {
    std::string names;
    for (const report::Advice& one : advice()) names += std::string(one.rule) + " ";
    return names;
  }
  bool says(const std::string& words) const { return advice().at(0).text.find(words) != std::string::npos; }
};

pipeline::Output output(std::string_view format, int width, int height, int encodes = 0) {
  pipeline::Output output{"out", format};
  output.width = width;
  output.height = height;
  output.encodes = encodes;
  return output;
}

Run with_spans(std::string_view most, int share, std::string_view detail = {}) {
  return Run({span(most, 0, 0, share, detail), span("resize", 0, share, 100 - share)});
}

}  // namespace

TEST_CASE("Advice: none for a run of which nothing needs to be said, and none for no run") {
  CHECK(Run({span("resize", 0, 0, 100)}).rules().empty());
  CHECK(report::advice({}, {}, {}).empty());
}

TEST_CASE("Advice: avif, from half of the time on") {
  Run run = with_spans("encode", 60, "avif");
  CHECK(run.rules() == "avif ");
  CHECK(run.says("60 %"));
  CHECK(run.says("--avif-speed 8"));
  run.asked.avif_speed = 4;
  CHECK(run.says("--avif-speed 6"));
  run.asked.avif_speed = 8;
  CHECK(run.rules().empty());
  CHECK(with_spans("encode", 60, "webp").rules().empty());
  CHECK(with_spans("encode", 40, "avif").rules().empty());
}

TEST_CASE("Advice: scoring that nobody searches with") {
  Run run({span("redecode", 0, 0, 20), span("score", 0, 20, 20), span("resize", 0, 40, 60)});
  CHECK(run.rules().empty());
  run.asked.score = true;
  CHECK(run.rules() == "scoring ");
  CHECK(run.says("40 %"));
  run.asked.target_ssim = 0.95;
  CHECK(run.rules().empty());
  Run little = with_spans("score", 20);
  little.asked.score = true;
  CHECK(little.rules().empty());
}

TEST_CASE("Advice: a search that makes each result three times or more") {
  Run run({span("resize", 0, 0, 100)});
  run.item().outputs = {output("webp", 10, 10, 4), output("jpeg", 10, 10, 2)};
  run.item().outputs[0].quality = 71;
  CHECK(run.rules().empty());
  run.asked.target_ssim = 0.95;
  CHECK(run.rules() == "search ");
  CHECK(run.says("3.0 times"));
  CHECK(run.says("webp 71"));
  run.item().outputs[1].encodes = 1;
  CHECK(run.rules().empty());

  Run drawing({span("svg", 0, 0, 100)});
  drawing.asked.target_ssim = 0.95;
  drawing.item().outputs = {output("svg", 10, 10)};
  drawing.item().tries = 5;
  CHECK(drawing.rules() == "search ");
  CHECK(drawing.says("5.0 times"));
}

TEST_CASE("Advice: decoding of pictures far larger than their results") {
  Run run = with_spans("decode", 40);
  run.item().width = 4000, run.item().height = 3000;
  run.item().outputs = {output("webp", 400, 300)};
  CHECK(run.rules() == "decoding ");
  CHECK(run.says("100 times the pixels"));
  CHECK(run.says("source=800"));
  run.item().outputs.push_back(output("webp", 2400, 1800));
  CHECK(run.rules().empty());
  Run little = with_spans("decode", 20);
  little.item().width = 4000, little.item().height = 3000;
  little.item().outputs = {output("webp", 400, 300)};
  CHECK(little.rules().empty());
}

TEST_CASE("Advice: drawings of many pixels") {
  Run run({span("trace", 0, 0, 90), span("curves", 1, 0, 80), span("svg", 0, 90, 10)});
  run.item().outputs = {output("svg", 2000, 1000)};
  CHECK(run.rules() == "large-drawing ");
  CHECK(run.says("90 %"));
  CHECK(run.says("2.0 megapixels"));
  CHECK(run.says("--max-dimension 1024"));
  run.item().outputs[0].width = 500;
  CHECK(run.rules().empty());
}

TEST_CASE("Advice: files, where reading and writing take a quarter") {
  CHECK(Run({span("read", 0, 0, 15), span("write", 0, 15, 15), span("resize", 0, 30, 70)}).rules() == "files ");
  CHECK(Run({span("read", 0, 0, 10), span("write", 0, 10, 10), span("resize", 0, 30, 80)}).rules().empty());
}

TEST_CASE("Advice: waiting, named by the stage in which it happens") {
  Run run({span("read", 0, 0, 20), span("encode", 0, 20, 80)});
  run.summary.cpu_seconds = 0.05;
  run.item().stages[1].cpu_milliseconds = 30;
  CHECK(run.rules() == "waiting ");
  CHECK(run.says("50 %"));
  CHECK(run.says("in encode"));
  CHECK(!run.says("-j"));
  run.asked.jobs = 2;
  CHECK(run.says("fewer than -j 2"));
  run.summary.cpu_seconds = 0.08;
  CHECK(run.rules().empty());
}

TEST_CASE("Advice: a tenth of the run held up for memory") {
  Run run({span("resize", 0, 0, 100)});
  auto& held = run.summary.throttled_seconds[static_cast<std::size_t>(pipeline::Hold::memory)];
  held = 0.02;
  CHECK(run.rules() == "memory-queue ");
  CHECK(run.says("20 %"));
  CHECK(run.says("--memory 1.0 GB"));
  held = 0.005;
  CHECK(run.rules().empty());
}

TEST_CASE("Advice: growth of more than 100 MB within an item") {
  Run run({span("resize", 0, 0, 60), span("decode", 0, 60, 20)});
  run.item().peak = 150 << 20;
  run.item().stages[1].peak = 120 << 20;
  CHECK(run.rules() == "growth ");
  CHECK(run.says("a.png takes 150.0 MB"));
  CHECK(run.says("decode (120.0 MB)"));
  run.item().peak = 100 << 20;
  CHECK(run.rules().empty());
}

TEST_CASE("Advice: repetitions that lie far apart") {
  Run run({span("resize", 0, 0, 100)});
  for (const int total : {100, 130, 160}) {
    run.item().earlier.push_back(recorded("a.png", 0, total, {span("resize", 0, 0, total)}));
  }
  run.summary.cpu_seconds = 1;
  CHECK(run.rules() == "unsteady ");
  run.item().earlier.pop_back();
  CHECK(run.rules().empty());  // three tell nothing of their middle half
  run.item().earlier = {run.item(), run.item(), run.item()};
  CHECK(run.rules().empty());
}

TEST_CASE("Each rule has its row in docs/profile.md, and each row its rule") {
  std::ifstream file(IMGMILL_SOURCE_DIR "/docs/profile.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  const auto begin = all.find("### Recommendations");
  REQUIRE(begin != std::string::npos);
  const std::string section = all.substr(begin, all.find("\n#", begin + 5) - begin);
  std::set<std::string> rows, rules;
  static const std::regex row(R"(\n\| `([a-z-]+)` \|)");
  for (std::sregex_iterator found(section.begin(), section.end(), row), end; found != end; ++found) {
    rows.insert((*found)[1]);
  }
  for (const std::string_view rule : report::advice_rules()) rules.emplace(rule);
  CHECK(rows == rules);
}
