// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "bench/history.h"
#include "bench/records.h"

namespace imgmill::bench {
namespace {

using Json = nlohmann::ordered_json;  // parameters keep their order

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::input, message); }

template <class Value>
Value get(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) refuse(fmt::format("it has no '{}'", key));
  try {
    return found->get<Value>();
  } catch (const Json::exception&) {
    refuse(fmt::format("'{}' is of another type than expected", key));
  }
}

template <class Value>
Value get_or(const Json& object, const char* key, Value otherwise) {
  return object.contains(key) ? get<Value>(object, key) : otherwise;
}

template <class Value>
std::optional<Value> get_if(const Json& object, const char* key) {
  return object.contains(key) ? std::optional(get<Value>(object, key)) : std::nullopt;
}

class Reader {
 public:
  void take(const Json& json) {
    if (!json.is_object()) refuse("is no record of a benchmark");
    const auto type = get<std::string>(json, "type");
    if (get<int>(json, "schema_version") != kSchemaVersion) refuse("is of another schema_version");
    if (ended_) refuse("comes after the last record: two benchmarks wrote to one file");
    if ((type == "bench") == started_) refuse(started_ ? "starts a second benchmark" : "comes before the first record");
    if (type == "bench") return start(json);
    if (type == "made") cell_of(json).made = made(json);
    if (type == "sample") {
      cell_of(json).samples.push_back(sample(json));
      // There may be more rounds than its first record knew.
      int& repeats = results_.setting.repeats;
      repeats = std::max(repeats, cell_of(json).samples.back().repeat + 1);
      return;
    }
    if (type == "round") return results_.rounds.push_back(round(json));
    if (type == "end") end(json);
  }
  Results done() { return std::move(results_); }

 private:
  void start(const Json& json) {
    started_ = true;
    Setting& setting = results_.setting;
    setting.started = get<std::string>(json, "started");
    setting.version = get<std::string>(json, "version");
    setting.revision = get_or<std::string>(json, "revision", "");
    setting.subcommand = get<std::string>(json, "subcommand");
    setting.arguments = get<std::vector<std::string>>(json, "arguments");
    const auto machine = get<Json>(json, "machine");
    setting.cpu = get<std::string>(machine, "cpu");
    setting.cores = get<int>(machine, "cores");
    setting.memory = get<std::uint64_t>(machine, "memory");
    setting.system = get<std::string>(machine, "system");
    setting.libraries = get<std::map<std::string, std::string>>(json, "libraries");
    setting.levels = get<std::vector<int>>(json, "levels");
    setting.repeats = get<int>(json, "repeats");
    for (const Json& entrant : get<std::vector<Json>>(json, "entrants")) {
      results_.entrants.push_back({get<std::string>(entrant, "name"), get_or<std::string>(entrant, "command", ""), {}});
      const Json parameters = get<Json>(entrant, "parameters");
      for (const auto& [name, value] : parameters.items()) {
        results_.entrants.back().parameters.emplace_back(name, value.is_string() ? value.get<std::string>() : "");
      }
    }
    for (const Json& image : get<std::vector<Json>>(json, "images")) {
      results_.images.push_back(
          {get<std::string>(image, "path"), get<std::string>(image, "digest"), get<std::uint64_t>(image, "bytes")});
    }
    results_.cells.resize(results_.entrants.size() * results_.images.size());
    results_.interrupted = true;  // until the last record says otherwise
  }

  std::size_t entrant_of(const Json& json) const {
    const auto name = get<std::string>(json, "entrant");
    for (std::size_t i = 0; i < results_.entrants.size(); ++i) {
      if (results_.entrants[i].name == name) return i;
    }
    refuse(fmt::format("names an unknown entrant, '{}'", name));
  }

  Cell& cell_of(const Json& json) {
    const auto image = get<std::size_t>(json, "image");  // names needn't be all different in UTF-8
    if (image >= results_.images.size()) refuse(fmt::format("is about image {}, which there isn't", image));
    return results_.cell(entrant_of(json), image);
  }

