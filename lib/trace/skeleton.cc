// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/skeleton.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace imgmill::trace {
namespace {

struct Step {
  int x, y;
};
// Clockwise from the pixel above.
constexpr std::array<Step, 8> kAround{{{0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}}};

// Distance to what is no line, in thirds of a pixel (Borgefors 1986).
std::vector<std::int32_t> distances(const Bits& bits) {
  constexpr std::int32_t kFar = 1 << 28, kSide = 3, kDiagonal = 4;
  const int w = bits.width, h = bits.height;
  std::vector<std::int32_t> out(bits.at.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = bits.at[i] != 0 ? kFar : 0;
  const auto lower = [&](int x, int y, int u, int v, std::int32_t by) {
    const bool outside = u < 0 || v < 0 || u >= w || v >= h;
    const std::int32_t other = outside ? 0 : out[static_cast<std::size_t>(v) * w + u];
    std::int32_t& own = out[static_cast<std::size_t>(y) * w + x];
    own = std::min(own, other + by);
  };
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      lower(x, y, x - 1, y, kSide), lower(x, y, x, y - 1, kSide);
      lower(x, y, x - 1, y - 1, kDiagonal), lower(x, y, x + 1, y - 1, kDiagonal);
    }
  }
  for (int y = h; y-- > 0;) {
    for (int x = w; x-- > 0;) {
      lower(x, y, x + 1, y, kSide), lower(x, y, x, y + 1, kSide);
      lower(x, y, x + 1, y + 1, kDiagonal), lower(x, y, x - 1, y + 1, kDiagonal);
    }
  }
  return out;
}

class Thinner {
 public:
  explicit Thinner(const Bits& bits) : bits_(bits) {
    for (std::size_t i = 0; i < bits.at.size(); ++i) {
      if (bits.at[i] != 0) left_.push_back(static_cast<std::int32_t>(i));
    }
  }

  Bits run(const base::Stop& stop) {
    bool changed = true;
    while (changed) {
      stop.check();
      changed = peel(0);
      changed |= peel(1);
    }
    return std::move(bits_);
  }

 private:
  // Takes away all pixels at once that may go.
  bool peel(int side) {
    std::vector<std::int32_t> gone;
    for (const std::int32_t i : left_) {
      if (may_go(i % bits_.width, i / bits_.width, side)) gone.push_back(i);
    }
    for (const std::int32_t i : gone) bits_.at[i] = 0;
    std::erase_if(left_, [&](std::int32_t i) { return bits_.at[i] == 0; });
    return !gone.empty();
  }

  bool may_go(int x, int y, int side) const {
    std::array<bool, 8> p{};
    for (int k = 0; k < 8; ++k) p[k] = bits_(x + kAround[k].x, y + kAround[k].y);
    int parts = 0, pairs = 0, turned_pairs = 0;
    for (int k = 0; k < 8; k += 2) {
      parts += !p[k] && (p[k + 1] || p[(k + 2) % 8]);
      pairs += p[(k + 7) % 8] || p[k];
      turned_pairs += p[k] || p[k + 1];
    }
    const int neighbours = std::min(pairs, turned_pairs);
    const bool kept = side == 0 ? (p[4] || p[5] || !p[7]) && p[6] : (p[0] || p[1] || !p[3]) && p[2];
    return parts == 1 && neighbours >= 2 && neighbours <= 3 && !kept;
  }

  Bits bits_;
  std::vector<std::int32_t> left_;
};

// Follows the pixels of a thinned picture from node to node.
class ChainFinder {
 public:
  explicit ChainFinder(const Bits& thin) : thin_(thin), node_(thin.at.size(), kFreeEnd), seen_(thin.at.size()) {}

  Skeleton run() {
    for_pixels([&](std::int32_t i) {
      if (node_[i] == kFreeEnd && neighbours(i).size() > 2) grow_node(i);
    });
    for (std::size_t n = 0; n < skeleton_.nodes.size(); ++n) {
      const std::vector<std::int32_t> pixels = skeleton_.nodes[n].pixels;
      for (const std::int32_t i : pixels) {
        for (const std::int32_t next : neighbours(i)) {
          if (node_[next] == kFreeEnd && !seen_[next]) follow(next, static_cast<std::int32_t>(n));
        }
      }
    }
    for_pixels([&](std::int32_t i) {
      if (node_[i] == kFreeEnd && !seen_[i] && neighbours(i).size() < 2) follow(i, kFreeEnd);
    });
    for_pixels([&](std::int32_t i) {
      if (node_[i] != kFreeEnd || seen_[i]) return;
      follow(i, kFreeEnd);
      skeleton_.chains.back().closed = true;
    });
    return std::move(skeleton_);
  }

 private:
  template <class Visit>
  void for_pixels(Visit visit) {
    for (std::size_t i = 0; i < thin_.at.size(); ++i) {
      if (thin_.at[i] != 0) visit(static_cast<std::int32_t>(i));
    }
  }

  std::vector<std::int32_t> neighbours(std::int32_t i) const {
    std::vector<std::int32_t> out;
    const int x = i % thin_.width, y = i / thin_.width;
    for (const Step& step : kAround) {
      if (thin_(x + step.x, y + step.y)) out.push_back((y + step.y) * thin_.width + x + step.x);
    }
    return out;
  }

