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
  // Below the output folder, or below the input's own root. Places: {dir} {stem} {variant} {ext} {source_ext}. Empty:
  // {dir}/{stem}.{ext}, with -{variant} after the stem where a product has one.
  std::string name_template;
  std::vector<Product> products = {Product{}};
  bool single = false;    // exactly one input was named, and no folder, pattern or list
  bool in_place = false;  // a result may take the place of its own input
  bool one_of = false;    // of the products, only one will be there; which, the picture decides
};

// What a search of a folder found below the output folder is a result of an earlier run, so it is left out where
// results are pictures themselves. Throws Error{usage}: an unknown place in the template, a file's name for several
// inputs, two inputs with one output (both named), an output that is one of the inputs, pictures beside those of a
// searched folder.
std::vector<Job> name_outputs(std::span<const Input> inputs, const Naming& naming);

}  // namespace imgmill::pipeline
