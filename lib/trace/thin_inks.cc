// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/thin_inks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace imgmill::trace {
namespace {

class InkChooser {
 public:
  InkChooser(const PaintMap& map, std::vector<ShownInk>& shown, const base::Stop& stop)
      : map_(map), shown_(shown), stop_(stop) {}

  void run() {
    std::vector<std::size_t> words, rest;
    for (std::size_t k = 0; k < shown_.size(); ++k) (shown_[k].group->area >= kWord ? words : rest).push_back(k);
    std::vector<float> depths;
    for (std::size_t k = 0; k < shown_.size(); ++k) depths.push_back(depth(k));
    std::stable_sort(words.begin(), words.end(), [&](std::size_t a, std::size_t b) { return depths[a] > depths[b]; });
    std::vector<std::uint8_t> done(shown_.size());
    std::vector<Paint> inks;
    for (const ShownInk& s : shown_) inks.push_back(s.ink);
    for (auto from = words.begin(); from != words.end(); ++from) {
      const std::size_t first = *from;
      if (done[first]) continue;
      stop_.check();
      const Paint ink = solid(shown_[first].most >= kPure ? shown_[first].ink : extreme(first));
      for (auto at = from; at != words.end() && depths[*at] >= kAlike * depths[first]; ++at) {
        if (done[*at] || !is_along(*at, first)) continue;
        done[*at] = 1;
        inks[*at] = ink;
      }
    }
    const std::vector<std::vector<std::size_t>> lines = by_rows(words);
    for (const std::size_t k : rest) {
      stop_.check();
      if (const std::size_t word = nearest_word(k, lines); word != k) inks[k] = inks[word];
    }
    for (std::size_t k = 0; k < shown_.size(); ++k) shown_[k].ink = inks[k];
  }

 private:
  static constexpr std::int64_t kWord = 20;  // px of ink that is not less by chance
  static constexpr float kPure = 0.93f, kAlike = 0.88f;
  static constexpr int kFar = 40, kRows = 64;  // px

  // What is nearly opaque is.
  static Paint solid(Paint paint) { return paint.a < kAlike * 255 ? paint : paint * (255 / paint.a); }
  Paint ground(std::size_t k) const { return map_.paints[shown_[k].group->ground].paint; }
  Paint extreme(std::size_t k) const { return ground(k) + (shown_[k].ink - ground(k)) * shown_[k].most; }
  float depth(std::size_t k) const { return std::sqrt(distance2(extreme(k), ground(k))); }

  // Whether it may show the ink of another one, or less of it.
  bool is_along(std::size_t k, std::size_t of) const {
    constexpr float kBeside = 8;  // levels
    if (shown_[k].group->ground != shown_[of].group->ground) return false;
    const Paint color = extreme(k), full = extreme(of), none = ground(of);
    return distance2(color, none + (full - none) * share(color, full, none)) <= kBeside * kBeside;
  }

  // By how many times kRows rows, those that are there or begin so far above that they may be near.
  std::vector<std::vector<std::size_t>> by_rows(const std::vector<std::size_t>& words) const {
    std::vector<std::vector<std::size_t>> lines;
    for (const std::size_t word : words) {
      const Window& at = shown_[word].group->window;
      const auto last = static_cast<std::size_t>((at.bottom + kFar) / kRows);
      if (lines.size() <= last) lines.resize(last + 1);
      for (auto k = static_cast<std::size_t>(std::max(at.top - kFar, 0) / kRows); k <= last; ++k) {
        lines[k].push_back(word);
      }
    }
    return lines;
  }

  std::size_t nearest_word(std::size_t k, const std::vector<std::vector<std::size_t>>& lines) const {
    const Window& a = shown_[k].group->window;
    const auto line = static_cast<std::size_t>(a.top / kRows);
    if (line >= lines.size()) return k;
    std::size_t found = k;
    int least = kFar;
    for (const std::size_t word : lines[line]) {
      const Window& b = shown_[word].group->window;
      const int across = std::max({a.left - b.right, b.left - a.right, 0});
      const int down = std::max({a.top - b.bottom, b.top - a.bottom, 0});
      if (across + 2 * down >= least || !is_along(k, word) || depth(k) > depth(word) / kAlike) continue;
      least = across + 2 * down, found = word;
    }
    return found;
  }

  const PaintMap& map_;
  std::vector<ShownInk>& shown_;
  const base::Stop& stop_;
};

}  // namespace

void choose_inks(const PaintMap& map, std::vector<ShownInk>& shown, const base::Stop& stop) {
  InkChooser(map, shown, stop).run();
}

}  // namespace imgmill::trace
