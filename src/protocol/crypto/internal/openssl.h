// OpenSSL as this folder uses it: headers, owners, and the one way to read a return value.
//
// EC_KEY, RSA, SHA256_* and their kin are deprecated in OpenSSL 3.0 and used on purpose. They need
// no provider fetch and no context from the heap, and a shared key may verify on several threads
// at once. EVP_PKEY_fromdata costs 16.7 us for a P-256 key where EC_POINT_oct2point costs 1, and
// each fresh EVP context adds 3 to 11 us to a signature.
#pragma once

#ifndef OPENSSL_API_COMPAT
#define OPENSSL_API_COMPAT 10101  // declares the functions of 1.1.1 without deprecation
#endif

#include <memory>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "protocol/base/result.h"

namespace signet::crypto::internal {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

// Private numbers pass through BigNum too, so it always clears.
using BigNum = std::unique_ptr<BIGNUM, Deleter<BN_clear_free>>;
using EcKey = std::unique_ptr<EC_KEY, Deleter<EC_KEY_free>>;
using EcPoint = std::unique_ptr<EC_POINT, Deleter<EC_POINT_clear_free>>;
using EcdsaSig = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;
using RsaKey = std::unique_ptr<RSA, Deleter<RSA_free>>;

// True if the library says 1. It says 0 or a negative number for refusals and for faults, and code
// that tests for "not 0" takes a fault for a valid signature (ATTACKS 34), so every call whose
// result matters goes through here. The error queue is emptied: nobody reads it, and it must not
// be there for the next user of this thread.
[[nodiscard]] inline bool Succeeded(int result) {
  if (result == 1) return true;
  ERR_clear_error();
  return false;
}

// Nullptr is a failure as well.
template <typename T>
[[nodiscard]] bool Made(const T& owner) {
  if (owner) return true;
  ERR_clear_error();
  return false;
}

// True if one of the queued errors is that memory ran out. Empties the queue.
[[nodiscard]] inline bool RanOutOfMemory() {
  bool out_of_memory = false;
  while (const unsigned long error = ERR_get_error()) {
    out_of_memory = out_of_memory || ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
  }
  return out_of_memory;
}

// Like Succeeded, with the error to return: `refusal`, or kCryptoFailure if the library ran out of
// memory. Who then reads "invalid" would look for an attacker.
[[nodiscard]] inline Result<void> Checked(int result, Errc refusal, const char* detail = "") {
  if (result == 1) return {};
  return Refuse(RanOutOfMemory() ? Errc::kCryptoFailure : refusal, detail);
}

}  // namespace signet::crypto::internal
