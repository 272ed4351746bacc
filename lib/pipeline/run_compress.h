// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One raster to its compressed variants, as straight-line code: read, decode once, resize, encode (or search), keep
// the original where it is the better file, put in place. An output that fails does not hold up the others.
#pragma once

#include <atomic>
#include <cstdint>

#include "compress/params.h"
#include "pipeline/footprint.h"
#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/rules.h"

namespace imgmill::pipeline {

struct CompressTask : Rules {
  compress::CompressParams params;
  double min_ssim = 0;      // a result below it is reported; 0: none
  bool one_by_one = false;  // the outputs, rather than side by side: takes less memory
};

// The size of the whole picture after --max-dimension, and how it is decoded for the task's variants.
image::Size whole_size(const codec::Header& header, const CompressTask& task);
codec::DecodeOptions decode_options(const codec::Header& header, const CompressTask& task);

// What is made of every input: formats × variants.
std::vector<Product> products_of(const compress::CompressParams& params);

// Never throws: whatever goes wrong stands in the outcome. `stop` (may be null) outlives the call. The outputs of one
// job are worked on side by side where the arena that it is called in has threads to spare; the bytes are the same.
Outcome run_compress(const Job& job, const CompressTask& task, const std::atomic<bool>* stop);

// What run_compress would do, from the file's header alone.
Outcome plan_compress(const Job& job, const CompressTask& task);

// Bytes at the peak of run_compress.
std::uint64_t compress_memory(const Source& source, const CompressTask& task);

}  // namespace imgmill::pipeline
