// KeyTable: multiples of one P-256 public key, computed once, with which a signature of that key is
// verified in about a third of the time.
//
// Floor 2. Immutable; shared between threads. Public data only goes in, so time may vary with it.
// Verification with a table decides exactly as PublicKey::Verify does; the tests compare the two.
// Building one takes tens of milliseconds of CPU: KeyTables says for which keys that pays.
#pragma once

#include <cstddef>
#include <memory>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/public_key.h"

namespace signet::crypto {

class KeyTable {
 public:
  // What one takes, about: 37 windows of 64 points, and the group around them.
  static constexpr std::size_t kBytes = std::size_t{156} * 1024;

  // Errors: kCryptoAlgUnsupported (no P-256 key), kCryptoFailure
  [[nodiscard]] static Result<std::shared_ptr<const KeyTable>> Build(const PublicKey& key);
  ~KeyTable();
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;

  [[nodiscard]] const PublicKey& key() const { return key_; }

  // ES256, as PublicKey::Verify. Errors: kCryptoSignatureLength, kCryptoSignatureRange,
  // kCryptoSignatureInvalid, kCryptoFailure
  [[nodiscard]] Result<void> Verify(ByteView message, ByteView signature) const;

  struct Impl;

 private:
  KeyTable(PublicKey key, std::unique_ptr<const Impl> impl);
  PublicKey key_;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace signet::crypto
