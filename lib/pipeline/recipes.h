// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The cache keys of results: all that decides their bytes and what a record says of them, and nothing else, so that a
// change elsewhere (another variant, a gate, the number of jobs) still finds them.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "cache/key.h"
#include "codec/codec.h"
#include "pipeline/job.h"
#include "pipeline/run_compress.h"
#include "pipeline/run_convert.h"

namespace imgmill::pipeline {

// Raised when run_compress makes other bytes of the same input and parameters (trace::kTraceVersion is run_convert's).
inline constexpr int kCompressVersion = 2;

cache::Key features_key(const base::Digest& input);

cache::Key convert_key(const base::Digest& input, const ConvertTask& task);

// One for each output of the job. `header` is that of the input. Throws Error{internal} where a format's encoder can't
// be loaded.
std::vector<cache::Key> compress_keys(const base::Digest& input, const codec::Header& header, const Job& job,
                                      const CompressTask& task);

}  // namespace imgmill::pipeline
