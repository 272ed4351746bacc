// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_convert.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/stage_clock.h"
#include "base/stop.h"
#include "codec/codec.h"
#include "image/image.h"
#include "pipeline/edge.h"
#include "pipeline/footprint.h"
#include "pipeline/portrait.h"
#include "pipeline/recipes.h"
#include "pipeline/result_cache.h"
#include "plan/fidelity.h"
#include "plan/ladder.h"
#include "plan/search.h"
#include "score/score.h"
#include "trace/trace.h"
#include "vector/rasterise.h"
#include "vector/svg.h"

namespace imgmill::pipeline {
namespace {

using Scope = base::StageClock::Scope;

void add_score(const image::Image& picture, const trace::Background& background, base::ByteView svg,
               const base::Stop& stop, base::StageClock& clock, Facts& facts) {
  const image::Image reference =
      background.kind == trace::Background::Kind::color ? image::flatten(picture, background.color) : picture;
  const image::Image drawn = [&] {
    const Scope timed(&clock, "rasterise");
    return vector::rasterise(svg, picture.width(), picture.height());
  }();
  const Scope timed(&clock, "score");
  const score::Score score = score::compare(reference, drawn, stop);
  facts.ssim = score.ssim;
  facts.worst_block = score.worst_block;
  facts.psnr = score.psnr;
}

image::Image fitted(const image::Image& picture, const ConvertTask& task, const base::Stop& stop,
                    base::StageClock& clock) {
  if (task.max_dimension <= 0) return picture;
  const Scope timed(&clock, "resize");
  return image::fit_within(picture, task.max_dimension, stop);
}

// A tracing as it would be written, scored where that is asked for.
Fresh draw(const ConvertTask& task, const trace::TraceParams& params, const image::Image& picture,
           const base::Stop& stop, base::StageClock& clock) {
  const trace::Traced traced = [&] {
    const Scope timed(&clock, "trace");
    return trace::trace(picture, params, stop, &clock);
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
  if (task.score || task.target_ssim > 0) {
    add_score(picture, params.background, drawing.bytes, stop, clock, drawing.facts);
  }
  stop.check();
  return drawing;
}

// The coarsest tracing that reaches the target, or the closest one where none does. `find` goes over the scale by the
// misses that it is handed.
template <class Find>
Fresh draw_to_target(const ConvertTask& task, const std::vector<trace::TraceParams>& scale, const image::Image& picture,
                     const base::Stop& stop, base::StageClock& clock, int& tries, const Find& find) {
  std::vector<Fresh> made(scale.size());
  const auto miss = [&](int candidate) {
    Fresh& drawing = made[static_cast<std::size_t>(candidate)];
    drawing = draw(task, scale[static_cast<std::size_t>(candidate)], picture, stop, clock);
    return plan::ssim_miss(*drawing.facts.ssim, task.target_ssim);
  };
  const plan::Found found = find(plan::Range{0, static_cast<int>(scale.size()) - 1}, miss);
  tries = found.tries;
  Fresh& best = made[static_cast<std::size_t>(found.candidate)];
  best.facts.reached = found.reached;
  return std::move(best);
}

Fresh draw_as_given(const ConvertTask& task, const image::Image& picture, const base::Stop& stop,
                    base::StageClock& clock, int& tries) {
  if (task.target_ssim == 0) return draw(task, task.trace, picture, stop, clock);
  return draw_to_target(
      task, plan::fidelity_scale(task.trace), picture, stop, clock, tries,
      [](plan::Range range, const plan::Miss& miss) { return plan::search(range, plan::kAsGiven, miss); });
}

// With the parameters that fit the picture: predicted, drawn, scored and, where there is a target, corrected.
Fresh draw_as_fits(const ConvertTask& task, const plan::Subject& subject, const image::Image& picture,
                   const base::Stop& stop, base::StageClock& clock, int& tries) {
  constexpr double kMargin = 0.1;       // what a forecast is usually off
  constexpr double kCloseEnough = 0.4;  // a rung of the ladder, which is not worth another drawing
  const Automatic& automatic = *task.automatic;
  std::string kind;
  const plan::Choice choice = [&] {
    const Scope timed(&clock, "predict");
    kind = features::to_string(automatic.forests->classify(subject.features).kind);
    return plan::choose(subject, automatic.wish, automatic.presets, *automatic.forests);
  }();
  Fresh drawing;
  if (task.target_ssim == 0) {
    drawing = draw(task, choice.params, picture, stop, clock);
  } else {
    const plan::Ladder ladder = plan::ladder(automatic.presets, choice, task.target_ssim, kMargin);
    const auto find = [&](plan::Range range, const plan::Miss& miss) {
      return plan::search(range, ladder.forecast, miss, kCloseEnough);
    };
    drawing = draw_to_target(task, ladder.rungs, picture, stop, clock, tries, find);
  }
  drawing.facts.kind = std::move(kind);
  drawing.facts.preset = automatic.presets.all[choice.preset].name;
  drawing.facts.warnings = choice.notes;
  return drawing;
}

// From the file's bytes, which are given up as soon as they are decoded, to the drawing. The digest counts with
// --preset auto alone.
Fresh draw_file(base::Bytes file, const base::Digest& digest, const ConvertTask& task, const base::Stop& stop,
                base::StageClock& clock, int& tries) {
  std::vector<std::string> warnings;
  const auto file_bytes = static_cast<double>(file.size());
  const double jpeg_quality = task.automatic ? jpeg_quality_of(file) : 1;
  const image::Image whole = decode_input(file, task, stop, clock, warnings);
  stop.check();
  file = {};
  const image::Image picture = fitted(whole, task, stop, clock);
  Fresh drawing;
  if (task.automatic) {
    // Of the whole picture, whatever its size is here: they are in the cache for every use.
    const features::Features features = features_of(
        digest, jpeg_quality, [&] { return whole; }, task.cache, stop, clock);
    drawing =
        draw_as_fits(task, {features, static_cast<double>(picture.pixels()), file_bytes}, picture, stop, clock, tries);
  } else {
    drawing = draw_as_given(task, picture, stop, clock, tries);
  }
  drawing.facts.warnings.insert(drawing.facts.warnings.begin(), warnings.begin(), warnings.end());
  return drawing;
}

// Where there is a cache. The size is checked first: a result of what is refused now is none.
std::optional<cache::Key> key_of(base::ByteView file, const base::Digest& digest, const ConvertTask& task) {
  if (!task.cache) return std::nullopt;
  codec::read_header(file, task.limits);
  return convert_key(digest, task);
}

void convert(const Job& job, const ConvertTask& task, const base::Stop& stop, base::StageClock& clock,
             Outcome& outcome) {
  std::error_code ignored;
  stop.check();
  if (task.no_clobber && !job.to_stdout && std::filesystem::exists(job.outputs[0].path, ignored)) return;

  base::Bytes file = read_input(job, clock, outcome);
  stop.check();
  const base::Digest digest = task.cache || task.automatic ? base::digest(file) : base::Digest{};
  const std::optional<cache::Key> key = key_of(file, digest, task);
  std::optional<Result> found = key ? task.cache.find(*key, clock) : std::nullopt;
  const auto make = [&] { return draw_file(std::move(file), digest, task, stop, clock, outcome.tries); };
  const Result drawing = found ? std::move(*found) : task.cache.make(key, make, stop, clock);

  Output output{job.outputs[0].path, "svg"};
  if (key) output.cache = "miss";
  drawing.describe(output);
  outcome.engine = drawing.facts.engine;
  outcome.portrait.kind = drawing.facts.kind;
  outcome.portrait.preset = drawing.facts.preset;
  outcome.warnings = drawing.facts.warnings;
  if (!drawing.facts.reached) outcome.gate = Gate::below_target;
  {
    const Scope timed(&clock, "write");
    const Placed placed = place(output.path, job.to_stdout, drawing, task);
    outcome.status = output.status = placed.status;
    if (placed.gate != Gate::none) outcome.gate = placed.gate;
  }
  if (task.max_bytes > 0 && output.bytes > task.max_bytes) outcome.gate = Gate::over_budget;
  output.gate = outcome.gate;
  outcome.outputs.push_back(std::move(output));
}

}  // namespace

Outcome run_convert(const Job& job, const ConvertTask& task, const std::atomic<bool>* stop) {
  return at_edge(job, task.timeout_seconds, stop, [&](const base::Stop& s, base::StageClock& clock, Outcome& outcome) {
    convert(job, task, s, clock, outcome);
  });
}

Outcome plan_convert(const Job& job, const ConvertTask& task) {
  return at_edge(job, 0, nullptr, [&](const base::Stop&, base::StageClock& clock, Outcome& outcome) {
    const Source source = look_at(job, task.limits);
    const image::Size traced = traced_size(source, task.max_dimension);
    outcome.memory = convert_memory(source, task.max_dimension);
    outcome.bytes_in = source.file_bytes;
    Output output{job.outputs[0].path, "svg"};
    output.width = traced.width;
    output.height = traced.height;
    if (task.cache && !job.from_stdin) {
      const base::Bytes file = read_input(job, clock, outcome);
      output.cache = "miss";
      if (const auto found = task.cache.find(*key_of(file, base::digest(file), task), clock)) found->describe(output);
    }
    outcome.outputs.push_back(std::move(output));
  });
}

}  // namespace imgmill::pipeline
