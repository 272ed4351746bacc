// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/merge.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "trace/cost_queue.h"
#include "trace/region_models.h"
#include "trace/runs.h"

namespace imgmill::trace {
namespace {

constexpr std::int32_t kNone = CostQueue::kNone;

struct Sums {
  std::int64_t r = 0, g = 0, b = 0, a = 0, area = 0;
};

// Two regions and the length of their common boundary. Side 0 and 1 are links in the lists of either end.
struct Edge {
  std::int32_t end[2];
  std::int32_t next[2];
  float length;  // 0: dropped, another edge has taken its part
};

template <class Model>
class Merger {
 public:
  Merger(Regions& regions, const Raster& raster, const MergeOptions& options, const base::Stop& stop)
      : regions_(regions), options_(options), stop_(stop), parent_(regions.regions.size()) {
    for (std::size_t i = 0; i < parent_.size(); ++i) parent_[i] = static_cast<std::int32_t>(i);
    add_up(raster);
    collect_edges();
    link_edges();
  }

  void run() {
    CostQueue queue(edges_.size());
    queue_ = &queue;
    for (std::int32_t e = static_cast<std::int32_t>(edges_.size()); e-- > 0;) {
      if (e % 65536 == 0) stop_.check();
      requeue(e, edges_[e].end[0], edges_[e].end[1]);
    }
    do {
      merge_cheapest();
    } while (clean_hubs());
    queue_ = nullptr;
    relabel();
  }

 private:
  struct Node {
    Model model;
    std::int32_t head = kNone, tail = kNone;  // half-edges: 2·edge + side
    std::int32_t links = 0, links_when_clean = 0;
    float area_when_clean = 0;
    bool dirty = false;
    float area() const { return static_cast<float>(model.area); }
  };

  // A node with more links than this is a hub: its list is cleaned only now and then, so that a background that takes
  // in a hundred thousand specks doesn't walk over all its neighbours each time.
  static constexpr int kHubLinks = 48;
  static constexpr float kHubGrowth = 1.25F;

  bool pinned(std::int32_t label) const {
    return static_cast<std::size_t>(label) < options_.pinned.size() && options_.pinned[label];
  }

  std::int32_t find(std::int32_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }

  void add_up(const Raster& raster) {
    if constexpr (std::is_same_v<Model, Slope>) return add_up_slopes(raster);
    sums_.resize(regions_.regions.size());
    for (std::size_t i = 0; i < regions_.label.size(); ++i) {
      if (i % 65536 == 0) stop_.check();
      if (regions_.label[i] < 0) continue;
      Sums& sums = sums_[regions_.label[i]];
      const Sample sample = raster.at[i];
      sums.r += sample.r;
      sums.g += sample.g;
      sums.b += sample.b;
      sums.a += sample.a;
      ++sums.area;
    }
    nodes_.resize(sums_.size());
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      if (sums_[i].area == 0) continue;
      if constexpr (std::is_same_v<Model, Level>) nodes_[i].model = {mean(sums_[i]), float(sums_[i].area)};
      nodes_[i].area_when_clean = static_cast<float>(sums_[i].area);
    }
  }

  void add_up_slopes(const Raster& raster) {
    const std::vector<Slope> slopes = measure_slopes(regions_, raster, stop_);
    sums_.resize(slopes.size());
    nodes_.resize(slopes.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const Slope& slope = slopes[i];
      if (slope.area == 0) continue;
      if constexpr (std::is_same_v<Model, Slope>) nodes_[i].model = slope;
      const auto whole = [](double v) { return static_cast<std::int64_t>(v); };
      sums_[i] = {whole(slope.color[0]), whole(slope.color[1]), whole(slope.color[2]), whole(slope.color[3]),
                  whole(slope.area)};
      nodes_[i].area_when_clean = nodes_[i].area();
    }
  }

  static Paint mean(const Sums& sums) {
    const double scale = 1.0 / static_cast<double>(sums.area);
    return {static_cast<float>(scale * sums.r), static_cast<float>(scale * sums.g), static_cast<float>(scale * sums.b),
            static_cast<float>(scale * sums.a)};
  }

