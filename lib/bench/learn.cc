// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/learn.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <system_error>

#include "base/digest.h"
#include "base/error.h"
#include "base/system_error.h"
#include "plan/forests.h"

namespace imgmill::bench {
namespace {

namespace fs = std::filesystem;
using features::Class;
using features::kClasses;

constexpr int kFolds = 5;
constexpr const char* kWhat[] = {"ssim", "bytes", "ms"};
constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

double value_of(const plan::Expected& measured, std::string_view what) {
  return what == "ssim" ? measured.ssim : what == "bytes" ? measured.bytes : measured.ms;
}

std::set<std::string> presets_of(std::span<const Example> examples) {
  std::set<std::string> presets;
  for (const Example& example : examples) {
    for (const auto& [preset, measured] : example.measured) presets.insert(preset);
  }
  return presets;
}

std::vector<plan::Row> rows_of(std::span<const Example> examples) {
  std::vector<plan::Row> rows;
  for (const Example& example : examples) rows.push_back({example.features, example.pixels});
  return rows;
}

std::vector<plan::Lesson> lessons_of(std::span<const Example> examples) {
  std::vector<plan::Lesson> lessons;
  plan::Lesson classes{"class", {}, true};
  for (const Example& e : examples) classes.answers.push_back(e.kind ? static_cast<float>(*e.kind) : kNothing);
  const bool any = std::any_of(examples.begin(), examples.end(), [](const Example& e) { return e.kind.has_value(); });
  if (any) lessons.push_back(std::move(classes));
  for (const std::string& preset : presets_of(examples)) {
    for (const char* what : kWhat) {
      plan::Lesson lesson{plan::forest_name(preset, what), {}, false};
      for (const Example& e : examples) {
        const auto measured = e.measured.find(preset);
        const bool known = measured != e.measured.end();
        const double value = known ? plan::to_lesson(what, value_of(measured->second, what), e.pixels) : kNothing;
        lesson.answers.push_back(static_cast<float>(value));
      }
      lessons.push_back(std::move(lesson));
    }
  }
  return lessons;
}

// Sums of what the forests were off, over examples that they had not seen.
struct Errors {
  std::map<std::string, std::pair<double, int>> sums;

  void add(const std::string& name, double error) {
    auto& [sum, count] = sums[name];
    sum += error;
    ++count;
  }
};

// SSIM: the difference; bytes and ms: the factor, as a logarithm.
void add_errors(const plan::Forests& forests, const Example& example, Errors& errors) {
  for (const auto& [preset, measured] : example.measured) {
    const plan::Expected expected = plan::expect(forests, preset, example.features, example.pixels);
    errors.add(plan::forest_name(preset, "ssim"), std::abs(expected.ssim - measured.ssim));
    errors.add(plan::forest_name(preset, "bytes"), std::abs(std::log(expected.bytes / measured.bytes)));
    errors.add(plan::forest_name(preset, "ms"), std::abs(std::log(expected.ms / measured.ms)));
  }
}

void count(Learned::Confusion& confusion, Class is, Class given) {
  ++confusion[static_cast<std::size_t>(is)][static_cast<std::size_t>(given)];
}

int fold_of(const Example& example) {
  const base::ByteView name(reinterpret_cast<const std::uint8_t*>(example.group.data()), example.group.size());
  return static_cast<int>(base::digest(name).low % kFolds);
}

// A file beside `path` that goes with this object.
class Scratch {
 public:
  explicit Scratch(const fs::path& path)
      : path_(path.parent_path() / fmt::format(".{}.{}", ::getpid(), path.filename().string())) {}
  ~Scratch() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void cross_validate(const fs::path& scratch, std::span<const Example> examples, Learned& learned, Errors& errors) {
  for (int fold = 0; fold < kFolds; ++fold) {
    std::vector<Example> seen, unseen;
    for (const Example& example : examples) (fold_of(example) == fold ? unseen : seen).push_back(example);
    if (unseen.empty() || seen.empty()) continue;
    plan::train(scratch, rows_of(seen), lessons_of(seen), {});
    const plan::Forests forests(scratch);
    for (const Example& example : unseen) {
      add_errors(forests, example, errors);
      if (!example.kind) continue;
      count(learned.by_model, *example.kind, forests.classify(example.features).kind);
      count(learned.by_rules, *example.kind, features::classify(example.features).kind);
    }
  }
}

}  // namespace

Example example_of(const fs::path& path, const pipeline::Outcome& outcome) {
  Example example;
  example.group = (path.parent_path() / path.stem()).string();
  fs::path so_far;
  for (auto part = path.begin(); part != path.end(); ++part) {
    so_far /= *part;
    const auto kind = std::find_if(kClasses.begin(), kClasses.end(),
                                   [&](Class c) { return part->string() == features::to_string(c); });
    if (kind == kClasses.end() || std::next(part) == path.end()) continue;
    example.kind = *kind;
    example.group = (so_far / std::next(part)->stem()).string();
    break;
  }
  for (const features::Feature& feature : features::feature_list()) {
    const auto& known = outcome.portrait.features;
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& f) { return f.first == feature.name; });
    if (found == known.end()) {
      throw base::Error(base::ErrorKind::input,
                        fmt::format("{}: its record has no feature '{}'", path.string(), feature.name));
    }
    example.features.*feature.member = found->second;
  }
  for (const pipeline::Output& output : outcome.outputs) {
    example.pixels = static_cast<double>(output.width) * output.height;
    const auto stage = std::find_if(outcome.stages.begin(), outcome.stages.end(),
                                    [&](const base::StageTime& s) { return s.name == output.variant; });
    if (!output.ssim || stage == outcome.stages.end()) continue;
    example.measured[output.variant] = {*output.ssim, static_cast<double>(output.bytes), stage->milliseconds};
  }
  return example;
}

double accuracy(const Learned::Confusion& confusion) {
  int right = 0, all = 0;
  for (std::size_t i = 0; i < confusion.size(); ++i) {
    right += confusion[i][i];
    for (const int n : confusion[i]) all += n;
  }
  return all > 0 ? static_cast<double>(right) / all : 0;
}

Learned learn(const fs::path& path, std::span<const Example> examples) {
  std::set<std::string> groups;
  for (const Example& example : examples) groups.insert(example.group);
  if (groups.size() < kFolds) {
    throw base::Error(base::ErrorKind::input,
                      fmt::format("{} drawings are too few to learn from (give {} at least)", groups.size(), kFolds));
  }
  Learned learned;
  Errors errors;
  const Scratch scratch(path);
  cross_validate(scratch.path(), examples, learned, errors);
  learned.figures.emplace_back("examples", static_cast<double>(examples.size()));
  learned.figures.emplace_back("class_accuracy", accuracy(learned.by_model));
  for (const auto& [name, sum] : errors.sums) learned.figures.emplace_back(name + "_error", sum.first / sum.second);
  plan::train(scratch.path(), rows_of(examples), lessons_of(examples), learned.figures);
  std::error_code error;
  fs::rename(scratch.path(), path, error);
  if (error) {
    throw base::Error(base::ErrorKind::output,
                      fmt::format("can't write {}: {}", path.string(), base::error_text(error.value())));
  }
  return learned;
}

}  // namespace imgmill::bench
