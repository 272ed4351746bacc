// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/inputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/bytes.h"
#include "base/descriptor.h"
#include "base/error.h"
#include "base/system_error.h"
#include "codec/codec.h"
#include "pipeline/pattern.h"

namespace imgmill::pipeline {
namespace {

namespace fs = std::filesystem;

// A damaged or empty photo.jpg in a folder has to be reported, so its name is enough to take it.
bool has_image_extension(const fs::path& path) {
  static const std::unordered_set<std::string> kExtensions = {
      ".png", ".jpg",  ".jpeg", ".jpe", ".jfif", ".webp", ".avif", ".gif", ".tif", ".tiff",
      ".bmp", ".heic", ".heif", ".jxl", ".jp2",  ".j2k",  ".ppm",  ".pgm", ".pbm", ".pnm"};
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return kExtensions.contains(extension);
}

bool has_image_content(const fs::path& path) {
  const base::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<std::uint8_t, 64> head;
  const ssize_t size = file.valid() ? ::read(file.get(), head.data(), head.size()) : 0;
  if (size <= 0) return false;
  const auto format = codec::sniff({head.data(), static_cast<std::size_t>(size)});
  return format && *format != codec::Format::svg;  // drawings are what we make, not what we take
}

bool is_image(const fs::path& path) {
  return has_image_extension(path) || (path.extension() != ".svg" && has_image_content(path));
}

void walk(const fs::path& root, const fs::path& below, std::vector<Input>& inputs) {
  std::error_code error;
  fs::directory_iterator entries(root / below, error);
  if (error) inputs.push_back({root / below, root, below.string(), false, base::error_text(error.value())});
  for (const fs::directory_entry& entry : entries) {
    const fs::path name = entry.path().filename();
    if (name.native().front() == '.') continue;
    if (entry.is_directory(error) && !entry.is_symlink(error)) {
      walk(root, below / name, inputs);
    } else if (entry.is_regular_file(error) && is_image(entry.path())) {
      inputs.push_back({root / below / name, root, (below / name).string(), false, ""});
    }
  }
}

void add_folder(const fs::path& folder, std::vector<Input>& inputs) {
  const auto first = static_cast<std::ptrdiff_t>(inputs.size());
  walk(folder, {}, inputs);
  std::for_each(inputs.begin() + first, inputs.end(), [](Input& input) { input.searched = true; });
  std::sort(inputs.begin() + first, inputs.end(), [](const Input& a, const Input& b) { return a.path < b.path; });
}

void add_pattern(const std::string& pattern, std::vector<Input>& inputs) {
  const Matches matches = match_pattern(pattern);
  for (const fs::path& file : matches.files) {
    if (!is_image(file)) continue;
    inputs.push_back(
        {file, matches.root, file.lexically_relative(matches.root.empty() ? "." : matches.root).string(), false, ""});
  }
}

void add_file(const Operand& operand, std::vector<Input>& inputs) {
  const fs::path path(operand.text);
  const fs::path plain = path.lexically_normal();
  const bool mirrored = operand.listed && plain.is_relative() && *plain.begin() != "..";
  if (mirrored) {
    inputs.push_back({path, {}, plain.string(), false, ""});
  } else {
    inputs.push_back({path, path.parent_path(), path.filename().string(), false, ""});
  }
}

void drop_repeats(std::vector<Input>& inputs) {
  std::unordered_set<std::string> seen;
  const fs::path here = fs::current_path();
  std::erase_if(inputs, [&](const Input& input) {
    return !input.from_stdin && !seen.insert((here / input.path).lexically_normal().string()).second;
  });
}

}  // namespace

std::vector<Input> find_inputs(std::span<const Operand> operands) {
  std::vector<Input> inputs;
  bool has_stdin = false;
  for (const Operand& operand : operands) {
    std::error_code ignored;
    if (operand.text.empty()) throw base::Error(base::ErrorKind::usage, "an INPUT is an empty name");
    if (operand.text == "-" && !operand.listed) {
      if (has_stdin) throw base::Error(base::ErrorKind::usage, "standard input ('-') can be read only once");
      has_stdin = true;
      inputs.push_back({"-", {}, "stdin", true, ""});
    } else if (fs::is_directory(operand.text, ignored)) {
      add_folder(operand.text, inputs);
    } else if (!operand.listed && is_pattern(operand.text) && !fs::exists(operand.text, ignored)) {
      add_pattern(operand.text, inputs);
    } else {
      add_file(operand, inputs);
    }
  }
  drop_repeats(inputs);
  return inputs;
}

bool is_single(std::span<const Operand> operands) {
  if (operands.size() != 1 || operands[0].listed) return false;
  std::error_code ignored;
  const std::string& text = operands[0].text;
  return text == "-" || (!fs::is_directory(text, ignored) && (!is_pattern(text) || fs::exists(text, ignored)));
}

std::vector<Operand> parse_list(std::string_view text, char separator) {
  std::vector<Operand> operands;
  while (!text.empty()) {
    const auto end = text.find(separator);
    std::string_view entry = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (separator == '\n' && entry.ends_with('\r')) entry.remove_suffix(1);
    if (!entry.empty()) operands.push_back({std::string(entry), true});
  }
  return operands;
}

}  // namespace imgmill::pipeline
