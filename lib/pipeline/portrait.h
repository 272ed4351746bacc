// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an image is: its features, from the cache where they are there, and its class.
#pragma once

#include <functional>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/stage_clock.h"
#include "base/stop.h"
#include "features/classify.h"
#include "features/features.h"
#include "image/image.h"
#include "pipeline/outcome.h"
#include "pipeline/result_cache.h"

namespace imgmill::pipeline {

// The feature of that name: of the JPEG's tables (codec::jpeg_quality) / 100, 1 of any other file.
double jpeg_quality_of(base::ByteView file);

// `decode` gives the picture where the features have to be measured; `input` is the digest of its file, `jpeg_quality`
// what jpeg_quality_of says of it. Throws as `decode` and `stop` do.
features::Features features_of(const base::Digest& input, double jpeg_quality,
                               const std::function<image::Image()>& decode, const ResultCache& cache,
                               const base::Stop& stop, base::StageClock& clock);

// For records and tables.
Portrait describe(const features::Features& features, const features::Verdict& verdict);

}  // namespace imgmill::pipeline
