// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a cached result is found by: a digest of everything that decides what a stage makes. Two recipes of the same
// meaning have the same key whatever order they were filled in; any difference (a byte of the input, a parameter, its
// type, a version) gives another.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/fields.h"

namespace imgmill::cache {

// Numbers count to nine significant digits: 0.1 and 0.1 + 1e-12 are the same, -0 is 0, every NaN is one.
using Parameter = std::variant<bool, std::int64_t, double, std::string>;
using Parameters = std::map<std::string, Parameter, std::less<>>;

struct Recipe {
  std::string stage{};                           // "trace", "compress", "features"; never empty
  int version = 0;                               // of the stage: raised when its results change
  std::vector<base::Digest> inputs{};            // of the contents that go in; their order counts
  Parameters parameters{};                       // those that the stage reads, defaults included
  std::map<std::string, std::string> library{};  // name → version and whatever else decides its output ("threads=1")
};

class Key {
 public:
  // Throws Error{internal} for a recipe without a stage or an input: its key would be found by the wrong work.
  explicit Key(const Recipe& recipe);
  explicit Key(const base::Digest& digest) : digest_(digest) {}

  const base::Digest& digest() const { return digest_; }
  std::string hex() const { return base::to_hex(digest_); }  // 32 digits
  auto operator<=>(const Key&) const = default;

 private:
  base::Digest digest_;
};

// A parameter struct by its field table, so that a new field is in the key without a further line.
template <class Struct>
void add(Parameters& parameters, std::span<const base::Field<Struct>> fields, const Struct& values) {
  for (const base::Field<Struct>& field : fields) {
    std::visit([&](auto member) { parameters.insert_or_assign(std::string(field.name), Parameter(values.*member)); },
               field.member);
  }
}

}  // namespace imgmill::cache
