// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Records for programs: one JSON object a line, an item as soon as it is done, the summary last. The keys and their
// meaning are a contract: new ones may come, none goes or changes without a new schema_version. record_fields.h has
// them.
#pragma once

#include <string>

#include "pipeline/sink.h"
#include "report/line_file.h"

namespace imgmill::report {

// Each a JSON object without a line end. Absent values are left out.
std::string item_record(const pipeline::Outcome& outcome, bool dry_run);
std::string summary_record(const pipeline::Summary& summary);

class NdjsonSink : public pipeline::Sink {
 public:
  // `path` "-" is standard output. Throws Error{usage} when the file can't be made.
  NdjsonSink(const std::string& path, bool dry_run) : file_(path), dry_run_(dry_run) {}

  void item(const pipeline::Outcome& outcome) override;
  void end(const pipeline::Summary& summary) override;

  // Why records were lost; empty where none was. A reader that closed its pipe had enough: that is no loss.
  const std::string& problem() const { return file_.problem(); }

 private:
  LineFile file_;
  bool dry_run_;
};

}  // namespace imgmill::report