  // Calls visit(a, b, length) with a < b for runs of pixel sides between two labels; a pair may come up many times.
  template <class Visit>
  void each_side(const Visit& visit) const {
    const int width = regions_.width;
    for (int y = 0; y < regions_.height; ++y) {
      if (y % 16 == 0) stop_.check();
      const std::int32_t* row = regions_.label.data() + static_cast<std::size_t>(y) * width;
      for (int x = 1 + alike(row + 1, row, width - 1); x < width; ++x, x += alike(row + x, row + x - 1, width - x)) {
        const std::int32_t a = row[x - 1], b = row[x];
        if (a >= 0 && b >= 0) visit(std::min(a, b), std::max(a, b), 1);
      }
      if (y + 1 == regions_.height) return;
      const std::int32_t* below = row + width;
      for (int x = 0; x < width;) {
        if (const int same = alike(row + x, below + x, width - x); same > 0) {
          x += same;
          continue;
        }
        const std::int32_t a = row[x], b = below[x];
        if (a < 0 || b < 0) {
          ++x;
          continue;
        }
        const int from = x;
        do {
          ++x;
        } while (x < width && row[x] == a && below[x] == b);
        visit(std::min(a, b), std::max(a, b), x - from);
      }
    }
  }

  // Counting sort by the lower end, then one edge a pair, in the order in which the sides are met.
  void collect_edges() {
    struct Side {
      std::int32_t to, length;
    };
    struct Met {
      std::int32_t from;
      Side side;
    };
    const std::size_t n = nodes_.size();
    std::vector<Met> met;
    std::vector<std::uint32_t> begin(n + 1);
    each_side([&](std::int32_t a, std::int32_t b, int length) {
      met.push_back({a, {b, length}});
      ++begin[a + 1];
    });
    for (std::size_t i = 0; i < n; ++i) begin[i + 1] += begin[i];
    std::vector<Side> sides(begin[n]);
    std::vector<std::uint32_t> fill(begin.begin(), begin.end() - 1);
    for (const Met& one : met) sides[fill[one.from]++] = one.side;
    std::vector<Met>().swap(met);  // gives its memory back, as clearing it would not

    seen_.assign(n, {kNone, 0});
    edges_.reserve(n * 3);
    for (std::size_t i = 0; i < n; ++i) {
      if (i % 4096 == 0) stop_.check();
      const std::int32_t a = static_cast<std::int32_t>(i);
      const std::int32_t first = static_cast<std::int32_t>(edges_.size());
      if (pinned(a)) continue;
      for (std::uint32_t s = begin[i]; s < begin[i + 1]; ++s) {
        const auto [b, length] = sides[s];
        if (seen_[b].edge >= first) {
          edges_[seen_[b].edge].length += static_cast<float>(length);
        } else if (!pinned(b)) {
          seen_[b].edge = static_cast<std::int32_t>(edges_.size());
          edges_.push_back({{a, b}, {kNone, kNone}, static_cast<float>(length)});
        }
      }
    }
  }

  void link_edges() {
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      if (e % 65536 == 0) stop_.check();
      for (int side = 0; side < 2; ++side) append(nodes_[edges_[e].end[side]], static_cast<std::int32_t>(2 * e + side));
    }
    for (Node& node : nodes_) node.links_when_clean = node.links;
  }

  std::int32_t& next(std::int32_t link) { return edges_[link >> 1].next[link & 1]; }

  void append(Node& node, std::int32_t link) {
    next(link) = kNone;
    (node.head == kNone ? node.head : next(node.tail)) = link;
    node.tail = link;
    ++node.links;
  }

  float cost(const Node& u, const Node& v, float length) const {
    return Model::cost(u.model, v.model, length + options_.per_region);
  }

  // Queues the edge, whose ends are u and v by now, where that makes it come up sooner. One that has become dearer
  // stays where it is: it is looked at again when it comes up.
  void requeue(std::int32_t e, std::int32_t u, std::int32_t v) {
    const float now = cost(nodes_[u], nodes_[v], edges_[e].length);
    if (now >= options_.lambda) return;
    if (queue_->cheaper_than_queued(e, now)) queue_->push(e, now);
  }

  void merge_cheapest() {
    for (std::uint32_t steps = 0;; ++steps) {
      if (steps % 4096 == 0) stop_.check();
      const auto [e, popped_bucket] = queue_->pop();
      if (e == kNone) return;
      const Edge& edge = edges_[e];
      const std::int32_t u = find(edge.end[0]), v = find(edge.end[1]);
      if (u == v || edge.length == 0) continue;
      const float now = cost(nodes_[u], nodes_[v], edge.length);
      if (now >= options_.lambda) continue;
      if (CostQueue::bucket(now) > popped_bucket) {
        queue_->push(e, now);
      } else {
        unite(u, v);
      }
    }
  }

