// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Locks among the threads and processes of a machine, as many as there are numbers, in one empty file: each is one
// byte of it, locked by an open file description of its own. The kernel frees it with the process, however that ends,
// so none is ever left behind.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/descriptor.h"

namespace imgmill::cache {

class LockFile {
 public:
  enum class Outcome {
    locked,
    taken,       // by another
    impossible,  // no permission, no such folder, or a file system without locks
  };
  struct Lock {
    Outcome outcome = Outcome::impossible;
    base::Descriptor held;  // its end is the lock's end
  };

  // The file is made when it is first needed; its folder has to be there.
  explicit LockFile(std::filesystem::path path) : path_(std::move(path)) {}

  // `number` below 2^63.
  Lock try_lock(std::uint64_t number) const;
  // Tries again and again for so long.
  Lock lock(std::uint64_t number, std::chrono::milliseconds patience) const;

 private:
  std::filesystem::path path_;
};

}  // namespace imgmill::cache
