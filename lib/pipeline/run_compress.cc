// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_compress.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/for_each.h"
#include "codec/codec.h"
#include "codec/jpeg_quality.h"
#include "codec/metadata.h"
#include "compress/attention.h"
#include "compress/scale.h"
#include "image/image.h"
#include "pipeline/edge.h"
#include "pipeline/make_output.h"
#include "pipeline/recipes.h"
#include "pipeline/result_cache.h"
#include "pipeline/side_by_side.h"

namespace imgmill::pipeline {
namespace {

using base::StageClock;
using codec::Format;
using Scope = StageClock::Scope;

// A picture as it was read, and what of its file results may need.
struct Original {
  base::Bytes file;
  codec::Header header;
  image::Image picture;
  codec::Metadata metadata;         // what results carry
  std::optional<int> jpeg_quality;  // of a JPEG
  std::vector<std::string> warnings;
};

image::Size size_of(const codec::Header& header) { return {header.width, header.height}; }

Original decode(base::Bytes file, const codec::Header& header, const CompressTask& task, const base::Stop& stop,
                StageClock& clock) {
  Original original;
  original.file = std::move(file);
  {
    const Scope timed(&clock, "decode", codec::to_string(header.format));
    codec::DecodeOptions options = decode_options(header, task);
    options.stop = stop;
    codec::Decoded decoded = codec::decode(original.file, options);
    original.header = std::move(decoded.header);
    original.picture = std::move(decoded.image);
    original.metadata = codec::kept(decoded.metadata, task.params.keep, decoded.warnings);
    original.warnings = std::move(decoded.warnings);
    if (const auto own = codec::jpeg_quality(original.file)) original.jpeg_quality = own->quality;
  }
  stop.check();
  if (task.max_dimension > 0) {
    const Scope timed(&clock, "resize");
    // To the very size that the variants' follow from: a fraction that was decoded may be rounded to another.
    const image::Size whole = whole_size(header, task);
    original.picture = image::resize(original.picture, std::min(whole.width, original.picture.width()),
                                     std::min(whole.height, original.picture.height()), image::Light::srgb, stop);
  }
  return original;
}

// One output under way: found or made on any thread, put in place by the job's own.
struct Piece {
  Output output;
  std::optional<cache::Key> key;  // none: there is no cache
  std::optional<Result> result;
  StageClock clock;
};

image::Image suited(const image::Image& picture, Format format, const compress::CompressParams& params,
                    std::vector<std::string>& warnings, StageClock& clock) {
  if (format != Format::jpeg || !picture.has_alpha()) return picture;
  const Scope timed(&clock, "flatten");
  const image::Rgba color = params.background.value_or(image::Rgba{255, 255, 255, 255});
  warnings.push_back(fmt::format("JPEG has no transparency: it was put on #{:02x}{:02x}{:02x} (--background)", color.r,
                                 color.g, color.b));
  return image::flatten(picture, color);
}

// The source's own file, without what has no place in a result, where it shows what this output should and the result
// is not smaller than `worth` of it.
void keep_original(const Original& original, const image::Image& picture, const CompressTask& task, double worth,
                   Fresh& fresh, Format format) {
  if (task.params.allow_larger || original.header.format != format) return;
  if (size_of(original.header) != image::Size{picture.width(), picture.height()}) return;
  if (original.file.size() > fresh.bytes.size() + original.file.size() / 2) return;
  std::optional<base::Bytes> bare = codec::without_metadata(original.file, task.params.keep, original.metadata);
  if (!bare || static_cast<double>(bare->size()) * worth > static_cast<double>(fresh.bytes.size())) return;
  fresh.bytes = std::move(*bare);
  fresh.facts.is_original = true;
  fresh.facts.quality = format == Format::jpeg ? original.jpeg_quality : std::nullopt;
  if (task.score || task.target_ssim > 0 || task.min_ssim > 0) fresh.facts.ssim = fresh.facts.worst_block = 1;
}

void take(Made&& made, Fresh& fresh) {
  fresh.bytes = std::move(made.bytes);
  fresh.facts.quality = made.quality;
  if (!made.score) return;
  fresh.facts.ssim = made.score->ssim;
  fresh.facts.worst_block = made.score->worst_block;
  fresh.facts.psnr = made.score->psnr;
}

Gate gate_of(const Output& output, const CompressTask& task) {
  const double ssim = output.ssim.value_or(1);
  if (task.max_bytes > 0 && output.bytes > task.max_bytes) return Gate::over_budget;
  if (task.target_ssim > 0 && ssim < task.target_ssim) return Gate::below_target;
  return task.min_ssim > 0 && ssim < task.min_ssim ? Gate::below_minimum : Gate::none;
}

Fresh make(const Original& original, const image::Image& scaled, const Product& product, const CompressTask& task,
           const base::Stop& stop, Piece& piece) {
  const compress::Variant& variant = task.params.variants[product.variant];
  Fresh fresh;
  fresh.facts.warnings = original.warnings;
  const image::Image picture = suited(scaled, product.format, task.params, fresh.facts.warnings, piece.clock);
  fresh.facts.width = picture.width();
  fresh.facts.height = picture.height();
  codec::EncodeOptions options = compress::encode_options(task.params, variant, product.format);
  options.stop = stop;

  // What a JPEG lost before is lost: it is never encoded at more than its own quality, and only for a clear gain.
  const bool same_size = size_of(original.header) == image::Size{picture.width(), picture.height()};
  const bool same_jpeg = product.format == Format::jpeg && original.jpeg_quality && same_size;
  const bool no_search = task.target_ssim == 0 && task.max_bytes == 0;
  constexpr double kClearGain = 0.9;
  const double worth = same_jpeg && no_search ? kClearGain : 1;
  if (same_jpeg) options.quality = std::min(options.quality, *original.jpeg_quality);
  const Goal goal{task.target_ssim, task.max_bytes, task.score || task.min_ssim > 0};
  Made made = make_output(picture, product.format, options, task.params, goal, original.metadata, stop, piece.clock);
  piece.output.encodes = made.encodes;
  take(std::move(made), fresh);
  keep_original(original, picture, task, worth, fresh, product.format);
  return fresh;
}

std::vector<Piece> pieces_of(const Job& job) {
  std::vector<Piece> pieces(job.outputs.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Destination& destination = job.outputs[i];
    pieces[i].output = {destination.path, codec::to_string(destination.product.format),
                        destination.product.variant_name};
  }
  return pieces;
}

void find(const Job& job, base::ByteView file, const codec::Header& header, const CompressTask& task, StageClock& clock,
          std::vector<Piece>& pieces) {
  if (!task.cache) return;
  const std::vector<cache::Key> keys = compress_keys(base::digest(file), header, job, task);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    pieces[i].key = keys[i];
    pieces[i].output.cache = "miss";
    pieces[i].result = task.cache.find(keys[i], clock);
  }
}

bool all_found(const std::vector<Piece>& pieces) {
  return std::all_of(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.result.has_value(); });
}

