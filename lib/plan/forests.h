// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Learned models: random forests over an image's features, in one file. They are loaded on first use, and may be let go
// when memory is short; who asks again has them loaded again.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "features/classify.h"
#include "features/features.h"

namespace imgmill::plan {

class Forests {
 public:
  // Nothing is read yet. `path` need not exist.
  explicit Forests(std::filesystem::path path) : path_(std::move(path)) {}

  // What the forest `name` says of a picture with so many pixels. Throws Error{input} where the file can't be read or
  // lacks it.
  double number(const std::string& name, const features::Features& features, double pixels) const;

  // The class that most trees of the forest "class" vote for, and their share as confidence. Throws the same.
  features::Verdict classify(const features::Features& features) const;

  // A number that was kept beside the forests. Throws the same.
  double figure(const std::string& name) const;

  // What answers that are under way hold is let go when they are done.
  void let_go();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::shared_ptr<void> loaded() const;

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<void> loaded_;
};

struct Row {
  features::Features features;
  double pixels = 0;
};

// A forest to train, on one answer for each row; a NaN leaves the row out.
struct Lesson {
  std::string name;
  std::vector<float> answers;
  bool is_kind = false;  // answers are the numbers of classes, which don't depend on pixels
};

// Trains one forest for each lesson and writes them to `path` (YAML, compressed where it ends in .gz), always the same
// from the same rows. Throws Error{output} or Error{input}.
void train(const std::filesystem::path& path, std::span<const Row> rows, std::span<const Lesson> lessons,
           std::span<const std::pair<std::string, double>> figures);

}  // namespace imgmill::plan
