// Requests with their proofs, put together part by part: an attack makes a good one and spoils one
// thing. Independent of the product's signing code, which would refuse to make most of these.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/attack/loot.h"
#include "platform/http1/client.h"
#include "protocol/base/result.h"

namespace signet::app::attack {

using Message = http1::ClientRequest;

// The call without any credentials.
[[nodiscard]] Message BareCall(const Loot& loot);

void AddField(Message& message, std::string_view name, std::string_view value);
// The first field of this name; nullptr if there is none.
[[nodiscard]] std::string* FieldOf(Message& message, std::string_view name);
void RemoveField(Message& message, std::string_view name);
// In front of the query, if there is one.
[[nodiscard]] std::string_view PathOf(const Message& message);

// base64url(SHA-256(token)): wth, tth, oth.
[[nodiscard]] std::string HashOf(std::string_view token);

// --- WPT
// ------------------------------------------------------------------------------------------

struct ProofDraft {
  OrderedJson header;
  OrderedJson claims;
  [[nodiscard]] Result<std::string> Seal(const SignFunction& sign) const;
};
// For `wit` and the call, by a key of `alg`, good for a minute.
[[nodiscard]] ProofDraft GoodProof(const Loot& loot, std::string_view wit, std::string_view alg);

// The call with these two.
[[nodiscard]] Message WithTokens(const Loot& loot, std::string_view wit, std::string_view wpt);
// The caller's good call.
[[nodiscard]] Result<Message> GoodWptCall(const Loot& loot, const Holder& holder);

// --- HTTP signatures
// ------------------------------------------------------------------------------

// Components and parameters as they are written: `"@method"`, `"content-type";bs`, `created=1`.
struct SignatureDraft {
  std::string label = "wimse";
  std::vector<std::string> components;
  std::vector<std::pair<std::string, std::string>> parameters;  // name, serialized value

  void Set(std::string_view name, std::string value);  // added if it is not there
  void Drop(std::string_view name);
  void DropComponent(std::string_view component);
  void ReplaceComponent(std::string_view component, const std::string& by);
  // "(...);created=...": the value of @signature-params.
  [[nodiscard]] std::string Text() const;
};

// The call with WIT, content type and digest, not signed yet.
[[nodiscard]] Message UnsignedCall(const Loot& loot, std::string_view wit);
// What the profile demands of `message`, for a minute.
[[nodiscard]] SignatureDraft GoodSignature(const Loot& loot, const Message& message);
// Adds both fields; a label that exists already is joined to them as a further member.
// Errors: those of `sign`
[[nodiscard]] Result<void> SignMessage(Message& message, const SignatureDraft& draft,
                                       const SignFunction& sign);
// The signature base (RFC 9421 section 2.5).
[[nodiscard]] std::string SignatureBase(const Message& message, const SignatureDraft& draft);
[[nodiscard]] Result<Message> GoodSignedCall(const Loot& loot, const Holder& holder);

// The call with whatever WIT, proven by `sign` in the first way that the listener takes.
[[nodiscard]] Result<Message> WithWit(const Loot& loot, std::string_view wit, std::string_view alg,
                                      const SignFunction& sign);

}  // namespace signet::app::attack
