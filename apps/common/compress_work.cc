// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/compress_work.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "common/preset_params.h"
#include "common/run_main.h"
#include "compress/params.h"
#include "pipeline/footprint.h"
#include "pipeline/retry.h"
#include "plan/presets.h"
#include "plan/settings.h"

namespace imgmill::apps {
namespace {

using compress::CompressParams;

plan::Setting variants_setting(CompressParams& params) {
  return {"variants",
          kResultGroup,
          "NAME=SIZE,...",
          "The sizes to make of each input",
          [&params](std::string_view text) { params.variants = compress::parse_variants(text); },
          [&params] { return compress::format_variants(params.variants); }};
}

plan::Setting formats_setting(CompressParams& params, bool& given) {
  return {"formats",
          kResultGroup,
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
          kEncodingGroup,
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
          kEncodingGroup,
          "icc,exif,xmp,gps",
          "What of the metadata stays; icc leaves the colours in their own profile, gps positions in exif and xmp",
          assign,
          print};
}

void refuse_what_contradicts(const CompressWork& compress, const Invocation& invocation, const BatchSettings& batch) {
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
void heed_name(CompressWork& compress, const std::string& output) {
  CompressParams& params = compress.task.params;
  std::error_code ignored;
  const std::optional<codec::Format> named = compress::format_of_file(output);
  if (!named || std::filesystem::is_directory(output, ignored)) return;
  if (!compress.formats_given) params.formats = {*named};
  if (params.formats.size() > 1 || params.formats.front() == *named) return;
  throw base::Error(base::ErrorKind::usage, fmt::format("-o {}: by its name it is no {}, which --formats asks for",
                                                        output, codec::to_string(params.formats.front())));
}

}  // namespace

void CompressWork::add_settings(plan::Settings& settings, BatchSettings& batch) {
  settings.add(workload_setting(kResultGroup, batch.workload));
  CompressParams& params = task.params;
  const auto add = [&](plan::Setting setting) {
    setting.in_presets = true;
    settings.add(std::move(setting));
  };
  add(variants_setting(params));
  add(formats_setting(params, formats_given));
  add(plan::choice_setting(
      "fit", kResultGroup, "How a variant fills its box", params.fit,
      {{"inside", compress::Fit::inside}, {"crop", compress::Fit::crop}, {"attention", compress::Fit::attention}}));
  settings.add(switch_setting("in_place", kResultGroup, "Let a result take the place of its own input", in_place));
  add(switch_setting("allow_larger", kResultGroup, "Write a result even where the input itself would be smaller",
                     params.allow_larger));
  settings.add(ratio_setting("min_ssim", kReportGroup, "A result below SSIM X is reported, exit 3", task.min_ssim));
  settings.add_fields(compress::compress_fields(), params, kEncodingGroup);
  add(plan::choice_setting("chroma", kEncodingGroup, "Resolution of colour in AVIF and JPEG", params.chroma,
                           {{"auto", compress::ChromaChoice::automatic},
                            {"420", compress::ChromaChoice::half},
                            {"444", compress::ChromaChoice::full}}));
  add(plan::choice_setting(
      "jpeg_tables", kEncodingGroup, "Quantisation of JPEG: tuned for SSIM, or the example tables of the standard",
      params.jpeg_tables, {{"tuned", codec::JpegTables::tuned}, {"standard", codec::JpegTables::standard}}));
  add(switch_setting("lossless", kEncodingGroup, "AVIF and WebP without loss", params.lossless));
  add(plan::choice_setting("light", kEncodingGroup, "What resizing averages: sRGB values or linear light", params.light,
                           {{"auto", compress::LightChoice::automatic},
                            {"srgb", compress::LightChoice::srgb},
                            {"linear", compress::LightChoice::linear}}));
  add(background_setting(params.background));
  add(keep_setting(params.keep));
  add_target_time(settings, batch);
  settings_ = &settings;
}

// --preset auto: effort and target by the time there is, as convert's guide figures have it; the search does the rest.
void CompressWork::take_automatic(const BatchSettings& batch) {
  const double seconds = batch.target_time > 0 ? batch.target_time : plan::Wish().seconds;
  const auto [preset, target] = seconds < 1   ? std::pair("speed", 0.85)
                                : seconds > 5 ? std::pair("quality", 0.95)
                                              : std::pair("balanced", 0.9);
  plan::apply_file(*settings_, plan::find_preset(preset, preset_folders()), plan::Source::preset, "compress");
  if (task.target_ssim == 0 && !task.params.lossless) task.target_ssim = target;
}

BatchTask CompressWork::prepare(const Invocation& invocation, const BatchSettings& batch) {
  take_rules(batch, invocation, task);
  if (batch.preset == kAutomatic) take_automatic(batch);
  if (invocation.output) heed_name(*this, *invocation.output);
  refuse_what_contradicts(*this, invocation, batch);
  BatchTask result;
  result.products = pipeline::products_of(task.params);
  result.in_place = in_place;
  result.run = [this](const pipeline::Job& job) { return pipeline::run_compress(job, task, &stop_flag()); };
  result.plan = [this](const pipeline::Job& job) { return pipeline::plan_compress(job, task); };
  result.footprint = [this](const pipeline::Job& job) {
    const auto memory = [this](const pipeline::Source& source) { return pipeline::compress_memory(source, task); };
    return pipeline::footprint(job, task.limits, memory);
  };
  result.retry = [this](const pipeline::Job& job, int retry) {
    return pipeline::retry_compress(job, task, retry, &stop_flag());
  };
  if (srcset) {
    srcset_sink_ = std::make_unique<report::SrcsetSink>(*srcset);
    result.sinks.push_back(srcset_sink_.get());
  }
  return result;
}

}  // namespace imgmill::apps
