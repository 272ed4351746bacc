// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/metrics.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "report/target_file.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Outcome;
using pipeline::Status;
using pipeline::Summary;

// A series with no labels but those of the run.
struct Figure {
  const char* name;
  const char* type;
  const char* help;
  double (*value)(const Summary&);
};

template <auto Summary::*member>
double value_of(const Summary& summary) {
  return static_cast<double>(summary.*member);
}

constexpr Figure kFigures[] = {
    {"imgmill_outputs_total", "counter", "Results made.", value_of<&Summary::outputs>},
    {"imgmill_encodes_total", "counter", "Full encodes spent on the results.", value_of<&Summary::encodes>},
    {"imgmill_gates_failed_total", "counter", "Items for which a check, a budget or a target does not hold.",
     value_of<&Summary::gates>},
    {"imgmill_input_bytes_total", "counter", "Bytes of the inputs.", value_of<&Summary::bytes_in>},
    {"imgmill_output_bytes_total", "counter", "Bytes of the results.", value_of<&Summary::bytes_out>},
    {"imgmill_retries_total", "counter", "Items done again after memory had run out.", value_of<&Summary::retries>},
    {"imgmill_cpu_seconds_total", "counter", "Processor time of all threads.", value_of<&Summary::cpu_seconds>},
    {"imgmill_run_seconds", "gauge", "How long the run took.", value_of<&Summary::wall_seconds>},
    {"imgmill_run_interrupted", "gauge", "1 where the run was stopped before its end.",
     value_of<&Summary::interrupted>},
    {"imgmill_cores", "gauge", "Cores that the run could use.", value_of<&Summary::cores>},
    {"imgmill_memory_budget_bytes", "gauge", "Budget for the images in flight.", value_of<&Summary::memory_budget>},
    {"imgmill_memory_planned_bytes", "gauge", "The most that was planned for images in flight.",
     [](const Summary& summary) { return static_cast<double>(summary.flight.planned); }},
    {"imgmill_memory_peak_bytes", "gauge", "The largest resident size of the process.",
     value_of<&Summary::peak_memory>},
    {"imgmill_items_in_flight_peak", "gauge", "The most items in flight at once.",
     [](const Summary& summary) { return static_cast<double>(summary.flight.jobs); }},
};

std::string label(std::string_view name, std::string_view value) {
  std::string safe;
  for (const char c : printable(value)) {
    if (c == '\\' || c == '"') safe += '\\';
    safe += c;
  }
  return fmt::format("{}=\"{}\"", name, safe);
}

// The text under construction: every series has the labels of the run.
class Exposition {
 public:
  explicit Exposition(const pipeline::Run& run) {
    labels_ = fmt::format("{},{}", label("subcommand", run.subcommand), label("preset", run.preset));
    if (!run.shard.empty()) labels_ += fmt::format(",{}", label("shard", run.shard));
  }

  void family(std::string_view name, std::string_view type, std::string_view help) {
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  }
  void sample(std::string_view name, double value, const std::string& more_labels = {}) {
    text_ += fmt::format("{}{{{}{}{}}} {}\n", name, labels_, more_labels.empty() ? "" : ",", more_labels, value);
  }
  void histogram(const std::string& name, const Histogram& histogram, const std::string& more_labels = {}) {
    const std::string before = fmt::format("{}{}", more_labels, more_labels.empty() ? "" : ",");
    for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
      sample(name + "_bucket", static_cast<double>(histogram.at_most(i)),
             before + label("le", fmt::format("{}", Histogram::kBounds[i])));
    }
    const auto count = static_cast<double>(histogram.count());
    sample(name + "_bucket", count, before + label("le", "+Inf"));
    sample(name + "_sum", histogram.sum(), more_labels);
    sample(name + "_count", count, more_labels);
  }
  const std::string& text() const { return text_; }

 private:
  std::string labels_, text_;
};

}  // namespace

void ItemFigures::add(const Outcome& outcome) {
  if (outcome.status == Status::skipped) return;
  items.add(outcome.total_ms / 1000);
  queue.add(outcome.queue_ms / 1000);
  if (outcome.status == Status::failed && outcome.error) ++failures[static_cast<std::size_t>(outcome.error->kind)];
  for (const base::StageTime& stage : outcome.stages) {
    auto known = std::find_if(stages.begin(), stages.end(), [&](const auto& s) { return s.first == stage.name; });
    if (known == stages.end()) known = stages.insert(stages.end(), {stage.name, {}});
    known->second.add(stage.milliseconds / 1000);
  }
}

std::string metrics_text(const Summary& summary, const ItemFigures& figures, double ended) {
  Exposition out(summary.run);
  out.family("imgmill_build_info", "gauge", "The version that ran.");
  out.sample("imgmill_build_info", 1, label("version", IMGMILL_VERSION));
  out.family("imgmill_run_ended_timestamp_seconds", "gauge", "When the run ended.");
  out.sample("imgmill_run_ended_timestamp_seconds", ended);
  out.family("imgmill_items_total", "counter", "Items by what became of them.");
  for (std::size_t i = 0; i < pipeline::kStatusCount; ++i) {
    out.sample("imgmill_items_total", static_cast<double>(summary.counts[i]),
               label("status", to_string(static_cast<Status>(i))));
  }
  out.family("imgmill_cache_lookups_total", "counter", "Look-ups of results by the layer that answered, or none.");
  for (std::size_t i = 0; i < pipeline::kCacheAnswers.size(); ++i) {
    out.sample("imgmill_cache_lookups_total", static_cast<double>(summary.cache.by_answer[i]),
               label("answer", pipeline::kCacheAnswers[i]));
  }
  out.family("imgmill_failures_total", "counter", "Failed items by kind of error.");
  for (std::size_t i = 0; i < figures.failures.size(); ++i) {
    out.sample("imgmill_failures_total", static_cast<double>(figures.failures[i]),
               label("kind", base::to_string(static_cast<base::ErrorKind>(i))));
  }
  for (const Figure& figure : kFigures) {
    out.family(figure.name, figure.type, figure.help);
    out.sample(figure.name, figure.value(summary));
  }
  out.family("imgmill_throttled_seconds_total", "counter", "Time for which the next item had to wait, by cause.");
  for (std::size_t i = 0; i < pipeline::kHoldCount; ++i) {
    out.sample("imgmill_throttled_seconds_total", summary.throttled_seconds[i],
               label("cause", to_string(static_cast<pipeline::Hold>(i))));
  }
  out.family("imgmill_queue_seconds", "histogram", "Time between an item's turn and its start.");
  out.histogram("imgmill_queue_seconds", figures.queue);
  out.family("imgmill_item_seconds", "histogram", "Time of work for an item.");
  out.histogram("imgmill_item_seconds", figures.items);
  if (figures.stages.empty()) return out.text();
  out.family("imgmill_stage_seconds", "histogram", "Time of an item's stages.");
  for (const auto& [stage, histogram] : figures.stages) {
    out.histogram("imgmill_stage_seconds", histogram, label("stage", stage));
  }
  return out.text();
}

MetricsSink::MetricsSink(std::filesystem::path file) : file_(std::move(file)) { check_target("--metrics", file_); }

void MetricsSink::end(const Summary& summary) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  write_target("--metrics", file_, metrics_text(summary, figures_, now.count()));
}

}  // namespace imgmill::report
