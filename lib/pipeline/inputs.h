// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// From what the command line names to the list of input files, in a fixed order.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::pipeline {

struct Operand {
  std::string text;
  bool listed = false;  // from --files-from: taken literally, and a relative path is mirrored as it stands
};

struct Input {
  std::filesystem::path path;
  std::filesystem::path root;  // path == root / relative
  std::string relative;
  bool from_stdin = false;
  std::string problem;    // a folder that can't be read
  bool searched = false;  // found below a folder, not named
};

// A file stands for itself, whatever its name; a folder for the image files below it (by extension or content; hidden
// ones and links to folders left out); a pattern for the image files it matches; "-" for standard input. A file that is
// named twice is taken once. Missing files are taken too: their jobs fail. Throws Error{usage}: an empty name, "-"
// twice.
std::vector<Input> find_inputs(std::span<const Operand> operands);

// Whether the operands name one file (or "-") and no folder, pattern or list: then -o may be a file's name.
bool is_single(std::span<const Operand> operands);

// The lines of a list (or its NUL-separated entries), empty ones left out.
std::vector<Operand> parse_list(std::string_view text, char separator);

}  // namespace imgmill::pipeline
