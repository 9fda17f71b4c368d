#include "app/attack/catalogue.h"

#include <algorithm>

namespace signet::app::attack {
namespace {

std::vector<Attack> MakeAll() {
  std::vector<Attack> out;
  for (const auto group :
       {TokenAttacks, ProofTokenAttacks, ShapeAttacks, IdentifierAttacks, ProofAttacks,
        SignatureAttacks, SignatureListAttacks, ConnectionAttacks}) {
    const std::vector<Attack> more = group();
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

}  // namespace

Refused RefusedWith(int status, Errc code, std::string_view rule) {
  const ErrorInfo& info = InfoOf(code);
  return {.status = status,
          .code = std::string(info.name),
          .rule = std::string(rule.empty() ? info.rule : rule)};
}

Refused RefusedWith(const Expectation& expected) {
  return RefusedWith(expected.status, expected.code, expected.rule);
}

const std::vector<Attack>& AllAttacks() {
  static const std::vector<Attack> all = MakeAll();
  return all;
}

Result<std::vector<Attack>> SelectAttacks(std::span<const std::string> names) {
  const std::vector<Attack>& all = AllAttacks();
  const auto is_all = [](const std::string& name) { return name == "all"; };
  if (names.empty() || std::ranges::any_of(names, is_all)) return all;
  for (const std::string& name : names) {
    const auto known = [&](const Attack& a) { return a.name == name || a.group == name; };
    if (std::ranges::none_of(all, known)) {
      return Refuse(Errc::kUsageOption, "no attack or group has this name; see --list");
    }
  }
  std::vector<Attack> out;
  for (const Attack& attack : all) {
    const auto meant = [&](const std::string& n) { return attack.name == n || attack.group == n; };
    if (std::ranges::any_of(names, meant)) out.push_back(attack);
  }
  return out;
}

std::string SkipReason(const Attack& attack, const Loot& loot, const Connectivity& connectivity) {
  const auto needs = [&](Need need) { return (attack.needs & need) != 0; };
  const bool wpt = loot.accept.Has(verify::Binding::kWpt);
  const bool signature = loot.accept.Has(verify::Binding::kHttpSignature);
  if (needs(kNeedsWpt) && !wpt) return "the listener takes no WPT";
  if (needs(kNeedsSignature) && !signature) return "the listener takes no HTTP signature";
  if (attack.group != "connection" && !wpt && !signature) return "the listener takes no tokens";
  if (needs(kNeedsBody) && loot.call.body.empty()) return "the call has no content: --body";
  if (needs(kNeedsOther) && !loot.other.has_value()) {
    return "no workload that may not call: --other-key, --other-wit";
  }
  if (needs(kNeedsLookAlike) && !loot.look_alike.has_value()) {
    return "no workload whose identifier begins with the caller's: --other-key, --other-wit";
  }
  if (needs(kNeedsIssuerKey) && !loot.issuer_spki.has_value()) {
    return "the public key of the WIT issuer is not known: --issuer-key";
  }
  if (needs(kNeedsNoCertificateProof) && loot.accept.Has(verify::Binding::kMutualTls)) {
    return "the client certificate alone is a proof here";
  }
  if (needs(kNeedsMutualTls) && !connectivity.mutual_tls) {
    return "the listener asks for no client certificate: --client-cert";
  }
  if (needs(kNeedsTls) && !connectivity.tls) return "the connection has no TLS";
  return {};
}

Expectation ExpectedOf(const Attack& attack, const Loot& loot) {
  const bool wpt = loot.accept.Has(verify::Binding::kWpt);
  return !wpt && attack.without_wpt.has_value() ? *attack.without_wpt : attack.expected;
}

std::string_view BindingText(const Attack& attack) {
  if ((attack.needs & kNeedsMutualTls) != 0) return "mutual TLS";
  if ((attack.needs & kNeedsWpt) != 0) return "WPT";
  if ((attack.needs & kNeedsSignature) != 0) return "HTTP signature";
  return "any";
}

}  // namespace signet::app::attack
