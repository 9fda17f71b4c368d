#include "bench/allocations.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

// glibc's own names for its allocator, so that this program's functions of the usual names can
// count and pass on.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {
thread_local signet::bench::Allocations counted;

void* New(std::size_t size) {
  ++counted.cpp;
  void* const block = __libc_malloc(size == 0 ? 1 : size);
  if (block == nullptr) std::abort();
  return block;
}

void* New(std::size_t size, std::align_val_t alignment) {
  ++counted.cpp;
  void* const block = __libc_memalign(static_cast<std::size_t>(alignment), size);
  if (block == nullptr) std::abort();
  return block;
}
}  // namespace

namespace signet::bench {
Allocations AllocationsOfThread() { return counted; }
}  // namespace signet::bench

extern "C" {
void* malloc(std::size_t size) noexcept {
  ++counted.c;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++counted.c;
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  ++counted.c;
  return __libc_realloc(block, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  ++counted.c;
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
}

void* operator new(std::size_t size) { return New(size); }
void* operator new[](std::size_t size) { return New(size); }
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return New(size); }
void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return New(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return New(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return New(size, alignment); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t /*size*/) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t /*alignment*/) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t /*alignment*/) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(block);
}
void operator delete[](void* block, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(block);
}
