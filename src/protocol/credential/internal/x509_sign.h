// Writing what certificates and certificate requests share, and signing it. Issuing code only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/codec/der.h"
#include "protocol/credential/internal/x509_parts.h"
#include "protocol/crypto/private_key.h"

namespace signet::credential::internal {

// Errors: kWicIssueInput (an RSA key for PSS)
[[nodiscard]] Result<const SignatureAlgorithm*> SigningAlgorithm(const crypto::PrivateKey& key);

// At most kMaxWicDnsNames, each a lower-case host name of letters, digits, hyphens and dots.
// Errors: kWicIssueInput
[[nodiscard]] Result<void> CheckDnsNames(std::span<const std::string> names);
// Visible ASCII, at most kMaxIdentifierBytes. Errors: kWicIssueInput
[[nodiscard]] Result<void> CheckUri(std::string_view uri);

// All of these write backwards: the last part of a structure first.
void PrependAlgorithm(const SignatureAlgorithm& algorithm, codec::DerWriter& out);
// Makes what was written since `mark` the value of an extension.
void WrapExtension(ByteView oid, bool critical, std::size_t mark, codec::DerWriter& out);
// subjectAltName: the URI, then the host names.
void PrependSubjectAltName(std::string_view uri, std::span<const std::string> dns_names,
                           bool critical, codec::DerWriter& out);

// The SEQUENCE of `signed_part` (a whole element), its algorithm and the signature of it.
// Errors: kCryptoFailure
[[nodiscard]] Result<Bytes> SignAndWrap(const crypto::PrivateKey& key,
                                        const SignatureAlgorithm& algorithm, ByteView signed_part);

// Bytes that are enough for the names of a subjectAltName.
[[nodiscard]] std::size_t NamesCapacity(std::string_view uri,
                                        std::span<const std::string> dns_names);

}  // namespace signet::credential::internal
