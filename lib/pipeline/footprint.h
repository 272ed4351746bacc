// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a job will need, told from its file's header without decoding a pixel.
#pragma once

#include <cstdint>
#include <functional>

#include "codec/codec.h"
#include "image/limits.h"
#include "image/resize.h"
#include "pipeline/job.h"

namespace imgmill::pipeline {

struct Source {
  std::uint64_t file_bytes = 0;
  codec::Header header;
};

// Reads the start of the file, all of it where the header ends further on, and standard input to its end where that is
// the job's input. Throws as read_file and read_header do.
Source look_at(const Job& job, const image::Limits& limits);

// What the whole of a tracing works on, after --max-dimension (0: no bound).
image::Size traced_size(const Source& source, int max_dimension);

// Bytes for each pixel of a file at the peak of decoding it: the picture, twice while it is turned or converted; beside
// it the coefficients of a progressive JPEG, which is held whole.
inline constexpr double kDecodedBytes = 8, kCoefficientBytes = 5;

// Bytes at the peak of decoding the whole of it.
double decoding_memory(const Source& source);

// Bytes at the peak of run_convert, which keeps more where it searches.
std::uint64_t convert_memory(const Source& source, int max_dimension, bool searches);

// For admission: what `memory` says of the job's source; never throws and leaves standard input alone. A file whose
// header can't be read counts with its own size, since its job fails early.
std::uint64_t footprint(const Job& job, const image::Limits& limits,
                        const std::function<std::uint64_t(const Source&)>& memory);

}  // namespace imgmill::pipeline
