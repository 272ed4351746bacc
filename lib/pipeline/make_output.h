// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One picture into one format: at the quality that was asked for, or at the one that a search finds.
#pragma once

#include <cstdint>
#include <optional>

#include "base/stage_clock.h"
#include "base/stop.h"
#include "codec/encode.h"
#include "compress/params.h"
#include "image/image.h"
#include "score/score.h"

namespace imgmill::pipeline {

struct Goal {
  double target_ssim = 0;       // the smallest result that reaches it; 0: none asked for
  std::uint64_t max_bytes = 0;  // the closest result that fits; 0: no bound. With a target it wins over it
  bool score = false;           // measure what was made at a fixed quality too
};

struct Made {
  base::Bytes bytes;
  codec::EncodeOptions options;       // that it was made with
  std::optional<int> quality;         // none: lossless
  std::optional<score::Score> score;  // of the bytes, decoded again
  int encodes = 0;                    // with full effort
};

// The picture must suit the format (JPEG: no alpha). `options` holds the quality to use, or to start from. Where the
// goal can't be reached, the closest result (of a bound: the smallest) is returned; the caller compares.
Made make_output(const image::Image& picture, codec::Format format, const codec::EncodeOptions& options,
                 const compress::CompressParams& params, const Goal& goal, const codec::Metadata& metadata,
                 const base::Stop& stop, base::StageClock& clock);

}  // namespace imgmill::pipeline
