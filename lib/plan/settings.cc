// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/settings.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace imgmill::plan {
namespace {

[[noreturn]] void refuse(const Origin& origin, std::string_view name, const std::string& problem) {
  // A flag or a variable is its own name; in a file the key has to be said too.
  const bool named_by_origin = origin.source == Source::environment || origin.source == Source::flag;
  throw base::Error(base::ErrorKind::usage, named_by_origin ? fmt::format("{} {}", origin.where, problem)
                                                            : fmt::format("{}: {} {}", origin.where, name, problem));
}

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string flag_name(const Setting& setting) {
  std::string flag = "--" + setting.name;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string variable_name(const Setting& setting) {
  std::string name = "IMGMILL_" + setting.name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return name;
}

void Settings::add(Setting setting) {
  setting.fallback = setting.print();
  settings_.push_back(std::move(setting));
}

const Setting* Settings::find(std::string_view name) const {
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.name == name; });
  return found == settings_.end() ? nullptr : &*found;
}

bool Settings::is_elsewhere(const std::string& key, const Origin& origin) const {
  const bool from_file =
      origin.source != Source::environment && origin.source != Source::set_flag && origin.source != Source::flag;
  return from_file && std::find(elsewhere_.begin(), elsewhere_.end(), key) != elsewhere_.end();
}

void Settings::set(std::string_view name, std::string_view text, const Origin& origin) {
  std::string key(name);
  std::replace(key.begin(), key.end(), '-', '_');  // --set color-precision=4 means the same
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.name == key; });
  Setting* setting = found == settings_.end() ? nullptr : &*found;
  if (setting == nullptr) {
    if (is_elsewhere(key, origin)) return;
    std::vector<std::string> names;
    for (const Setting& candidate : settings_) names.push_back(candidate.name);
    const std::string near = nearest(key, names);
    refuse(origin, name, near.empty() ? "is no setting" : fmt::format("is no setting (did you mean {}?)", near));
  }
  if (origin.source == Source::preset && !setting->in_presets) refuse(origin, name, "can't stand in a preset");
  if (origin.source < setting->origin.source) return;
  try {
    setting->assign(text);
  } catch (const base::Error& error) {
    refuse(origin, name, error.what());
  }
  setting->origin = origin;
}

void refuse_choice(std::span<const std::string> words, std::string_view text) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  throw base::Error(base::ErrorKind::usage, fmt::format("must be {}, not '{}'", list, text));
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t edits = edits_between(word, candidate);
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

}  // namespace imgmill::plan
