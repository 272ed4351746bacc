// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary to the module that trains and asks random forests (Breiman 2001) with OpenCV. A file holds several, each
// under a name, and figures beside them. Each call returns 0, or another value with what is wrong in `problem`, which
// has room for kForestProblem bytes.
#pragma once

enum { kForestProblem = 256 };

extern "C" {

struct ForestShape {
  int trees, depth, least;  // least: the fewest samples that a node is divided from
};

// A forest to train: `answers` has one of the kinds 0, 1, … for each row where is_kind is not 0, else any number. Rows
// whose answer is NaN are left out, and all columns but the first ones.
struct ForestTask {
  const char* name;
  int columns;
  const float* answers;
  int is_kind;
  struct ForestShape shape;
};

struct ForestFigure {
  const char* name;
  double value;
};

// `features` is rows × columns. Writes `path`, YAML, compressed where it ends in .gz.
int imgmill_forests_train(const char* path, const float* features, int rows, int columns,
                          const struct ForestTask* tasks, int task_count, const struct ForestFigure* figures,
                          int figure_count, char* problem);

// *forests is what the others take; it is safe to ask from several threads.
int imgmill_forests_load(const char* path, void** forests, char* problem);
void imgmill_forests_free(void* forests);

// The answer for one row of `columns` features, of which a forest may have been trained on the first ones only. Of a
// forest of kinds, *share is the part of the trees that gave it.
int imgmill_forests_ask(const void* forests, const char* name, const float* features, int columns, float* answer,
                        float* share, char* problem);

int imgmill_forests_figure(const void* forests, const char* name, double* value, char* problem);
}
