// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A bucket queue of edges by cost, for merging the cheapest first in near-linear time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace imgmill::trace {

// Edges ordered by cost, to within the 7 bits of mantissa that choose the bucket. An edge is moved to a cheaper bucket
// by pushing it again; the entry left behind no longer matches and is dropped when it comes up.
class CostQueue {
 public:
  static constexpr std::int32_t kNone = -1;

  explicit CostQueue(std::size_t edges) : bucket_of_(edges, kBuckets), heads_(kBuckets, kNone) {
    entries_.reserve(edges + edges / 4);
  }

  static int bucket(float cost) { return static_cast<int>(std::bit_cast<std::uint32_t>(cost) >> 16); }
  bool cheaper_than_queued(std::int32_t edge, float cost) const { return bucket(cost) < bucket_of_[edge]; }

  void push(std::int32_t edge, float cost) {
    const int at = bucket(cost);
    bucket_of_[edge] = static_cast<std::uint16_t>(at);
    std::int32_t entry = free_;
    if (entry == kNone) {
      entry = static_cast<std::int32_t>(entries_.size());
      entries_.push_back({});
    } else {
      free_ = entries_[entry].next;
    }
    entries_[entry] = {edge, heads_[at]};
    heads_[at] = entry;
    words_[at >> 6] |= std::uint64_t{1} << (at & 63);
    lowest_word_ = std::min(lowest_word_, at >> 6);
  }

  struct Popped {
    std::int32_t edge;  // kNone: the queue is empty
    int bucket;
  };
  // An edge of the cheapest bucket, which leaves the queue.
  Popped pop() {
    while (lowest_word_ < kWords) {
      if (words_[lowest_word_] == 0) {
        ++lowest_word_;
        continue;
      }
      const int at = lowest_word_ * 64 + std::countr_zero(words_[lowest_word_]);
      const std::int32_t entry = heads_[at];
      heads_[at] = entries_[entry].next;
      if (heads_[at] == kNone) words_[lowest_word_] &= words_[lowest_word_] - 1;
      entries_[entry].next = free_;
      free_ = entry;
      const std::int32_t edge = entries_[entry].edge;
      if (bucket_of_[edge] != at) continue;
      bucket_of_[edge] = kBuckets;
      return {edge, at};
    }
    return {kNone, kBuckets};
  }

 private:
  static constexpr int kBuckets = 1 << 15;  // costs are not negative, so the sign bit is free
  static constexpr int kWords = kBuckets / 64;
  struct Entry {
    std::int32_t edge, next;
  };
  std::vector<std::uint16_t> bucket_of_;  // by edge; kBuckets: not queued
  std::vector<std::int32_t> heads_;       // by bucket
  std::array<std::uint64_t, kWords> words_{};
  std::vector<Entry> entries_;
  std::int32_t free_ = kNone;
  int lowest_word_ = kWords;
};

}  // namespace imgmill::trace
