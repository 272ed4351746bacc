// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/make_drawing.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "compress/params.h"
#include "pipeline/make_output.h"
#include "pipeline/side_by_side.h"
#include "plan/fidelity.h"
#include "plan/ladder.h"
#include "plan/search.h"
#include "score/score.h"
#include "trace/trace.h"
#include "vector/rasterise.h"
#include "vector/svg.h"

namespace imgmill::pipeline {
namespace {

using base::StageClock;
using Scope = StageClock::Scope;
using Clock = std::chrono::steady_clock;

// What a result is compared with: the background's colour lies under it where one was asked for.
image::Image reference_of(const image::Image& picture, const trace::Background& background) {
  return background.kind == trace::Background::Kind::color ? image::flatten(picture, background.color) : picture;
}

// Small pictures aren't worth waking other threads for. Nor does any share the work while processor time and
// allocations are recorded, for that is done thread by thread.
base::ForEach threads_for(const image::Image& picture) {
  constexpr std::int64_t kWorthIt = 1 << 19;  // px
  const bool alone = StageClock::recording() || std::int64_t{picture.width()} * picture.height() < kWorthIt;
  return alone ? base::in_turn : side_by_side;
}

void take(const score::Score& score, Facts& facts) {
  facts.ssim = score.ssim;
  facts.worst_block = score.worst_block;
  facts.psnr = score.psnr;
}

bool fits(const Fresh& result, const ConvertTask& task) {
  return task.max_bytes == 0 || result.bytes.size() <= task.max_bytes;
}

bool reaches(const Fresh& result, const ConvertTask& task) {
  return task.target_ssim == 0 || result.facts.ssim.value_or(0) >= task.target_ssim;
}

// Whether `a` is nearer to the goal than `b`, which is the closer drawing of the two where nothing was scored.
bool nearer(const Fresh& a, const Fresh& b, const ConvertTask& task) {
  const auto all_well = [&](const Fresh& result) { return fits(result, task) && reaches(result, task); };
  if (all_well(a) != all_well(b)) return all_well(a);
  if (all_well(a)) return task.target_ssim > 0 && a.bytes.size() < b.bytes.size();
  if (fits(a, task) != fits(b, task)) return fits(a, task);
  if (!fits(a, task) || a.facts.ssim == b.facts.ssim) return a.bytes.size() < b.bytes.size();
  return a.facts.ssim > b.facts.ssim;
}

// For how long a search may go on.
class Patience {
 public:
  Patience(Clock::time_point start, double seconds) : last_(start), start_(start), seconds_(seconds) {}

  // To be called before each try: whether one as long as the longest so far would end in time.
  bool lasts() {
    if (seconds_ == 0) return true;
    const Clock::time_point now = Clock::now();
    longest_ = std::max(longest_, now - last_);
    last_ = now;
    return std::chrono::duration<double>(now - start_ + longest_).count() <= seconds_;
  }
  void first_try() { last_ = Clock::now(); }

 private:
  Clock::time_point last_, start_;
  Clock::duration longest_{};
  double seconds_;
};

// All that the tries for one picture have in common.
struct Easel {
  const image::Image& picture;
  const ConvertTask& task;
  const base::Stop& stop;
  StageClock& clock;
  Patience patience;
  trace::Tracer tracer{picture};

