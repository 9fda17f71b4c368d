// WPT verification. The first byte chooses: '0' the input is a proof; '1' (revision 02) and '2'
// (revision 01) the input is a header, a line end and claims, signed with the confirmed key.
// "$wth" stands for the right hash of the WIT.
#include "checks.h"
#include "property.h"
#include "protocol/proof/wpt_verify.h"
#include "tests/support/tokens.h"

namespace {

using signet::CheckList;
using signet::Result;
using signet::credential::VerifiedWit;
using signet::credential::WptRevision;
using signet::fuzz::Property;
using signet::proof::VerifiedWpt;
namespace testing = signet::testing;

VerifiedWit MakeWit() {
  testing::WitMaker maker;
  maker.key = testing::KeyOf(testing::kIssuerEdJwk, signet::crypto::Alg::kEd25519);
  maker.header.SetString("alg", "Ed25519");
  maker.Confirm(testing::kWorkloadEdJwk, "Ed25519");
  const auto trust = testing::SnapshotOf({testing::OriginConfigOf(
      "wimse://trust.example.com",
      testing::JwkSet({testing::PublicJwkOf(testing::kIssuerEdJwk, {}, testing::kIssuerKid)}))});
  signet::jose::JwsReader reader;
  CheckList checks;
  return signet::credential::VerifyWit(maker.Token(), *trust, {}, testing::kNow, reader, checks)
      .value();
}
const VerifiedWit& Wit() {
  static const VerifiedWit wit = MakeWit();
  return wit;
}

// The request: a Txn-Token, a context field, and one more field.
Result<VerifiedWpt> Verify(std::string_view token, WptRevision revision, CheckList& checks) {
  static signet::jose::JwsReader reader;
  signet::proof::AudienceSet audiences;
  Property(audiences.Add(testing::kAudience).has_value());
  signet::http::Fields fields;
  fields.Add("X-Ctx", "value");
  fields.Add("X-More", "more");
  const std::vector<std::string> context_fields = {"X-Ctx"};
  checks.Clear();
  return signet::proof::VerifyWpt(token, Wit(),
                                  {.audiences = audiences,
                                   .request_path = "/v1/items",
                                   .txn_token = "txn",
                                   .access_token = "access",
                                   .fields = fields,
                                   .context_fields = context_fields,
                                   .revision = revision},
                                  testing::kNow, reader, checks);
}

void CheckAccepted(const VerifiedWpt& wpt, std::string_view token, WptRevision revision) {
  Property(!wpt.jti().empty() && wpt.jti().size() <= signet::kMaxJtiBytes);
  Property(wpt.exp() > testing::kNow - signet::kDefaultLeeway);
  Property(wpt.exp() <=
           testing::kNow + signet::kDefaultLeeway + signet::proof::kDefaultMaxProofAhead);
  Property(wpt.replay_entry().expires == wpt.exp() + signet::kDefaultLeeway);
  // Read again by hand: every token of the request is in the proof.
  signet::jose::JwsReader reader;
  Property(reader.Read(token).has_value());
  const auto text = [&](const char* claim) { return *reader.claims().Find(claim)->AsString(); };
  Property(text("wth") == Wit().hash());
  Property(text("tth") == testing::Hash("txn"));
  if (revision == WptRevision::k01) Property(text("ath") == testing::Hash("access"));
  const auto oth = reader.claims().Find("oth");
  Property(oth->Find("x-ctx")->AsString() == testing::Hash("value"));
  for (const auto entry : *oth) {
    Property(entry.name() == "x-ctx" || entry.name() == "x-more");
  }
}

void Check(std::string_view token, WptRevision revision) {
  CheckList checks;
  const Result<VerifiedWpt> wpt = Verify(token, revision, checks);
  signet::fuzz::CheckListAgrees(wpt, checks);
  signet::fuzz::CheckSameVerdict(wpt, Verify(token, revision, checks));
  if (wpt.has_value()) CheckAccepted(*wpt, token, revision);
}

std::string WithHash(std::string_view claims) {
  std::string out(claims);
  if (const std::size_t at = out.find("$wth"); at != std::string::npos) {
    out.replace(at, 4, Wit().hash());
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 20000) return 0;
  static const auto workload =
      testing::KeyOf(testing::kWorkloadEdJwk, signet::crypto::Alg::kEd25519);
  static const auto thief = testing::KeyOf(testing::kIssuerEdJwk, signet::crypto::Alg::kEd25519);
  const std::string_view text = signet::fuzz::AsText(data + 1, size - 1);
  const WptRevision revision = data[0] == '2' ? WptRevision::k01 : WptRevision::k02;
  if (data[0] == '0') {
    Check(text, revision);
    return 0;
  }
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string claims = WithHash(text.substr(end + 1));
  Check(testing::SignText(workload, text.substr(0, end), claims), revision);
  // A stolen WIT is worth nothing without its key.
  CheckList checks;
  Property(
      !Verify(testing::SignText(thief, text.substr(0, end), claims), revision, checks).has_value());
  return 0;
}
