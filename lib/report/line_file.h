// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lines that are there for their reader as soon as they are written: to a file or standard output, without a buffer.
#pragma once

#include <string>

#include "base/descriptor.h"

namespace imgmill::report {

class LineFile {
 public:
  // `path` "-" is standard output. Throws Error{usage}, naming --json, when the file can't be made.
  explicit LineFile(const std::string& path);

  // `line` without its end.
  void write(std::string line);

  // Why lines were lost; empty where none was. A reader that closed its pipe had enough: that is no loss.
  const std::string& problem() const { return problem_; }

 private:
  base::Descriptor file_;  // invalid: standard output
  bool closed_ = false;
  std::string problem_;
};

}  // namespace imgmill::report