// Those that weren't found.
void make_missing(const Job& job, const Original& original, const std::vector<image::Image>& scaled,
                  const CompressTask& task, const base::Stop& stop, std::vector<Piece>& pieces) {
  const auto make_one = [&](std::size_t i) {
    Piece& piece = pieces[i];
    if (piece.result) return;
    const Product& product = job.outputs[i].product;
    try {
      const auto fresh = [&] { return make(original, scaled[product.variant], product, task, stop, piece); };
      piece.result = task.cache.make(piece.key, fresh, stop, piece.clock);
    } catch (...) {
      piece.output.error = current_failure();
    }
  };
  task.one_by_one ? base::in_turn(pieces.size(), make_one) : side_by_side(pieces.size(), make_one);
}

bool better(const Piece& a, const Piece& b) {
  if (a.output.error || b.output.error) return !a.output.error;
  if ((a.output.gate == Gate::none) != (b.output.gate == Gate::none)) return a.output.gate == Gate::none;
  if (a.output.gate != Gate::none && a.output.ssim != b.output.ssim) return a.output.ssim > b.output.ssim;
  return a.output.bytes < b.output.bytes;
}

// Of each variant the best format alone.
std::vector<Piece> best_of_each(const Job& job, std::vector<Piece> pieces, std::size_t variants) {
  std::vector<Piece> best;
  for (std::size_t variant = 0; variant < variants; ++variant) {
    Piece* winner = nullptr;
    int encodes = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (job.outputs[i].product.variant != variant) continue;
      encodes += pieces[i].output.encodes;
      if (winner == nullptr || better(pieces[i], *winner)) winner = &pieces[i];
    }
    if (winner == nullptr) continue;
    winner->output.encodes = encodes;
    best.push_back(std::move(*winner));
  }
  return best;
}