  // All pixels beside each other at which more than two ways lead on.
  void grow_node(std::int32_t first) {
    const auto number = static_cast<std::int32_t>(skeleton_.nodes.size());
    std::vector<std::int32_t> pixels{first};
    node_[first] = number;
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      for (const std::int32_t next : neighbours(pixels[k])) {
        if (node_[next] != kFreeEnd || neighbours(next).size() <= 2) continue;
        node_[next] = number;
        pixels.push_back(next);
      }
    }
    skeleton_.nodes.push_back({std::move(pixels)});
  }

  void follow(std::int32_t first, std::int32_t from) {
    Chain chain{{}, from, kFreeEnd, false};
    for (std::int32_t at = first; at >= 0;) {
      seen_[at] = true;
      chain.pixels.push_back(at);
      std::int32_t next = -1;
      for (const std::int32_t other : neighbours(at)) {
        // Back into the node that it came from only as a loop of some length.
        if (node_[other] != kFreeEnd && (node_[other] != from || chain.pixels.size() > 2)) chain.to = node_[other];
        if (node_[other] == kFreeEnd && !seen_[other]) next = other;
      }
      at = chain.to == kFreeEnd ? next : -1;
    }
    skeleton_.chains.push_back(std::move(chain));
  }

  const Bits& thin_;
  std::vector<std::int32_t> node_;  // per pixel
  std::vector<bool> seen_;
  Skeleton skeleton_;
};

class Pruner {
 public:
  Pruner(Skeleton& skeleton, std::vector<std::int32_t> distance)
      : skeleton_(skeleton), distance_(std::move(distance)) {}

  void run() {
    contract();
    drop_spurs();
    join_through();
  }

 private:
  // Half the width of the lines that meet in a node, px.
  double reach(std::int32_t node) const {
    std::int32_t most = 0;
    for (const std::int32_t i : skeleton_.nodes[node].pixels) most = std::max(most, distance_[i]);
    return most / 3.0;
  }

  // Where two lines cross at a slant, thinning makes two nodes and a short way between them.
  void contract() {
    for (bool changed = true; changed;) {
      changed = false;
      for (Chain& chain : skeleton_.chains) {
        if (chain.from == kFreeEnd || chain.to == kFreeEnd || chain.from == chain.to) continue;
        if (double(chain.pixels.size()) > 2.5 * std::min(reach(chain.from), reach(chain.to)) + 1) continue;
        merge_nodes(chain.from, chain.to, chain.pixels);
        chain.pixels.clear();
        changed = true;
      }
      drop_empty();
    }
  }

  void merge_nodes(std::int32_t into, std::int32_t from, const std::vector<std::int32_t>& between) {
    std::vector<std::int32_t>& pixels = skeleton_.nodes[into].pixels;
    std::vector<std::int32_t>& others = skeleton_.nodes[from].pixels;
    pixels.insert(pixels.end(), others.begin(), others.end());
    pixels.insert(pixels.end(), between.begin(), between.end());
    others.clear();
    for (Chain& chain : skeleton_.chains) {
      if (chain.from == from) chain.from = into;
      if (chain.to == from) chain.to = into;
    }
  }

  // What leads from a node no further than to the rim of the line, or back to it at once.
  void drop_spurs() {
    for (Chain& chain : skeleton_.chains) {
      const bool loop = chain.from == chain.to && chain.from != kFreeEnd;
      if (!loop && (chain.from == kFreeEnd) == (chain.to == kFreeEnd)) continue;
      const std::int32_t node = chain.from != kFreeEnd ? chain.from : chain.to;
      const double longest = loop ? 2 : 1.3 * reach(node) + 1;
      if (double(chain.pixels.size()) > longest) continue;
      chain.pixels.clear();
    }
    drop_empty();
  }

  void drop_empty() {
    std::erase_if(skeleton_.chains, [](const Chain& chain) { return chain.pixels.empty(); });
  }

  // A node at which two ends are left is a place like any other; one with a single end is its free end.
  void join_through() {
    for (std::size_t n = 0; n < skeleton_.nodes.size(); ++n) {
      const auto node = static_cast<std::int32_t>(n);
      std::vector<Chain*> ends;
      for (Chain& chain : skeleton_.chains) {
        if (chain.from == node) ends.push_back(&chain);
        if (chain.to == node) ends.push_back(&chain);
      }
      if (ends.size() > 2) continue;
      if (ends.size() == 1) {
        (ends[0]->from == node ? ends[0]->from : ends[0]->to) = kFreeEnd;
      } else if (ends.size() == 2 && ends[0] == ends[1]) {
        ends[0]->from = ends[0]->to = kFreeEnd;
        ends[0]->closed = true;
      } else if (ends.size() == 2) {
        Chain &a = *ends[0], &b = *ends[1];
        if (a.to != node) turn_around(a);
        if (b.from != node) turn_around(b);
        a.pixels.insert(a.pixels.end(), b.pixels.begin(), b.pixels.end());
        a.to = b.to;
        b.pixels.clear();
        drop_empty();
      } else if (!skeleton_.nodes[n].pixels.empty()) {
        skeleton_.chains.push_back({{skeleton_.nodes[n].pixels.front()}, kFreeEnd, kFreeEnd, false});
      }
      skeleton_.nodes[n].pixels.clear();
    }
  }

  static void turn_around(Chain& chain) {
    std::reverse(chain.pixels.begin(), chain.pixels.end());
    std::swap(chain.from, chain.to);
  }

  Skeleton& skeleton_;
  const std::vector<std::int32_t> distance_;
};

}  // namespace

Skeleton skeleton_of(const Bits& bits, const base::Stop& stop) {
  const Bits thin = Thinner(bits).run(stop);
  stop.check();
  Skeleton skeleton = ChainFinder(thin).run();
  Pruner(skeleton, distances(bits)).run();
  return skeleton;
}

}  // namespace imgmill::trace
