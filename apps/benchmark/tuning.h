// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `imgmill bench convert --tune` does: parameters that suit some images better than a preset's, found on half of
// them and proved on the other half.
#pragma once

#include <span>
#include <string>

#include "benchmark/matrix.h"

namespace imgmill::apps {

// Returns the exit code: 3 where nothing better was found, and then nothing is written. Throws Error.
int run_tuning(const std::string& subcommand, const MatrixOptions& options, std::span<char* const> arguments);

}  // namespace imgmill::apps
