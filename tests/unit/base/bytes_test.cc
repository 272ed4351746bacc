// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "base/error.h"
#include "base/temporary_folder.h"

namespace imgmill {
namespace {

using base::Bytes;

std::string problem(const std::filesystem::path& path) {
  try {
    base::read_file(path);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.what();
  }
  return "";
}

TEST_CASE("read_file: whole files, empty ones too") {
  const test::TemporaryFolder folder;
  CHECK(base::read_file(folder.write("a", "abc")) == Bytes{'a', 'b', 'c'});
  CHECK(base::read_file(folder.write("empty", "")).empty());
  const std::string large(300000, 'x');
  CHECK(base::read_file(folder.write("large", large)).size() == large.size());
  CHECK(base::read_file("/proc/self/status").size() > 100);  // says 0 as its size
}

TEST_CASE("read_file: says what is wrong") {
  const test::TemporaryFolder folder;
  CHECK(problem(folder / "missing") == "no such file");
  CHECK(problem(folder.path()) == "is a folder");
  CHECK(problem(folder.write("file", "") / "below") == "not a directory");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(problem(folder / "pipe") == "is no regular file");  // and does not wait for a writer
  const auto closed = folder.write("closed", "x");
  ::chmod(closed.c_str(), 0);
  if (::geteuid() != 0) CHECK(problem(closed) == "permission denied");
}

TEST_CASE("read_descriptor: a pipe to its end") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string text(200000, 'y');
  std::thread writer([&] {
    for (std::size_t at = 0; at < text.size();)
      at += static_cast<std::size_t>(::write(ends[1], &text[at], text.size() - at));
    ::close(ends[1]);
  });
  const Bytes bytes = base::read_descriptor(ends[0]);
  writer.join();
  ::close(ends[0]);
  CHECK(bytes.size() == text.size());
  CHECK_THROWS_AS(base::read_descriptor(ends[0]), base::Error);
}

}  // namespace
}  // namespace imgmill
