// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <thread>
#include <vector>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/temporary_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using base::Bytes;

const Bytes kOld{'o', 'l', 'd'}, kNew{'n', 'e', 'w', '!'};

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

using Write = void(const fs::path&, base::ByteView);

std::string problem(const fs::path& path, const Bytes& bytes, Write& write = base::write_file) {
  try {
    write(path, bytes);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::output);
    return error.what();
  }
  return "";
}

TEST_CASE("write_file: writes, replaces, honours the umask, leaves nothing else") {
  const test::TemporaryFolder folder;
  const mode_t before = ::umask(027);
  base::write_file(folder / "a", kOld);
  ::umask(before);
  struct stat status {};
  REQUIRE(::stat((folder / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  base::write_file(folder / "a", kNew);
  CHECK(base::read_file(folder / "a") == kNew);
  base::write_file(folder / "empty", {});
  CHECK(fs::file_size(folder / "empty") == 0);
  CHECK(entries(folder.path()) == 2);
}

TEST_CASE("write_file: a name as long as the file system allows") {
  const test::TemporaryFolder folder;
  base::write_file(folder / std::string(255, 'n'), kNew);
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("write_file: through a symbolic link") {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "real");
  base::write_file(folder / "real/a", kOld);
  fs::create_symlink("real/a", folder / "link");
  base::write_file(folder / "link", kNew);
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(base::read_file(folder / "real/a") == kNew);
}

TEST_CASE("write_where_named: a pipe is written into, and stays one") {
  const test::TemporaryFolder folder;
  const fs::path pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_FALSE(problem(pipe, kNew, base::write_where_named).empty());  // nobody reads it
  const base::Descriptor reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  REQUIRE(reader.valid());
  base::write_where_named(pipe, kNew);
  Bytes read(10);
  CHECK(::read(reader.get(), read.data(), read.size()) == static_cast<ssize_t>(kNew.size()));
  CHECK(fs::is_fifo(pipe));
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("write_where_named: a device stays one") {
  // One of our own, so that a mistake can't cost the machine its device: where we may make and open such.
  const test::TemporaryFolder folder;
  const fs::path full = folder / "full";
  constexpr unsigned kMemoryDevices = 1, kFull = 7;
  if (::mknod(full.c_str(), S_IFCHR | 0600, makedev(kMemoryDevices, kFull)) != 0) return;
  if (!base::Descriptor(::open(full.c_str(), O_WRONLY | O_CLOEXEC)).valid()) return;
  CHECK(problem(full, kNew, base::write_where_named) == "no space left on device");
  CHECK(fs::is_character_file(full));
}

TEST_CASE("write_file: failures say why and leave everything as it was") {
  const test::TemporaryFolder folder;
  CHECK(problem(folder / "missing/a", kNew) == "the folder does not exist");
  fs::create_directories(folder / "taken/inside");
  CHECK_FALSE(problem(folder / "taken", kNew).empty());
  CHECK(entries(folder.path()) == 1);
  if (::geteuid() != 0) {
    fs::create_directory(folder / "closed");
    fs::permissions(folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
    CHECK(problem(folder / "closed/a", kNew) == "permission denied");
    fs::permissions(folder / "closed", fs::perms::owner_all);
  }
}

TEST_CASE("write_file: a file that can't grow is removed, the old one stays") {
  const test::TemporaryFolder folder;
  base::write_file(folder / "a", kOld);
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 4096;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string text = problem(folder / "a", Bytes(100000, 1));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(text == "file too large");
  CHECK(base::read_file(folder / "a") == kOld);
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("write_if_changed: the same bytes are left untouched") {
  const test::TemporaryFolder folder;
  CHECK(base::write_if_changed(folder / "a", kOld));
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(folder / "a", long_ago);
  const auto stamp = fs::last_write_time(folder / "a");
  CHECK_FALSE(base::write_if_changed(folder / "a", kOld));
  CHECK(fs::last_write_time(folder / "a") == stamp);
  CHECK(base::write_if_changed(folder / "a", Bytes{'o', 'l', 'D'}));  // of the same length
  CHECK(fs::last_write_time(folder / "a") != stamp);
  CHECK(base::holds(folder / "a", Bytes{'o', 'l', 'D'}));
  CHECK_FALSE(base::holds(folder / "a", Bytes{'o', 'l'}));
  CHECK_FALSE(base::holds(folder / "missing", {}));
}

TEST_CASE("remove_leftovers: what a dead writer left goes, all else stays") {
  const test::TemporaryFolder folder;
  for (const char* name : {".imgmill-1-0.tmp", "a.tmp", ".imgmill-1-0.svg", "a"}) folder.write(name, "half");
  fs::create_directory(folder / ".imgmill-2-0.tmp");
  fs::create_symlink(folder / "a", folder / ".imgmill-3-0.tmp");
  base::remove_leftovers(folder.path());
  CHECK_FALSE(fs::exists(folder / ".imgmill-1-0.tmp"));
  CHECK(entries(folder.path()) == 5);
  base::remove_leftovers(folder / "missing");
}

TEST_CASE("remove_leftovers: a living writer isn't disturbed") {
  const test::TemporaryFolder folder;
  std::atomic<bool> done = false;
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] {
      while (!done) base::remove_leftovers(folder.path());
    });
    threads.emplace_back([&] {
      constexpr int kWrites = 3000;
      for (int i = 0; i < kWrites; ++i) {
        try {
          base::write_file(folder / "a", kNew);
        } catch (const base::Error&) {
          failures += 1;
        }
      }
      done = true;
    });
  }
  CHECK(failures == 0);
  CHECK(base::read_file(folder / "a") == kNew);
  CHECK(entries(folder.path()) == 1);
}

}  // namespace
}  // namespace imgmill
