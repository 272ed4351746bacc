// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/srcset.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "base/atomic_file.h"
#include "base/error.h"
#include "report/json.h"
#include "report/rows.h"

namespace imgmill::report {
namespace {

using pipeline::Outcome;
using pipeline::Output;

// The order in which a browser should consider them.
constexpr std::array<std::string_view, 4> kFormats = {"avif", "webp", "jpeg", "png"};

bool is_there(const Output& output) {
  return output.status != pipeline::Status::failed && output.status != pipeline::Status::skipped && !output.error;
}

// Whether both show the same part of the picture, as far as sizes in whole pixels tell.
bool same_shape(const Output& a, const Output& b) {
  const std::int64_t across = std::int64_t{a.width} * b.height, down = std::int64_t{b.width} * a.height;
  return std::abs(across - down) <= std::max({a.width, a.height, b.width, b.height});
}

// From the narrowest to the widest, one of each width. A browser may take any of them for any other, so a crop is no
// candidate beside the whole picture.
std::vector<const Output*> outputs_of(const Outcome& outcome, std::string_view format) {
  std::vector<const Output*> found;
  for (const Output& output : outcome.outputs) {
    if (is_there(output) && output.format == format) found.push_back(&output);
  }
  if (found.empty()) return found;
  std::stable_sort(found.begin(), found.end(), [](const Output* a, const Output* b) { return a->width < b->width; });
  const Output& widest = *found.back();
  std::erase_if(found, [&](const Output* output) { return !same_shape(*output, widest); });
  const auto same_width = [](const Output* a, const Output* b) { return a->width == b->width; };
  found.erase(std::unique(found.begin(), found.end(), same_width), found.end());
  return found;
}

std::string path_from(const std::filesystem::path& path, const std::filesystem::path& folder) {
  const std::filesystem::path from = std::filesystem::absolute(path).lexically_normal();
  return from.lexically_relative(std::filesystem::absolute(folder).lexically_normal()).generic_string();
}

// For a URL inside of an attribute: everything but unreserved characters and '/' as %XX.
std::string url(std::string_view path) {
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos);
    text += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return text;
}

// The attributes of candidates; widths, and how wide a page shows the picture, only where there is a choice.
std::string candidates(const std::vector<const Output*>& outputs, const std::filesystem::path& folder) {
  if (outputs.size() == 1) return fmt::format(" srcset=\"{}\"", url(path_from(outputs[0]->path, folder)));
  std::string text;
  for (const Output* output : outputs) {
    text += fmt::format("{}{} {}w", text.empty() ? "" : ", ", url(path_from(output->path, folder)), output->width);
  }
  return fmt::format(" srcset=\"{}\" sizes=\"(max-width: {}px) 100vw, {}px\"", text, outputs.back()->width,
                     outputs.back()->width);
}

std::string item_object(const Outcome& outcome, const std::filesystem::path& folder) {
  std::string outputs = "[";
  for (const Output& output : outcome.outputs) {
    if (!is_there(output)) continue;
    Object object;
    object.text("path", path_from(output.path, folder)).text("format", output.format);
    if (!output.variant.empty()) object.text("variant", output.variant);
    object.count("width", static_cast<std::uint64_t>(output.width));
    object.count("height", static_cast<std::uint64_t>(output.height)).count("bytes", output.bytes);
    if (output.ssim) object.number("ssim", *output.ssim, 6);
    outputs += (outputs.size() > 1 ? ",\n    " : "\n    ") + object.done();
  }
  Object item;
  item.text("input", outcome.input.native()).raw("outputs", outputs + "]");
  return item.text("html", picture_element(outcome, folder)).done();
}

void write(const std::filesystem::path& file, const std::string& text) try {
  base::write_if_changed(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
} catch (const base::Error& error) {
  throw base::Error(error.kind(), fmt::format("--srcset: can't write {}: {}", file.string(), error.what()));
}

}  // namespace

std::string picture_element(const Outcome& outcome, const std::filesystem::path& relative_to) {
  std::vector<std::pair<std::string_view, std::vector<const Output*>>> formats;
  for (const std::string_view format : kFormats) {
    std::vector<const Output*> outputs = outputs_of(outcome, format);
    if (!outputs.empty()) formats.emplace_back(format, std::move(outputs));
  }
  if (formats.empty()) return "";
  std::string html = "<picture>\n";
  for (std::size_t i = 0; i + 1 < formats.size(); ++i) {
    html +=
        fmt::format("  <source type=\"image/{}\"{}>\n", formats[i].first, candidates(formats[i].second, relative_to));
  }
  const std::vector<const Output*>& last = formats.back().second;
  const std::string srcset = last.size() > 1 ? candidates(last, relative_to) : "";
  html += fmt::format("  <img src=\"{}\"{} width=\"{}\" height=\"{}\" alt=\"\" loading=\"lazy\">\n</picture>\n",
                      url(path_from(last.back()->path, relative_to)), srcset, last.back()->width, last.back()->height);
  return html;
}

void SrcsetSink::item(const Outcome& outcome) { items_.push_back(outcome); }

void SrcsetSink::end(const pipeline::Summary&) {
  sort_by_job(items_);
  const std::filesystem::path folder = file_.has_parent_path() ? file_.parent_path() : ".";
  std::string manifest = "{\"schema_version\": 1, \"images\": [", html;
  for (const Outcome& item : items_) {
    const std::string element = picture_element(item, folder);
    if (element.empty()) continue;
    manifest += (manifest.back() == '[' ? "\n  " : ",\n  ") + item_object(item, folder);
    html += element;
  }
  write(file_, manifest + "\n]}\n");
  write(std::filesystem::path(file_).replace_extension(".html"), html);
}

}  // namespace imgmill::report
