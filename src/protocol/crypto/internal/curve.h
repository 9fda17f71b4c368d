// The three NIST curves: numbers, names, and one shared group each.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/base/bytes.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/internal/openssl.h"
#include "protocol/crypto/public_key.h"

namespace signet::crypto::internal {

// Length of a P-521 coordinate, the longest.
inline constexpr std::size_t kMaxFieldBytes = 66;

struct Curve {
  KeyType type;
  Alg alg;  // the one algorithm of this curve (RFC 7518 section 3.4)
  int nid;
  std::size_t bytes;  // length of a coordinate, of the order and of r and s
  ByteView order;     // n, big-endian
  ByteView oid;       // contents of the DER object identifier
};

// Nullptr if it is no EC type or algorithm. Static storage duration.
[[nodiscard]] const Curve* FindCurve(KeyType type);
[[nodiscard]] const Curve* FindCurve(Alg alg);
[[nodiscard]] const Curve* FindCurveByOid(ByteView oid);

// The group of a curve, made once and never changed or freed; nullptr if out of memory.
[[nodiscard]] const EC_GROUP* GroupOf(const Curve& curve);

// True if 1 <= number < n; `number` has the curve's length.
[[nodiscard]] bool IsInOrderRange(const Curve& curve, ByteView number);

// An EC_KEY with the curve's group and no key; empty if out of memory.
[[nodiscard]] EcKey NewEcKey(const Curve& curve);

}  // namespace signet::crypto::internal
