// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Connected patches in one scan over the rows: runs of pixels with labels of which some turn out to be one (union-find
// over the labels), written to the picture once all is known.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imgmill::trace {

class LabelRuns {
 public:
  static constexpr std::int32_t kNone = -1;  // a run that is of no patch

  explicit LabelRuns(int width) : width_(width) {}

  std::int32_t fresh_label() {
    parent_.push_back(static_cast<std::int32_t>(parent_.size()));
    return parent_.back();
  }
  // The label that one stands for by now.
  std::int32_t root(std::int32_t label) {
    while (parent_[label] != label) label = parent_[label] = parent_[parent_[label]];
    return label;
  }
  // Of two that are roots; returns the one of both.
  std::int32_t unite(std::int32_t a, std::int32_t b) { return parent_[std::max(a, b)] = std::min(a, b); }

  // Row by row from the left, without a gap.
  void add(int begin, std::int32_t label) { runs_.push_back({begin, label}); }
  std::size_t count() const { return runs_.size(); }
  int begin(std::size_t run) const { return runs_[run].begin; }
  int end(std::size_t run) const {
    return run + 1 < runs_.size() && runs_[run + 1].begin > 0 ? runs_[run + 1].begin : width_;
  }
  std::int32_t label(std::size_t run) const { return runs_[run].label; }

  // The patch of each label, numbered in the order of their first labels.
  struct Numbers {
    std::vector<std::int32_t> of;
    std::int32_t count = 0;
  };
  Numbers numbers() const {
    Numbers numbers{std::vector<std::int32_t>(parent_.size()), 0};
    for (std::size_t k = 0; k < parent_.size(); ++k) {  // a parent always comes before its children
      numbers.of[k] = parent_[k] == static_cast<std::int32_t>(k) ? numbers.count++ : numbers.of[parent_[k]];
    }
    return numbers;
  }
  // Per pixel, by such numbers.
  std::vector<std::int32_t> written(const Numbers& numbers, std::size_t pixels) const {
    std::vector<std::int32_t> out;
    out.reserve(pixels);
    for (std::size_t k = 0; k < runs_.size(); ++k) {
      const std::int32_t label = runs_[k].label;
      out.insert(out.end(), static_cast<std::size_t>(end(k) - begin(k)), label == kNone ? kNone : numbers.of[label]);
    }
    return out;
  }

 private:
  struct Run {
    std::int32_t begin, label;
  };
  int width_;
  std::vector<std::int32_t> parent_;  // by label
  std::vector<Run> runs_;
};

}  // namespace imgmill::trace
