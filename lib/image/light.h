// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// sRGB values and the light that they stand for, in whole steps: kFull for 255, for light and for values alike.
#pragma once

#include <array>
#include <cstdint>

namespace imgmill::image {

struct LightTables {
  static constexpr int kStep = 64;           // of a value: finer than what rounding twice loses
  static constexpr int kFull = 255 * kStep;  // leaves room for the overshoot of a filter in 16 bits

  std::array<std::int16_t, 256> light;        // by value
  std::array<std::uint8_t, kFull + 1> value;  // by light: the nearest value, as values count; never falls
};

const LightTables& light_tables();

}  // namespace imgmill::image
