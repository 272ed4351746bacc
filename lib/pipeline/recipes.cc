// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/recipes.h"

#include <fmt/format.h>

#include <string>

#include "codec/libraries.h"
#include "compress/scale.h"
#include "features/extract.h"
#include "plan/fidelity.h"
#include "trace/trace.h"

namespace imgmill::pipeline {
namespace {

using cache::Parameters;
using codec::Format;

std::string text_of(image::Rgba color) {
  return fmt::format("#{:02x}{:02x}{:02x}{:02x}", color.r, color.g, color.b, color.a);
}

std::string text_of(image::Size size) { return fmt::format("{}x{}", size.width, size.height); }

// What every result depends on: the program too, since not each of its changes raises a stage's version.
cache::Recipe recipe_for(const char* stage, int version, const base::Digest& input) {
  cache::Recipe recipe{.stage = stage, .version = version, .inputs = {input}};
  recipe.library = codec::reading_libraries();
  recipe.library["imgmill"] = IMGMILL_VERSION;
  return recipe;
}

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

// With the effort of other formats' encoders left out, and what a search goes over where there is none.
void add_encoding(Parameters& parameters, const CompressTask& task, const compress::Variant& variant, Format format) {
  const compress::CompressParams& params = task.params;
  cache::add(parameters, compress::compress_fields(), params);
  for (const Format other : {Format::avif, Format::webp, Format::jpeg}) {
    const std::string prefix = fmt::format("{}_", codec::to_string(other)),
                      own_quality = fmt::format("{}quality", prefix);
    std::erase_if(parameters, [&](const auto& parameter) {
      return parameter.first == own_quality || (other != format && parameter.first.starts_with(prefix));
    });
  }
  const codec::EncodeOptions options = compress::encode_options(params, variant, format);
  const bool aims = task.target_ssim > 0 && !options.lossless;
  if (!aims && task.max_bytes == 0) {
    parameters.erase("min_quality");
    parameters.erase("max_quality");
  }
  if (!aims && format != Format::png) parameters["quality"] = number(options.quality);
  parameters["lossless"] = options.lossless;
  if (format == Format::avif || format == Format::jpeg) parameters["chroma"] = number(params.chroma);
  if (format == Format::jpeg) {
    parameters["jpeg_tables"] = number(params.jpeg_tables);
    parameters["background"] = text_of(params.background.value_or(image::Rgba{255, 255, 255, 255}));
  }
}

// How the picture gets from the file to the size of the variant.
void add_scaling(Parameters& parameters, const codec::Header& header, const CompressTask& task, std::size_t index) {
  const compress::CompressParams& params = task.params;
  const compress::Variant& variant = params.variants[index];
  const image::Size whole = whole_size(header, task);
  std::string route = text_of(whole);
  image::Size last = whole;
  for (const image::Size size : compress::route_to(whole, params, index)) {
    route += fmt::format(" {}", text_of(size));
    last = size;
  }
  const image::Size size = compress::scaled_size(whole, variant, params.fit);
  parameters["route"] = route;
  if (size != last) {
    parameters["size"] = text_of(size);
    parameters["fit"] = number(variant.fit.value_or(params.fit));
  }
  parameters["light"] = number(params.light);
  if (header.format == Format::jpeg) {
    parameters["shrink"] = number(codec::jpeg_shrink(header.width, header.height, decode_options(header, task)));
  }
}

cache::Key compress_key(const base::Digest& input, const codec::Header& header, const Product& product,
                        const CompressTask& task) {
  const compress::CompressParams& params = task.params;
  cache::Recipe recipe = recipe_for("compress", kCompressVersion, input);
  recipe.library.merge(codec::writing_libraries(product.format));
  Parameters& parameters = recipe.parameters;
  parameters["format"] = std::string(codec::to_string(product.format));
  add_encoding(parameters, task, params.variants[product.variant], product.format);
  add_scaling(parameters, header, task, product.variant);
  parameters["keep"] =
      fmt::format("{:d}{:d}{:d}{:d}", params.keep.icc, params.keep.exif, params.keep.xmp, params.keep.gps);
  parameters["allow_larger"] = params.allow_larger;
  parameters["max_bytes"] = number(task.max_bytes);
  parameters["target_ssim"] = task.target_ssim;
  parameters["scored"] = task.score || task.target_ssim > 0 || task.min_ssim > 0;
  return cache::Key(recipe);
}

// All that a preset is chosen from beside the picture.
void add_choice(cache::Recipe& recipe, const Automatic& automatic) {
  for (const plan::Preset& preset : automatic.presets.all) {
    Parameters one;
    cache::add(one, trace::trace_fields(), preset.params);
    for (auto& [name, value] : one) recipe.parameters[fmt::format("{}.{}", preset.name, name)] = value;
  }
  for (const std::string& name : automatic.presets.fixed) recipe.parameters["fixed." + name] = true;
  recipe.parameters["seconds"] = automatic.wish.seconds;
  recipe.parameters["wish_ssim"] = automatic.wish.target_ssim;
  recipe.library["models"] = base::to_hex(automatic.models);
  recipe.library["features"] = fmt::format("{}", features::kFeaturesVersion);
}

// What a search for a drawing goes by. Its time too, for what it was cut short by must not stand for more.
void add_search(cache::Recipe& recipe, const ConvertTask& task) {
  Parameters& parameters = recipe.parameters;
  parameters["scale"] = number(plan::kFidelityVersion);
  parameters["target_ssim"] = task.target_ssim;
  parameters["max_bytes"] = number(task.max_bytes);
  parameters["target_seconds"] = task.target_seconds;
  if (!task.fallback) return;
  parameters["fallback"] = std::string(codec::to_string(*task.fallback));
  parameters["fallback_version"] = number(kCompressVersion);
  recipe.library.merge(codec::writing_libraries(*task.fallback));
}

}  // namespace

cache::Key features_key(const base::Digest& input) {
  return cache::Key(recipe_for("features", features::kFeaturesVersion, input));
}

cache::Key convert_key(const base::Digest& input, const ConvertTask& task) {
  cache::Recipe recipe = recipe_for("convert", trace::kTraceVersion, input);
  Parameters& parameters = recipe.parameters;
  if (task.automatic) {
    add_choice(recipe, *task.automatic);
  } else {
    cache::add(parameters, trace::trace_fields(), task.trace);
  }
  parameters["engine"] = number(task.trace.engine);
  parameters["centerline"] = task.trace.centerline;
  parameters["shadows"] = task.trace.shadows;
  parameters["background"] = number(task.trace.background.kind);
  if (task.trace.background.kind == trace::Background::Kind::color) {
    parameters["background_color"] = text_of(task.trace.background.color);
  }
  std::string palette;
  for (const image::Rgba color : task.trace.palette) palette += text_of(color);
  parameters["palette"] = palette;
  parameters["group_by_color"] = task.group_by_color;
  parameters["max_dimension"] = number(task.max_dimension);
  if (task.searches()) add_search(recipe, task);
  parameters["scored"] = task.score || task.target_ssim > 0;
  return cache::Key(recipe);
}

std::vector<cache::Key> compress_keys(const base::Digest& input, const codec::Header& header, const Job& job,
                                      const CompressTask& task) {
  std::vector<cache::Key> keys;
  for (const Destination& output : job.outputs) keys.push_back(compress_key(input, header, output.product, task));
  return keys;
}

}  // namespace imgmill::pipeline
