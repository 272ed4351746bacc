// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Bounds for the figures of a run, looked at when it has ended. A figure that the run has none of (a hit rate without a
// look-up, a mean over no items) sets off nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/outcome.h"

namespace imgmill::report {

struct Alert {
  std::string figure;  // cpu, memory, hit_rate, error_rate: %; item_seconds: s
  bool above = true;   // else: below
  double bound = 0;
};

// "cpu>85,hit_rate<70", and back. Throws Error{usage} with a message that starts with "must be".
std::vector<Alert> parse_alerts(std::string_view text);
std::string format_alerts(std::span<const Alert> alerts);

// A line for each that the run sets off: "memory is 91.2 %, over 80 %".
std::vector<std::string> set_off(std::span<const Alert> alerts, const pipeline::Summary& summary);

}  // namespace imgmill::report
