// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What to change, where the figures of a run show it. docs/profile.md has a row for each rule, by the same name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/time_figures.h"

namespace imgmill::report {

struct Advice {
  std::string_view rule;
  std::string text;
};

// In the order of the rules; none where nothing was measured.
std::vector<Advice> advice(const TimeFigures& figures, const Asked& asked, const pipeline::Summary& summary);

// The names of all rules.
std::vector<std::string_view> advice_rules();

}  // namespace imgmill::report
