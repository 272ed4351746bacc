// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_job.h"

#include <unistd.h>

#include <cerrno>
#include <exception>
#include <functional>
#include <new>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/stage_clock.h"
#include "base/stop.h"
#include "base/system_error.h"
#include "codec/codec.h"
#include "image/image.h"
#include "pipeline/footprint.h"
#include "pipeline/write_guard.h"
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

void make_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) {
    throw base::Error(base::ErrorKind::output,
                      "can't make the folder " + folder.string() + ": " + base::error_text(error.value()));
  }
}

void write_to_stdout(base::ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    // Who closes the pipe has what they wanted (| head): no failure.
    if (count < 0 && errno == EPIPE) throw base::Error(base::ErrorKind::cancelled, "standard output was closed");
    if (count < 0)
      throw base::Error(base::ErrorKind::output, "can't write standard output: " + base::error_text(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

Status put(const Job& job, base::ByteView svg) {
  if (job.to_stdout) {
    write_to_stdout(svg);
    return Status::written;
  }
  try {
    if (base::holds(job.output, svg)) return Status::unchanged;
    make_folder_of(job.output);
    const WriteGuard guard;
    base::write_file(job.output, svg);
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), "can't write " + job.output.string() + ": " + error.what());
  }
  return Status::written;
}

// --check: what is there against what should be.
void compare_with_output(const Job& job, base::ByteView svg, Outcome& outcome) {
  std::error_code ignored;
  if (base::holds(job.output, svg)) {
    outcome.status = Status::unchanged;
  } else {
    outcome.gate = std::filesystem::exists(job.output, ignored) ? Gate::stale : Gate::missing;
  }
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

base::Bytes read_input(const Job& job) {
  if (!job.problem.empty()) throw base::Error(base::ErrorKind::input, job.problem);
  return job.from_stdin ? base::read_descriptor(STDIN_FILENO) : base::read_file(job.input);
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
  Drawing drawing{{}, traced.engine, {job.output, "svg", picture.width(), picture.height(), 0, {}, {}, {}}};
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
  const plan::Found found = plan::search(scale.size(), plan::kAsGiven, task.target_ssim, [&](std::size_t k) {
    made[k] = draw(job, task, scale[k], picture, stop, clock);
    return *made[k].output.ssim;
  });
  outcome.tries = found.tries;
  if (!found.reached) outcome.gate = Gate::below_target;
  return std::move(made[found.candidate]);
}

void convert(const Job& job, const ConvertTask& task, const base::Stop& stop, base::StageClock& clock,
             Outcome& outcome) {
  std::error_code ignored;
  stop.check();
  if (task.no_clobber && !job.to_stdout && std::filesystem::exists(job.output, ignored)) return;

  const image::Image picture = read_picture(job, task, stop, clock, outcome);
  Drawing drawing = task.target_ssim > 0 ? draw_to_target(job, task, picture, stop, clock, outcome)
                                         : draw(job, task, task.trace, picture, stop, clock);
  outcome.engine = drawing.engine;
  {
    const Scope timed(&clock, "write");
    if (task.check) {
      compare_with_output(job, view(drawing.svg), outcome);
    } else {
      outcome.status = put(job, view(drawing.svg));
    }
  }
  if (task.max_bytes > 0 && drawing.svg.size() > task.max_bytes) outcome.gate = Gate::over_budget;
  outcome.outputs.push_back(std::move(drawing.output));
}

void fail(Outcome& outcome, base::ErrorKind kind, const std::string& message) {
  // Stopped by the user is not the item's failure.
  outcome.status = kind == base::ErrorKind::cancelled ? Status::skipped : Status::failed;
  outcome.error = Failure{kind, message};
}

// The edge of a job: here every exception becomes a record.
Outcome guarded(const Job& job, const std::function<void(Outcome&)>& work) {
  Outcome outcome;
  outcome.job = job.index;
  outcome.input = job.input;
  try {
    work(outcome);
  } catch (const base::Error& error) {
    fail(outcome, error.kind(), error.what());
  } catch (const std::bad_alloc&) {
    fail(outcome, base::ErrorKind::internal, "not enough memory (a lower --max-dimension needs less)");
  } catch (const std::exception& error) {
    fail(outcome, base::ErrorKind::internal, error.what());
  }
  return outcome;
}

}  // namespace

Outcome run_job(const Job& job, const ConvertTask& task, const std::atomic<bool>* stop) {
  using Clock = base::Stop::Clock;
  const Clock::time_point start = Clock::now();
  std::optional<Clock::time_point> deadline;
  if (task.timeout_seconds > 0) {
    deadline = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(task.timeout_seconds));
  }
  base::StageClock clock;
  Outcome outcome = guarded(job, [&](Outcome& o) { convert(job, task, base::Stop(stop, deadline), clock, o); });
  outcome.total_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  outcome.stages = clock.stages();
  return outcome;
}

Outcome plan_job(const Job& job, const ConvertTask& task) {
  return guarded(job, [&](Outcome& outcome) {
    const Measure measured = measure(job, task);
    outcome.memory = measured.memory;
    outcome.bytes_in = measured.file_bytes;
    outcome.outputs.push_back({job.output, "svg", measured.traced_width, measured.traced_height, 0, {}, {}, {}});
  });
}

}  // namespace imgmill::pipeline
