// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as the records and manifests are written in: values are texts that are JSON already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "report/text.h"

namespace imgmill::report {

// An object under construction: the commas are its business. Keys are plain words.
class Object {
 public:
  Object& raw(std::string_view key, std::string_view json);
  Object& text(std::string_view key, std::string_view value) { return raw(key, json_string(value)); }
  Object& number(std::string_view key, double value, int decimals) { return raw(key, json_number(value, decimals)); }
  Object& count(std::string_view key, std::uint64_t value) { return raw(key, std::to_string(value)); }
  std::string done() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

template <class Range, class ToJson>
std::string array(const Range& range, const ToJson& to_json) {
  std::string text = "[";
  for (const auto& element : range) text += (text.size() > 1 ? ", " : "") + to_json(element);
  return text + "]";
}

}  // namespace imgmill::report
