// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/command.h"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>

#include "base/bytes.h"
#include "base/error.h"
#include "bench/measure.h"
#include "codec/codec.h"
#include "image/image.h"
#include "pipeline/edge.h"
#include "score/score.h"
#include "vector/rasterise.h"

namespace imgmill::bench {
namespace {

namespace fs = std::filesystem;
using pipeline::Outcome;
using pipeline::Output;

constexpr int kGateFailed = 3;  // exit code of our own subcommands: the result is there, but misses its goal
constexpr std::string_view kIn = "{in}", kOut = "{out}";

// In one go: what stands in a name is no place.
std::string with_files(std::string_view word, const std::string& in, const std::string& out) {
  std::string text;
  while (!word.empty()) {
    const bool is_in = word.starts_with(kIn), is_out = word.starts_with(kOut);
    text += is_in ? in : is_out ? out : std::string(1, word.front());
    word.remove_prefix(is_in ? kIn.size() : is_out ? kOut.size() : 1);
  }
  return text;
}

// A path that a program takes for an option would be one.
std::string as_operand(const fs::path& path) {
  return path.native().starts_with('-') ? "./" + path.native() : path.native();
}

image::Image picture_of(base::ByteView bytes, const image::Image& reference, const CommandTask& task) {
  if (codec::sniff(bytes) == codec::Format::svg) {
    return vector::rasterise(bytes, reference.width(), reference.height());
  }
  return codec::decode(bytes, task.limits).image;
}

void add_score(const base::Bytes& result, const fs::path& input, const CommandTask& task, Output& output) {
  image::Image reference = codec::decode(base::read_file(input), task.limits).image;
  if (task.max_dimension > 0) reference = image::fit_within(reference, task.max_dimension);
  const image::Image picture = picture_of(result, reference, task);
  output.width = picture.width();
  output.height = picture.height();
  if (picture.width() != reference.width() || picture.height() != reference.height()) return;  // it made another size
  const score::Score score = score::compare(reference, picture);
  output.ssim = score.ssim;
  output.worst_block = score.worst_block;
}

void look_at_result(const pipeline::Job& job, const CommandTask& task, bool score, Outcome& outcome) {
  Output output{job.outputs.front().path, {}};
  const base::Bytes result = [&] {
    try {
      return base::read_file(output.path);
    } catch (const base::Error&) {
      throw base::Error(base::ErrorKind::output, "the command wrote no result");
    }
  }();
  if (result.empty()) throw base::Error(base::ErrorKind::output, "the command wrote an empty result");
  output.bytes = result.size();
  output.format = codec::to_string(codec::sniff(result).value_or(codec::Format::other));
  output.status = pipeline::Status::written;
  if (score) add_score(result, job.input, task, output);
  outcome.outputs.push_back(std::move(output));
  outcome.status = pipeline::Status::written;
}

}  // namespace

Command parse_command(std::string_view text) {
  Command command{words_of(text)};
  const auto has = [&](std::string_view place) {
    return std::any_of(command.words.begin(), command.words.end(),
                       [&](const std::string& word) { return word.find(place) != std::string::npos; });
  };
  if (!has(kIn)) throw base::Error(base::ErrorKind::usage, fmt::format("has no {{in}} for the input's path: {}", text));
  command.to_stdout = !has(kOut);
  return command;
}

Outcome run_command(const pipeline::Job& job, const CommandTask& task, bool score) {
  Ended ended;
  Outcome outcome = pipeline::at_edge(job, 0, nullptr, [&](const base::Stop&, base::StageClock&, Outcome& o) {
    const fs::path& result = job.outputs.front().path;
    std::error_code ignored;
    fs::create_directories(result.parent_path(), ignored);
    fs::remove(result, ignored);  // no earlier run's result is this one's
    std::vector<std::string> words;
    for (const std::string& word : task.command.words) {
      words.push_back(with_files(word, as_operand(job.input), as_operand(result)));
    }
    ended = task.spawner->run(words, task.command.to_stdout ? result : fs::path(), task.timeout_seconds, task.stop);
    if (task.stop != nullptr && *task.stop) throw base::Error(base::ErrorKind::cancelled, "stopped");
    const bool no_goal = task.gate_may_fail && ended.exit_code == kGateFailed;
    if (!ended.problem.empty() && !no_goal) throw base::Error(base::ErrorKind::output, ended.problem);
    look_at_result(job, task, score, o);
  });
  // What counts is the command's own, as the kernel says.
  outcome.total_ms = ended.ms;
  outcome.peak = ended.peak_memory;
  base::StageTime stage{"command", ended.ms};
  stage.cpu_milliseconds = ended.cpu_ms;
  outcome.stages = {stage, {kWaited, ended.wait_ms}};
  return outcome;
}

}  // namespace imgmill::bench
