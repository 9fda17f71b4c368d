// The drafts' own messages through the whole profile. The issuer's key of their WITs is not
// published, so what verifies is a WIT of ours that confirms the same key.
#include <string>

#include "protocol/proof/httpsig/wimse_verify.h"
#include "tests/support/expect.h"
#include "tests/support/message_file.h"
#include "tests/support/tokens.h"

namespace signet::proof::httpsig {
namespace {

using testing::Accepted;
using testing::PublishedMessage;
using testing::PublishedText;
using testing::RefusedWith;
using testing::StoredMessage;

credential::VerifiedWit WitConfirming(const std::string& key_file, std::string_view alg) {
  const std::string token = testing::WitMaker().Confirm(PublishedText(key_file), alg).Token();
  const auto trust = testing::SnapshotOf(testing::TestOrigins());
  jose::JwsReader reader;
  CheckList checks;
  auto wit = credential::VerifyWit(token, *trust, {}, testing::kNow, reader, checks);
  SIGNET_CHECK(wit.has_value());
  return *std::move(wit);
}

struct Exchange {
  std::string request, response;       // files without .txt
  std::string caller_key, callee_key;  // files
  std::string caller_alg, callee_alg;
  std::string audience, path;
  std::string request_nonce, response_nonce;
  std::int64_t now;
  SignatureRevision revision;
};

const Exchange kExchanges[] = {
    {"2026-09/sigs-request-a-b", "2026-09/sigs-response-b-a", "2026-09/sigs-svca-jwk.json",
     "2026-09/sigs-svcb-jwk.json", "Ed25519", "Ed25519", "https://svcb.example.com",
     "/gimme-ice-cream", "abcd1111", "abcd2222", 1789405140, SignatureRevision::k07},
    {"2026-09/sigs-request-b-c", "2026-09/sigs-response-c-b", "2026-09/sigs-svcb-jwk.json",
     "2026-09/sigs-svcc-jwk.json", "Ed25519", "ES256", "https://svcc.example.com",
     "/inventory/cones", "abcd3333", "abcd4444", 1789405140, SignatureRevision::k07},
    {"2026-08/sigs-request-a-b", "2026-08/sigs-response-b-a", "2026-08/sigs-svca-jwk.json",
     "2026-08/sigs-svcb-jwk.json", "EdDSA", "EdDSA", "https://svcb.example.com", "/gimme-ice-cream",
     "abcd1111", "abcd2222", 1785155800, SignatureRevision::k06},
};

TEST(PublishedExchange, PassesItsRevisionAndNoOther) {  // SIG-15
  for (const Exchange& e : kExchanges) {
    SCOPED_TRACE(e.request);
    const StoredMessage request = PublishedMessage(e.request + ".txt");
    const StoredMessage response = PublishedMessage(e.response + ".txt");
    const WallTime now{seconds{e.now}};
    AudienceSet audiences;
    ASSERT_TRUE(audiences.Add(e.audience).has_value());
    const auto caller = WitConfirming(e.caller_key, e.caller_alg);
    const auto callee = WitConfirming(e.callee_key, e.callee_alg);
    SignatureRules rules{.revision = e.revision};
    CheckList checks;
    const auto verified =
        VerifyRequestSignature(request.View(), e.path, caller, audiences, rules, now, checks);
    ASSERT_TRUE(Accepted(verified));
    EXPECT_EQ(verified->nonce(), e.request_nonce);
    EXPECT_TRUE(verified->sign_response());
    checks.Clear();
    const auto answered = VerifyResponseSignature(response.ResponseView(), request.View(),
                                                  e.request_nonce, callee, rules, now, checks);
    ASSERT_TRUE(Accepted(answered));
    EXPECT_EQ(answered->nonce(), e.response_nonce);

    rules.revision =
        e.revision == SignatureRevision::k06 ? SignatureRevision::k07 : SignatureRevision::k06;
    checks.Clear();
    EXPECT_TRUE(RefusedWith(
        VerifyRequestSignature(request.View(), e.path, caller, audiences, rules, now, checks),
        Errc::kHttpsigComponentMissing, "SIG-1"));
    checks.Clear();
    EXPECT_TRUE(RefusedWith(VerifyResponseSignature(response.ResponseView(), request.View(),
                                                    e.request_nonce, callee, rules, now, checks),
                            Errc::kHttpsigComponentMissing, "SIG-2"));
  }
}

}  // namespace
}  // namespace signet::proof::httpsig
