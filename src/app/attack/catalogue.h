// The catalogue of attacks on one hop. `number` is that of ATTACK-n in docs/requirements.tsv.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/attack/loot.h"
#include "app/attack/message.h"
#include "protocol/base/error.h"
#include "protocol/base/result.h"

namespace signet::app::attack {

// What a refusal is. `status` 0: there was no HTTP answer at all.
struct Refused {
  int status = 0;
  std::string code;
  std::string rule;
  bool operator==(const Refused&) const = default;
};

// `rule` empty: that of the code.
struct Expectation {
  int status = 0;
  Errc code = Errc::kTlsHandshake;
  std::string_view rule = {};
};
[[nodiscard]] Refused RefusedWith(int status, Errc code, std::string_view rule = {});
[[nodiscard]] Refused RefusedWith(const Expectation& expected);

// How the message travels. All but kUsual are attacks on the connection itself.
enum class Via : std::uint8_t {
  kUsual,            // as the operator has it, with the client certificate if one was given
  kPlainHttp,        // the message in the clear, to the TLS port
  kWrongServer,      // the caller expects another server
  kNoCertificate,    // mutual TLS: the client shows none
  kSelfSigned,       // one that vouches for itself
  kOwnAuthority,     // the caller's identifier, by an authority of the attacker
  kTwoIdentifiers,   // two URI names
  kAuthorityAsLeaf,  // a certificate that may sign others
};

// What an attack needs; bits of Attack::needs.
enum Need : unsigned {
  kNeedsNothing = 0,
  kNeedsWpt = 1U << 0,                 // the listener takes WPTs
  kNeedsSignature = 1U << 1,           // ... HTTP signatures
  kNeedsBody = 1U << 2,                // the call has content
  kNeedsOther = 1U << 3,               // credentials of a workload that may not call
  kNeedsLookAlike = 1U << 4,           // ... whose identifier begins with that of the caller
  kNeedsIssuerKey = 1U << 5,           // the public key of the WIT issuer
  kNeedsNoCertificateProof = 1U << 6,  // a certificate alone is no proof here
  kNeedsMutualTls = 1U << 7,           // the listener asks for client certificates
  kNeedsTls = 1U << 8,
};

struct Attack {
  std::string_view name;   // stable; kebab-case
  std::string_view group;  // tokens, shapes, identifiers, proofs, signatures, connection
  std::string_view what;   // one line
  int number;
  unsigned needs;
  Expectation expected;
  Result<Message> (*make)(const Loot& loot);
  // Where WPTs are not accepted, if that differs.
  std::optional<Expectation> without_wpt = std::nullopt;
  Via via = Via::kUsual;
};

// All of them, in the order of the groups.
[[nodiscard]] const std::vector<Attack>& AllAttacks();

// Names, names of groups, or "all" or nothing. Errors: kUsageOption
[[nodiscard]] Result<std::vector<Attack>> SelectAttacks(std::span<const std::string> names);

// What is known of the connection beside the loot.
struct Connectivity {
  bool tls = true;
  bool mutual_tls = false;
};
// Why the attack cannot be made with what is there; empty if it can.
[[nodiscard]] std::string SkipReason(const Attack& attack, const Loot& loot,
                                     const Connectivity& connectivity);

[[nodiscard]] Expectation ExpectedOf(const Attack& attack, const Loot& loot);

// "WPT", "HTTP signature", "mutual TLS", "any".
[[nodiscard]] std::string_view BindingText(const Attack& attack);

// The groups, each in its file.
[[nodiscard]] std::vector<Attack> TokenAttacks();
[[nodiscard]] std::vector<Attack> ProofTokenAttacks();
[[nodiscard]] std::vector<Attack> ShapeAttacks();
[[nodiscard]] std::vector<Attack> IdentifierAttacks();
[[nodiscard]] std::vector<Attack> ProofAttacks();
[[nodiscard]] std::vector<Attack> SignatureAttacks();
[[nodiscard]] std::vector<Attack> SignatureListAttacks();
[[nodiscard]] std::vector<Attack> ConnectionAttacks();

}  // namespace signet::app::attack
