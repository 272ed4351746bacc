// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say of a batch in words, for the console and for rendered reports alike. All of it is printable.
#pragma once

#include <string>

#include "pipeline/outcome.h"

namespace imgmill::report {

// Why the output's gate doesn't hold; empty where it does.
std::string gate_text(const pipeline::Output& output);

// "10 written, 2 failed"; "nothing" for no items.
std::string counts_text(const pipeline::Summary& summary);

// The whole batch in a line.
std::string totals_text(const pipeline::Summary& summary);

// How a result came about: the tracer's engine, or its variant and format.
std::string result_name(const pipeline::Outcome& row, const pipeline::Output& output);

}  // namespace imgmill::report
