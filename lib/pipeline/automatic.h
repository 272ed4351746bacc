// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// For --preset auto: what the parameters of each picture are chosen from.
#pragma once

#include "base/digest.h"
#include "plan/choose.h"
#include "plan/forests.h"

namespace imgmill::pipeline {

struct Automatic {
  plan::Presets presets;
  plan::Wish wish;
  const plan::Forests* forests = nullptr;  // outlives the task
  base::Digest models;                     // of their file
};

}  // namespace imgmill::pipeline
