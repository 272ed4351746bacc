// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary to the module that measures with OpenCV. A module, because linking OpenCV would cost every start of the
// program some 20 ms. Planes are width × height, without padding; each call returns 0, or another value where memory
// did not suffice.
#pragma once

#include <cstdint>

extern "C" {

// The mean of each `times` × `times` px. `samples`: width × height × channels; `out`: as many channels of
// max(1, width / times) × max(1, height / times); a rest is cut off.
int imgmill_reduce(const std::uint8_t* samples, int width, int height, int channels, int times, std::uint8_t* out);

// The length of the Sobel gradient in eighths of a level a pixel, the largest of the three channels'.
int imgmill_steepness(const std::uint8_t* rgb, int width, int height, std::uint16_t* out);

// 255 where `mask` is not 0 within `radius` px in both directions, else 0.
int imgmill_widen(const std::uint8_t* mask, int width, int height, int radius, std::uint8_t* out);

// 255 on Canny's edges, else 0.
int imgmill_edges(const std::uint8_t* grey, int width, int height, int low, int high, std::uint8_t* out);

// 255 where Harris' response is over `threshold` and the largest in 5 × 5 px, else 0.
int imgmill_corners(const std::uint8_t* grey, int width, int height, double threshold, std::uint8_t* out);

// The number of 4-connected regions of non-zero pixels that have `least` pixels or more.
int imgmill_count_regions(const std::uint8_t* mask, int width, int height, int least, int* count);
}
