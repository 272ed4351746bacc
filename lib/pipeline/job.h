// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One unit of work: an input and where its results go. Made before any work starts, never changed afterwards.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "codec/codec.h"

namespace imgmill::pipeline {

// One of the results that are made of each input.
struct Product {
  codec::Format format = codec::Format::svg;
  std::string extension = "svg";
  std::size_t variant = 0;   // its place among the variants
  std::string variant_name;  // empty where there is only one
};

struct Destination {
  std::filesystem::path path;  // "-" for standard output
  Product product;
};

struct Job {
  std::size_t index = 0;        // its place in the batch
  std::filesystem::path input;  // "-" for standard input
  bool from_stdin = false;
  std::string relative;  // the input's path below its root: what is mirrored
  std::vector<Destination> outputs;
  bool to_stdout = false;  // then there is one output
  std::string problem;     // not empty: the input could not even be looked at; the job fails with this message
};

}  // namespace imgmill::pipeline
