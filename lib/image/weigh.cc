// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/weigh.h"

#include <algorithm>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace imgmill::image {

namespace {

#if defined(__x86_64__)

__m128i load(const std::int16_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
void store(std::int16_t* to, __m128i value) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value); }

// Two weights as one number, as the multiplication of pairs takes them.
int pair_of(const std::int16_t* weights) {
  int both;
  std::memcpy(&both, weights, sizeof both);
  return both;
}

void weigh_baseline(const std::int16_t* in, std::ptrdiff_t stride, const std::int16_t* weights, int pairs, int shift,
                    std::int16_t* out, int samples) {
  const __m128i half = _mm_set1_epi32(1 << (shift - 1));
  const __m128i bits = _mm_cvtsi32_si128(shift);
  for (int i = 0; i < samples; i += kLanes) {
    __m128i a = half, b = half, c = half, d = half;
    const std::int16_t* from = in + std::ptrdiff_t{i} * 2;
    for (int p = 0; p < pairs; ++p, from += stride) {
      const __m128i w = _mm_set1_epi32(pair_of(weights + std::ptrdiff_t{p} * 2));
      a = _mm_add_epi32(a, _mm_madd_epi16(load(from), w));
      b = _mm_add_epi32(b, _mm_madd_epi16(load(from + 8), w));
      c = _mm_add_epi32(c, _mm_madd_epi16(load(from + 16), w));
      d = _mm_add_epi32(d, _mm_madd_epi16(load(from + 24), w));
    }
    store(out + i, _mm_packs_epi32(_mm_sra_epi32(a, bits), _mm_sra_epi32(b, bits)));
    store(out + i + 8, _mm_packs_epi32(_mm_sra_epi32(c, bits), _mm_sra_epi32(d, bits)));
  }
}

[[gnu::target("avx2")]] __m256i load_avx2(const std::int16_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
[[gnu::target("avx2")]] void store_avx2(std::int16_t* to, __m256i value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value);
}
// Packing works within halves of a register: the quarters change places after it.
[[gnu::target("avx2")]] __m256i pack_avx2(__m256i a, __m256i b, __m128i bits) {
  return _mm256_permute4x64_epi64(_mm256_packs_epi32(_mm256_sra_epi32(a, bits), _mm256_sra_epi32(b, bits)), 0xd8);
}

[[gnu::target("avx2")]] void weigh_avx2(const std::int16_t* in, std::ptrdiff_t stride, const std::int16_t* weights,
                                        int pairs, int shift, std::int16_t* out, int samples) {
  const __m256i half = _mm256_set1_epi32(1 << (shift - 1));
  const __m128i bits = _mm_cvtsi32_si128(shift);
  int i = 0;
  for (; i + 2 * kLanes <= samples; i += 2 * kLanes) {
    __m256i a = half, b = half, c = half, d = half;
    const std::int16_t* from = in + std::ptrdiff_t{i} * 2;
    for (int p = 0; p < pairs; ++p, from += stride) {
      const __m256i w = _mm256_set1_epi32(pair_of(weights + std::ptrdiff_t{p} * 2));
      a = _mm256_add_epi32(a, _mm256_madd_epi16(load_avx2(from), w));
      b = _mm256_add_epi32(b, _mm256_madd_epi16(load_avx2(from + 16), w));
      c = _mm256_add_epi32(c, _mm256_madd_epi16(load_avx2(from + 32), w));
      d = _mm256_add_epi32(d, _mm256_madd_epi16(load_avx2(from + 48), w));
    }
    store_avx2(out + i, pack_avx2(a, b, bits));
    store_avx2(out + i + 16, pack_avx2(c, d, bits));
  }
  if (i == samples) return;
  __m256i a = half, b = half;
  const std::int16_t* from = in + std::ptrdiff_t{i} * 2;
  for (int p = 0; p < pairs; ++p, from += stride) {
    const __m256i w = _mm256_set1_epi32(pair_of(weights + std::ptrdiff_t{p} * 2));
    a = _mm256_add_epi32(a, _mm256_madd_epi16(load_avx2(from), w));
    b = _mm256_add_epi32(b, _mm256_madd_epi16(load_avx2(from + 16), w));
  }
  store_avx2(out + i, pack_avx2(a, b, bits));
}

// Those of `count` samples that fill registers; returns how many.
int widen_most(const std::uint8_t* upper, const std::uint8_t* lower, int count, std::int16_t* out) {
  const __m128i zero = _mm_setzero_si128();
  int i = 0;
  for (; i + 16 <= count; i += 16, out += 32) {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(upper + i));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(lower + i));
    const __m128i low = _mm_unpacklo_epi8(a, b), high = _mm_unpackhi_epi8(a, b);
    store(out, _mm_unpacklo_epi8(low, zero));
    store(out + 8, _mm_unpackhi_epi8(low, zero));
    store(out + 16, _mm_unpacklo_epi8(high, zero));
    store(out + 24, _mm_unpackhi_epi8(high, zero));
  }
  return i;
}

