// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heap/heap_counter.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

namespace imgmill::apps {

base::HeapOfThread heap_counter() { return nullptr; }

}  // namespace imgmill::apps

#else

#include <cerrno>
#include <cstddef>
#include <cstdint>

// <cstdlib> stays out: it declares what is defined here.
extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* block, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void __libc_free(void* block) noexcept;
}

namespace {

// Constant at the start, so that no thread allocates to make it.
thread_local constinit imgmill::base::HeapCounts g_heap;

// What the C library keeps before every block: its size, and flags in the lowest three bits. malloc_usable_size knows
// it too, but looks at what lies behind the block as well, and the price of that shows.
std::size_t size_of(const void* block) noexcept {
  constexpr std::size_t kFlags = 7;
  return static_cast<const std::size_t*>(block)[-1] & ~kFlags;
}

void* taken(void* block) noexcept {
  if (block == nullptr) return block;
  const std::size_t bytes = size_of(block);
  g_heap.allocated += bytes;
  g_heap.live += static_cast<std::int64_t>(bytes);
  if (g_heap.live > g_heap.peak) g_heap.peak = g_heap.live;
  return block;
}

bool is_power_of_two(std::size_t number) noexcept { return number != 0 && (number & (number - 1)) == 0; }

}  // namespace

namespace imgmill::apps {

base::HeapOfThread heap_counter() {
  return [] { return &g_heap; };
}

}  // namespace imgmill::apps

extern "C" {

void* malloc(std::size_t size) noexcept { return taken(__libc_malloc(size)); }

void* calloc(std::size_t count, std::size_t size) noexcept { return taken(__libc_calloc(count, size)); }

void free(void* block) noexcept {
  if (block == nullptr) return;
  g_heap.live -= static_cast<std::int64_t>(size_of(block));
  __libc_free(block);
}

// What grows in its place counts with its growth alone, what moves with all of it.
void* realloc(void* block, std::size_t size) noexcept {
  if (block == nullptr) return malloc(size);
  const std::size_t before = size_of(block);
  void* const moved = __libc_realloc(block, size);
  if (moved == nullptr && size > 0) return nullptr;  // the block is as it was
  g_heap.live -= static_cast<std::int64_t>(before);
  taken(moved);
  if (moved == block) g_heap.allocated -= before < size_of(moved) ? before : size_of(moved);
  return moved;
}

void* memalign(std::size_t alignment, std::size_t size) noexcept { return taken(__libc_memalign(alignment, size)); }

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  if (!is_power_of_two(alignment) || alignment % sizeof(void*) != 0) return EINVAL;
  void* const taken_block = memalign(alignment, size);
  if (taken_block == nullptr) return ENOMEM;
  *block = taken_block;
  return 0;
}

}  // extern "C"

#endif
