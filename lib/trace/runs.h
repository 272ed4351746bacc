// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How far something goes on along a row of pixels. Most of a drawing is plain, so a pass that asks this once where a
// run begins has no work at most of its pixels.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace imgmill::trace {

// How many of the first `most` values of two places, of four bytes each, are equal. The places may overlap: with
// b = a − 1 it tells how far what is before `a` goes on.
template <class T>
inline int alike(const T* a, const T* b, int most) {
  constexpr int kLong = 64;
  static_assert(sizeof(T) == 4 && std::is_trivially_copyable_v<T>);
  const auto differ = [&](int at) {  // of two values
    std::uint64_t u, v;
    std::memcpy(&u, a + at, sizeof(u));
    std::memcpy(&v, b + at, sizeof(v));
    return u ^ v;
  };
  const auto equal = [&](int at) { return std::memcmp(a + at, b + at, sizeof(T)) == 0; };
  if (most <= 0 || !equal(0)) return 0;
  const auto eight_alike = [&](int at) { return (differ(at) | differ(at + 2) | differ(at + 4) | differ(at + 6)) == 0; };
  int n = 1;
  if (most >= kLong && eight_alike(1) && eight_alike(9)) {  // memcmp takes wider steps, but costs a call
    n = 17;
    while (n + kLong <= most && std::memcmp(a + n, b + n, kLong * sizeof(T)) == 0) n += kLong;
  }
  while (n + 8 <= most && eight_alike(n)) n += 8;
  while (n + 2 <= most && differ(n) == 0) n += 2;
  return n < most && equal(n) ? n + 1 : n;
}

// The index of the first of `most` bytes that is zero, or `most`.
inline int first_zero(const std::uint8_t* bytes, int most) {
  if (most > 0 && bytes[0] == 0) return 0;
  const void* found = std::memchr(bytes, 0, static_cast<std::size_t>(most));
  return found == nullptr ? most : static_cast<int>(static_cast<const std::uint8_t*>(found) - bytes);
}

}  // namespace imgmill::trace
