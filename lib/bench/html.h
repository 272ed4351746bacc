// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A benchmark as one page: charts, tables, and the images that came out worst.
#pragma once

#include <span>
#include <string>

#include "bench/pictures.h"
#include "bench/results.h"

namespace imgmill::bench {

// One file without scripts. `worst` may be empty: results that were read from a file have no pictures any more.
std::string to_html(const Results& results, std::span<const Pictured> worst);

}  // namespace imgmill::bench
