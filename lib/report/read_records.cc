// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/error.h"
#include "report/record_fields.h"
#include "report/records.h"

namespace imgmill::report {
namespace {

using Json = nlohmann::ordered_json;  // stages keep their order
using pipeline::Outcome;
using pipeline::Output;

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::input, message); }

// Enum's value that is written as `text`.
template <class Enum>
Enum word_to(std::string_view text, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (to_string(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  refuse(fmt::format("'{}' is no word that this version knows", text));
}

void expect(bool good, const char* what) {
  if (!good) refuse(fmt::format("must be {}", what));
}

// The visitor of record_fields.h that takes from an object what `record` has. Messages name the key.
template <class Record>
class Reader {
 public:
  Reader(const Json& object, Record& record, Names& names) : object_(object), record_(record), names_(names) {}

  template <class Member>
  void operator()(const char* key, Member member, Shown shown, int = 0) {
    take(key, shown == Shown::always, [&](const Json& json) { read(json, std::invoke(member, record_)); });
  }
  template <class Member>
  void operator()(const char* key, Member member, Joined, Shown shown, int = 0) {
    (*this)(key, member, shown);
  }
  template <class Derived>
  void derived(const char*, Derived, int = 0) {}  // follows from the others
  template <class Member>
  void planned(const char*, const char* key, Member member) {
    (*this)(key, member, Shown::where_known);
  }
  template <class Whole, class Stages>
  void times(const char* key, Whole whole, Stages stages) {
    take(key, false, [&](const Json& json) {
      expect(json.is_object(), "an object");
      for (const auto& [name, value] : json.items()) {
        double milliseconds = 0;
        read(value, milliseconds);
        if (name == "total") {
          record_.*whole = milliseconds;
        } else {
          (record_.*stages).push_back({names_.keep(name), milliseconds});
        }
      }
    });
  }
  template <class Stages>
  void recorded(const char* key, Stages stages) {
    take(key, false, [&](const Json& json) {
      expect(json.is_object(), "an object");
      for (const auto& [name, figures] : json.items()) {
        expect(figures.is_object(), "an object of objects");
        base::StageTime stage{names_.keep(name)};
        if (const auto cpu = figures.find("cpu_ms"); cpu != figures.end()) read(*cpu, stage.cpu_milliseconds);
        if (const auto bytes = figures.find("allocated"); bytes != figures.end()) read(*bytes, stage.allocated);
        if (const auto bytes = figures.find("peak"); bytes != figures.end()) read(*bytes, stage.peak);
        base::add_stage(record_.*stages, stage);
      }
    });
  }

 private:
  template <class Take>
  void take(const char* key, bool required, const Take& take_value) {
    const auto found = object_.find(key);
    if (found == object_.end()) {
      if (required) refuse(fmt::format("it has no '{}'", key));
      return;
    }
    try {
      take_value(*found);
    } catch (const base::Error& error) {
      refuse(fmt::format("'{}' {}", key, error.what()));
    }
  }

  void read(const Json& json, bool& value) {
    expect(json.is_boolean(), "true or false");
    value = json.get<bool>();
  }
  void read(const Json& json, double& value) {
    expect(json.is_number() || json.is_null(), "a number");
    value = json.is_null() ? std::numeric_limits<double>::infinity() : json.get<double>();
  }
  template <class Integer>
  requires std::is_integral_v<Integer>
  void read(const Json& json, Integer& value) {
    expect(json.is_number_unsigned(), "a whole number");
    const auto number = json.get<std::uint64_t>();
    expect(number <= static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()), "a smaller number");
    value = static_cast<Integer>(number);
  }
  const std::string& text(const Json& json) {
    expect(json.is_string(), "a text");
    return json.get_ref<const std::string&>();
  }
  void read(const Json& json, std::string& value) { value = text(json); }
  void read(const Json& json, std::filesystem::path& value) { value = text(json); }
  void read(const Json& json, std::string_view& value) { value = names_.keep(text(json)); }
  void read(const Json& json, pipeline::Status& value) {
    value = word_to<pipeline::Status>(text(json), pipeline::kStatusCount);
  }
  void read(const Json& json, pipeline::Gate& value) {
    value = word_to<pipeline::Gate>(text(json), pipeline::kGateCount);
  }
  void read(const Json& json, pipeline::Failure& value) {
    const auto member = [&](const char* key) -> const std::string& {
      expect(json.is_object() && json.contains(key), "an object with kind and message");
      return text(json.at(key));
    };
    value.kind = word_to<base::ErrorKind>(member("kind"), base::kErrorKindCount);
    value.message = member("message");
  }
  template <class Value>
  void read(const Json& json, std::optional<Value>& value) {
    read(json, value.emplace());
  }
  template <class Value>
  void read(const Json& json, std::vector<Value>& values) {
    expect(json.is_array(), "an array");
    for (const Json& element : json) read(element, values.emplace_back());
  }
  void read(const Json& json, Output& value) {
    expect(json.is_object(), "an array of objects");
    visit_output(Reader<Output>(json, value, names_));
  }
  void read(const Json& json, pipeline::Expectation& value) {
    expect(json.is_object(), "an array of objects");
    visit_expectation(Reader<pipeline::Expectation>(json, value, names_));
  }
  void read(const Json& json, pipeline::Figures& figures) {
    expect(json.is_object(), "an object");
    for (const auto& [name, value] : json.items()) read(value, figures.emplace_back(name, 0.0).second);
  }
  void read(const Json& json, decltype(pipeline::Summary::counts)& counts) {
    expect(json.is_object(), "an object");
    for (const auto& [status, count] : json.items()) {
      const auto index = static_cast<std::size_t>(word_to<pipeline::Status>(status, pipeline::kStatusCount));
      read(count, counts[index]);
    }
  }

  void read(const Json& json, pipeline::CacheCounts& counts) {
    expect(json.is_object(), "an object");
    for (std::size_t i = 0; i < counts.by_answer.size(); ++i) {
      const auto count = json.find(pipeline::kCacheAnswers[i]);
      if (count != json.end()) read(*count, counts.by_answer[i]);
    }
  }
  void read(const Json& json, decltype(pipeline::Summary::throttled_seconds)& by_cause) {
    expect(json.is_object(), "an object");
    for (const auto& [cause, seconds] : json.items()) {
      const auto index = static_cast<std::size_t>(word_to<pipeline::Hold>(cause, pipeline::kHoldCount));
      read(seconds, by_cause[index]);
    }
  }

  const Json& object_;
  Record& record_;
  Names& names_;
};

void check_version(const Json& record) {
  const auto version = record.find("schema_version");
  if (version == record.end() || !version->is_number_integer()) refuse("it has no 'schema_version'");
  if (*version != kSchemaVersion) {
    refuse(fmt::format("it has schema_version {}, and this imgmill reads {} (use the version that wrote it)",
                       version->dump(), kSchemaVersion));
  }
}

// Adds a record to the runs, the last of which is open.
void add(const Json& record, std::string_view line, std::vector<RunRecords>& runs, Names& names) {
  const auto type = record.find("type");
  if (type == record.end() || !type->is_string()) refuse("it has no 'type'");
  check_version(record);
  if (*type == "item") {
    if (runs.back().summary) runs.push_back({runs.back().file, {}, std::nullopt, false});
    ItemRecord& item = runs.back().items.emplace_back();
    item.line = line;
    visit_outcome(Reader<Outcome>(record, item.outcome, names));
  } else if (*type == "summary") {
    if (runs.back().summary) runs.push_back({runs.back().file, {}, std::nullopt, false});
    visit_summary(Reader<pipeline::Summary>(record, runs.back().summary.emplace(), names));
  } else {
    refuse(fmt::format("it is of type {}, and only those of a batch are read", type->dump()));
  }
}

}  // namespace

std::vector<RunRecords> read_records(std::string_view text, const std::string& file, Names& names) {
  std::vector<RunRecords> runs(1);
  runs.back().file = file;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    const Json record = Json::parse(line, nullptr, false);
    if (record.is_discarded() && end == std::string_view::npos && line.starts_with('{')) {
      if (runs.back().summary) runs.push_back({file, {}, std::nullopt, false});
      runs.back().cut_off = true;
      break;
    }
    try {
      if (!record.is_object()) refuse("it is no JSON object");
      add(record, line, runs, names);
    } catch (const base::Error& error) {
      throw base::Error(error.kind(), fmt::format("{}: line {}: {}", file, number, error.what()));
    }
  }
  return runs;
}

}  // namespace imgmill::report
