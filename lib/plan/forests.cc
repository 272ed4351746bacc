// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/forests.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "base/module.h"
#include "plan/forest_module.h"

namespace imgmill::plan {
namespace {

using features::Features;

// Deep enough to tell the classes apart, small enough to be read in a tenth of a second.
constexpr ForestShape kKinds{60, 14, 6}, kNumbers{10, 7, 20};

template <class Function>
Function* forest(const char* name) {
  return reinterpret_cast<Function*>(base::module_symbol("forest", name));
}

using Problem = std::array<char, kForestProblem>;

void check(int result, const std::filesystem::path& path, const Problem& problem,
           base::ErrorKind kind = base::ErrorKind::input) {
  if (result != 0) throw base::Error(kind, fmt::format("{}: {}", path.string(), problem.data()));
}

// What classes don't depend on comes last: they are asked for without it.
std::vector<float> row_of(const Features& features, double pixels) {
  std::vector<float> row;
  for (const bool tells_class : {true, false}) {
    for (const features::Feature& feature : features::feature_list()) {
      if (feature.tells_class == tells_class) row.push_back(static_cast<float>(features.*feature.member));
    }
  }
  row.push_back(static_cast<float>(std::log2(std::max(1.0, pixels))));
  return row;
}

struct Answer {
  float value = 0, share = 0;
};

Answer ask(void* forests, const std::filesystem::path& path, const std::string& name, const Row& asked) {
  static const auto call = forest<decltype(imgmill_forests_ask)>("imgmill_forests_ask");
  const std::vector<float> row = row_of(asked.features, asked.pixels);
  Answer answer;
  Problem problem{};
  check(call(forests, name.c_str(), row.data(), static_cast<int>(row.size()), &answer.value, &answer.share,
             problem.data()),
        path, problem);
  return answer;
}

}  // namespace

std::shared_ptr<void> Forests::loaded() const {
  const std::lock_guard lock(mutex_);
  if (loaded_) return loaded_;
  static const auto load = forest<decltype(imgmill_forests_load)>("imgmill_forests_load");
  static const auto free = forest<decltype(imgmill_forests_free)>("imgmill_forests_free");
  void* forests = nullptr;
  Problem problem{};
  check(load(path_.c_str(), &forests, problem.data()), path_, problem);
  loaded_ = std::shared_ptr<void>(forests, free);
  return loaded_;
}

double Forests::number(const std::string& name, const Features& features, double pixels) const {
  const std::shared_ptr<void> forests = loaded();
  return ask(forests.get(), path_, name, {features, pixels}).value;
}

features::Verdict Forests::classify(const Features& features) const {
  const std::shared_ptr<void> forests = loaded();
  const Answer answer = ask(forests.get(), path_, "class", {features, 0});
  const auto kind =
      static_cast<std::size_t>(std::clamp<long>(std::lround(answer.value), 0, features::kClasses.size() - 1));
  return {features::kClasses[kind], answer.share, "model"};
}

double Forests::figure(const std::string& name) const {
  static const auto call = forest<decltype(imgmill_forests_figure)>("imgmill_forests_figure");
  const std::shared_ptr<void> forests = loaded();
  double value = 0;
  Problem problem{};
  check(call(forests.get(), name.c_str(), &value, problem.data()), path_, problem);
  return value;
}

void Forests::let_go() {
  const std::lock_guard lock(mutex_);
  loaded_.reset();
}

void train(const std::filesystem::path& path, std::span<const Row> rows, std::span<const Lesson> lessons,
           std::span<const std::pair<std::string, double>> figures) {
  static const auto call = forest<decltype(imgmill_forests_train)>("imgmill_forests_train");
  const auto list = features::feature_list();
  const auto all = static_cast<int>(list.size()) + 1;
  const auto of_class = static_cast<int>(
      std::count_if(list.begin(), list.end(), [](const features::Feature& f) { return f.tells_class; }));
  std::vector<float> samples;
  for (const Row& row : rows) {
    const std::vector<float> numbers = row_of(row.features, row.pixels);
    samples.insert(samples.end(), numbers.begin(), numbers.end());
  }
  std::vector<ForestTask> tasks;
  for (const Lesson& lesson : lessons) {
    tasks.push_back({lesson.name.c_str(), lesson.is_kind ? of_class : all, lesson.answers.data(),
                     lesson.is_kind ? 1 : 0, lesson.is_kind ? kKinds : kNumbers});
  }
  std::vector<ForestFigure> numbers;
  for (const auto& [name, value] : figures) numbers.push_back({name.c_str(), value});
  Problem problem{};
  check(call(path.c_str(), samples.data(), static_cast<int>(rows.size()), all, tasks.data(),
             static_cast<int>(tasks.size()), numbers.data(), static_cast<int>(numbers.size()), problem.data()),
        path, problem, base::ErrorKind::output);
}

}  // namespace imgmill::plan
