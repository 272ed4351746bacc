// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a batch of images is, as a table: class, features, and what should be done with each.
#pragma once

#include <cstdio>
#include <vector>

#include "pipeline/sink.h"

namespace imgmill::report {

// Says on `stream` what is known of the images, in the order of the inputs, when all are done.
class PortraitSink : public pipeline::Sink {
 public:
  explicit PortraitSink(std::FILE* stream) : stream_(stream) {}
  void item(const pipeline::Outcome& outcome) override;
  void end(const pipeline::Summary& summary) override;

 private:
  std::FILE* stream_;
  std::vector<pipeline::Outcome> rows_;
};

}  // namespace imgmill::report
