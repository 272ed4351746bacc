// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/stacks.h"

#include <catch2/catch.hpp>

#include "recorded.h"

using namespace imgmill;
using report::add_stacks;
using report::folded_text;

namespace {

pipeline::Outcome traced() {
  return recorded("a.png", 0, 100,
                  {span("decode", 0, 0, 10), span("trace", 0, 10, 80), span("cores", 1, 10, 30),
                   span("paints", 1, 40, 40), span("encode", 0, 90, 8, "avif")});
}

}  // namespace

TEST_CASE("Stacks have each stage's own time, the file last, and what is in no stage") {
  report::Stacks stacks;
  add_stacks(stacks, "convert", traced());
  CHECK(folded_text(stacks) ==
        "convert;(no stage);a.png 2000\n"
        "convert;decode;a.png 10000\n"
        "convert;encode avif;a.png 8000\n"
        "convert;trace;a.png 10000\n"
        "convert;trace;cores;a.png 30000\n"
        "convert;trace;paints;a.png 40000\n");
}

TEST_CASE("Stacks add up over repetitions, runs of one stage and items") {
  report::Stacks stacks;
  pipeline::Outcome twice = traced();
  twice.earlier.push_back(traced());
  add_stacks(stacks, "convert", twice);
  add_stacks(stacks, "convert", recorded("b.png", 0, 10, {span("decode", 0, 0, 4), span("decode", 0, 4, 6)}));
  CHECK(folded_text(stacks) ==
        "convert;(no stage);a.png 4000\n"
        "convert;decode;a.png 20000\n"
        "convert;decode;b.png 10000\n"
        "convert;encode avif;a.png 16000\n"
        "convert;trace;a.png 20000\n"
        "convert;trace;cores;a.png 60000\n"
        "convert;trace;paints;a.png 80000\n");
}

TEST_CASE("What was never started has no stack, and no frame can be taken for two") {
  report::Stacks stacks;
  add_stacks(stacks, "convert", pipeline::Outcome());
  CHECK(folded_text(stacks).empty());
  add_stacks(stacks, "convert", recorded("a;b\n 7.png", 0, 1, {span("read", 0, 0, 1)}));
  CHECK(folded_text(stacks) == "convert;read;a\\x3bb\\n 7.png 1000\n");
}

TEST_CASE("Stages of one item on several threads leave nothing over") {
  report::Stacks stacks;
  add_stacks(stacks, "compress", recorded("a.png", 0, 10, {span("encode", 0, 0, 9), span("encode", 0, 0, 9)}));
  CHECK(folded_text(stacks) == "compress;encode;a.png 18000\n");
}
