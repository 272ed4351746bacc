// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One encoder a format, as the registry in encode.cc lists them. The picture's size has been checked; each throws what
// encode() promises.
#pragma once

#include "codec/encode.h"

namespace imgmill::codec {

base::Bytes encode_jpeg(const image::Image& image, const EncodeOptions& options, const Metadata& metadata);
base::Bytes encode_webp(const image::Image& image, const EncodeOptions& options, const Metadata& metadata);
base::Bytes encode_avif(const image::Image& image, const EncodeOptions& options, const Metadata& metadata);

// Lossless, with a palette where 256 colours are enough, and as many bits a pixel as that takes.
base::Bytes encode_small_png(const image::Image& image, const EncodeOptions& options, const Metadata& metadata);

std::string jpeg_encoder_version();
std::string webp_encoder_version();
std::string png_encoder_version();

}  // namespace imgmill::codec
