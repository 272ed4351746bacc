// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/ledger.h"

#include <catch2/catch.hpp>
#include <deque>

#include "base/bytes.h"
#include "base/temporary_folder.h"
#include "cache/child_process.h"

namespace imgmill {
namespace {

using cache::Ledger;
using cache::LockFile;
using cache::NamedCounts;

TEST_CASE("Ledger: keeps what a change makes of it") {
  const test::TemporaryFolder folder;
  const LockFile lock(folder / "lock");
  const Ledger ledger(folder / "counts", lock, 1);
  CHECK(ledger.read().empty());
  const NamedCounts counts{{"a", 1}, {"b.c", UINT64_MAX}, {"zero", 0}};
  CHECK(ledger.update([&](NamedCounts& now) { now = counts; }));
  CHECK(ledger.read() == counts);
  CHECK(ledger.update([](NamedCounts& now) { now["a"] += 4; }));
  CHECK(Ledger(folder / "counts", lock, 1).read().at("a") == 5);
}

TEST_CASE("Ledger: a damaged file counts as empty and is replaced") {
  const test::TemporaryFolder folder;
  const LockFile lock(folder / "lock");
  const Ledger ledger(folder / "counts", lock, 1);
  ledger.update([](NamedCounts& now) { now["a"] = 12; });
  const base::Bytes bytes = base::read_file(folder / "counts");
  const std::string good(bytes.begin(), bytes.end());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string wrong = good;
    wrong[i] ^= 1;
    folder.write("counts", wrong);
    CHECK(ledger.read().empty());
    folder.write("counts", good.substr(0, i));
    CHECK(ledger.read().empty());
  }
  folder.write("counts", good + "more");
  CHECK(ledger.read().empty());
  CHECK(ledger.update([](NamedCounts& now) { now["b"] = 1; }));
  CHECK(ledger.read() == NamedCounts{{"b", 1}});
}

TEST_CASE("Ledger: no change of many processes is lost") {
  const test::TemporaryFolder folder;
  const LockFile lock(folder / "lock");
  const Ledger ledger(folder / "counts", lock, 1);
  std::deque<test::ChildProcess> children;
  for (int i = 0; i < 4; ++i) {
    children.emplace_back([&] {
      for (int k = 0; k < 100; ++k) {
        while (!ledger.update([](NamedCounts& now) { now["n"] += 1; })) continue;
      }
      return true;
    });
  }
  for (test::ChildProcess& child : children) CHECK(child.wait() == 0);
  CHECK(ledger.read() == NamedCounts{{"n", 400}});
}

TEST_CASE("Ledger: says when it can't be written") {
  const test::TemporaryFolder folder;
  const LockFile lock(folder / "lock"), nowhere(folder / "missing/lock");
  CHECK_FALSE(Ledger(folder / "missing/counts", nowhere, 1).update([](NamedCounts&) {}));
  CHECK_FALSE(Ledger(folder / "missing/counts", lock, 1).update([](NamedCounts&) {}));
}

}  // namespace
}  // namespace imgmill
