// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/ndjson.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "base/system_error.h"
#include "report/json.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Outcome;
using pipeline::Output;
using pipeline::Status;

Object record(std::string_view type) {
  Object object;
  object.text("type", type).count("schema_version", kSchemaVersion);
  return object;
}

std::string error_object(const pipeline::Failure& failure) {
  Object error;
  error.text("kind", base::to_string(failure.kind)).text("message", failure.message);
  return error.done();
}

std::string output_object(const Output& output, bool dry_run) {
  Object object;
  object.text("path", output.path.native()).text("format", output.format);
  if (!output.variant.empty()) object.text("variant", output.variant);
  if (!dry_run) object.text("status", to_string(output.status));
  if (output.gate != pipeline::Gate::none) object.text("gate", to_string(output.gate));
  if (output.error) object.raw("error", error_object(*output.error));
  object.count("width", static_cast<std::uint64_t>(output.width));
  object.count("height", static_cast<std::uint64_t>(output.height));
  if (!dry_run && !output.error) object.count("bytes", output.bytes);
  if (output.quality) object.count("quality", static_cast<std::uint64_t>(*output.quality));
  if (output.encodes > 0) object.count("encodes", static_cast<std::uint64_t>(output.encodes));
  if (output.ssim) object.number("ssim", *output.ssim, 6);
  if (output.worst_block) object.number("worst_block", *output.worst_block, 6);
  if (output.psnr) object.number("psnr", *output.psnr, 3);  // null: the pictures are equal
  return object.done();
}

std::string times_object(const Outcome& outcome) {
  Object object;
  object.number("total", outcome.total_ms, 3);
  for (const base::StageTime& stage : outcome.stages) object.number(stage.name, stage.milliseconds, 3);
  return object.done();
}

}  // namespace

std::string item_record(const Outcome& outcome, bool dry_run) {
  Object object = record("item");
  object.text("input", outcome.input.native()).text("status", to_string(outcome.status));
  if (!outcome.outputs.empty()) {
    object.raw("outputs", array(outcome.outputs, [&](const Output& output) { return output_object(output, dry_run); }));
  }
  if (outcome.gate != pipeline::Gate::none) object.text("gate", to_string(outcome.gate));
  if (outcome.tries > 0) object.count("tries", static_cast<std::uint64_t>(outcome.tries));
  if (outcome.error) object.raw("error", error_object(*outcome.error));
  if (!outcome.engine.empty()) object.text("engine", outcome.engine);
  if (outcome.bytes_in > 0) object.count("bytes_in", outcome.bytes_in);
  if (dry_run) {
    object.raw("dry_run", "true").count("planned_memory", outcome.memory);
  } else {
    object.raw("ms", times_object(outcome));
  }
  if (!outcome.warnings.empty()) {
    object.raw("warnings", array(outcome.warnings, [](const std::string& text) { return json_string(text); }));
  }
  return object.done();
}

std::string summary_record(const pipeline::Summary& summary) {
  Object counts;
  for (std::size_t i = 0; i < pipeline::kStatusCount; ++i) {
    counts.count(to_string(static_cast<Status>(i)), summary.counts[i]);
  }
  Object object = record("summary");
  object.count("items", summary.items()).raw("counts", counts.done()).count("gates_failed", summary.gates);
  object.count("bytes_in", summary.bytes_in).count("bytes_out", summary.bytes_out);
  object.count("outputs", summary.outputs);
  if (summary.encodes > 0) object.count("encodes", summary.encodes);
  object.number("wall_seconds", summary.wall_seconds, 4);
  object.number("images_per_second", summary.images_per_second(), 3);
  object.count("peak_memory", summary.peak_memory);
  object.raw("interrupted", summary.interrupted ? "true" : "false");
  return object.done();
}

NdjsonSink::NdjsonSink(const std::string& path, bool dry_run) : dry_run_(dry_run) {
  if (path == "-") return;
  file_ = base::Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666));
  if (!file_.valid()) {
    throw base::Error(base::ErrorKind::usage, "--json " + path + ": can't be written: " + base::error_text(errno));
  }
}

void NdjsonSink::item(const Outcome& outcome) { write_line(item_record(outcome, dry_run_)); }

void NdjsonSink::end(const pipeline::Summary& summary) { write_line(summary_record(summary)); }

// Straight to the descriptor: a record is there for its reader as soon as its item is done.
void NdjsonSink::write_line(std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty() && !closed_) {
    const ssize_t count = ::write(file_.valid() ? file_.get() : STDOUT_FILENO, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      closed_ = true;
      if (errno != EPIPE) problem_ = "records could not be written: " + base::error_text(errno);
      return;
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace imgmill::report
