// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill compress: rasters to AVIF, WebP, JPEG and PNG, in several sizes.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "common/batch.h"
#include "common/preset_params.h"
#include "common/run_main.h"
#include "common/subcommand.h"
#include "compress/params.h"
#include "pipeline/footprint.h"
#include "pipeline/retry.h"
#include "pipeline/run_compress.h"
#include "plan/presets.h"
#include "plan/settings.h"
#include "report/srcset.h"

namespace {

using namespace imgmill;
using compress::CompressParams;

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

struct Compress {
  pipeline::CompressTask task;
  std::optional<std::string> srcset;
  bool in_place = false;
  bool formats_given = false;
  std::unique_ptr<report::SrcsetSink> srcset_sink;
  plan::Settings* settings = nullptr;
};

// --preset auto: effort and target by the time there is, as convert's guide figures have it; the search does the rest.
void take_automatic(Compress& compress, const apps::BatchSettings& batch) {
  const double seconds = batch.target_time > 0 ? batch.target_time : plan::Wish().seconds;
  const auto [preset, target] = seconds < 1   ? std::pair("speed", 0.85)
                                : seconds > 5 ? std::pair("quality", 0.95)
                                              : std::pair("balanced", 0.9);
  plan::apply_file(*compress.settings, plan::find_preset(preset, apps::preset_folders()), plan::Source::preset,
                   "compress");
  if (compress.task.target_ssim == 0 && !compress.task.params.lossless) compress.task.target_ssim = target;
}

plan::Setting variants_setting(CompressParams& params) {
  return {"variants",
          apps::kResultGroup,
          "NAME=SIZE,...",
          "The sizes to make of each input",
          [&params](std::string_view text) { params.variants = compress::parse_variants(text); },
          [&params] { return compress::format_variants(params.variants); }};
}

plan::Setting formats_setting(CompressParams& params, bool& given) {
  return {"formats",
          apps::kResultGroup,
          "avif,webp,jpeg,png|best",
          "The formats to make; best: only the smallest that reaches --target-ssim",
          [&params, &given](std::string_view text) {
            given = true;
            compress::Formats formats = compress::parse_formats(text);
            params.formats = std::move(formats.formats);
            params.best = formats.best;
          },
          [&params] {
            return compress::format_formats({params.formats, params.best});
          }};
}

plan::Setting background_setting(std::optional<image::Rgba>& background) {
  return {"background",
          apps::kEncodingGroup,
          "#rrggbb",
          "What lies under transparency in a JPEG, white by default",
          [&background](std::string_view text) { background = plan::parse_color(text); },
          [&background] { return background ? plan::format_color(*background) : std::string(); }};
}

plan::Setting keep_setting(codec::Keep& keep) {
  const auto print = [&keep] {
    std::string text;
    for (const auto& [name, kept] : {std::pair("icc", keep.icc), std::pair("exif", keep.exif),
                                     std::pair("xmp", keep.xmp), std::pair("gps", keep.gps)}) {
      if (kept) text += fmt::format("{}{}", text.empty() ? "" : ",", name);
    }
    return text;
  };
  const auto assign = [&keep](std::string_view text) {
    codec::Keep given;
    for (const std::string& word : plan::split_list(text)) {
      bool* slot = word == "icc"    ? &given.icc
                   : word == "exif" ? &given.exif
                   : word == "xmp"  ? &given.xmp
                   : word == "gps"  ? &given.gps
                                    : nullptr;
      if (slot == nullptr && word != "none") {
        throw base::Error(base::ErrorKind::usage,
                          fmt::format("must be some of icc, exif, xmp and gps, not '{}'", word));
      }
      if (slot != nullptr) *slot = true;
    }
    keep = given;
  };
  return {"keep_metadata",
          apps::kEncodingGroup,
          "icc,exif,xmp,gps",
          "What of the metadata stays; icc leaves the colours in their own profile, gps positions in exif and xmp",
          assign,
          print};
}

void add_compress_settings(plan::Settings& settings, Compress& compress) {
  CompressParams& params = compress.task.params;
  const auto add = [&](plan::Setting setting) {
    setting.in_presets = true;
    settings.add(std::move(setting));
  };
  add(variants_setting(params));
  add(formats_setting(params, compress.formats_given));
  add(plan::choice_setting(
      "fit", apps::kResultGroup, "How a variant fills its box", params.fit,
      {{"inside", compress::Fit::inside}, {"crop", compress::Fit::crop}, {"attention", compress::Fit::attention}}));
  settings.add(apps::switch_setting("in_place", apps::kResultGroup, "Let a result take the place of its own input",
                                    compress.in_place));
  add(apps::switch_setting("allow_larger", apps::kResultGroup,
                           "Write a result even where the input itself would be smaller", params.allow_larger));
  settings.add(apps::ratio_setting("min_ssim", apps::kReportGroup, "A result below SSIM X is reported, exit 3",
                                   compress.task.min_ssim));
  settings.add_fields(compress::compress_fields(), params, apps::kEncodingGroup);
  add(plan::choice_setting("chroma", apps::kEncodingGroup, "Resolution of colour in AVIF and JPEG", params.chroma,
                           {{"auto", compress::ChromaChoice::automatic},
                            {"420", compress::ChromaChoice::half},
                            {"444", compress::ChromaChoice::full}}));
  add(plan::choice_setting("jpeg_tables", apps::kEncodingGroup,
                           "Quantisation of JPEG: tuned for SSIM, or the example tables of the standard",
                           params.jpeg_tables,
                           {{"tuned", codec::JpegTables::tuned}, {"standard", codec::JpegTables::standard}}));
  add(apps::switch_setting("lossless", apps::kEncodingGroup, "AVIF and WebP without loss", params.lossless));
  add(plan::choice_setting("light", apps::kEncodingGroup, "What resizing averages: sRGB values or linear light",
                           params.light,
                           {{"auto", compress::LightChoice::automatic},
                            {"srgb", compress::LightChoice::srgb},
                            {"linear", compress::LightChoice::linear}}));
  add(background_setting(params.background));
  add(keep_setting(params.keep));
}

void refuse_contradictions(const Compress& compress, const apps::Invocation& invocation,
                           const apps::BatchSettings& batch) {
  const auto refuse = [](const char* message) { throw base::Error(base::ErrorKind::usage, message); };
  const CompressParams& params = compress.task.params;
  const bool jpeg =
      std::find(params.formats.begin(), params.formats.end(), codec::Format::jpeg) != params.formats.end();
  if (params.best && compress.task.target_ssim == 0) refuse("--formats best needs --target-ssim");
  if (params.min_quality > params.max_quality) refuse("--min-quality is above --max-quality");
  if (params.lossless && jpeg) refuse("--lossless can't make a JPEG (--formats avif,webp,png)");
  if (params.lossless && compress.task.target_ssim > 0) refuse("--lossless leaves --target-ssim nothing to search");
  // What is skipped is not looked at, so its sizes would be missing in the manifest.
  if (compress.srcset && batch.no_clobber) refuse("--srcset needs every result, so it can't go with --no-clobber");
  if (compress.in_place && invocation.output) refuse("--in-place and -o contradict each other");
}

// A result's name says its format: it decides where nothing else does, and must not say another than what is asked for.
void heed_name(Compress& compress, const std::string& output) {
  CompressParams& params = compress.task.params;
  std::error_code ignored;
  const std::optional<codec::Format> named = compress::format_of_file(output);
  if (!named || std::filesystem::is_directory(output, ignored)) return;
  if (!compress.formats_given) params.formats = {*named};
  if (params.formats.size() > 1 || params.formats.front() == *named) return;
  throw base::Error(base::ErrorKind::usage, fmt::format("-o {}: by its name it is no {}, which --formats asks for",
                                                        output, codec::to_string(params.formats.front())));
}

apps::BatchTask prepare(Compress& compress, const apps::Invocation& invocation, const apps::BatchSettings& batch) {
  pipeline::CompressTask& task = compress.task;
  apps::take_rules(batch, invocation, task);
  if (batch.preset == apps::kAutomatic) take_automatic(compress, batch);
  if (invocation.output) heed_name(compress, *invocation.output);
  refuse_contradictions(compress, invocation, batch);
  apps::BatchTask result;
  result.products = pipeline::products_of(task.params);
  result.in_place = compress.in_place;
  result.run = [&task](const pipeline::Job& job) { return pipeline::run_compress(job, task, &apps::stop_flag()); };
  result.plan = [&task](const pipeline::Job& job) { return pipeline::plan_compress(job, task); };
  result.footprint = [&task](const pipeline::Job& job) {
    const auto memory = [&task](const pipeline::Source& source) { return pipeline::compress_memory(source, task); };
    return pipeline::footprint(job, task.limits, memory);
  };
  result.retry = [&task](const pipeline::Job& job, int retry) {
    return pipeline::retry_compress(job, task, retry, &apps::stop_flag());
  };
  if (compress.srcset) {
    compress.srcset_sink = std::make_unique<report::SrcsetSink>(*compress.srcset);
    result.sinks.push_back(compress.srcset_sink.get());
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] {
    Compress compress;
    const apps::Subcommand subcommand{
        "compress",
        kUsageText,
        kNotesText,
        apps::kResultGroup,
        [&](plan::Settings& settings, apps::BatchSettings& batch) {
          settings.add(apps::workload_setting(apps::kResultGroup, batch.workload));
          add_compress_settings(settings, compress);
          apps::add_target_time(settings, batch);
          compress.settings = &settings;
        },
        [&](const apps::Invocation& invocation, const apps::BatchSettings& batch) {
          return prepare(compress, invocation, batch);
        },
        {{"--srcset", 0, apps::Takes::value, "FILE.json", apps::kReportGroup,
          "What was made as a JSON manifest, and <picture> elements beside it in FILE.html",
          [&](const std::string& text) {
            if (!text.ends_with(".json")) {
              throw base::Error(base::ErrorKind::usage,
                                "--srcset must be a FILE.json, its elements go to FILE.html, not '" + text + "'");
            }
            compress.srcset = text;
          }}}};
    return apps::run_subcommand({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}, subcommand);
  });
}
