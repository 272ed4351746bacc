// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A folder for what is made and not kept; it goes with its object.
#pragma once

#include <filesystem>

namespace imgmill::apps {

class Scratch {
 public:
  Scratch();  // throws Error{output}
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace imgmill::apps