  void unite(std::int32_t u, std::int32_t v) {
    if (nodes_[u].links > nodes_[v].links || (nodes_[u].links == nodes_[v].links && u < v)) std::swap(u, v);
    Node& taken = nodes_[u];
    Node& root = nodes_[v];
    parent_[u] = v;
    root.model.take(taken.model);
    const float area = root.area();

    const bool hub = root.links > kHubLinks &&
                     static_cast<float>(root.links) < kHubGrowth * static_cast<float>(root.links_when_clean) &&
                     area < kHubGrowth * root.area_when_clean;
    if (hub && queue_ != nullptr) {
      for (std::int32_t link = taken.head; link != kNone; link = next(link)) {
        const Edge& edge = edges_[link >> 1];
        const std::int32_t w = find(edge.end[(link & 1) ^ 1]);
        if (edge.length > 0 && w != v) requeue(link >> 1, w, v);
      }
    }
    if (taken.head != kNone) {
      (root.head == kNone ? root.head : next(root.tail)) = taken.head;
      root.tail = taken.tail;
      root.links += taken.links;
    }
    if (!hub) {
      clean(v);
    } else if (!root.dirty) {
      root.dirty = true;
      hubs_.push_back(v);
    }
  }

  // Leaves one link to each neighbour, and brings the edges' places in the queue up to date.
  void clean(std::int32_t v) {
    Node& node = nodes_[v];
    std::int32_t link = std::exchange(node.head, kNone);
    node.tail = kNone;
    node.links = 0;
    node.dirty = false;
    ++stamp_;
    while (link != kNone) {
      const std::int32_t e = link >> 1, following = next(link);
      Edge& edge = edges_[e];
      if (edge.length > 0) {
        const std::int32_t w = find(edge.end[(link & 1) ^ 1]);
        if (w == v) {
          edge.length = 0;
        } else if (seen_[w].stamp == stamp_) {
          edges_[seen_[w].edge].length += edge.length;
          edge.length = 0;
        } else {
          seen_[w] = {e, stamp_};
          edge.end[link & 1] = v;
          edge.end[(link & 1) ^ 1] = w;
          append(node, link);
        }
      }
      link = following;
    }
    node.links_when_clean = node.links;
    node.area_when_clean = node.area();
    if (queue_ == nullptr) return;
    for (link = node.head; link != kNone; link = next(link)) {
      requeue(link >> 1, v, edges_[link >> 1].end[(link & 1) ^ 1]);
    }
  }

  // Whether there was a hub that had to be brought up to date, so that cheap edges may have come up.
  bool clean_hubs() {
    bool any = false;
    for (const std::int32_t hub : std::exchange(hubs_, {})) {
      if (parent_[hub] != hub || !nodes_[hub].dirty) continue;
      clean(hub);
      any = true;
    }
    return any;
  }

  void relabel() {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      if (i % 65536 == 0) stop_.check();
      const std::int32_t root = find(static_cast<std::int32_t>(i));
      if (root == static_cast<std::int32_t>(i)) continue;
      Sums& into = sums_[root];
      into.r += sums_[i].r;
      into.g += sums_[i].g;
      into.b += sums_[i].b;
      into.a += sums_[i].a;
      into.area += sums_[i].area;
    }
    stop_.check();
    regions_.regions.clear();
    std::vector<std::int32_t> compact(nodes_.size(), kNone);  // by old label, found once
    std::vector<std::int32_t> of_root(nodes_.size(), kNone);
    for (std::size_t i = 0; i < regions_.label.size();) {
      const auto most = static_cast<int>(std::min<std::size_t>(regions_.label.size() - i, 1 << 16));
      std::int32_t* const begin = &regions_.label[i];
      const int n = 1 + alike(begin + 1, begin, most - 1);
      i += static_cast<std::size_t>(n);
      const std::int32_t label = *begin;
      if (label < 0) continue;
      if (compact[label] == kNone) {
        const std::int32_t root = find(label);
        if (of_root[root] == kNone) {
          of_root[root] = static_cast<std::int32_t>(regions_.regions.size());
          regions_.regions.push_back({mean(sums_[root]), static_cast<std::int32_t>(sums_[root].area)});
        }
        compact[label] = of_root[root];
      }
      std::fill_n(begin, n, compact[label]);
    }
  }

  struct Seen {
    std::int32_t edge, stamp;
  };

  Regions& regions_;
  const MergeOptions& options_;
  const base::Stop& stop_;
  std::vector<std::int32_t> parent_;
  std::vector<Sums> sums_;  // of the labels as given; added up over the unions at the end
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<Seen> seen_;  // by node: the edge that leads there, for the cleaning numbered `stamp`
  std::vector<std::int32_t> hubs_;
  std::int32_t stamp_ = 0;
  CostQueue* queue_ = nullptr;
};

}  // namespace

void merge_regions(Regions& regions, const Raster& raster, const MergeOptions& options, const base::Stop& stop) {
  if (options.slopes) {
    Merger<Slope>(regions, raster, options, stop).run();
  } else {
    Merger<Level>(regions, raster, options, stop).run();
  }
}

}  // namespace imgmill::trace
