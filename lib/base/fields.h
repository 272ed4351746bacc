// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The description of a parameter struct as one table: it drives the flags, the preset files, --explain, the report
// and the cache key, so that no parameter is written down twice.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace imgmill::base {

template <class Struct>
struct Field {
  std::string_view name;  // snake_case, as in a preset file; the flag is the same with '-'
  std::variant<int Struct::*, double Struct::*> member;
  double min, max;  // inclusive
  std::string_view unit;  // "px", "degrees", "levels", "bits", "count"; empty where it has none
  std::string_view help;  // one sentence, what it does in this program
};

}  // namespace imgmill::base
