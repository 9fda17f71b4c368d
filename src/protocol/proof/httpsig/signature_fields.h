// Signature-Input and Signature (RFC 9421 section 4), read together.
//
// Floor 6. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/codec/sfv.h"
#include "protocol/http/message.h"
#include "protocol/proof/httpsig/component.h"

namespace signet::proof::httpsig {

inline constexpr std::string_view kSignatureField = "Signature";
inline constexpr std::string_view kSignatureInputField = "Signature-Input";
inline constexpr std::string_view kAcceptSignatureField = "Accept-Signature";

// Signatures of one message, and components covered by one of them.
inline constexpr std::size_t kMaxSignatures = 16;
inline constexpr std::size_t kMaxCoveredComponents = 64;
inline constexpr std::size_t kMaxNonceBytes = 256;

// Signature metadata (RFC 9421 section 2.3; wimse-*: http-signature 3.2 to 3.4). Parameters that
// are not known are kept in the text and have no member here.
struct SignatureParameters {
  std::optional<std::int64_t> created;
  std::optional<std::int64_t> expires;
  std::optional<std::string> nonce;
  std::optional<std::string> alg;
  std::optional<std::string> keyid;
  std::optional<std::string> tag;
  std::optional<std::string> wimse_aud;
  std::optional<std::string> wimse_req_nonce;
  std::optional<bool> wimse_sign_response;
};

struct SignatureEntry {
  std::string label;
  std::vector<Component> components;
  SignatureParameters parameters;
  std::string params_text;  // value of @signature-params: the inner list, serialized
  Bytes signature;
};

// Every signature of these fields, in the order of Signature-Input.
//
// Errors:
//   kSfvMalformed, kSfvTooLarge       a field is no dictionary
//   kHttpsigMalformed                 a label twice, a label of only one of the fields, a member
//                                     that is no inner list, or no byte sequence; a parameter
//                                     twice; more than kMaxSignatures
//   kHttpsigComponentInvalid          as ParseComponent; a component twice; more than
//                                     kMaxCoveredComponents
//   kHttpsigParameterType             a known parameter of another type than its registration says
[[nodiscard]] Result<std::vector<SignatureEntry>> ReadSignatures(const http::Fields& fields);

// One entry of a Signature-Input value, without its signature: what `http.signature_base` reads.
// Errors: as above; kHttpsigMissing (no such label)
[[nodiscard]] Result<SignatureEntry> ReadSignatureInput(std::string_view field_value,
                                                        std::string_view label);

// The inner list that is signed, from its parts: the text of @signature-params. Parameters in the
// order of the struct above, as most implementations write them.
// Errors: kSfvUnserializable
[[nodiscard]] Result<std::string> WriteSignatureParams(const std::vector<Component>& components,
                                                       const SignatureParameters& parameters);

}  // namespace signet::proof::httpsig
