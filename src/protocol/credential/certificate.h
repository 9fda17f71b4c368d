// Certificate: one X.509 certificate taken apart by our own strict reader (RFC 5280 section 4).
//
// Floor 5. Pure; a value; thread-safe. Reading says what stands in it and refuses what is not DER;
// whether anybody may rely on it is wic_verify.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/public_key.h"

namespace signet::credential {

inline constexpr std::size_t kMaxCertBytes = 16 * 1024;
inline constexpr std::size_t kMaxSanEntries = 64;

// Bits of keyUsage that matter here (RFC 5280 section 4.2.1.3).
struct KeyUsage {
  bool critical = false;
  bool digital_signature = false;
  bool cert_sign = false;
  bool crl_sign = false;
};

struct ExtKeyUsage {
  bool client_auth = false;
  bool server_auth = false;
  bool any = false;  // anyExtendedKeyUsage: counts as neither [TLS-3]
};

struct BasicConstraints {
  bool critical = false;
  bool ca = false;
  std::optional<std::uint32_t> path_length;
};

// Names of subjectAltName. Texts are IA5: bytes over 0x7f, control characters and NUL are refused
// when reading (ATTACKS 22).
struct SubjectAltNames {
  bool critical = false;
  std::vector<std::string> uris;
  std::vector<std::string> dns;
  std::vector<Bytes> ip_addresses;  // 4 or 16 bytes
  std::size_t others = 0;           // of other types: never an identity (ATTACKS 21)
};

struct Certificate {
  Bytes serial;  // without sign byte
  Bytes issuer;  // DER of the Name
  Bytes subject;
  bool subject_empty = false;
  WallTime not_before;
  WallTime not_after;  // the last second of validity
  crypto::PublicKey key;
  std::optional<KeyUsage> key_usage;
  std::optional<ExtKeyUsage> ext_key_usage;
  std::optional<BasicConstraints> basic_constraints;
  std::optional<SubjectAltNames> san;
  Bytes subject_key_id;           // empty: absent
  Bytes authority_key_id;         // its keyIdentifier
  bool unknown_critical = false;  // a critical extension that is none of the above
  bool name_constraints = false;  // present, critical or not: what an issuer must look at

  [[nodiscard]] bool is_ca() const { return basic_constraints && basic_constraints->ca; }
};

// Reads exactly one certificate, version 3, of at most kMaxCertBytes.
// Errors: kWicTooLarge, kWicMalformed (with what was being read in the detail), kWicKey (a public
// key that Signet does not use, or a bad one)
[[nodiscard]] Result<Certificate> ReadCertificate(ByteView der);

}  // namespace signet::credential
