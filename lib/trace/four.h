// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Four numbers that are worked with at once: the channels of a colour, or one property of four places. Each operation
// is that of each of the numbers, so every machine comes to the same.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace imgmill::trace {

using Four = float __attribute__((vector_size(16)));
using FourWhole = std::int32_t __attribute__((vector_size(16)));

// … of a colour, where sums of many need more digits. Not handed on by value, as compilers differ on how.
using Channels = double __attribute__((vector_size(32)));

inline Four four(float v) { return Four{v, v, v, v}; }
inline Four four(const float* v) {
  Four out;
  std::memcpy(&out, v, sizeof(out));
  return out;
}

inline float sum(Four v) { return (v[0] + v[2]) + (v[1] + v[3]); }
inline Four smaller(Four a, Four b) { return a < b ? a : b; }
inline Four larger(Four a, Four b) { return a > b ? a : b; }
inline Four root(Four v) { return Four{std::sqrt(v[0]), std::sqrt(v[1]), std::sqrt(v[2]), std::sqrt(v[3])}; }
// Towards zero.
inline FourWhole whole(Four v) { return __builtin_convertvector(v, FourWhole); }
inline Four fractional(FourWhole v) { return __builtin_convertvector(v, Four); }

}  // namespace imgmill::trace
