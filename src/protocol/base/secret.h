// SecretBytes: owner of key bytes and shared secrets.
//
// Floor 0. Not thread-safe while moved; const use from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string.h>  // explicit_bzero, not in <cstring>
#include <utility>

#include "protocol/base/bytes.h"

namespace signet {

// Proof that a call site may read secret bytes. Only code that a reviewer finds by searching for
// `SecretAccess::Grant` ever touches them.
class SecretAccess {
 public:
  [[nodiscard]] static SecretAccess Grant() { return SecretAccess{}; }

 private:
  SecretAccess() = default;
};

// Bytes that must not outlive their owner. Move-only; wiped when it dies and when moved from; has
// no stream operator, no formatter and no string view, so it cannot reach a log by accident. Its
// size never changes, so no reallocation leaves a copy behind.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  // `size` zero bytes, to be filled through Fill().
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      Wipe();
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { Wipe(); }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  // Borrows this object's bytes.
  [[nodiscard]] ByteView Expose(SecretAccess) const { return bytes_; }
  [[nodiscard]] MutableByteView Fill(SecretAccess) { return bytes_; }

  // Takes a time that depends on the two sizes only, never on the contents.
  [[nodiscard]] bool EqualsConstantTime(const SecretBytes& other) const {
    if (size() != other.size()) return false;
    std::uint8_t difference = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      difference = static_cast<std::uint8_t>(difference | (bytes_[i] ^ other.bytes_[i]));
    }
    return difference == 0;
  }

 private:
  // explicit_bzero is not elided by the optimiser.
  void Wipe() noexcept {
    // g++ 12 takes a moved-from vector for one with a null pointer and bytes, hence the first test.
    if (bytes_.data() != nullptr && !bytes_.empty()) explicit_bzero(bytes_.data(), bytes_.size());
  }
  Bytes bytes_;
};

// Wipes a plain buffer that held secret text for a moment.
template <typename Container>
void WipeContainer(Container& container) noexcept {
  if (!container.empty()) {
    explicit_bzero(container.data(), container.size() * sizeof(*container.data()));
  }
  container.clear();
}

}  // namespace signet
