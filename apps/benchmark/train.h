// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `imgmill bench --train` does: the models of profile and --preset auto, learned from measured examples.
#pragma once

#include <span>

namespace imgmill::apps {

// Returns the exit code; throws Error.
int run_train(std::span<char* const> arguments);

}  // namespace imgmill::apps
