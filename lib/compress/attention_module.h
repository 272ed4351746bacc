// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary to the attention module: plain C. The samples are interleaved, rows without padding.
#pragma once

#include <cstdint>

namespace imgmill::compress {

// Under the name "imgmill_attention"; returns 1 when it has set left and top.
using AttentionModuleFind = std::int32_t (*)(const std::uint8_t* samples, std::int32_t width, std::int32_t height,
                                             std::int32_t channels, std::int32_t part_width, std::int32_t part_height,
                                             std::int32_t* left, std::int32_t* top);

}  // namespace imgmill::compress
