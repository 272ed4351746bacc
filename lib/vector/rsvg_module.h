// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one function of the librsvg module. Plain C at the boundary: no exception and no C++ type crosses it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imgmill::vector {

inline constexpr char kRsvgModule[] = "rsvg";
inline constexpr char kRsvgRender[] = "imgmill_rsvg_render";

enum RsvgStatus : int { kRsvgOk, kRsvgRefused, kRsvgTooLarge, kRsvgFailed };

// Draws the SVG stretched to width × height pixels into `rgba` (width × height × 4 zero bytes on entry; straight
// alpha on return). Otherwise `message` says why in one line. Thread-safe.
using RsvgRender = RsvgStatus(const std::uint8_t* svg, std::size_t size, int width, int height, std::uint8_t* rgba,
                              char* message, std::size_t message_size);

}  // namespace imgmill::vector
