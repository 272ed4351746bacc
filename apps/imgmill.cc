// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill SUBCOMMAND …: runs imgmill-SUBCOMMAND, which is looked for beside this executable and then on PATH. Links no
// library of the project, so that it costs nothing.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

constexpr int kUsage = 2;

struct Subcommand {
  const char* name;
  const char* does;
};
constexpr Subcommand kSubcommands[] = {
    {"convert", "raster to SVG"},
    {"compress", "raster to AVIF, WebP, JPEG and PNG"},
    {"profile", "what images are, and what should be done with them"},
    {"bench", "trains the models of profile and --preset auto"},
    {"report", "joins and shows the records of runs"},
    {"cache", "results that are kept: statistics, warming, pruning"},
};

std::string own_folder() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string self(path, size > 0 ? static_cast<std::size_t>(size) : 0);
  const auto slash = self.rfind('/');
  return slash == std::string::npos ? "" : self.substr(0, slash);
}

// "convrt" is near "convert": the letters that both begin or end with cover all but two of the longer one's.
bool is_near(const std::string& a, const std::string& b) {
  const std::size_t shorter = std::min(a.size(), b.size()), longer = std::max(a.size(), b.size());
  std::size_t front = 0, back = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  return longer - front - back <= 2 && front + back > 0;
}

void print_help() {
  std::printf(
      "Usage: imgmill SUBCOMMAND [options] INPUT...\n"
      "       imgmill --version | --help\n\n"
      "A batch toolkit for image assets.\n\n"
      "Subcommands:\n");
  for (const Subcommand& subcommand : kSubcommands) std::printf("  %-10s %s\n", subcommand.name, subcommand.does);
  std::printf("\nimgmill SUBCOMMAND --help tells about one of them.\n");
}

int run(const std::string& name, char** argv) {
  const std::string program = "imgmill-" + name;
  const std::string beside = own_folder() + "/" + program;
  argv[0] = const_cast<char*>(program.c_str());
  ::execv(beside.c_str(), argv);
  if (errno == ENOENT && name.find('/') == std::string::npos) ::execvp(program.c_str(), argv);
  if (errno != ENOENT) {
    std::fprintf(stderr, "error: %s can't be run: %s\n", program.c_str(), std::strerror(errno));
    return kUsage;
  }
  for (const Subcommand& subcommand : kSubcommands) {
    if (!is_near(name, subcommand.name)) continue;
    std::fprintf(stderr, "error: no subcommand '%s' (did you mean %s?)\n", name.c_str(), subcommand.name);
    return kUsage;
  }
  std::fprintf(stderr, "error: no subcommand '%s' (imgmill --help lists them)\n", name.c_str());
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first == "--version") {
    std::printf("imgmill %s\n", IMGMILL_VERSION);
    return 0;
  }
  if (first == "--help" || first == "-h" || first == "help") {
    print_help();
    return 0;
  }
  if (first.empty() || first[0] == '-') {
    std::fprintf(stderr, "error: %s (imgmill --help tells more)\n",
                 first.empty() ? "no subcommand given" : "the subcommand comes first");
    return kUsage;
  }
  return run(first, argv + 1);
}
