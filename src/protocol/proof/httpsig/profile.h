// What the WIMSE profile of HTTP signatures asks for, by revision: when the document moves, this
// is the file that changes.
//
// Document: draft-ietf-wimse-http-signature section 3 (SIG-1, SIG-2, SIG-4). Floor 6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/base/time.h"

namespace signet::proof::httpsig {

inline constexpr std::string_view kWimseTag = "wimse-workload-to-workload";
inline constexpr std::string_view kWimseLabel = "wimse";  // emitted; never looked at [SIG-8]
inline constexpr seconds kDefaultSignatureLifetime{300};
inline constexpr seconds kMaxSignatureLifetime{300};  // expires - created, leeway not included
inline constexpr seconds kMaxCreatedAhead{60};

// k06And07 is for signing during a migration only: it covers what either recipient wants. A
// recipient follows one revision, which is never guessed from the message.
enum class SignatureRevision : std::uint8_t { k06, k07, k06And07 };
inline constexpr SignatureRevision kDefaultSignatureRevision = SignatureRevision::k07;

struct SignatureRevisionInfo {
  SignatureRevision revision;
  std::string_view name;  // as in settings and in `signet check`
  std::string_view document;
  // Derived components that must be covered; in a response, each with `;req`, besides @status.
  std::span<const std::string_view> derived;
};

// Fields of a request that must be covered if they exist [SIG-1]; of a response [SIG-2].
inline constexpr std::array<std::string_view, 5> kRequestFields{
    "content-type", "content-digest", "authorization", "txn-token", "workload-identity-token"};
inline constexpr std::array<std::string_view, 3> kResponseFields{"content-type", "content-digest",
                                                                 "workload-identity-token"};

[[nodiscard]] const SignatureRevisionInfo& InfoOf(SignatureRevision revision);
[[nodiscard]] std::optional<SignatureRevision> SignatureRevisionFromName(std::string_view name);

}  // namespace signet::proof::httpsig
