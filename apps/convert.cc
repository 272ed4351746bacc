// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill convert: rasters to SVG drawings.
#include "common/convert_work.h"
#include "common/run_main.h"
#include "common/subcommand.h"

namespace {

using namespace imgmill;

constexpr const char* kUsageText =
    "Usage: imgmill convert [options] INPUT...\n"
    "\n"
    "Turns raster images into compact SVG drawings. An INPUT is an image file, a folder (searched\n"
    "recursively), a quoted pattern ('art/**/*.png'), or - for standard input. Without -o a result goes\n"
    "beside its input, and that of standard input to standard output. Entries of --files-from are taken\n"
    "literally, and their relative paths are kept below the output folder, as a folder's tree is.\n";

constexpr const char* kNotesText =
    "A switch can be turned off again: --score=off. What has a name in --explain can also be given as\n"
    "--set key=value, as IMGMILL_KEY in the environment (IMGMILL_COLOR_PRECISION=4), or as a key of a TOML\n"
    "file (color_precision = 4; under [convert] for this subcommand only). What wins: flag, --set,\n"
    "environment, --config FILE, ./imgmill.toml, the user's $XDG_CONFIG_HOME/imgmill/config.toml, preset,\n"
    "default.\n"
    "\n"
    "A palette is a GIMP .gpl file, or text with one #rrggbb a line; lines that start with ; or // are\n"
    "comments.\n"
    "\n"
    "Exit codes: 0 all well, 1 some items failed, 2 wrong usage or configuration, 3 --check, --max-bytes,\n"
    "--target-ssim or (with --strict) --alert does not hold, 4 no input matched, 130 interrupted (finished\n"
    "results stay).\n";

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] {
    apps::ConvertWork work;
    const apps::Subcommand convert{
        "convert",
        kUsageText,
        kNotesText,
        apps::kDrawingGroup,
        [&](plan::Settings& settings, apps::BatchSettings& batch) { work.add_settings(settings, batch); },
        [&](const apps::Invocation& invocation, const apps::BatchSettings& batch) {
          return work.prepare(invocation, batch);
        }};
    return apps::run_subcommand({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}, convert);
  });
}
