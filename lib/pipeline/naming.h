// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where results go. All names are settled, and all clashes found, before any work starts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pipeline/inputs.h"
#include "pipeline/job.h"

namespace imgmill::pipeline {

struct Naming {
  std::optional<std::string> output;  // -o: a folder, a file (single input only), "-"; none: beside each input
  // Below the output folder, or below the input's own root. Places: {dir} {stem} {ext} {source_ext}.
  std::string name_template = "{dir}/{stem}.{ext}";
  std::string extension = "svg";
  bool single = false;  // exactly one input was named, and no folder, pattern or list
};

// Throws Error{usage}: an unknown place in the template, a file's name for several inputs, two inputs with one output
// (both named), an output that is one of the inputs.
std::vector<Job> name_outputs(std::span<const Input> inputs, const Naming& naming);

}  // namespace imgmill::pipeline
