// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/load.h"

#include <algorithm>
#include <string>

#include "base/kernel_files.h"

namespace imgmill::base {
namespace {

using std::filesystem::path;

// "some avg10=1.23 avg60=…"
std::optional<double> some_avg10(const path& file) {
  const std::string text = read_text(file);
  constexpr std::string_view kKey = "some avg10=";
  if (!std::string_view(text).starts_with(kKey)) return std::nullopt;
  return to_real(std::string_view(text).substr(kKey.size()));
}

}  // namespace

std::optional<double> load_average(const path& root) { return to_real(read_text(root / "proc/loadavg")); }

std::optional<double> pressure(std::string_view resource, const path& root) {
  std::optional<double> most = some_avg10(root / "proc/pressure" / resource);
  for (const path& folder : group_folders(root, resource)) {
    const auto here = some_avg10(folder / (std::string(resource) + ".pressure"));
    if (here) most = std::max(most.value_or(0), *here);
  }
  return most;
}

double quota_wait_seconds(const path& root) {
  double most = 0;
  for (const path& folder : group_folders(root, "cpu")) {
    const std::string text = read_text(folder / "cpu.stat");
    const auto v2 = number_after(text, "throttled_usec "), v1 = number_after(text, "throttled_time ");
    most = std::max(most, v2 ? static_cast<double>(*v2) * 1e-6 : static_cast<double>(v1.value_or(0)) * 1e-9);
  }
  return most;
}

double wait_for_cpu_ms(const path& root, const std::string& process) {
  const std::string text = read_text(root / "proc" / process / "schedstat");  // ns at work, ns waiting, slices of time
  const auto space = text.find(' ');
  constexpr double kMillion = 1e6;
  return space == std::string::npos ? 0 : to_real(std::string_view(text).substr(space + 1)).value_or(0) / kMillion;
}

}  // namespace imgmill::base
