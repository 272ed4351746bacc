// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a web page needs to know of the variants that were made: a JSON manifest, and a <picture> element an image.
// Written once, at the end, whole; paths in it are relative to its folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/outcome.h"
#include "pipeline/sink.h"

namespace imgmill::report {

// The sources from the best compression to the most widely known format, each with its widths.
std::string picture_element(const pipeline::Outcome& outcome, const std::filesystem::path& relative_to);

class SrcsetSink : public pipeline::Sink {
 public:
  // FILE gets the manifest, FILE with .html in place of its ending the elements.
  explicit SrcsetSink(std::filesystem::path file) : file_(std::move(file)) {}
  void item(const pipeline::Outcome& outcome) override;
  // Throws Error{output}.
  void end(const pipeline::Summary& summary) override;

 private:
  std::filesystem::path file_;
  std::vector<pipeline::Outcome> items_;
};

}  // namespace imgmill::report
