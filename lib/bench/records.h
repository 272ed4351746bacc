// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Results as lines of JSON: what was run where first, then what each entrant made of each image, every timed run as
// soon as it is over, and how it ended. Whatever is missing at the end is missing in what is read back; the rest
// counts. docs/reports.md has the keys.
#pragma once

#include <string>
#include <string_view>

#include "bench/results.h"

namespace imgmill::bench {

inline constexpr int kSchemaVersion = 1;  // of a history's lines too

// Each a JSON object without a line end.
std::string start_record(const Results& results);
std::string made_record(const Results& results, std::size_t entrant, std::size_t image);
std::string sample_record(const Results& results, std::size_t entrant, std::size_t image, const Sample& sample);
std::string round_record(const Results& results, const Round& round);
std::string end_record(const Results& results);

// All of it, in the order in which a run writes it.
std::string to_records(const Results& results);

// Whether a text is what start_record begins, and not another kind of records.
bool are_bench_records(std::string_view text);

// Back from records; without the last one they are of a run that was interrupted. `file` is for messages. Throws
// Error{input} with the number of the line: what is no record, is of another version, or names what the first line
// doesn't.
Results read_results(std::string_view text, const std::string& file);

}  // namespace imgmill::bench