void interleave_8(const std::int16_t* left, const std::int16_t* right, std::int16_t* out) {
  store(out, _mm_unpacklo_epi16(load(left), load(right)));
  store(out + 8, _mm_unpackhi_epi16(load(left), load(right)));
}

// Eight rows of eight: three rounds of exchanges, of single samples, pairs and fours.
void turn_8x8(const std::int16_t* in, std::ptrdiff_t in_stride, std::int16_t* out, std::ptrdiff_t out_stride) {
  __m128i r[8], s[8];
  for (int i = 0; i < 8; ++i) r[i] = load(in + i * in_stride);
  for (int i = 0; i < 4; ++i) {
    s[2 * i] = _mm_unpacklo_epi16(r[i], r[i + 4]);
    s[2 * i + 1] = _mm_unpackhi_epi16(r[i], r[i + 4]);
  }
  for (int i = 0; i < 4; ++i) {
    r[2 * i] = _mm_unpacklo_epi16(s[i], s[i + 4]);
    r[2 * i + 1] = _mm_unpackhi_epi16(s[i], s[i + 4]);
  }
  for (int i = 0; i < 4; ++i) {
    store(out + 2 * i * out_stride, _mm_unpacklo_epi16(r[i], r[i + 4]));
    store(out + (2 * i + 1) * out_stride, _mm_unpackhi_epi16(r[i], r[i + 4]));
  }
}

#else

void weigh_baseline(const std::int16_t* in, std::ptrdiff_t stride, const std::int16_t* weights, int pairs, int shift,
                    std::int16_t* out, int samples) {
  for (int i = 0; i < samples; i += kLanes) {
    std::int32_t sums[kLanes];
    std::fill(std::begin(sums), std::end(sums), 1 << (shift - 1));
    for (int p = 0; p < pairs; ++p) {
      const std::int16_t* from = in + p * stride + std::ptrdiff_t{i} * 2;
      for (int lane = 0; lane < kLanes; ++lane) {
        sums[lane] += from[2 * lane] * weights[2 * p] + from[2 * lane + 1] * weights[2 * p + 1];
      }
    }
    for (int lane = 0; lane < kLanes; ++lane) {
      out[i + lane] = static_cast<std::int16_t>(std::clamp(sums[lane] >> shift, -32768, 32767));
    }
  }
}

int widen_most(const std::uint8_t*, const std::uint8_t*, int, std::int16_t*) { return 0; }

void interleave_8(const std::int16_t* left, const std::int16_t* right, std::int16_t* out) {
  for (int i = 0; i < 8; ++i) {
    out[2 * i] = left[i];
    out[2 * i + 1] = right[i];
  }
}

void turn_8x8(const std::int16_t* in, std::ptrdiff_t in_stride, std::int16_t* out, std::ptrdiff_t out_stride) {
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) out[i * out_stride + j] = in[j * in_stride + i];
  }
}

#endif

}  // namespace

void widen(const std::uint8_t* upper, const std::uint8_t* lower, int count, std::int16_t* out) {
  for (int i = widen_most(upper, lower, count, out); i < count; ++i) {
    out[2 * i] = upper[i];
    out[2 * i + 1] = lower[i];
  }
}

void interleave(const std::int16_t* left, const std::int16_t* right, int count, std::int16_t* out) {
  for (int i = 0; i < count; i += 8) interleave_8(left + i, right + i, out + std::ptrdiff_t{2} * i);
}

void turn(const std::int16_t* in, std::ptrdiff_t stride, int samples, std::int16_t* out) {
  for (int i = 0; i < samples; i += 8) {
    for (int lane = 0; lane < kLanes; lane += 8) {
      turn_8x8(in + lane * stride + i, stride, out + std::ptrdiff_t{i} * kLanes + lane, kLanes);
    }
  }
}

void turn_back(const std::int16_t* in, int samples, std::int16_t* out, std::ptrdiff_t stride) {
  for (int i = 0; i < samples; i += 8) {
    for (int lane = 0; lane < kLanes; lane += 8) {
      turn_8x8(in + std::ptrdiff_t{i} * kLanes + lane, kLanes, out + lane * stride + i, stride);
    }
  }
}

bool supported(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx2) return __builtin_cpu_supports("avx2") != 0;
#endif
  return isa != Isa::avx2;
}

Weigh weigh_for(Isa isa) {
#if defined(__x86_64__)
  if (isa != Isa::baseline && supported(Isa::avx2)) return weigh_avx2;
#endif
  (void)isa;
  return weigh_baseline;
}

}  // namespace imgmill::image
