// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/forest_module.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/ml.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/opencv_one_thread.h"

namespace {

using cv::ml::RTrees;

struct Forests {
  std::map<std::string, cv::Ptr<RTrees>> forests;
  std::map<std::string, double> figures;
};

// Nothing unwinds through C.
template <class Work>
int run(char* problem, const Work& work) {
  try {
    work();
    return 0;
  } catch (const cv::Exception& error) {
    std::strncpy(problem, error.err.c_str(), kForestProblem - 1);
  } catch (const std::exception& error) {
    std::strncpy(problem, error.what(), kForestProblem - 1);
  }
  problem[kForestProblem - 1] = '\0';
  std::replace(problem, problem + std::strlen(problem), '\n', ' ');
  return 1;
}

// OpenCV would print its own account of each error, in two ways.
int keep_silent(int, const char*, const char*, const char*, int, void*) { return 0; }

void silence() {
  cv::redirectError(keep_silent);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
}

cv::Ptr<RTrees> trained(const cv::Mat& features, const ForestTask& task) {
  cv::Mat rows, answers;
  for (int i = 0; i < features.rows; ++i) {
    if (std::isnan(task.answers[i])) continue;
    rows.push_back(features.row(i).colRange(0, task.columns));
    if (task.is_kind != 0) {
      answers.push_back(static_cast<int>(task.answers[i]));
    } else {
      answers.push_back(task.answers[i]);
    }
  }
  if (rows.empty()) throw std::runtime_error(std::string("nothing to learn '") + task.name + "' from");
  const cv::Ptr<RTrees> forest = RTrees::create();
  forest->setMaxDepth(task.shape.depth);
  forest->setMinSampleCount(task.shape.least);
  forest->setTermCriteria({cv::TermCriteria::MAX_ITER, task.shape.trees, 0});
  forest->setActiveVarCount(task.is_kind != 0 ? 0 : std::max(1, task.columns / 2));
  cv::theRNG().state = 1;  // the same forest each time
  forest->train(rows, cv::ml::ROW_SAMPLE, answers);
  return forest;
}

const RTrees& named(const void* forests, const char* name) {
  const auto& all = static_cast<const Forests*>(forests)->forests;
  const auto found = all.find(name);
  if (found == all.end()) throw std::runtime_error(std::string("has no forest '") + name + "'");
  return *found->second;
}

}  // namespace

extern "C" int imgmill_forests_train(const char* path, const float* features, int rows, int columns,
                                     const ForestTask* tasks, int task_count, const ForestFigure* figures,
                                     int figure_count, char* problem) {
  return run(problem, [&] {
    silence();
    const cv::Mat samples(rows, columns, CV_32F, const_cast<float*>(features));
    cv::FileStorage file(path, cv::FileStorage::WRITE);
    if (!file.isOpened()) throw std::runtime_error("can't be written");
    file << "figures"
         << "{";
    for (int i = 0; i < figure_count; ++i) file << figures[i].name << figures[i].value;
    file << "}";
    for (int i = 0; i < task_count; ++i) {
      file << tasks[i].name << "{";
      trained(samples, tasks[i])->write(file);
      file << "}";
    }
    file.release();
  });
}

extern "C" int imgmill_forests_load(const char* path, void** forests, char* problem) {
  return run(problem, [&] {
    silence();
    const cv::FileStorage file(path, cv::FileStorage::READ);
    if (!file.isOpened()) throw std::runtime_error("can't be read");
    auto loaded = std::make_unique<Forests>();
    for (const cv::FileNode node : file.root()) {
      if (node.name() == "figures") {
        for (const cv::FileNode figure : node) loaded->figures[figure.name()] = static_cast<double>(figure);
      } else {
        const cv::Ptr<RTrees> forest = RTrees::create();
        forest->read(node);
        loaded->forests[node.name()] = forest;
      }
    }
    if (loaded->forests.empty()) throw std::runtime_error("has no forests");
    *forests = loaded.release();
  });
}

extern "C" void imgmill_forests_free(void* forests) { delete static_cast<Forests*>(forests); }

extern "C" int imgmill_forests_ask(const void* forests, const char* name, const float* features, int columns,
                                   float* answer, float* share, char* problem) {
  return run(problem, [&] {
    const RTrees& forest = named(forests, name);
    if (forest.getVarCount() > columns) throw std::runtime_error("is for other features");
    const cv::Mat row(1, forest.getVarCount(), CV_32F, const_cast<float*>(features));
    *answer = forest.predict(row);
    *share = 1;
    if (!forest.isClassifier()) return;
    cv::Mat votes;  // a row of kinds, a row of counts
    forest.getVotes(row, votes, 0);
    int all = 0, own = 0;
    for (int i = 0; i < votes.cols; ++i) {
      all += votes.at<int>(1, i);
      if (votes.at<int>(0, i) == static_cast<int>(*answer)) own = votes.at<int>(1, i);
    }
    *share = all > 0 ? static_cast<float>(own) / static_cast<float>(all) : 0;
  });
}

extern "C" int imgmill_forests_figure(const void* forests, const char* name, double* value, char* problem) {
  return run(problem, [&] {
    const auto& figures = static_cast<const Forests*>(forests)->figures;
    const auto found = figures.find(name);
    if (found == figures.end()) throw std::runtime_error(std::string("has no figure '") + name + "'");
    *value = found->second;
  });
}
