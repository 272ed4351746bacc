// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The exit codes, as scripts and CI jobs rely on them.
#pragma once

namespace imgmill::apps {

enum ExitCode : int {
  kAllWell = 0,
  kSomeFailed = 1,
  kUsage = 2,
  kGateFailed = 3,  // --check or --max-bytes doesn't hold
  kNoInput = 4,
  kInterrupted = 130,
};

}  // namespace imgmill::apps
