// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/machine.h"

#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "bench/yardstick.h"
#include "codec/libraries.h"

namespace imgmill::bench {
namespace {

std::string now() {
  const std::time_t time = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

// The first line of /proc/cpuinfo that says what the processor is: "model name" on x86, a part's number on ARM.
std::string cpu_name(const std::string& architecture) {
  std::ifstream file("/proc/cpuinfo");
  std::string line, part;
  while (std::getline(file, line)) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    if (line.starts_with("model name")) return line.substr(colon + 2);
    if (line.starts_with("CPU part") && part.empty()) part = line.substr(colon + 2);
  }
  return part.empty() ? architecture : fmt::format("{} part {}", architecture, part);
}

// What git says of the current folder; empty where it is no repository, or there is no git.
std::string revision() {
  std::FILE* const pipe = ::popen("git describe --always --dirty --abbrev=12 2>/dev/null", "re");
  if (pipe == nullptr) return "";
  std::array<char, 128> text{};
  const std::size_t count = std::fread(text.data(), 1, text.size() - 1, pipe);
  ::pclose(pipe);
  std::string said(text.data(), count);
  said.erase(said.find_last_not_of("\n ") + 1);
  return said;
}

}  // namespace

Setting this_setting(std::span<const codec::Format> formats) {
  Setting setting;
  utsname system{};
  ::uname(&system);
  setting.started = now();
  setting.version = IMGMILL_VERSION;
  setting.revision = revision();
  setting.cpu = cpu_name(system.machine);
  setting.system = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
  setting.cores = base::usable_cores();
  setting.memory =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  setting.libraries = codec::reading_libraries();
  setting.libraries.emplace("the yardstick", yardstick_version());
  for (const codec::Format format : formats) setting.libraries.merge(codec::writing_libraries(format));
  return setting;
}

Image image_of(const std::filesystem::path& path) {
  Image image{path.string(), "", 0};
  try {
    const base::Bytes file = base::read_file(path);
    image.digest = base::to_hex(base::digest(file));
    image.bytes = file.size();
  } catch (const base::Error&) {  // its runs say so
  }
  return image;
}

}  // namespace imgmill::bench
