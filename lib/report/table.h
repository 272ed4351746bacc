// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The outcomes of a batch as a table of text: file, engine, SSIM, bytes, ms.
#pragma once

#include <span>
#include <string>

#include "pipeline/outcome.h"

namespace imgmill::report {

// One line an outcome in the given order, under a line of headings and above a line of means.
std::string table_text(std::span<const pipeline::Outcome> rows);

}  // namespace imgmill::report
