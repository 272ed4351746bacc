// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How far something goes on along a row of pixels. Most of a drawing is plain, so a pass that asks this once where a
// run begins has no work at most of its pixels.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace imgmill::trace {

// Which of eight values of two places, of four bytes each, are equal: two bits for each, from the lowest.
inline unsigned which_alike(const void* a, const void* b) {
#ifdef __SSE2__
  const auto* u = static_cast<const __m128i*>(a);
  const auto* v = static_cast<const __m128i*>(b);
  const __m128i first = _mm_cmpeq_epi32(_mm_loadu_si128(u), _mm_loadu_si128(v));
  const __m128i second = _mm_cmpeq_epi32(_mm_loadu_si128(u + 1), _mm_loadu_si128(v + 1));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi32(first, second)));
#else
  std::array<std::uint32_t, 8> u, v;
  std::memcpy(u.data(), a, sizeof(u));
  std::memcpy(v.data(), b, sizeof(v));
  unsigned alike = 0;
  for (unsigned k = 0; k < u.size(); ++k) alike |= (u[k] == v[k] ? 3U : 0U) << (2 * k);
  return alike;
#endif
}

// How many of the first `most` values of two places, of four bytes each, are equal. The places may overlap: with
// b = a − 1 it tells how far what is before `a` goes on.
template <class T>
inline int alike(const T* a, const T* b, int most) {
  constexpr int kLong = 64;
  constexpr unsigned kAll = 0xffff;
  static_assert(sizeof(T) == 4 && std::is_trivially_copyable_v<T>);
  const auto equal = [&](int at) { return std::memcmp(a + at, b + at, sizeof(T)) == 0; };
  if (most <= 0 || !equal(0)) return 0;
  int n = 1;
  for (; n + 8 <= most; n += 8) {
    if (const unsigned which = which_alike(a + n, b + n); which != kAll) return n + std::countr_one(which) / 2;
    if (n != 9) continue;  // memcmp takes wider steps, but costs a call
    while (n + 8 + kLong <= most && std::memcmp(a + n + 8, b + n + 8, kLong * sizeof(T)) == 0) n += kLong;
  }
  while (n < most && equal(n)) ++n;
  return n;
}

// The index of the first byte that is `value`, or `count`.
inline std::int32_t find_byte(const std::uint8_t* bytes, std::uint8_t value, std::int32_t count) {
  const void* found = count > 0 ? std::memchr(bytes, value, static_cast<std::size_t>(count)) : nullptr;
  return found == nullptr ? count : static_cast<std::int32_t>(static_cast<const std::uint8_t*>(found) - bytes);
}

// … of the first that is zero, which is often at once.
inline int first_zero(const std::uint8_t* bytes, int most) {
  return most > 0 && bytes[0] == 0 ? 0 : find_byte(bytes, 0, most);
}

// Calls visit(index) for each of `count` bytes, which are 0 or 1, that is 0.
template <class Visit>
inline void each_zero(const std::uint8_t* bytes, int count, Visit visit) {
  int k = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; k + 8 <= count; k += 8) {
      std::uint64_t eight;
      std::memcpy(&eight, bytes + k, sizeof(eight));
      for (std::uint64_t zeros = ~eight & 0x0101010101010101; zeros != 0; zeros &= zeros - 1) {
        visit(k + std::countr_zero(zeros) / 8);
      }
    }
  }
  for (; k < count; ++k) {
    if (bytes[k] == 0) visit(k);
  }
}

// Calls visit(index) for each of `count` bytes that is from 1 to `most`.
template <class Visit>
inline void each_from_1_to(std::uint8_t most, const std::uint8_t* bytes, int count, Visit visit) {
  constexpr int kMany = 32;  // that are looked at together: nearly always there is none
  const auto is_one = [most](std::uint8_t byte) { return static_cast<std::uint8_t>(byte - 1) < most; };
  for (int first = 0; first < count; first += kMany) {
    const int end = std::min(first + kMany, count);
    std::uint8_t any = 0;
    for (int k = first; k < end; ++k) any |= is_one(bytes[k]) ? 1 : 0;
    for (int k = any != 0 ? first : end; k < end; ++k) {
      if (is_one(bytes[k])) visit(k);
    }
  }
}

}  // namespace imgmill::trace
