// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/ndjson.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "report/json.h"
#include "report/record_fields.h"
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

template <class Value>
bool is_known(const Value& value) {
  if constexpr (std::is_arithmetic_v<Value> || std::is_enum_v<Value>) {
    return value != Value{};
  } else if constexpr (requires { value.has_value(); }) {
    return value.has_value();
  } else {
    return !value.empty();
  }
}

std::string to_json(const std::string& text) { return json_string(text); }
std::string to_json(std::string_view text) { return json_string(text); }
std::string to_json(const std::filesystem::path& path) { return json_string(path.native()); }
std::string to_json(bool value) { return value ? "true" : "false"; }
std::string to_json(Status status) { return json_string(to_string(status)); }
std::string to_json(pipeline::Gate gate) { return json_string(to_string(gate)); }
std::string to_json(const std::vector<std::string>& texts) {
  return array(texts, [](const std::string& text) { return json_string(text); });
}
std::string to_json(const pipeline::Failure& failure) {
  Object error;
  error.text("kind", base::to_string(failure.kind)).text("message", failure.message);
  return error.done();
}
std::string to_json(const decltype(pipeline::Summary::counts)& by_status) {
  Object counts;
  for (std::size_t i = 0; i < by_status.size(); ++i) counts.count(to_string(static_cast<Status>(i)), by_status[i]);
  return counts.done();
}

std::string to_json(const pipeline::CacheCounts& cache) {
  Object counts;
  for (std::size_t i = 0; i < cache.by_answer.size(); ++i) counts.count(pipeline::kCacheAnswers[i], cache.by_answer[i]);
  return counts.done();
}

std::string to_json(const decltype(pipeline::Summary::throttled_seconds)& by_cause) {
  Object seconds;
  for (std::size_t i = 0; i < by_cause.size(); ++i) {
    if (by_cause[i] > 0) seconds.number(to_string(static_cast<pipeline::Hold>(i)), by_cause[i], 4);
  }
  return seconds.done();
}

// The visitor of record_fields.h that appends to an object what `record` has.
template <class Record>
class Writer {
 public:
  Writer(Object& object, const Record& record, bool dry_run) : object_(object), record_(record), dry_run_(dry_run) {}

  template <class Member>
  void operator()(std::string_view key, Member member, Shown shown, int decimals = 0) {
    const auto& value = std::invoke(member, record_);
    if (shown == Shown::where_known && !is_known(value)) return;
    if (shown >= Shown::where_worked && dry_run_) return;
    if constexpr (std::is_same_v<Record, Output>) {
      if (shown == Shown::where_made && record_.error) return;
    }
    write(key, value, decimals);
  }
  template <class Member>
  void operator()(std::string_view key, Member member, Joined, Shown shown, int decimals = 0) {
    (*this)(key, member, shown, decimals);
  }
  template <class Derived>
  void derived(std::string_view key, Derived derived, int decimals = 0) {
    write(key, std::invoke(derived, record_), decimals);
  }
  template <class Member>
  void planned(std::string_view flag, std::string_view key, Member member) {
    if (dry_run_) object_.raw(flag, "true").count(key, record_.*member);
  }
  template <class Whole, class Stages>
  void times(std::string_view key, Whole whole, Stages stages) {
    if (dry_run_) return;
    Object object;
    object.number("total", record_.*whole, 3);
    for (const base::StageTime& stage : record_.*stages) object.number(stage.name, stage.milliseconds, 3);
    object_.raw(key, object.done());
  }
  template <class Stages>
  void recorded(std::string_view key, Stages stages) {
    const std::vector<base::StageTime>& all = record_.*stages;
    const auto is_recorded = [](const base::StageTime& s) { return s.cpu_milliseconds > 0 || s.allocated > 0; };
    if (dry_run_ || std::none_of(all.begin(), all.end(), is_recorded)) return;
    Object object;
    for (const base::StageTime& stage : all) {
      Object figures;
      figures.number("cpu_ms", stage.cpu_milliseconds, 3).count("allocated", stage.allocated);
      object.raw(stage.name, figures.count("peak", stage.peak).done());
    }
    object_.raw(key, object.done());
  }

 private:
  template <class Value>
  void write(std::string_view key, const Value& value, int decimals) {
    if constexpr (std::is_same_v<Value, std::vector<Output>>) {
      object_.raw(key, array(value, [&](const Output& output) { return output_object(output); }));
    } else if constexpr (std::is_same_v<Value, std::vector<pipeline::Expectation>>) {
      object_.raw(key, array(value, expectation_object));
    } else if constexpr (std::is_same_v<Value, pipeline::Figures>) {
      Object figures;
      for (const auto& [name, figure] : value) figures.number(name, figure, decimals);
      object_.raw(key, figures.done());
    } else if constexpr (requires { value.has_value(); }) {
      write(key, *value, decimals);
    } else if constexpr (std::is_floating_point_v<Value>) {
      object_.number(key, value, decimals);
    } else if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
      object_.count(key, static_cast<std::uint64_t>(value));
    } else {
      object_.raw(key, to_json(value));
    }
  }
  std::string output_object(const Output& output) const {
    Object object;
    visit_output(Writer<Output>(object, output, dry_run_));
    return object.done();
  }
  static std::string expectation_object(const pipeline::Expectation& expectation) {
    Object object;
    visit_expectation(Writer<pipeline::Expectation>(object, expectation, false));
    return object.done();
  }

  Object& object_;
  const Record& record_;
  bool dry_run_;
};

}  // namespace

std::string item_record(const Outcome& outcome, bool dry_run) {
  Object object = record("item");
  visit_outcome(Writer<Outcome>(object, outcome, dry_run));
  return object.done();
}

std::string summary_record(const pipeline::Summary& summary) {
  Object object = record("summary");
  visit_summary(Writer<pipeline::Summary>(object, summary, false));
  return object.done();
}

void NdjsonSink::item(const Outcome& outcome) { file_.write(item_record(outcome, dry_run_)); }

void NdjsonSink::end(const pipeline::Summary& summary) { file_.write(summary_record(summary)); }

}  // namespace imgmill::report
