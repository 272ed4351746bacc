// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/flame_graph.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <regex>
#include <string>

#include "image/image.h"
#include "vector/rasterise.h"

using namespace imgmill;

namespace {

using report::flame_graph;
using std::chrono::milliseconds;

struct Frame {
  std::string name;
  double x, y, width;
};

std::vector<Frame> frames_of(const std::string& svg) {
  static const std::regex frame(
      R"re(<g class="f c\d" tabindex="0" data-n="([^"]*)"><title>[^<]*</title><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)")re");
  std::vector<Frame> frames;
  for (std::sregex_iterator found(svg.begin(), svg.end(), frame), end; found != end; ++found) {
    frames.push_back({(*found)[1], std::stod((*found)[2]), std::stod((*found)[3]), std::stod((*found)[4])});
  }
  return frames;
}

const report::Stacks kStacks = {{{"convert", "decode", "a.png"}, milliseconds(25)},
                                {{"convert", "trace", "a.png"}, milliseconds(25)},
                                {{"convert", "trace", "cores", "a.png"}, milliseconds(50)}};

}  // namespace

TEST_CASE("Frames are as wide as their time, and stand over those that they belong to") {
  const std::vector<Frame> frames = frames_of(flame_graph(kStacks, "title"));
  REQUIRE(frames.size() == 8);
  CHECK(frames[0].name == "all");
  CHECK(frames[0].width == 1180);
  CHECK(frames[1].name == "convert");
  CHECK(frames[1].y == frames[0].y - 18);
  CHECK(frames[2].name == "decode");
  CHECK(frames[2].width == 295);
  CHECK(frames[3].name == "a.png");
  CHECK(frames[4].name == "trace");
  CHECK(frames[4].x == frames[2].x + 295);
  CHECK(frames[4].width == 885);
  CHECK(frames[4].y == frames[2].y);
  CHECK(frames[6].name == "cores");
  CHECK(frames[6].width == 590);
  CHECK(frames[6].y == frames[4].y - 18);
}

TEST_CASE("A flame graph is a picture without its script, and names can't break it") {
  report::Stacks stacks;
  stacks[{"convert", "decode", "<&\"'>]]>\xEF\xBF\xBF.png"}] = milliseconds(3);
  const std::string svg = flame_graph(stacks, "a <title> & more");
  CHECK(svg.find("a &lt;title&gt; &amp; more") != std::string::npos);
  const image::Image drawn =
      vector::rasterise({reinterpret_cast<const std::uint8_t*>(svg.data()), svg.size()}, 1200, 120);
  CHECK(drawn.width() == 1200);
  CHECK(frames_of(svg).size() == 4);
}

TEST_CASE("Frames too narrow to be found are left out, and nothing at all is a picture too") {
  report::Stacks stacks;
  stacks[{"convert", "decode", "a.png"}] = std::chrono::seconds(100);
  stacks[{"convert", "read", "a.png"}] = milliseconds(4);
  CHECK(frames_of(flame_graph(stacks, "")).size() == 4);
  CHECK(frames_of(flame_graph({}, "")).empty());
}
