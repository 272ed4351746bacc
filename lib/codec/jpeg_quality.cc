// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/jpeg_quality.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/error.h"
#include "codec/jpeg_segments.h"
#include "codec/jpeg_tables.h"

namespace imgmill::codec {

namespace {

using Table = std::array<int, 64>;  // in the zigzag order of the file

// Tables K.1 and K.2 of the standard, in zigzag order.
constexpr Table kLuminance{16, 11, 12,  14,  12,  10, 16, 14,  13,  14,  18,  17,  16, 19,  24,  40,
                           26, 24, 22,  22,  24,  49, 35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
                           56, 55, 64,  72,  92,  78, 64, 68,  87,  69,  55,  56,  80, 109, 81,  87,
                           95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99};
constexpr Table kChrominance{17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99,
                             99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                             99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

// Our own, for brightness and colour alike.
const Table kTuned = [] {
  Table table{};
  std::size_t i = 0;
  for (int diagonal = 0; diagonal < 15; ++diagonal) {
    for (int k = std::max(0, diagonal - 7); k <= std::min(7, diagonal); ++k) {
      const int u = diagonal % 2 == 0 ? k : diagonal - k;
      table[i++] = static_cast<int>(tuned_step(u, diagonal - u));
    }
  }
  return table;
}();

struct Component {
  int across = 0, down = 0;  // sampling factors
  std::size_t table = 0;
};

struct Coding {
  std::array<std::optional<Table>, 4> tables;
  std::vector<Component> components;
};

void read_tables(base::ByteView payload, Coding& coding) {
  while (!payload.empty()) {
    const std::size_t bytes = payload[0] >> 4 != 0 ? 2 : 1, number = payload[0] & 15;
    if (payload.size() < 1 + 64 * bytes || number >= coding.tables.size()) return;
    Table table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      table[i] = bytes == 1 ? payload[1 + i] : payload[1 + 2 * i] << 8 | payload[2 + 2 * i];
    }
    coding.tables[number] = table;
    payload = payload.subspan(1 + 64 * bytes);
  }
}

void read_components(base::ByteView payload, Coding& coding) {
  if (payload.size() < 6 || payload.size() < 6 + std::size_t{3} * payload[5]) return;
  coding.components.clear();
  for (std::size_t i = 0; i < payload[5]; ++i) {
    const base::ByteView in = payload.subspan(6 + 3 * i, 3);
    coding.components.push_back({in[1] >> 4, in[1] & 15, in[2]});
  }
}

// An entry of libjpeg's table of that quality; baseline files hold eight bits.
int scaled(int standard, int quality, int largest) {
  const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return std::clamp((standard * percent + 50) / 100, 1, largest);
}

// In proportion, so that the small steps of the low frequencies count as much as the large ones.
double distance(const Table& table, const Table& standard, int quality) {
  const int largest = *std::max_element(table.begin(), table.end()) > 255 ? 32767 : 255;
  double sum = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const int expected = scaled(standard[i], quality, largest);
    sum += static_cast<double>(std::abs(table[i] - expected)) / (table[i] + expected);
  }
  return sum;
}

std::optional<JpegQuality> judge(const Coding& coding) {
  if (coding.components.empty()) return std::nullopt;
  const Component& first = coding.components.front();
  const auto table_of = [&](const Component& component) {
    return component.table < coding.tables.size() ? coding.tables[component.table] : std::nullopt;
  };
  const std::optional<Table> luminance = table_of(first);
  if (!luminance) return std::nullopt;
  std::optional<Table> chrominance;
  JpegQuality result;
  for (const Component& component : coding.components) {
    if (component.table != first.table && !chrominance) chrominance = table_of(component);
    result.subsampled |= component.across < first.across || component.down < first.down;
  }
  std::optional<double> least;
  const auto compare = [&](const Table& bright, const Table& colour) {
    for (int quality = 100; quality >= 1; --quality) {
      double sum = distance(*luminance, bright, quality);
      if (chrominance) sum += distance(*chrominance, colour, quality);
      if (least && sum >= *least) continue;
      least = sum;
      result.quality = quality;
    }
  };
  compare(kLuminance, kChrominance);
  compare(kTuned, kTuned);
  return result;
}

}  // namespace

std::optional<JpegQuality> jpeg_quality(base::ByteView file) try {
  if (file.size() < 2 || file[0] != 0xff || file[1] != 0xd8) return std::nullopt;
  Coding coding;
  JpegSegments segments(file);
  while (const std::optional<JpegSegment> segment = segments.next()) {
    if (segment->marker == 0xdb) read_tables(segment->payload, coding);
    if (is_frame(segment->marker)) read_components(segment->payload, coding);
  }
  return judge(coding);
} catch (const base::Error&) {
  return std::nullopt;
}

}  // namespace imgmill::codec
