// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/flame_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "report/sheet.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using std::chrono::nanoseconds;

constexpr double kWidth = 1200, kMargin = 10, kRow = 18, kHead = 34, kFoot = 10;
constexpr double kCharacter = 6.7, kPadding = 8;  // px, of the labels
constexpr double kLeastShare = 1.0 / 20000;
constexpr std::size_t kColors = 6;

struct Frame {
  std::string name;
  nanoseconds time{};  // inner frames included
  std::vector<Frame> inner = {};
};

// The stacks come sorted, so a frame that is there already is the last one of its row.
Frame tree_of(const Stacks& stacks) {
  Frame all{"all", {}};
  for (const auto& [names, time] : stacks) {
    Frame* frame = &all;
    frame->time += time;
    for (const std::string& name : names) {
      if (frame->inner.empty() || frame->inner.back().name != name) frame->inner.push_back({name, {}});
      frame = &frame->inner.back();
      frame->time += time;
    }
  }
  return all;
}

int height_of(const Frame& frame) {
  int most = 0;
  for (const Frame& inner : frame.inner) most = std::max(most, height_of(inner));
  return most + 1;
}

// U+FFFE and U+FFFF are characters to UTF-8 and none to XML.
std::string escaped_for_svg(std::string text) {
  for (const std::string_view none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (auto at = text.find(none); at != std::string::npos; at = text.find(none)) text.replace(at, 3, "\xEF\xBF\xBD");
  }
  return escaped_for_html(text);
}

std::string label_for(const std::string& name, double width) {
  const auto room = static_cast<std::size_t>(std::max(0.0, (width - kPadding) / kCharacter));
  if (room < 3) return "";
  std::string label = fitted(printable(name), room);
  return label.erase(label.find_last_not_of(' ') + 1);
}

// The same stage has the same colour in every picture.
std::size_t color_of(const std::string& name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return (hash >> 8) % kColors;
}

class Drawing {
 public:
  Drawing(const Frame& all, double height)
      : whole_(static_cast<double>(std::max<std::int64_t>(all.time.count(), 1))), height_(height) {}

  void draw(const Frame& frame, nanoseconds before, int depth) {
    const double share = static_cast<double>(frame.time.count()) / whole_;
    if (share < kLeastShare) return;
    const double x = kMargin + static_cast<double>(before.count()) / whole_ * (kWidth - 2 * kMargin);
    const double width = share * (kWidth - 2 * kMargin), y = height_ - kFoot - kRow * (depth + 1);
    const std::string name = escaped_for_svg(frame.name);
    text_ += fmt::format(
        "<g class=\"f c{}\" tabindex=\"0\" data-n=\"{}\"><title>{}: {:.3f} ms, {:.2f} %</title>"
        "<rect x=\"{:.3f}\" y=\"{}\" width=\"{:.3f}\" height=\"{}\"/><text x=\"{:.3f}\" y=\"{}\">{}</text></g>\n",
        color_of(frame.name), name, name, static_cast<double>(frame.time.count()) / 1e6, 100 * share, x, y, width,
        kRow - 1, x + kPadding / 2, y + 12.5, escaped_for_svg(label_for(frame.name, width)));
    for (const Frame& inner : frame.inner) {
      draw(inner, before, depth + 1);
      before += inner.time;
    }
  }
  const std::string& text() const { return text_; }

 private:
  double whole_, height_;
  std::string text_;
};

constexpr std::string_view kStyle = R"(
svg { font: 11px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; color-scheme: light dark; }
.paper { fill: #fff; } .head { fill: #1f2328; font-size: 14px; } .hint { fill: #59636e; cursor: pointer; }
.f { cursor: pointer; outline: none; } .f rect { stroke: #fff; stroke-width: .5; } .f text { fill: #1b1306; pointer-events: none; }
.f:hover rect, .f:focus rect { stroke: #1f2328; stroke-width: 1.5; } .under { opacity: .5; }
.c0 rect { fill: #f6c177; } .c1 rect { fill: #f2a65a; } .c2 rect { fill: #f4d58d; }
.c3 rect { fill: #eb9486; } .c4 rect { fill: #d9c79e; } .c5 rect { fill: #e8b4a0; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0f1318; } .head { fill: #d9dee4; } .hint { fill: #9aa4af; } .f text { fill: #fdf3e2; }
.f rect { stroke: #0f1318; } .f:hover rect, .f:focus rect { stroke: #f0f3f6; }
.c0 rect { fill: #8a5a1c; } .c1 rect { fill: #94501b; } .c2 rect { fill: #7d6420; }
.c3 rect { fill: #8c4136; } .c4 rect { fill: #675a38; } .c5 rect { fill: #7c4a3a; }
}
)";

// Frames of one row differ in y alone from those of the next, which are above it.
constexpr std::string_view kScript = R"(
(function () {
  var left = 10, room = 1180, slack = 0.01;
  var frames = Array.prototype.map.call(document.querySelectorAll('.f'), function (g) {
    var rect = g.querySelector('rect');
    return {g: g, rect: rect, text: g.querySelector('text'), name: Array.from(g.getAttribute('data-n')),
            x: +rect.getAttribute('x'), w: +rect.getAttribute('width'), y: +rect.getAttribute('y')};
  });
  var hint = document.getElementById('hint');
  function label(name, width) {
    var most = Math.floor((width - 8) / 6.7);
    if (most < 3) return '';
    return name.length <= most ? name.join('') : '…' + name.slice(name.length - most + 1).join('');
  }
  function zoom(to) {
    frames.forEach(function (f) {
      var above = f.y <= to.y && f.x >= to.x - slack && f.x + f.w <= to.x + to.w + slack;
      var under = f.y > to.y && f.x <= to.x + slack && f.x + f.w >= to.x + to.w - slack;
      f.g.style.display = above || under ? '' : 'none';
      f.g.classList.toggle('under', under);
      if (!above && !under) return;
      var x = under ? left : left + (f.x - to.x) / to.w * room, w = under ? room : f.w / to.w * room;
      f.rect.setAttribute('x', x);
      f.rect.setAttribute('width', w);
      f.text.setAttribute('x', x + 4);
      f.text.textContent = label(f.name, w);
    });
    hint.textContent = to === frames[0] ? 'a click on a frame shows it alone' : 'back to the whole';
  }
  frames.forEach(function (f) {
    f.g.addEventListener('click', function () { zoom(f); });
    f.g.addEventListener('keydown', function (event) { if (event.key === 'Enter') zoom(f); });
  });
  function back() { if (frames.length) zoom(frames[0]); }
  hint.addEventListener('click', back);
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape') back(); });
  back();
})();
)";

}  // namespace

std::string flame_graph(const Stacks& stacks, const std::string& title) {
  const Frame all = tree_of(stacks);
  const double height = kHead + kRow * height_of(all) + kFoot;
  Drawing drawing(all, height);
  drawing.draw(all, {}, 0);
  const std::string name = escaped_for_svg(title);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n"
      "<title>{2}</title>\n<style>{3}</style>\n<rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>\n"
      "<text class=\"head\" x=\"{4}\" y=\"22\">{2}</text>\n"
      "<text class=\"hint\" id=\"hint\" x=\"{5}\" y=\"22\" text-anchor=\"end\"></text>\n{6}"
      "<script><![CDATA[{7}]]></script>\n</svg>\n",
      kWidth, height, name, kStyle, kMargin, kWidth - kMargin, drawing.text(), kScript);
}

}  // namespace imgmill::report
