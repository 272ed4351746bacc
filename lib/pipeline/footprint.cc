// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/footprint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"
#include "base/descriptor.h"
#include "base/error.h"

namespace imgmill::pipeline {
namespace {

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

Source look_at(const Job& job, const image::Limits& limits) {
  if (!job.problem.empty()) throw base::Error(base::ErrorKind::input, job.problem);
  if (!job.from_stdin) {
    const base::Bytes head = read_head(job);
    const std::uint64_t size = size_of(job);
    try {
      return {size, codec::read_header(head, limits)};
    } catch (const base::Error& error) {
      // Too large is final; anything else may be a header that ends further on (metadata first, or TIFF's at the end).
      if (error.kind() == base::ErrorKind::limit || (!head.empty() && size <= head.size())) throw;
    }
  }
  const base::Bytes file = job.from_stdin ? base::read_descriptor(STDIN_FILENO) : base::read_file(job.input);
  return {file.size(), codec::read_header(file, limits)};
}

image::Size traced_size(const Source& source, int max_dimension) {
  const image::Size whole{source.header.width, source.header.height};
  return max_dimension > 0 ? image::fitted(whole, {max_dimension, max_dimension}) : whole;
}

double decoding_memory(const Source& source) {
  const double pixels = static_cast<double>(source.header.width) * source.header.height;
  return pixels * (kDecodedBytes + (source.header.progressive ? kCoefficientBytes : 0));
}

// Tracing keeps labels, coverage, samples and sums for each pixel that it works on, up to 88 bytes (noise, drawn with
// the preset quality); scoring comes when these are gone and needs less. The file lies beside them.
std::uint64_t convert_memory(const Source& source, int max_dimension, bool searches) {
  constexpr double kTraced = 90, kKept = 11;  // the latter for the next try of a search
  const image::Size traced = traced_size(source, max_dimension);
  return static_cast<std::uint64_t>(decoding_memory(source) + static_cast<double>(traced.width) * traced.height *
                                                                  (kTraced + (searches ? kKept : 0))) +
         source.file_bytes;
}

std::uint64_t footprint(const Job& job, const image::Limits& limits,
                        const std::function<std::uint64_t(const Source&)>& memory) {
  constexpr std::uint64_t kUnknown = 64 << 20;  // standard input, which can be read only once
  if (job.from_stdin) return kUnknown;
  try {
    return memory(look_at(job, limits));
  } catch (const std::exception&) {
    return size_of(job);
  }
}

}  // namespace imgmill::pipeline
