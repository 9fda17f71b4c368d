// Sharded: state that loops really have to share, as the replay store does, cut into shards with a
// lock each. The only locks that code above `runtime` gets, and it gets them only through this.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "protocol/base/check.h"

namespace signet::runtime {

template <typename T>
class Sharded {
 public:
  // `count` shards, a power of two; each T is made with these arguments.
  template <typename... Args>
  explicit Sharded(std::size_t count, const Args&... args) : mask_(count - 1) {
    SIGNET_CHECK(std::has_single_bit(count));
    shards_ = std::make_unique<std::unique_ptr<Shard>[]>(count);
    for (std::size_t i = 0; i < count; ++i) shards_[i] = std::make_unique<Shard>(args...);
  }

  // Calls fn(T&) with the shard of `hash` locked, and returns what it returns. `fn` is short, does
  // no I/O and never calls With or ForEach of the same object. `hash` must be well mixed in its
  // low bits and, where peers choose keys, keyed or cryptographic.
  template <typename Fn>
  decltype(auto) With(std::uint64_t hash, Fn&& fn) {
    Shard& shard = *shards_[static_cast<std::size_t>(hash) & mask_];
    const std::lock_guard lock(shard.mutex);
    return std::forward<Fn>(fn)(shard.value);
  }

  // Calls fn(T&) for each shard in turn, one lock at a time: not a snapshot of the whole.
  template <typename Fn>
  void ForEach(Fn&& fn) {
    for (std::size_t i = 0; i <= mask_; ++i) {
      const std::lock_guard lock(shards_[i]->mutex);
      fn(shards_[i]->value);
    }
  }

  [[nodiscard]] std::size_t size() const { return mask_ + 1; }

 private:
  // A cache line each, so that neighbours do not slow each other down.
  struct alignas(64) Shard {
    template <typename... Args>
    explicit Shard(const Args&... args) : value(args...) {}
    std::mutex mutex;
    T value;
  };

  std::size_t mask_;
  std::unique_ptr<std::unique_ptr<Shard>[]> shards_;
};

}  // namespace signet::runtime
