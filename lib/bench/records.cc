// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/records.h"

#include "report/json.h"

namespace imgmill::bench {
namespace {

using report::Object;

constexpr int kMsDecimals = 6, kScoreDecimals = 6, kSecondsDecimals = 9;  // what clocks tell

Object record(std::string_view type) {
  Object object;
  object.text("type", type).count("schema_version", kSchemaVersion);
  return object;
}

std::string texts(const std::vector<std::string>& all) {
  return report::array(all, [](const std::string& text) { return report::json_string(text); });
}

std::string entrant_object(const Entrant& entrant) {
  Object object, parameters;
  object.text("name", entrant.name);
  if (!entrant.command.empty()) object.text("command", entrant.command);
  for (const auto& [name, value] : entrant.parameters) parameters.text(name, value);
  return object.raw("parameters", parameters.done()).done();
}

std::string image_object(const Image& image) {
  Object object;
  return object.text("path", image.path).text("digest", image.digest).count("bytes", image.bytes).done();
}

Object about(std::string_view type, const Results& results, std::size_t entrant, std::size_t image) {
  Object object = record(type);
  object.text("entrant", results.entrants[entrant].name).text("input", results.images[image].path);
  object.count("image", image);
  return object;
}

}  // namespace

std::string start_record(const Results& results) {
  const Setting& setting = results.setting;
  Object libraries;
  for (const auto& [name, version] : setting.libraries) libraries.text(name, version);
  Object machine;
  machine.text("cpu", setting.cpu).count("cores", static_cast<std::uint64_t>(setting.cores));
  machine.count("memory", setting.memory).text("system", setting.system);
  Object object = record("bench");
  object.text("started", setting.started).text("version", setting.version);
  if (!setting.revision.empty()) object.text("revision", setting.revision);
  object.text("subcommand", setting.subcommand).raw("arguments", texts(setting.arguments));
  object.raw("machine", machine.done()).raw("libraries", libraries.done());
  object.raw("levels", report::array(setting.levels, [](int level) { return std::to_string(level); }));
  object.count("repeats", static_cast<std::uint64_t>(setting.repeats));
  object.raw("entrants", report::array(results.entrants, entrant_object));
  return object.raw("images", report::array(results.images, image_object)).done();
}

std::string made_record(const Results& results, std::size_t entrant, std::size_t image) {
  Object object = about("made", results, entrant, image);
  const Made& made = *results.cell(entrant, image).made;
  if (!made.error.empty()) return object.text("error", made.error).done();
  object.count("bytes", made.bytes);
  if (made.gzip_bytes > 0) object.count("gzip_bytes", made.gzip_bytes);
  object.count("width", static_cast<std::uint64_t>(made.width))
      .count("height", static_cast<std::uint64_t>(made.height));
  if (made.ssim) object.number("ssim", *made.ssim, kScoreDecimals);
  if (made.worst_block) object.number("worst_block", *made.worst_block, kScoreDecimals);
  return object.done();
}

std::string sample_record(const Results& results, std::size_t entrant, std::size_t image, const Sample& sample) {
  Object object = about("sample", results, entrant, image);
  object.count("jobs", static_cast<std::uint64_t>(sample.level));
  object.count("repeat", static_cast<std::uint64_t>(sample.repeat));
  if (!sample.error.empty()) return object.text("error", sample.error).done();
  object.number("ms", sample.ms, kMsDecimals).number("cpu_ms", sample.cpu_ms, kMsDecimals);
  object.number("wait_ms", sample.wait_ms, kMsDecimals).number("yardstick_ms", sample.yardstick_ms, kMsDecimals);
  object.number("yardstick_shift", sample.yardstick_shift, kMsDecimals);
  object.count("memory", sample.memory).raw("memory_change", std::to_string(sample.memory_change));
  return object.done();
}

std::string round_record(const Results& results, const Round& round) {
  Object object = record("round");
  object.text("entrant", results.entrants[round.entrant].name);
  object.count("jobs", static_cast<std::uint64_t>(round.level));
  object.count("repeat", static_cast<std::uint64_t>(round.repeat));
  return object.number("seconds", round.seconds, kSecondsDecimals)
      .number("cpu_seconds", round.cpu_seconds, kSecondsDecimals)
      .done();
}

std::string end_record(const Results& results) {
  Object object = record("end");
  object.number("seconds", results.seconds, kSecondsDecimals)
      .number("measured_seconds", results.measured_seconds, kSecondsDecimals);
  return object.raw("interrupted", results.interrupted ? "true" : "false").done();
}

std::string to_records(const Results& results) {
  std::string text = start_record(results) + "\n";
  for (std::size_t entrant = 0; entrant < results.entrants.size(); ++entrant) {
    for (std::size_t image = 0; image < results.images.size(); ++image) {
      const Cell& cell = results.cell(entrant, image);
      if (cell.made) text += made_record(results, entrant, image) + "\n";
      for (const Sample& sample : cell.samples) text += sample_record(results, entrant, image, sample) + "\n";
    }
  }
  for (const Round& round : results.rounds) text += round_record(results, round) + "\n";
  return text + end_record(results) + "\n";
}

}  // namespace imgmill::bench
