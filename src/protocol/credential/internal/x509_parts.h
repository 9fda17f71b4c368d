// Parts that certificates and certificate requests share: names, extensions, alternative names, and
// the algorithms that sign them. Reading only.
#pragma once

#include <functional>
#include <optional>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/codec/der.h"
#include "protocol/credential/certificate.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/public_key.h"

namespace signet::credential::internal {

// What is wrong, for the caller's own code; static storage duration. Nullptr: nothing is.
using Fault = const char*;

// A Name (RFC 5280 section 4.1.2.4): a sequence of sets of type and string.
[[nodiscard]] Fault CheckName(ByteView name);

struct Extension {
  ByteView oid;
  bool critical = false;
  ByteView value;
};

// Calls `each` with every extension of an Extensions value (contents of the SEQUENCE), which must
// not be empty. No extension may come twice [RFC5280-4.2].
[[nodiscard]] Fault ReadExtensions(ByteView extensions,
                                   const std::function<Fault(const Extension&)>& each);

// The value of a subjectAltName extension, at most kMaxSanEntries names.
[[nodiscard]] Fault ReadSubjectAltNames(ByteView value, SubjectAltNames& out);

// The algorithm of a signature, of those that an issuer here makes.
struct SignatureAlgorithm {
  crypto::Alg alg;
  ByteView oid;             // contents; static storage duration
  bool null_parameters;     // RSA: a NULL behind the identifier (RFC 4055); the others: nothing
  std::size_t field_bytes;  // ECDSA: length of r and of s; else 0
};

// Nullptr for PSS, which no issuer here uses. EdDSA and Ed25519 are the same signatures.
[[nodiscard]] const SignatureAlgorithm* FindSignatureAlgorithm(crypto::Alg alg);
// By the contents of an AlgorithmIdentifier; nullptr for unknown ones and wrong parameters.
[[nodiscard]] const SignatureAlgorithm* FindSignatureAlgorithm(ByteView identifier);

// r and s, raw, of a DER ECDSA-Sig-Value; nullopt if it is none or a number is too long.
[[nodiscard]] std::optional<Bytes> RawEcdsa(ByteView der, std::size_t field_bytes);

// RFC 7093 section 2 method 1: the leftmost 160 bits of the SHA-256 of the key's bits.
[[nodiscard]] Bytes KeyIdentifier(const crypto::PublicKey& key);

}  // namespace signet::credential::internal
