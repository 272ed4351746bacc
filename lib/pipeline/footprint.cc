// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/footprint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/bytes.h"
#include "base/descriptor.h"
#include "base/error.h"
#include "codec/codec.h"

namespace imgmill::pipeline {
namespace {

// A decoded picture takes up to 4 bytes a pixel, twice while it is turned or converted. Tracing keeps labels, coverage,
// samples and sums for each pixel that it works on, about 60 bytes; scoring comes when these are gone and needs less.
// The file lies beside them.
Measure measured(const codec::Header& header, std::uint64_t file_bytes, int max_dimension) {
  constexpr double kDecoded = 8, kTraced = 60;
  const double longest = std::max(header.width, header.height);
  const double shrink = max_dimension > 0 ? std::min(1.0, max_dimension / longest) : 1.0;
  Measure result{file_bytes, header.width, header.height, 0};
  if (shrink < 1) {
    result.traced_width = std::max(1, static_cast<int>(std::lround(header.width * shrink)));
    result.traced_height = std::max(1, static_cast<int>(std::lround(header.height * shrink)));
  }
  const double pixels = static_cast<double>(header.width) * header.height;
  const double traced = static_cast<double>(result.traced_width) * result.traced_height;
  result.memory = static_cast<std::uint64_t>(pixels * kDecoded + traced * kTraced) + file_bytes;
  return result;
}

std::uint64_t size_of(const Job& job) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(job.input, error);
  return error ? 0 : size;
}

// The start of the file, where nearly every format has its header; empty when it can't be read.
base::Bytes read_head(const Job& job) {
  constexpr std::size_t kHead = 32 * 1024;
  const base::Descriptor file(::open(job.input.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  base::Bytes head(kHead);
  const ssize_t size = file.valid() ? ::pread(file.get(), head.data(), head.size(), 0) : -1;
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return head;
}

}  // namespace

Measure measure(const Job& job, const ConvertTask& task) {
  if (!job.problem.empty()) throw base::Error(base::ErrorKind::input, job.problem);
  if (!job.from_stdin) {
    const base::Bytes head = read_head(job);
    const std::uint64_t size = size_of(job);
    try {
      return measured(codec::read_header(head, task.limits), size, task.max_dimension);
    } catch (const base::Error& error) {
      // Too large is final; anything else may be a header that ends further on (metadata first, or TIFF's at the end).
      if (error.kind() == base::ErrorKind::limit || (!head.empty() && size <= head.size())) throw;
    }
  }
  const base::Bytes file = job.from_stdin ? base::read_descriptor(STDIN_FILENO) : base::read_file(job.input);
  return measured(codec::read_header(file, task.limits), file.size(), task.max_dimension);
}

std::uint64_t footprint(const Job& job, const ConvertTask& task) {
  constexpr std::uint64_t kUnknown = 64 << 20;  // standard input, which can be read only once
  if (job.from_stdin) return kUnknown;
  try {
    return measure(job, task).memory;
  } catch (const std::exception&) {
    return size_of(job);
  }
}

}  // namespace imgmill::pipeline
