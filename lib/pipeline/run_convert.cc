// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_convert.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
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
#include "pipeline/make_drawing.h"
#include "pipeline/portrait.h"
#include "pipeline/recipes.h"
#include "pipeline/result_cache.h"

namespace imgmill::pipeline {
namespace {

using Scope = base::StageClock::Scope;

image::Image fitted(const image::Image& picture, const ConvertTask& task, const base::Stop& stop,
                    base::StageClock& clock) {
  if (task.max_dimension <= 0) return picture;
  const Scope timed(&clock, "resize");
  return image::fit_within(picture, task.max_dimension, stop);
}

// From the file's bytes, which are given up as soon as they are decoded, to the drawing. The digest counts with
// --preset auto alone.
Drawing draw_file(base::Bytes file, const base::Digest& digest, const ConvertTask& task, const base::Stop& stop,
                  base::StageClock& clock) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::string> warnings;
  const auto file_bytes = static_cast<double>(file.size());
  const double jpeg_quality = task.automatic ? jpeg_quality_of(file) : 1;
  const image::Image whole = decode_input(file, task, stop, clock, warnings);
  stop.check();
  file = {};
  const image::Image picture = fitted(whole, task, stop, clock);
  std::optional<plan::Subject> subject;
  if (task.automatic) {
    // Of the whole picture, whatever its size is here: they are in the cache for every use.
    const features::Features features = features_of(
        digest, jpeg_quality, [&] { return whole; }, task.cache, stop, clock);
    subject = plan::Subject{features, static_cast<double>(picture.pixels()), file_bytes};
  }
  Drawing drawing = make_drawing(picture, task, subject, start, stop, clock);
  std::vector<std::string>& all = drawing.fresh.facts.warnings;
  all.insert(all.begin(), warnings.begin(), warnings.end());
  return drawing;
}

// Where there is a cache. The size is checked first: a result of what is refused now is none.
std::optional<cache::Key> key_of(base::ByteView file, const base::Digest& digest, const ConvertTask& task) {
  if (!task.cache) return std::nullopt;
  codec::read_header(file, task.limits);
  return convert_key(digest, task);
}

// Where it will be, once it is known which of the products it is.
const Destination& destination_of(const Job& job, const Facts& facts) {
  return facts.is_fallback ? job.outputs.at(1) : job.outputs[0];
}

// Nothing is ever removed, so what an earlier run made under the other name is pointed out.
void name_leftovers(const Job& job, const Destination& destination, std::vector<std::string>& warnings) {
  std::error_code ignored;
  for (const Destination& other : job.outputs) {
    if (&other == &destination || !std::filesystem::exists(other.path, ignored)) continue;
    warnings.push_back(fmt::format("{} is there too, though this is the result now", other.path.string()));
  }
}

bool any_exists(const Job& job) {
  std::error_code ignored;
  return std::any_of(job.outputs.begin(), job.outputs.end(),
                     [&](const Destination& output) { return std::filesystem::exists(output.path, ignored); });
}

void convert(const Job& job, const ConvertTask& task, const base::Stop& stop, base::StageClock& clock,
             Outcome& outcome) {
  stop.check();
  if (task.no_clobber && !job.to_stdout && any_exists(job)) return;

  base::Bytes file = read_input(job, clock, outcome);
  stop.check();
  const base::Digest digest = task.cache || task.automatic ? base::digest(file) : base::Digest{};
  const std::optional<cache::Key> key = key_of(file, digest, task);
  std::optional<Result> found = key ? task.cache.find(*key, clock) : std::nullopt;
  int encodes = 0;
  const auto make = [&] {
    Drawing made = draw_file(std::move(file), digest, task, stop, clock);
    outcome.tries = made.tries;
    encodes = made.encodes;
    return std::move(made.fresh);
  };
  const Result drawing = found ? std::move(*found) : task.cache.make(key, make, stop, clock);

  const Destination& destination = destination_of(job, drawing.facts);
  Output output{destination.path, codec::to_string(destination.product.format)};
  output.encodes = encodes;
  if (key) output.cache = "miss";
  drawing.describe(output);
  outcome.engine = drawing.facts.engine;
  outcome.portrait.kind = drawing.facts.kind;
  outcome.portrait.preset = drawing.facts.preset;
  outcome.warnings = drawing.facts.warnings;
  name_leftovers(job, destination, outcome.warnings);
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

std::vector<Product> products_of(const ConvertTask& task) {
  std::vector<Product> products = {Product{}};
  if (task.fallback) products.push_back({*task.fallback, std::string(compress::extension(*task.fallback)), 0, {}});
  return products;
}

Outcome run_convert(const Job& job, const ConvertTask& task, const std::atomic<bool>* stop) {
  return at_edge(job, task.timeout_seconds, stop, [&](const base::Stop& s, base::StageClock& clock, Outcome& outcome) {
    convert(job, task, s, clock, outcome);
  });
}

Outcome plan_convert(const Job& job, const ConvertTask& task) {
  return at_edge(job, 0, nullptr, [&](const base::Stop&, base::StageClock& clock, Outcome& outcome) {
    const Source source = look_at(job, task.limits);
    const image::Size traced = traced_size(source, task.max_dimension);
    outcome.memory = convert_memory(source, task.max_dimension, task.searches());
    outcome.bytes_in = source.file_bytes;
    Output output{job.outputs[0].path, codec::to_string(job.outputs[0].product.format)};
    output.width = traced.width;
    output.height = traced.height;
    if (task.cache && !job.from_stdin) {
      const base::Bytes file = read_input(job, clock, outcome);
      output.cache = "miss";
      if (const auto found = task.cache.find(*key_of(file, base::digest(file), task), clock)) {
        found->describe(output);
        const Destination& destination = destination_of(job, found->facts);
        output.path = destination.path;
        output.format = codec::to_string(destination.product.format);
      }
    }
    outcome.outputs.push_back(std::move(output));
  });
}

}  // namespace imgmill::pipeline