  static Made made(const Json& json) {
    Made made;
    made.error = get_or<std::string>(json, "error", "");
    made.bytes = get_or<std::uint64_t>(json, "bytes", 0);
    made.gzip_bytes = get_or<std::uint64_t>(json, "gzip_bytes", 0);
    made.width = get_or(json, "width", 0);
    made.height = get_or(json, "height", 0);
    made.ssim = get_if<double>(json, "ssim");
    made.worst_block = get_if<double>(json, "worst_block");
    return made;
  }

  static Sample sample(const Json& json) {
    constexpr int kMostRepeats = 1000000;
    const int repeat = get<int>(json, "repeat");
    if (repeat < 0 || repeat > kMostRepeats) refuse(fmt::format("is of repeat {}, which can't be", repeat));
    return {get<int>(json, "jobs"),
            repeat,
            get_or(json, "ms", 0.0),
            get_or(json, "cpu_ms", 0.0),
            get_or(json, "wait_ms", 0.0),
            get_or(json, "yardstick_ms", 0.0),
            get_or(json, "yardstick_shift", 0.0),
            get_or<std::uint64_t>(json, "memory", 0),
            get_or<std::int64_t>(json, "memory_change", 0),
            get_or<std::string>(json, "error", "")};
  }

  Round round(const Json& json) const {
    return {entrant_of(json), get<int>(json, "jobs"), get<int>(json, "repeat"), get<double>(json, "seconds"),
            get<double>(json, "cpu_seconds")};
  }

  void end(const Json& json) {
    ended_ = true;
    results_.seconds = get<double>(json, "seconds");
    results_.measured_seconds = get<double>(json, "measured_seconds");
    results_.interrupted = get<bool>(json, "interrupted");
  }

  Results results_;
  bool started_ = false, ended_ = false;
};

// Calls `take` with each line as JSON; what is wrong with one is said with its number. A last line without an end is
// left out where there were others: the writer was stopped in the middle of it.
template <class Take>
void each_line(std::string_view text, const std::string& file, bool pass_over_torn, const Take& take) {
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos && number > 0) break;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    try {
      const Json json = Json::parse(line, nullptr, false);
      if (json.is_discarded() && pass_over_torn) continue;
      if (json.is_discarded()) refuse("is no JSON");
      take(json);
    } catch (const base::Error& error) {
      throw base::Error(base::ErrorKind::input, fmt::format("{}, line {}: {}", file, number, error.what()));
    }
  }
  if (number == 0) throw base::Error(base::ErrorKind::input, fmt::format("{}: has no records", file));
}

Past past(const Json& json) {
  if (!json.is_object() || get_or<std::string>(json, "type", "") != "history") refuse("is no line of a history");
  if (get<int>(json, "schema_version") != kSchemaVersion) refuse("is of another schema_version");
  Past past{get<std::string>(json, "started"), get<std::string>(json, "revision"), get<std::string>(json, "subcommand"),
            get<std::string>(json, "cpu"),     get<std::string>(json, "images"),   {}};
  for (const Json& figure : get<std::vector<Json>>(json, "figures")) {
    past.figures.push_back({get<std::string>(figure, "entrant"), get<int>(figure, "jobs"), get<double>(figure, "ms"),
                            get<double>(figure, "yardstick_ms"), get<double>(figure, "memory"),
                            get<double>(figure, "bytes"), get<double>(figure, "ssim"),
                            get<std::string>(figure, "setting")});
  }
  return past;
}

}  // namespace

bool are_bench_records(std::string_view text) {
  const Json first = Json::parse(text.substr(0, text.find('\n')), nullptr, false);
  return first.is_object() && first.value("type", Json()) == "bench";
}

Results read_results(std::string_view text, const std::string& file) {
  Reader reader;
  each_line(text, file, false, [&](const Json& json) { reader.take(json); });
  return reader.done();
}

std::vector<Past> read_history(std::string_view text, const std::string& file) {
  std::vector<Past> history;
  each_line(text, file, true, [&](const Json& json) { history.push_back(past(json)); });
  return history;
}

}  // namespace imgmill::bench