  // A tracing as it would be written, scored where that is asked for.
  Fresh draw(const trace::TraceParams& params);
};

Fresh Easel::draw(const trace::TraceParams& params) {
  const trace::Traced traced = [&] {
    const Scope timed(&clock, "trace");
    return tracer.trace(params, {stop, &clock, threads_for(picture)}, !task.searches());
  }();
  Fresh drawing;
  drawing.facts.engine = traced.engine;
  drawing.facts.width = picture.width();
  drawing.facts.height = picture.height();
  {
    const Scope timed(&clock, "svg");
    const std::string svg = vector::write_svg(traced.document, {params.path_precision, task.group_by_color}, stop);
    drawing.bytes.assign(svg.begin(), svg.end());
  }
  stop.check();
  if (!task.score && task.target_ssim == 0) return drawing;
  const image::Image drawn = [&] {
    const Scope timed(&clock, "rasterise");
    return vector::rasterise(drawing.bytes, picture.width(), picture.height());
  }();
  const Scope timed(&clock, "score");
  take(score::compare(reference_of(picture, params.background), drawn, stop), drawing.facts);
  stop.check();
  return drawing;
}

// The drawing that is nearest to the goal, among those that `find` tries: it goes over the scale, from coarse to close,
// by the misses that it is handed. A drawing that is too large ends the way up, for none that is closer would fit.
template <class Find>
Drawing draw_to_goal(Easel& easel, const std::vector<trace::TraceParams>& scale, const Find& find) {
  const ConvertTask& task = easel.task;
  std::vector<std::optional<Fresh>> made(scale.size());
  const auto miss = [&](int candidate) {
    std::optional<Fresh>& drawing = made[static_cast<std::size_t>(candidate)];
    drawing = easel.draw(scale[static_cast<std::size_t>(candidate)]);
    if (!fits(*drawing, task)) return 0.0;
    return task.target_ssim > 0 ? plan::ssim_miss(*drawing->facts.ssim, task.target_ssim) : 1.0;
  };
  easel.patience.first_try();
  const plan::Found found = find(miss);
  Fresh* best = nullptr;
  for (auto drawing = made.rbegin(); drawing != made.rend(); ++drawing) {
    if (*drawing && (best == nullptr || nearer(**drawing, *best, task))) best = &**drawing;
  }
  best->facts.reached = reaches(*best, task);
  if (found.cut_short) {
    best->facts.warnings.push_back(
        fmt::format("the search ended early, after {} of its tries (--target-time)", found.tries));
  }
  return {std::move(*best), found.tries};
}

// Without a target nothing closer than what was given is looked for.
Drawing draw_near(Easel& easel, const trace::TraceParams& params) {
  if (!easel.task.searches()) return {easel.draw(params)};
  const std::vector<trace::TraceParams> scale = plan::fidelity_scale(params);
  const int closest = easel.task.target_ssim > 0 ? static_cast<int>(scale.size()) - 1 : plan::kAsGiven;
  return draw_to_goal(easel, scale, [&](const plan::Miss& miss) {
    return plan::search({0, closest}, plan::kAsGiven, miss, [&] { return easel.patience.lasts(); });
  });
}

// With the parameters that fit the picture: predicted, drawn, scored and, where there is a target, corrected.
Drawing draw_as_fits(Easel& easel, const plan::Subject& subject) {
  constexpr double kMargin = 0.1;       // what a forecast is usually off
  constexpr double kCloseEnough = 0.4;  // a rung of the ladder, which is not worth another drawing
  const ConvertTask& task = easel.task;
  const Automatic& automatic = *task.automatic;
  std::string kind;
  const plan::Choice choice = [&] {
    const Scope timed(&easel.clock, "predict");
    kind = features::to_string(automatic.forests->classify(subject.features).kind);
    return plan::choose(subject, automatic.wish, automatic.presets, *automatic.forests);
  }();
  Drawing drawing;
  if (task.target_ssim == 0 || task.max_bytes > 0) {  // no forecast is made of bytes
    drawing = draw_near(easel, choice.params);
  } else {
    const plan::Ladder ladder = plan::ladder(automatic.presets, choice, task.target_ssim, kMargin);
    drawing = draw_to_goal(easel, ladder.rungs, [&](const plan::Miss& miss) {
      return plan::search({0, static_cast<int>(ladder.rungs.size()) - 1}, ladder.forecast, miss, kCloseEnough,
                          [&] { return easel.patience.lasts(); });
    });
  }
  Facts& facts = drawing.fresh.facts;
  facts.kind = std::move(kind);
  facts.preset = automatic.presets.all[choice.preset].name;
  facts.warnings.insert(facts.warnings.begin(), choice.notes.begin(), choice.notes.end());
  return drawing;
}

std::string shortcoming(const Fresh& drawing, const ConvertTask& task) {
  if (!fits(drawing, task)) return fmt::format("takes {} bytes at least", drawing.bytes.size());
  return fmt::format("comes to SSIM {:.4f} at best", drawing.facts.ssim.value_or(0));
}

// The fallback for the same goal, where it is nearer to it than the drawing.
void fall_back(const Easel& easel, Drawing& drawing) {
  const ConvertTask& task = easel.task;
  const codec::Format format = *task.fallback;
  const compress::CompressParams params;
  codec::EncodeOptions options = compress::encode_options(params, params.variants.front(), format);
  options.stop = easel.stop;
  const image::Image picture = reference_of(easel.picture, task.trace.background);
  Made made = make_output(picture, format, options, params, {task.target_ssim, task.max_bytes, task.score}, {},
                          easel.stop, easel.clock);
  drawing.encodes = made.encodes;
  Fresh raster{std::move(made.bytes), drawing.fresh.facts};
  raster.facts.is_fallback = true;
  raster.facts.engine.clear();
  raster.facts.quality = made.quality;
  if (made.score) take(*made.score, raster.facts);
  raster.facts.reached = reaches(raster, task);
  std::vector<std::string>& warnings = drawing.fresh.facts.warnings;
  if (!nearer(raster, drawing.fresh, task)) {
    warnings.push_back(fmt::format("as {} it would be no nearer to the goal (--fallback)", codec::to_string(format)));
    return;
  }
  raster.facts.warnings.push_back(fmt::format("a drawing of it {}, so it is {} (--fallback)",
                                              shortcoming(drawing.fresh, task), codec::to_string(format)));
  drawing.fresh = std::move(raster);
}

}  // namespace

Drawing make_drawing(const image::Image& picture, const ConvertTask& task, const std::optional<plan::Subject>& subject,
                     Clock::time_point start, const base::Stop& stop, StageClock& clock) {
  Easel easel{picture, task, stop, clock, Patience(start, task.target_seconds)};
  Drawing drawing = subject ? draw_as_fits(easel, *subject) : draw_near(easel, task.trace);
  const bool well = fits(drawing.fresh, task) && reaches(drawing.fresh, task);
  if (task.fallback && !well) fall_back(easel, drawing);
  return drawing;
}

}  // namespace imgmill::pipeline
