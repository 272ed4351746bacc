// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill compress: rasters to AVIF, WebP, JPEG and PNG, in several sizes.
#include <string>

#include "base/error.h"
#include "common/compress_work.h"
#include "common/run_main.h"
#include "common/subcommand.h"

namespace {

using namespace imgmill;

constexpr const char* kUsageText =
    "Usage: imgmill compress [options] INPUT...\n"
    "\n"
    "Turns raster images into AVIF, WebP, JPEG or PNG files, in one size or several. An INPUT is an image\n"
    "file, a folder (searched recursively), a quoted pattern ('photos/**/*.jpg'), or - for standard input.\n"
    "Without -o results go beside their input; a folder needs -o (or --in-place), since it is searched again\n"
    "the next time. Entries of --files-from are taken literally, and their relative paths are kept below the\n"
    "output folder, as a folder's tree is.\n";

constexpr const char* kNotesText =
    "A variant is NAME=SIZE: N (inside a square of N px), WxH, or 0 for the input's own size, never enlarged;\n"
    "then, after colons, crop or attention to fill the box, and a quality of its own for a format:\n"
    "  --variants thumbnail=150:crop:jpeg=80,full=1024\n"
    "\n"
    "With --target-ssim each result is the smallest that reaches it, as it was decoded and measured; the\n"
    "quality settings don't matter then. With --max-bytes too, the bound wins. --formats best keeps only the\n"
    "smallest result of each variant, and needs a target.\n"
    "\n"
    "A result in its input's own format and size that would be no smaller is the input itself, without its\n"
    "metadata. Nothing else of the metadata goes into a result but what --keep-metadata names.\n"
    "\n"
    "What has a name in --explain can also be given as --set key=value, as IMGMILL_KEY in the environment, or\n"
    "as a key of a TOML file (under [compress] for this subcommand only). What wins: flag, --set, environment,\n"
    "--config FILE, ./imgmill.toml, the user's $XDG_CONFIG_HOME/imgmill/config.toml, --workload, preset,\n"
    "default.\n"
    "\n"
    "Exit codes: 0 all well, 1 some items failed, 2 wrong usage or configuration, 3 --check, --max-bytes,\n"
    "--min-ssim, --target-ssim or (with --strict) --alert does not hold, 4 no input matched, 130 interrupted\n"
    "(finished results stay).\n";

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] {
    apps::CompressWork work;
    const apps::Subcommand subcommand{
        "compress",
        kUsageText,
        kNotesText,
        apps::kResultGroup,
        [&](plan::Settings& settings, apps::BatchSettings& batch) { work.add_settings(settings, batch); },
        [&](const apps::Invocation& invocation, const apps::BatchSettings& batch) {
          return work.prepare(invocation, batch);
        },
        {{"--srcset", 0, apps::Takes::value, "FILE.json", apps::kReportGroup,
          "What was made as a JSON manifest, and <picture> elements beside it in FILE.html",
          [&](const std::string& text) {
            if (!text.ends_with(".json")) {
              throw base::Error(base::ErrorKind::usage,
                                "--srcset must be a FILE.json, its elements go to FILE.html, not '" + text + "'");
            }
            work.srcset = text;
          }}}};
    return apps::run_subcommand({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}, subcommand);
  });
}
