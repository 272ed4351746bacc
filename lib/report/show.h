// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run's records for people: totals, problems, where the time went, and every item.
#pragma once

#include <string>
#include <vector>

#include "report/records.h"
#include "report/sheet.h"

namespace imgmill::report {

enum class ShowAs { text, markdown, html, json };

// `run` has a summary. HTML is one file without scripts, light or dark as its reader wishes; JSON is one object with
// the records unchanged in "items" and "summary".
std::string show(const RunRecords& run, ShowAs format);

// The records as they stand in a file: a line an item, the summary last.
std::string to_ndjson(const RunRecords& run);

}  // namespace imgmill::report
