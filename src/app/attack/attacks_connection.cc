// Attacks on the connection. The message is a good call; the connection must not come to be.
#include "app/attack/catalogue.h"

namespace signet::app::attack {
namespace {

Result<Message> GoodCall(const Loot& loot) {
  const bool tokens =
      loot.accept.Has(verify::Binding::kWpt) || loot.accept.Has(verify::Binding::kHttpSignature);
  if (!tokens) return BareCall(loot);
  return WithWit(loot, loot.caller.wit, loot.caller.alg, loot.caller.sign);
}

}  // namespace

std::vector<Attack> ConnectionAttacks() {
  using enum Errc;
  constexpr std::string_view kGroup = "connection";
  const auto make = [&](std::string_view name, std::string_view what, int number, unsigned needs,
                        Errc code, Via via) {
    return Attack{.name = name,
                  .group = kGroup,
                  .what = what,
                  .number = number,
                  .needs = needs | kNeedsTls,
                  .expected = {0, code},
                  .make = GoodCall,
                  .via = via};
  };
  return {
      make("plain-http", "a good call in the clear, to the TLS port", 18, kNeedsNothing,
           kTlsHandshake, Via::kPlainHttp),
      make("wrong-server", "the caller is led to a server that it does not expect", 21,
           kNeedsNothing, kTlsPeerUnexpected, Via::kWrongServer),
      make("mtls-no-certificate", "no client certificate", 18, kNeedsMutualTls, kTlsPeerMissing,
           Via::kNoCertificate),
      make("mtls-self-signed", "the caller's identifier, self-signed", 19, kNeedsMutualTls,
           kWicUntrusted, Via::kSelfSigned),
      make("mtls-own-authority", "the caller's identifier by an authority of the attacker", 19,
           kNeedsMutualTls, kWicUntrusted, Via::kOwnAuthority),
      make("mtls-two-identifiers", "a certificate with two identifiers", 21, kNeedsMutualTls,
           kWicSanMany, Via::kTwoIdentifiers),
      make("mtls-authority-as-client", "a certificate that may sign others", 21, kNeedsMutualTls,
           kWicIsCa, Via::kAuthorityAsLeaf),
  };
}

}  // namespace signet::app::attack
