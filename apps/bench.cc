// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill bench: which preset at what cost; and learning from what was measured.
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "benchmark/matrix.h"
#include "benchmark/train.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "report/text.h"

namespace {

using namespace imgmill;

constexpr const char* kUsageText =
    "Usage: imgmill bench convert [options] INPUT...\n"
    "       imgmill bench compress [options] INPUT...\n"
    "       imgmill bench --train MODELS.yml.gz [options] FOLDER...\n"
    "\n"
    "convert and compress run that subcommand with several presets over the same images and tell what each\n"
    "costs in time, memory, bytes and SSIM; --train learns the models of profile and --preset auto. Each has\n"
    "its own options: imgmill bench convert --help.\n";

int run(std::span<char* const> arguments) {
  const std::string first = arguments.empty() ? "" : arguments.front();
  if (first == "convert" || first == "compress") return apps::run_matrix(first, arguments.subspan(1));
  const bool trains = std::any_of(arguments.begin(), arguments.end(),
                                  [](std::string_view word) { return word.starts_with("--train"); });
  if (trains) return apps::run_train(arguments);
  if (first == "--help" || first == "-h") {
    report::say(stdout, kUsageText);
    return apps::kAllWell;
  }
  if (first == "--version") {
    report::say(stdout, "imgmill " IMGMILL_VERSION "\n");
    return apps::kAllWell;
  }
  throw base::Error(base::ErrorKind::usage, "convert, compress or --train? It comes first (--help tells more)");
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] { return run({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}); });
}
