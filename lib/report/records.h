// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Records of runs, read back: the items as text and as outcomes, and the summaries that close them. Joining is what
// makes one run of its shards. Lines of items are never written anew, so that keys which this version doesn't know
// stay.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/outcome.h"

namespace imgmill::report {

// Keeps what the views in outcomes point to: it outlives them.
class Names {
 public:
  std::string_view keep(std::string_view name) { return *names_.emplace(name).first; }

 private:
  std::set<std::string, std::less<>> names_;
};

struct ItemRecord {
  std::string line;  // the record as it stood, without its line end
  pipeline::Outcome outcome;
};

struct RunRecords {
  std::string file;  // for messages
  std::vector<ItemRecord> items;
  std::optional<pipeline::Summary> summary;  // none: the run was ended before it could write one
  bool cut_off = false;                      // in the middle of a line, which is left out
};

// The runs in `text`, each closed by its summary; the last may lack one. `file` is named in messages. Throws
// Error{input} with the number of the line: what is no record, a schema_version that is not ours, a key of the wrong
// type. An empty text is one run that was cut off at once.
std::vector<RunRecords> read_records(std::string_view text, const std::string& file, Names& names);

struct JoinedRecords {
  RunRecords whole;                   // always with a summary
  std::vector<std::string> warnings;  // why this may not be what one run over everything would have written
};

// What one run would have written: the items in the order of their paths (a run writes them as they are done), and one
// summary, times of which are those of runs side by side. Throws Error{input} for an input that two records are about.
JoinedRecords join(std::vector<RunRecords> runs);

}  // namespace imgmill::report
