// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/lock_file.h"

#include <catch2/catch.hpp>

#include "base/temporary_folder.h"
#include "cache/child_process.h"

namespace imgmill {
namespace {

using cache::LockFile;
using Outcome = cache::LockFile::Outcome;
using namespace std::chrono_literals;

TEST_CASE("LockFile: one holder a number, until it lets go") {
  const test::TemporaryFolder folder;
  const LockFile file(folder / "lock"), same(folder / "lock");
  constexpr std::uint64_t kLargest = (std::uint64_t{1} << 63) - 1;
  {
    const auto first = file.try_lock(7), last = file.try_lock(kLargest);
    CHECK(first.outcome == Outcome::locked);
    CHECK(last.outcome == Outcome::locked);
    CHECK(same.try_lock(7).outcome == Outcome::taken);
    CHECK(file.try_lock(7).outcome == Outcome::taken);
    CHECK(same.try_lock(kLargest).outcome == Outcome::taken);
    CHECK(same.try_lock(8).outcome == Outcome::locked);
    CHECK(same.lock(7, 3ms).outcome == Outcome::taken);
  }
  CHECK(same.lock(7, 0ms).outcome == Outcome::locked);
}

TEST_CASE("LockFile: freed when its holder is killed") {
  const test::TemporaryFolder folder;
  const LockFile file(folder / "lock");
  const test::Signal locked;
  test::ChildProcess child([&] {
    const auto held = file.try_lock(1);
    locked.give();
    ::pause();
    return held.held.valid();
  });
  locked.await();
  CHECK(file.try_lock(1).outcome == Outcome::taken);
  child.kill();
  CHECK(file.try_lock(1).outcome == Outcome::locked);
}

TEST_CASE("LockFile: says when there can be no lock") {
  const test::TemporaryFolder folder;
  CHECK(LockFile(folder / "missing/lock").try_lock(1).outcome == Outcome::impossible);
  CHECK(LockFile(folder.path()).lock(1, 1min).outcome == Outcome::impossible);
}

}  // namespace
}  // namespace imgmill
