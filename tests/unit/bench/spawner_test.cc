// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/spawner.h"

#include <catch2/catch.hpp>
#include <thread>

#include "base/bytes.h"
#include "base/error.h"
#include "base/temporary_folder.h"

namespace imgmill {
namespace {

using Words = std::vector<std::string>;

bench::Ended run(const Words& words, const std::filesystem::path& output = {}, double timeout = 0) {
  bench::Spawner spawner(1);
  return spawner.run(words, output, timeout);
}

TEST_CASE("words_of splits as a shell does") {
  CHECK(bench::words_of("a  b\tc") == Words{"a", "b", "c"});
  CHECK(bench::words_of("a 'b c' \"d e\" f\\ g") == Words{"a", "b c", "d e", "f g"});
  CHECK(bench::words_of("x'y'\"z\"") == Words{"xyz"});
  CHECK(bench::words_of("'' \"a\\\"b\" 'c\\d'") == Words{"", "a\"b", "c\\d"});
  CHECK(bench::words_of("").empty());
  CHECK_THROWS_AS(bench::words_of("a 'b"), base::Error);
}

TEST_CASE("A program's end, time and memory are told") {
  const test::TemporaryFolder folder;
  const bench::Ended good = run({"sh", "-c", "printf hello"}, folder.path() / "out");
  CHECK(good.problem.empty());
  CHECK(good.ms > 0);
  CHECK(good.peak_memory > 0);
  const base::Bytes said = base::read_file(folder.path() / "out");
  CHECK(std::string(said.begin(), said.end()) == "hello");
  CHECK(run({"sh", "-c", "echo first >&2; echo no ink >&2; exit 3"}).problem == "exit code 3: no ink");
  CHECK(run({"sh", "-c", "kill -9 $$"}).problem == "killed by signal 9");
  CHECK(run({"/no/such/program"}).problem.starts_with("can't run /no/such/program: "));
  CHECK(run({"sleep", "60"}, {}, 0.05).problem == "took too long (--timeout)");
}

TEST_CASE("Processor time is the program's own") {
  const bench::Ended busy = run({"sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"});
  const bench::Ended idle = run({"sleep", "0.1"});
  CHECK(busy.cpu_ms > 5);
  CHECK(idle.cpu_ms < busy.cpu_ms);
  CHECK(idle.ms >= 100);
}

TEST_CASE("Several programs run side by side, with nothing to read") {
  bench::Spawner spawner(2);
  CHECK(spawner.run(Words{"true"}, {}, 0).problem.empty());
  CHECK(spawner.run(Words{"sh", "-c", "read line || exit 0; exit 1"}, {}, 0).problem.empty());
  // The second ends the first, which waits for it; one after the other they would never end.
  const test::TemporaryFolder folder;
  const std::string file = folder.path() / "done";
  bench::Ended waiting;
  std::thread first([&] {
    waiting = spawner.run(Words{"sh", "-c", "until [ -e \"$0\" ]; do sleep 0.01; done", file}, {}, 60);
  });
  CHECK(spawner.run(Words{"touch", file}, {}, 0).problem.empty());
  first.join();
  CHECK(waiting.problem.empty());
}

}  // namespace
}  // namespace imgmill
