// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The file, version 1:
//   file  := "imgmill cache counts 1\n" line… "checksum " hex "\n"
//   line  := name " " decimal "\n"       in the order of the names
//   hex   := XXH3-128 of all before its line, 32 digits
#include "cache/ledger.h"

#include <charconv>
#include <string>
#include <string_view>

#include "base/atomic_file.h"
#include "base/digest.h"
#include "base/error.h"

namespace imgmill::cache {

namespace {

constexpr std::string_view kFirstLine = "imgmill cache counts 1\n";
constexpr std::string_view kLastLine = "checksum ";

std::string checksum(std::string_view text) {
  return base::to_hex(base::digest({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

std::string written(const NamedCounts& counts) {
  std::string text(kFirstLine);
  for (const auto& [name, count] : counts) {
    text += name;
    text += ' ';
    text += std::to_string(count);
    text += '\n';
  }
  const std::string sum = checksum(text);
  text += kLastLine;
  text += sum;
  text += '\n';
  return text;
}

NamedCounts parsed(std::string_view text) {
  const std::size_t last = text.rfind(kLastLine);
  if (!text.starts_with(kFirstLine) || last == std::string_view::npos) return {};
  std::string_view sum = text.substr(last + kLastLine.size());
  if (!sum.ends_with('\n') || sum.substr(0, sum.size() - 1) != checksum(text.substr(0, last))) return {};
  NamedCounts counts;
  std::string_view rest = text.substr(kFirstLine.size(), last - kFirstLine.size());
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return {};
    std::from_chars(line.data() + space + 1, line.data() + line.size(), counts[std::string(line.substr(0, space))]);
  }
  return counts;
}

}  // namespace

NamedCounts Ledger::read() const {
  try {
    const base::Bytes bytes = base::read_file(file_);
    return parsed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  } catch (const base::Error&) {
    return {};
  }
}

bool Ledger::update(const std::function<void(NamedCounts&)>& change) const {
  const LockFile::Lock lock = lock_.lock(number_, std::chrono::seconds(1));
  if (lock.outcome != LockFile::Outcome::locked) return false;
  NamedCounts counts = read();
  change(counts);
  const std::string text = written(counts);
  try {
    base::write_file(file_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  } catch (const base::Error&) {
    return false;
  }
  return true;
}

}  // namespace imgmill::cache
