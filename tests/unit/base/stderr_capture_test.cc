// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stderr_capture.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <thread>

namespace imgmill {
namespace {

TEST_CASE("StderrCapture: takes what this thread prints, and only while it lives") {
  base::StderrCapture outer;
  std::fprintf(stderr, "one %d\n", 1);
  {
    const base::StderrCapture inner;
    std::fputs("two\n", stderr);
    CHECK(inner.text() == "two\n");
  }
  std::fputs("three\n", stderr);
  CHECK(outer.text() == "one 1\nthree\n");
  std::string elsewhere;
  std::thread([&] {
    const base::StderrCapture other;
    std::fputs("four\n", stderr);
    elsewhere = other.text();
  }).join();
  CHECK(elsewhere == "four\n");
  CHECK(outer.text() == "one 1\nthree\n");
  for (int i = 0; i < 10000; ++i) std::fputs("flood\n", stderr);
  CHECK(outer.text().size() < 5000);
}

}  // namespace
}  // namespace imgmill
