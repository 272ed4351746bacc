// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of resizing, for each instruction set that is worth it. All in whole numbers, so they agree exactly.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imgmill::image {

enum class Isa { baseline, avx2, best };

bool supported(Isa isa);

// How many samples side by side the kernels work on.
inline constexpr int kLanes = 16;

// out[i] = Σp in[p × stride + 2i] × weights[2p] + in[p × stride + 2i + 1] × weights[2p + 1], divided by 2^shift,
// rounded and saturated, for i < samples (a multiple of kLanes) and p < pairs. The sums must fit 32 bits.
using Weigh = void (*)(const std::int16_t* in, std::ptrdiff_t stride, const std::int16_t* weights, int pairs, int shift,
                       std::int16_t* out, int samples);
Weigh weigh_for(Isa isa);

// Two rows sample by sample side by side: out[2i] = upper[i], out[2i + 1] = lower[i], for i < count.
void widen(const std::uint8_t* upper, const std::uint8_t* lower, int count, std::int16_t* out);

// The same for samples that are wide already; count is a multiple of 8.
void interleave(const std::int16_t* left, const std::int16_t* right, int count, std::int16_t* out);

// kLanes rows of `samples` (a multiple of 8) that begin `stride` apart become `samples` rows of kLanes without gaps;
// and the way back.
void turn(const std::int16_t* in, std::ptrdiff_t stride, int samples, std::int16_t* out);
void turn_back(const std::int16_t* in, int samples, std::int16_t* out, std::ptrdiff_t stride);

}  // namespace imgmill::image
