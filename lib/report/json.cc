// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/json.h"

#include <fmt/core.h>

namespace imgmill::report {

Object& Object::raw(std::string_view key, std::string_view json) {
  text_ += fmt::format("{}\"{}\": {}", text_.size() > 1 ? ", " : "", key, json);
  return *this;
}

}  // namespace imgmill::report
