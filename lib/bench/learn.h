// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// From measured examples to the forests that tell classes and what a preset will give, with the errors to expect of
// them: cross-validated, a drawing never on both sides.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "features/classify.h"
#include "features/features.h"
#include "pipeline/outcome.h"
#include "plan/expect.h"

namespace imgmill::bench {

struct Example {
  std::string group;                    // all pictures of one drawing
  std::optional<features::Class> kind;  // where somebody said
  features::Features features;
  double pixels = 0;
  std::map<std::string, plan::Expected> measured;  // by preset
};

// From what run_example gave, or a record of it; `path` is the input's. FOLDER/text/logo.png and
// FOLDER/text/logo/512.png are text, of the group text/logo: the first folder on the relative path that is named after
// a class says which. Throws Error{input} where features are missing.
Example example_of(const std::filesystem::path& path, const pipeline::Outcome& outcome);

struct Learned {
  // Of the forest's answers for examples that it had not seen, by true class and given one.
  using Confusion = std::array<std::array<int, features::kClasses.size()>, features::kClasses.size()>;
  Confusion by_model{}, by_rules{};
  std::vector<std::pair<std::string, double>> figures;  // kept with the forests
};

// The share of the examples on the diagonal.
double accuracy(const Learned::Confusion& confusion);

// Writes the forests, trained on all examples, to `path`. The same examples in the same order give the same forests.
// Throws Error{input} where there are too few examples, and as plan::train does.
Learned learn(const std::filesystem::path& path, std::span<const Example> examples);

}  // namespace imgmill::bench