void put(const Job& job, const CompressTask& task, StageClock& clock, Piece& piece) {
  if (piece.output.error) return;
  const Scope timed(&clock, "write");
  try {
    const Placed placed = place(piece.output.path, job.to_stdout, *piece.result, task);
    piece.output.status = placed.status;
    if (placed.gate != Gate::none) piece.output.gate = placed.gate;
  } catch (...) {
    piece.output.error = current_failure();
  }
}

// The item's status is the strongest of its outputs'.
void sum_up(std::vector<Output>& outputs, Outcome& outcome) {
  const auto any = [&](Status status) {
    return std::any_of(outputs.begin(), outputs.end(), [&](const Output& o) { return o.status == status; });
  };
  for (const Status status : {Status::written, Status::cached, Status::kept, Status::unchanged, Status::skipped}) {
    if (any(status)) {
      outcome.status = status;
      break;
    }
  }
  for (Output& output : outputs) {
    if (output.error) {
      output.status = output.error->kind == base::ErrorKind::cancelled ? Status::skipped : Status::failed;
      if (!outcome.error || outcome.error->kind == base::ErrorKind::cancelled) {
        outcome.error = Failure{output.error->kind, fmt::format("{}: {}", label(output), output.error->message)};
        outcome.status = output.status;
      }
    }
    if (outcome.gate == Gate::none) outcome.gate = output.gate;
  }
  outcome.outputs = std::move(outputs);
}

bool all_exist(const Job& job) {
  std::error_code ignored;
  return std::all_of(job.outputs.begin(), job.outputs.end(),
                     [&](const Destination& output) { return std::filesystem::exists(output.path, ignored); });
}

void add_new(const std::vector<std::string>& more, std::vector<std::string>& lines) {
  for (const std::string& line : more) {
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
}

void compress_job(const Job& job, const CompressTask& task, const base::Stop& stop, StageClock& clock,
                  Outcome& outcome) {
  stop.check();
  if (task.no_clobber && !job.to_stdout && all_exist(job)) return;
  base::Bytes file = read_input(job, clock, outcome);
  stop.check();
  const codec::Header header = codec::read_header(file, task.limits);
  std::vector<Piece> pieces = pieces_of(job);
  find(job, file, header, task, clock, pieces);
  if (!all_found(pieces)) {
    const Original original = decode(std::move(file), header, task, stop, clock);
    outcome.width = header.width;
    outcome.height = header.height;
    const std::vector<image::Image> scaled = [&] {
      const Scope timed(&clock, "resize");
      return compress::scale(original.picture, whole_size(header, task), task.params, compress::attention, stop);
    }();
    make_missing(job, original, scaled, task, stop, pieces);
  }
  for (Piece& piece : pieces) {
    clock.join(piece.clock);
    if (!piece.result) continue;
    piece.result->describe(piece.output);
    piece.output.gate = gate_of(piece.output, task);
  }
  stop.check();
  if (task.params.best) pieces = best_of_each(job, std::move(pieces), task.params.variants.size());
  std::vector<Output> outputs;
  for (Piece& piece : pieces) {
    std::error_code ignored;
    const bool leave = task.no_clobber && !job.to_stdout && std::filesystem::exists(piece.output.path, ignored);
    if (!leave) put(job, task, clock, piece);
    if (piece.result) add_new(piece.result->facts.warnings, outcome.warnings);
    outputs.push_back(std::move(piece.output));
  }
  sum_up(outputs, outcome);
}

}  // namespace

