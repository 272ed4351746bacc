// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The digested text:
//   recipe     := 'K' item(stage) item(version) list(input…) list(name value …) list(name text …)
//   list       := 'l' size, then its items
//   item       := type size bytes          (so no item runs into the next, and "1" is not 1)
//   type       := 'b' bool | 'i' integer | 'f' number | 's' text | 'd' digest
//   size       := 64 bits, little endian: bytes of an item, items of a list
#include "cache/key.h"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include "base/error.h"

namespace imgmill::cache {

namespace {

class Canonical {
 public:
  void item(char type, std::string_view content) {
    begin(type, content.size());
    bytes_.insert(bytes_.end(), content.begin(), content.end());
  }
  void list(std::size_t items) { begin('l', items); }
  void parameter(const Parameter& value) {
    std::visit(
        [this](const auto& v) {
          using Type = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<Type, bool>) {
            item('b', v ? "1" : "0");
          } else if constexpr (std::is_same_v<Type, std::int64_t>) {
            item('i', std::to_string(v));
          } else if constexpr (std::is_same_v<Type, double>) {
            item('f', number(v));
          } else {
            item('s', v);
          }
        },
        value);
  }
  base::Digest digest() const { return base::digest(bytes_); }

 private:
  static std::string number(double value) {
    if (std::isnan(value)) return "nan";
    return fmt::format("{:.9g}", value == 0 ? 0.0 : value);
  }
  void begin(char type, std::uint64_t size) {
    bytes_.push_back(static_cast<std::uint8_t>(type));
    for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<std::uint8_t>(size >> shift));
  }

  base::Bytes bytes_{'K'};
};

}  // namespace

Key::Key(const Recipe& recipe) {
  if (recipe.stage.empty() || recipe.inputs.empty()) {
    throw base::Error(base::ErrorKind::internal, "a cache key needs a stage and an input");
  }
  Canonical text;
  text.item('s', recipe.stage);
  text.parameter(std::int64_t{recipe.version});
  text.list(recipe.inputs.size());
  for (const base::Digest& input : recipe.inputs) text.item('d', base::to_hex(input));
  text.list(recipe.parameters.size());
  for (const auto& [name, value] : recipe.parameters) {
    text.item('s', name);
    text.parameter(value);
  }
  text.list(recipe.library.size());
  for (const auto& [name, version] : recipe.library) {
    text.item('s', name);
    text.item('s', version);
  }
  digest_ = text.digest();
}

}  // namespace imgmill::cache
