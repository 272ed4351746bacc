// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/command.h"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>

#include "base/bytes.h"
#include "base/error.h"
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

constexpr std::string_view kIn = "{in}", kOut = "{out}";

std::string replaced(std::string word, std::string_view place, const std::string& path) {
  for (auto at = word.find(place); at != std::string::npos; at = word.find(place, at + path.size())) {
    word.replace(at, place.size(), path);
  }
  return word;
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
  const image::Image reference = codec::decode(base::read_file(input), task.limits).image;
  const image::Image picture = picture_of(result, reference, task);
  output.width = picture.width();
  output.height = picture.height();
  if (picture.width() != reference.width() || picture.height() != reference.height()) return;  // it made another size
  const score::Score score = score::compare(reference, picture);
  output.ssim = score.ssim;
  output.worst_block = score.worst_block;
}

void look_at_result(const pipeline::Job& job, const CommandTask& task, bool score, Outcome& outcome) {
  Output output{job.outputs.front().path, codec::to_string(job.outputs.front().product.format)};
  const base::Bytes result = [&] {
    try {
      return base::read_file(output.path);
    } catch (const base::Error&) {
      throw base::Error(base::ErrorKind::output, "the command wrote no result");
    }
  }();
  if (result.empty()) throw base::Error(base::ErrorKind::output, "the command wrote an empty result");
  output.bytes = result.size();
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
      words.push_back(replaced(replaced(word, kIn, as_operand(job.input)), kOut, as_operand(result)));
    }
    ended = task.spawner->run(words, task.command.to_stdout ? result : fs::path(), task.timeout_seconds);
    if (!ended.problem.empty()) throw base::Error(base::ErrorKind::output, ended.problem);
    look_at_result(job, task, score, o);
  });
  // What counts is the command's own, as the kernel says.
  outcome.total_ms = ended.ms;
  outcome.peak = ended.peak_memory;
  base::StageTime stage{"command", ended.ms};
  stage.cpu_milliseconds = ended.cpu_ms;
  outcome.stages = {stage};
  return outcome;
}

}  // namespace imgmill::bench
