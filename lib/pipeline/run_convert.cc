// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_convert.h"

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/stage_clock.h"
#include "base/stop.h"
#include "codec/codec.h"
#include "image/image.h"
#include "pipeline/edge.h"
#include "pipeline/footprint.h"
#include "plan/fidelity.h"
#include "plan/search.h"
#include "score/score.h"
#include "trace/trace.h"
#include "vector/rasterise.h"
#include "vector/svg.h"

namespace imgmill::pipeline {
namespace {

using Scope = base::StageClock::Scope;

base::ByteView view(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void add_score(const image::Image& picture, const trace::Background& background, base::ByteView svg,
               base::StageClock& clock, Output& output) {
  const image::Image reference =
      background.kind == trace::Background::Kind::color ? image::flatten(picture, background.color) : picture;
  const image::Image drawn = [&] {
    const Scope timed(&clock, "rasterise");
    return vector::rasterise(svg, picture.width(), picture.height());
  }();
  const Scope timed(&clock, "score");
  const score::Score score = score::compare(reference, drawn);
  output.ssim = score.ssim;
  output.worst_block = score.worst_block;
  output.psnr = score.psnr;
}

image::Image read_picture(const Job& job, const ConvertTask& task, const base::Stop& stop, base::StageClock& clock,
                          Outcome& outcome) {
  base::Bytes file;
  {
    const Scope timed(&clock, "read");
    file = read_input(job);
  }
  outcome.bytes_in = file.size();
  stop.check();
  codec::Decoded decoded;
  {
    const Scope timed(&clock, "decode");
    decoded = codec::decode(file, task.limits);
  }
  outcome.warnings = std::move(decoded.warnings);
  stop.check();
  if (task.max_dimension <= 0) return decoded.image;
  const Scope timed(&clock, "resize");
  return image::fit_within(decoded.image, task.max_dimension);
}

// A tracing as it would be written, scored where that is asked for.
struct Drawing {
  std::string svg;
  std::string_view engine;
  Output output;
};

Drawing draw(const Job& job, const ConvertTask& task, const trace::TraceParams& params, const image::Image& picture,
             const base::Stop& stop, base::StageClock& clock) {
  const trace::Traced traced = trace::trace(picture, params, stop, &clock);
  Drawing drawing{{}, traced.engine, {job.outputs[0].path, "svg"}};
  drawing.output.width = picture.width();
  drawing.output.height = picture.height();
  {
    const Scope timed(&clock, "svg");
    drawing.svg = vector::write_svg(traced.document, {params.path_precision, task.group_by_color});
  }
  drawing.output.bytes = drawing.svg.size();
  stop.check();
  if (task.score || task.target_ssim > 0) {
    add_score(picture, params.background, view(drawing.svg), clock, drawing.output);
  }
  stop.check();
  return drawing;
}

// The coarsest tracing that reaches the target, or the closest one where none does.
Drawing draw_to_target(const Job& job, const ConvertTask& task, const image::Image& picture, const base::Stop& stop,
                       base::StageClock& clock, Outcome& outcome) {
  const std::vector<trace::TraceParams> scale = plan::fidelity_scale(task.trace);
  std::vector<Drawing> made(scale.size());
  const auto miss = [&](int candidate) {
    Drawing& drawing = made[static_cast<std::size_t>(candidate)];
    drawing = draw(job, task, scale[static_cast<std::size_t>(candidate)], picture, stop, clock);
    return plan::ssim_miss(*drawing.output.ssim, task.target_ssim);
  };
  const plan::Found found = plan::search({0, static_cast<int>(scale.size()) - 1}, plan::kAsGiven, miss);
  outcome.tries = found.tries;
  if (!found.reached) outcome.gate = Gate::below_target;
  return std::move(made[static_cast<std::size_t>(found.candidate)]);
}

void convert(const Job& job, const ConvertTask& task, const base::Stop& stop, base::StageClock& clock,
             Outcome& outcome) {
  std::error_code ignored;
  stop.check();
  if (task.no_clobber && !job.to_stdout && std::filesystem::exists(job.outputs[0].path, ignored)) return;

  const image::Image picture = read_picture(job, task, stop, clock, outcome);
  Drawing drawing = task.target_ssim > 0 ? draw_to_target(job, task, picture, stop, clock, outcome)
                                         : draw(job, task, task.trace, picture, stop, clock);
  outcome.engine = drawing.engine;
  {
    const Scope timed(&clock, "write");
    const Placed placed = place(job.outputs[0].path, job.to_stdout, view(drawing.svg), task.check);
    outcome.status = drawing.output.status = placed.status;
    if (placed.gate != Gate::none) outcome.gate = placed.gate;
  }
  if (task.max_bytes > 0 && drawing.svg.size() > task.max_bytes) outcome.gate = Gate::over_budget;
  drawing.output.gate = outcome.gate;
  outcome.outputs.push_back(std::move(drawing.output));
}

}  // namespace

Outcome run_convert(const Job& job, const ConvertTask& task, const std::atomic<bool>* stop) {
  return at_edge(job, task.timeout_seconds, stop, [&](const base::Stop& s, base::StageClock& clock, Outcome& outcome) {
    convert(job, task, s, clock, outcome);
  });
}

Outcome plan_convert(const Job& job, const ConvertTask& task) {
  return at_edge(job, 0, nullptr, [&](const base::Stop&, base::StageClock&, Outcome& outcome) {
    const Source source = look_at(job, task.limits);
    const image::Size traced = traced_size(source, task.max_dimension);
    outcome.memory = convert_memory(source, task.max_dimension);
    outcome.bytes_in = source.file_bytes;
    Output output{job.outputs[0].path, "svg"};
    output.width = traced.width;
    output.height = traced.height;
    outcome.outputs.push_back(std::move(output));
  });
}

}  // namespace imgmill::pipeline