image::Size whole_size(const codec::Header& header, const CompressTask& task) {
  const image::Size whole = size_of(header);
  return task.max_dimension > 0 ? image::fitted(whole, {task.max_dimension, task.max_dimension}) : whole;
}

codec::DecodeOptions decode_options(const codec::Header& header, const CompressTask& task) {
  codec::DecodeOptions options(task.limits);
  options.keep_profile = task.params.keep.icc;
  const image::Size whole = whole_size(header, task);
  const image::Size needed = compress::needed_size(whole, task.params);
  // Twice what is needed, since a JPEG that its decoder made smaller is a coarser source than Lanczos would be.
  options.min_width = needed.width > 0 ? std::min(2 * needed.width, whole.width) : whole.width;
  options.min_height = needed.height > 0 ? std::min(2 * needed.height, whole.height) : whole.height;
  return options;
}

std::vector<Product> products_of(const compress::CompressParams& params) {
  std::vector<Product> products;
  for (std::size_t i = 0; i < params.variants.size(); ++i) {
    for (const Format format : params.formats) {
      products.push_back({format, std::string(compress::extension(format)), i, params.variants[i].name});
    }
  }
  return products;
}

Outcome run_compress(const Job& job, const CompressTask& task, const std::atomic<bool>* stop) {
  return at_edge(job, task.timeout_seconds, stop, [&](const base::Stop& s, StageClock& clock, Outcome& outcome) {
    compress_job(job, task, s, clock, outcome);
  });
}

Outcome plan_compress(const Job& job, const CompressTask& task) {
  return at_edge(job, 0, nullptr, [&](const base::Stop&, StageClock& clock, Outcome& outcome) {
    const Source source = look_at(job, task.limits);
    outcome.memory = compress_memory(source, task);
    outcome.bytes_in = source.file_bytes;
    std::vector<Piece> pieces = pieces_of(job);
    if (task.cache && !job.from_stdin) {
      find(job, read_input(job, clock, outcome), source.header, task, clock, pieces);
    }
    const image::Size whole = traced_size(source, task.max_dimension);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      Output& output = pieces[i].output;
      if (pieces[i].result) pieces[i].result->describe(output);
      const compress::Variant& variant = task.params.variants[job.outputs[i].product.variant];
      const image::Size size = compress::scaled_size(whole, variant, task.params.fit);
      output.width = size.width;
      output.height = size.height;
      outcome.outputs.push_back(std::move(output));
    }
  });
}

// The decoded picture (a JPEG at the fraction that is enough), twice while it is turned or converted; each variant; and
// what an encoder, a decoder and the scorer hold for each pixel of one, which is most for AVIF.
std::uint64_t compress_memory(const Source& source, const CompressTask& task) {
  constexpr double kVariant = 4, kAvif = 60, kOther = 25;
  const image::Size whole = size_of(source.header);
  const double pixels = static_cast<double>(whole.width) * whole.height;
  double bytes = pixels * kDecodedBytes;
  if (source.header.format == Format::jpeg) {
    const int shrink = codec::jpeg_shrink(whole.width, whole.height, decode_options(source.header, task));
    bytes /= shrink * shrink;
    if (source.header.progressive) bytes += pixels * kCoefficientBytes;
  }
  for (const compress::Variant& variant : task.params.variants) {
    const image::Size size = compress::scaled_size(whole, variant, task.params.fit);
    const double area = static_cast<double>(size.width) * size.height;
    double encoders = 0;
    for (const Format format : task.params.formats)
      encoders = std::max(encoders, format == Format::avif ? kAvif : kOther);
    bytes += area * (kVariant + encoders);
  }
  return static_cast<std::uint64_t>(bytes) + source.file_bytes;
}

}  // namespace imgmill::pipeline
