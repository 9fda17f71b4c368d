#include "app/attack/catalogue.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "tests/support/attack_listener.h"

namespace signet::app::attack {
namespace {

using signet::testing::Accepted;
using testing::KeyKind;
using testing::Listener;
using verify::Binding;

// Every attack that applies, with the code and rule of its row, and nothing but refusals.
void TryAll(Listener& scene, std::size_t at_least) {
  std::size_t tried = 0;
  for (const Attack& attack : AllAttacks()) {
    if (attack.group == "connection") continue;
    if (!SkipReason(attack, scene.loot, {.tls = true, .mutual_tls = true}).empty()) continue;
    SCOPED_TRACE(attack.name);
    const Result<Message> message = attack.make(scene.loot);
    ASSERT_TRUE(Accepted(message));
    const verify::Decision decision = scene.Decide(*message);
    ++tried;
    ASSERT_FALSE(decision.allowed()) << "ACCEPTED";
    const Refused expected = RefusedWith(ExpectedOf(attack, scene.loot));
    EXPECT_EQ(decision.error->name(), expected.code) << decision.error->detail;
    EXPECT_EQ(decision.error->rule(), expected.rule) << decision.error->detail;
    EXPECT_EQ(decision.http_status, expected.status);
  }
  EXPECT_GE(tried, at_least);
}

TEST(AttackCatalogue, IsRefusedWithItsCodesByAListenerOfBoth) {
  Listener scene({Binding::kWpt, Binding::kHttpSignature});
  TryAll(scene, 110);
}

TEST(AttackCatalogue, IsRefusedWithItsCodesByAListenerOfProofTokens) {
  Listener scene({Binding::kWpt});
  TryAll(scene, 70);
}

TEST(AttackCatalogue, IsRefusedWithItsCodesByAListenerOfSignatures) {
  Listener scene({Binding::kHttpSignature});
  TryAll(scene, 75);
}

TEST(AttackCatalogue, HoldsForEveryAlgorithmOfTheCaller) {
  for (const KeyKind kind : {KeyKind{signet::testing::kWorkloadEdJwk, "Ed25519"},
                             KeyKind{signet::testing::kWorkloadP384Jwk, "ES384"}}) {
    SCOPED_TRACE(kind.alg);
    Listener scene({Binding::kWpt, Binding::kHttpSignature}, kind);
    for (const Attack& attack : AllAttacks()) {
      if (attack.group == "connection") continue;
      const Result<Message> message = attack.make(scene.loot);
      // A signature of 96 bytes has no unused bits to set.
      if (!message.has_value() && attack.name.ends_with("unused-bits")) continue;
      ASSERT_TRUE(Accepted(message)) << attack.name;
      const verify::Decision decision = scene.Decide(*message);
      ASSERT_FALSE(decision.allowed()) << attack.name;
      EXPECT_EQ(decision.error->name(), RefusedWith(attack.expected).code) << attack.name;
    }
  }
}

// A name is an interface: scripts select by it, reports are compared by it.
TEST(AttackCatalogue, HasUniqueNamesAndGroups) {
  std::set<std::string_view> names;
  for (const Attack& attack : AllAttacks()) {
    EXPECT_TRUE(names.insert(attack.name).second) << attack.name;
    EXPECT_THAT(std::string(attack.name), ::testing::MatchesRegex("[a-z0-9]+(-[a-z0-9]+)*"));
    EXPECT_THAT(attack.group, ::testing::AnyOf("tokens", "shapes", "identifiers", "proofs",
                                               "signatures", "connection"));
    EXPECT_GE(attack.number, 1) << attack.name;
    EXPECT_LE(attack.number, 37) << attack.name;
    EXPECT_FALSE(attack.what.empty()) << attack.name;
  }
  EXPECT_GE(names.size(), 120U);
}

TEST(AttackCatalogue, IsSelectedByNameAndByGroup) {
  const auto count = [](std::vector<std::string> names) { return SelectAttacks(names)->size(); };
  EXPECT_EQ(count({}), AllAttacks().size());
  EXPECT_EQ(count({"all"}), AllAttacks().size());
  EXPECT_EQ(count({"replay"}), 1U);
  EXPECT_EQ(count({"identifiers", "replay", "id-nul"}), 15U);
  const std::vector<std::string> unknown{"replay", "nothing"};
  EXPECT_EQ(SelectAttacks(unknown).error().code, Errc::kUsageOption);
}

// The parts of a message as somebody reads them: header and payload of both tokens in clear text,
// then all header fields.
std::string ClearText(const Message& message) {
  std::string out = message.method + " " + message.target + " " + message.host + "\n";
  for (const http1::Header& field : message.headers) {
    out += field.name + ": " + field.value + "\n";
    const std::string_view token = std::string_view(field.value).substr(field.value.find(' ') + 1);
    if (!field.name.starts_with("Workload") && !field.value.starts_with("WPT ")) continue;
    for (std::size_t at = 0, part = 0; part < 2; ++part) {
      const std::size_t end = std::min(token.find('.', at), token.size());
      const auto bytes = codec::Base64UrlDecode(token.substr(at, end - at));
      if (bytes.has_value()) out += std::string(AsText(*bytes)) + "\n";
      at = end + 1;
    }
  }
  return out + message.body;
}

TEST(AttackCatalogue, SendsWhatTheNameSays) {
  Listener scene({Binding::kWpt, Binding::kHttpSignature});
  const struct {
    const char* name;
    const char* holds;
  } rows[] = {
      {"wit-alg-none", R"("alg":"none")"},
      {"wit-hmac-public-key", R"("alg":"HS256")"},
      {"wit-kid-path", R"("kid":"../)"},
      {"wit-header-jku", R"("jku":"https://evil.example)"},
      {"wit-header-x5c", R"("x5c":[)"},
      {"wit-crit", R"("crit":[)"},
      {"wit-deep-json", "[[[[[[[[[["},
      {"wit-duplicate-member", R"({"sub":"wimse://trust.example.com/shop/edge2","sub":)"},
      {"wpt-alg-other", R"("alg":"ES384")"},
      {"wpt-typ", R"("typ":"dpop+jwt")"},
      {"wpt-two-audiences", R"("aud":["https://orders.example.com/v1/orders",)"},
      {"wit-as-bearer", "Authorization: Bearer eyJ"},
      {"trusted-fields", "X-Forwarded-Client-Cert: URI=wimse://trust.example.com/shop/edge"},
      {"id-upper-case-domain", R"("sub":"wimse://TRUST.EXAMPLE.COM/shop/edge")"},
      {"id-percent-encoded", R"("sub":"wimse://trust.example.com/shop/edg%65")"},
      {"id-dot-segments", R"("sub":"wimse://trust.example.com/x/../shop/edge")"},
      {"id-nul", R"(/shop/edge\u0000.evil.example")"},
      {"id-userinfo", R"("sub":"wimse://a@trust.example.com/shop/edge")"},
      {"id-domain-suffix", R"("sub":"wimse://trust.example.com.evil.example/shop/edge")"},
      {"look-alike", R"("sub":"wimse://trust.example.com/shop/edge2")"},
      {"audience-of-host", "evil.example\n"},
      {"txn-token-added", "\nTxn-Token: "},
      {"sig-empty-list", "Signature-Input: wimse=();created="},
      {"sig-component-twice", R"( "@method");created)"},
      {"sig-component-parameter", R"(("@method";x )"},
      {"sig-component-bs", R"("workload-identity-token";bs)"},
      {"sig-request-target", R"(("@method" "@request-target")"},
      {"sig-keyid", R"(;keyid="a")"},
      {"sig-alg", R"(;alg=")"},
      {"sig-two-tags", ", wimse2=:"},
      {"sig-digest-weak", "Content-Digest: md5=:"},
      {"sig-query-changed", "/v1/orders?page=2&admin=1 "},
  };
  for (const auto& row : rows) {
    const std::vector<std::string> names{row.name};
    const Attack attack = SelectAttacks(names)->at(0);
    const std::string text = ClearText(*attack.make(scene.loot));
    EXPECT_THAT(text, ::testing::HasSubstr(row.holds)) << row.name;
  }
}

// Where an attack is about what a key holder may send, its signature is good: spoiling that too
// would hide the rule behind it.
TEST(AttackCatalogue, SpoilsOneThingOnly) {
  Listener scene({Binding::kHttpSignature});
  for (const char* name : {"sig-keyid", "sig-empty-list", "sig-query-not-covered", "sig-expired",
                           "sig-audience-other", "sig-no-nonce", "sig-digest-not-covered"}) {
    const std::vector<std::string> names{name};
    const Message message = *SelectAttacks(names)->at(0).make(scene.loot);
    const std::string input = *http1::FindHeader(message.headers, "Signature-Input");
    const std::string value = *http1::FindHeader(message.headers, "Signature");
    SignatureDraft draft;
    const std::size_t open = input.find('(');
    const std::size_t close = input.find(')');
    for (std::size_t at = open + 1; at < close;) {
      const std::size_t end = std::min(input.find(' ', at), close);
      draft.components.push_back(input.substr(at, end - at));
      at = end + 1;
    }
    std::string base;
    for (const std::string& component : draft.components) {
      SignatureDraft one;
      one.components = {component};
      const std::string line = SignatureBase(message, one);
      base += line.substr(0, line.find('\n') + 1);
    }
    base += "\"@signature-params\": " + input.substr(open);
    const Bytes signature = *codec::Base64Decode(value.substr(7, value.size() - 8));
    const auto key = crypto::PublicKey::FromSpki(scene.loot.caller.spki);
    EXPECT_TRUE(Accepted(key->Verify(crypto::Alg::kES256, AsBytes(base), signature))) << name;
  }
}

}  // namespace
}  // namespace signet::app::attack
