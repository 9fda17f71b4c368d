#include "protocol/proof/httpsig/wimse_verify.h"

#include <functional>
#include <string>
#include <vector>

#include "tests/support/expect.h"
#include "tests/support/signed_message.h"

namespace signet::proof::httpsig {
namespace {

using credential::VerifiedWit;
using crypto::Alg;
using testing::Accepted;
using testing::AddSignature;
using testing::At;
using testing::KeyOf;
using testing::kNow;
using testing::kRequestNonce;
using testing::PublishedMessage;
using testing::PublishedText;
using testing::RefusedWith;
using testing::RulesOf;
using testing::StoredMessage;
using testing::WitMaker;

VerifiedWit VerifiedOf(std::string_view token) {
  const auto trust = testing::SnapshotOf(testing::TestOrigins());
  jose::JwsReader reader;
  CheckList checks;
  Result<VerifiedWit> wit = credential::VerifyWit(token, *trust, {}, kNow, reader, checks);
  SIGNET_CHECK(wit.has_value());
  return *std::move(wit);
}

// A scene with its recipient.
struct RequestCaseScene : testing::RequestScene {
  AudienceSet audiences = [] {
    AudienceSet out;
    SIGNET_CHECK(out.Add(testing::kAudience).has_value());
    SIGNET_CHECK(out.Add("orders-eu").has_value());
    return out;
  }();
  SignatureRules rules;
  WallTime now = kNow;
  std::string path = "/v1/items";
  std::string verified_wit = wit;  // what the caller verified
  CheckList checks;

  // A WIT that confirms another key, and the signature by that key.
  void SetKey(std::string_view jwk, std::string_view alg) {
    wit = verified_wit = WitMaker().Confirm(jwk, alg).Token();
    message.Set("Workload-Identity-Token", wit);
    key = KeyOf(jwk, crypto::AlgFromName(alg));
  }
  Result<VerifiedSignature> Verify() {
    const StoredMessage stored = Signed();
    checks.Clear();
    return VerifyRequestSignature(stored.View(), path, VerifiedOf(verified_wit), audiences, rules,
                                  now, checks);
  }
};

struct ResponseCaseScene : testing::ResponseScene {
  SignatureRules rules;
  WallTime now = kNow;
  std::string nonce{kRequestNonce};
  std::string verified_wit = wit;
  CheckList checks;

  Result<VerifiedSignature> Verify() {
    const StoredMessage stored = Signed();
    checks.Clear();
    return VerifyResponseSignature(stored.ResponseView(), request.View(), nonce,
                                   VerifiedOf(verified_wit), rules, now, checks);
  }
};

template <typename Scene>
struct Case {
  const char* name;
  const char* rule;
  std::function<void(Scene&)> change;
  std::optional<Errc> want;
};

// The failing check is the last one, and is the refusal.
template <typename Scene>
void Decide(const std::vector<Case<Scene>>& cases) {
  for (const Case<Scene>& c : cases) {
    SCOPED_TRACE(std::string(c.name) + " [" + c.rule + "]");
    Scene scene;
    c.change(scene);
    const Result<VerifiedSignature> got = scene.Verify();
    if (!c.want.has_value()) {
      EXPECT_TRUE(Accepted(got));
      continue;
    }
    EXPECT_TRUE(RefusedWith(got, *c.want, c.rule));
    ASSERT_GT(scene.checks.size(), 0U);
    for (const Check& check : scene.checks) {
      const bool last = &check == scene.checks.end() - 1;
      EXPECT_EQ(check.ok(), !last) << check.rule;
    }
    EXPECT_EQ((scene.checks.end() - 1)->code, c.want);
  }
}
using Request = RequestCaseScene;
using Response = ResponseCaseScene;

TEST(VerifyRequestSignature, AcceptsAGoodOne) {
  RequestCaseScene scene;
  const Result<VerifiedSignature> got = scene.Verify();
  ASSERT_TRUE(Accepted(got));
  EXPECT_EQ(RulesOf(scene.checks),
            (std::vector<std::string>{"SIG-8", "SIG-4", "SIG-7", "SIG-1", "SIG-5", "SIG-14",
                                      "SIG-3", "SIG-10"}));
  EXPECT_EQ(got->nonce(), kRequestNonce);
  EXPECT_EQ(got->expires(), kNow + seconds{60});
  EXPECT_FALSE(got->sign_response());
  EXPECT_EQ(got->replay_check_position(), 6U);
  const ReplayEntry entry = MakeReplayEntry(
      ProofKind::kHttpSignature, testing::IdOf(testing::kCaller),
      VerifiedOf(scene.wit).confirmation_thumbprint(), kRequestNonce, kNow + seconds{120});
  EXPECT_EQ(got->replay_entry().key, entry.key);
  EXPECT_EQ(got->replay_entry().sender, entry.sender);
  EXPECT_EQ(got->replay_entry().expires, entry.expires);
}

TEST(VerifyRequestSignature, SaysWhatIsCovered) {  // ATTACK-11: only such a field speaks
  RequestCaseScene scene;
  scene.message.Set("X-Plain", "1");
  scene.message.Set("X-Bare", "1");
  scene.signature.Cover("x-plain");
  const Result<VerifiedSignature> got = scene.Verify();
  ASSERT_TRUE(Accepted(got));
  EXPECT_TRUE(got->Covers("x-plain"));
  EXPECT_TRUE(got->Covers("authorization"));
  EXPECT_FALSE(got->Covers("x-bare"));
}

TEST(HasSignatureFields, IsTrueForEither) {  // SIG-12
  http::Fields fields;
  fields.Add("Date", "x");
  EXPECT_FALSE(HasSignatureFields(fields));
  http::Fields signature = fields;
  signature.Add("signature", "");
  EXPECT_TRUE(HasSignatureFields(signature));
  fields.Add("SIGNATURE-INPUT", "");
  EXPECT_TRUE(HasSignatureFields(fields));
}

TEST(VerifyRequestSignature, FindsTheSignatureByItsTag) {  // SIG-8
  const auto add_other = [](auto& s, std::string tag) {
    s.edit = [tag](StoredMessage& m) {
      testing::SignatureText other{.label = "wimse"};
      other.Cover("@method").SetString("tag", tag);
      AddSignature(other, KeyOf(testing::kAttackerJwk), m);
    };
  };
  Decide<Request>({
      {"OtherLabel", "SIG-8", [](auto& s) { s.signature.label = "zz"; }, {}},
      {"OurLabelOfAnotherTag", "SIG-8", [&](auto& s) { add_other(s, "other"); }, {}},
      {"None", "SIG-8",
       [](auto& s) {
         s.edit = [](auto& m) {
           m.Remove("Signature");
           m.Remove("Signature-Input");
         };
       },
       Errc::kHttpsigMissing},
      {"OtherTag", "SIG-8",
       [](auto& s) {
         s.signature.label = "wimse";
         s.signature.SetString("tag", "wimse-workload");
       },
       Errc::kHttpsigMissing},
      {"NoTag", "SIG-8", [](auto& s) { s.signature.Remove("tag"); }, Errc::kHttpsigMissing},
      {"TwoWithTheTag", "SIG-8", [&](auto& s) { add_other(s, std::string(kWimseTag)); },
       Errc::kHttpsigDuplicate},
      {"SignatureAlone", "SIG-8",
       [](auto& s) { s.edit = [](auto& m) { m.Remove("Signature-Input"); }; },
       Errc::kHttpsigMalformed},
      {"InputAlone", "SIG-8", [](auto& s) { s.edit = [](auto& m) { m.Remove("Signature"); }; },
       Errc::kHttpsigMalformed},
      {"InputTwice", "SIG-8",  // ATTACK-12
       [](auto& s) {
         s.edit = [](auto& m) {
           m.lines.emplace_back("Signature-Input", m.Value("Signature-Input"));
         };
       },
       Errc::kHttpsigMalformed},
      {"NoDictionary", "SIG-8", [](auto& s) { s.edit = [](auto& m) { m.Set("Signature", "("); }; },
       Errc::kSfvMalformed},
      {"ComponentTwice", "SIG-8", [](auto& s) { s.signature.Cover("@method"); },  // ATTACK-13
       Errc::kHttpsigComponentInvalid},
      {"UnknownComponentParameter", "SIG-8", [](auto& s) { s.signature.Cover("host", ";x"); },
       Errc::kHttpsigComponentInvalid},
      {"UnknownDerived", "SIG-8", [](auto& s) { s.signature.Cover("@client"); },
       Errc::kHttpsigComponentInvalid},
      {"TypeOfCreated", "SIG-8", [](auto& s) { s.signature.SetString("created", "1"); },
       Errc::kHttpsigParameterType},
      {"TypeOfAudience", "SIG-8", [](auto& s) { s.signature.Set("wimse-aud", "token"); },
       Errc::kHttpsigParameterType},
      {"TypeOfSignResponse", "SIG-8", [](auto& s) { s.signature.Set("wimse-sign-response", "1"); },
       Errc::kHttpsigParameterType},
  });
}

TEST(VerifyRequestSignature, DemandsTheParameters) {  // SIG-4, SIG-7
  const std::string last = std::to_string(kMaxNumericDate);
  Decide<Request>({
      {"NoCreated", "SIG-4", [](auto& s) { s.signature.Remove("created"); },
       Errc::kHttpsigParameterMissing},
      {"NoExpires", "SIG-4", [](auto& s) { s.signature.Remove("expires"); },
       Errc::kHttpsigParameterMissing},
      {"NoNonce", "SIG-4", [](auto& s) { s.signature.Remove("nonce"); },
       Errc::kHttpsigParameterMissing},
      {"NegativeCreated", "SIG-4", [](auto& s) { s.signature.Set("created", "-1"); },
       Errc::kHttpsigParameterType},
      {"HugeExpires", "SIG-4", [](auto& s) { s.signature.Set("expires", "253402300800"); },
       Errc::kHttpsigParameterType},
      {"LargestExpires", "SIG-14", [&](auto& s) { s.signature.Set("expires", last); },
       Errc::kHttpsigLifetimeTooLong},
      {"UnknownParameter", "SIG-4", [](auto& s) { s.signature.Set("x-own", "1.5"); }, {}},
      {"KeyId", "SIG-7", [](auto& s) { s.signature.SetString("keyid", "wit"); },
       Errc::kHttpsigParameterForbidden},
      {"Alg", "SIG-7", [](auto& s) { s.signature.SetString("alg", "ecdsa-p256-sha256"); },
       Errc::kHttpsigParameterForbidden},
      {"RequestNonceOfARequest",
       "SIG-4",  // without a meaning there
       [](auto& s) { s.signature.SetString("wimse-req-nonce", "x"); },
       {}},
  });
}

TEST(VerifyRequestSignature, TakesTheAlgorithmFromTheWit) {  // SIG-7, BCP-1
  Decide<Request>({
      {"NotAcceptable", "SIG-7", [](auto& s) { s.rules.algs = {Alg::kES384, Alg::kEd25519}; },
       Errc::kHttpsigAlg},
      {"Ed25519", "SIG-7", [](auto& s) { s.SetKey(testing::kWorkloadEdJwk, "Ed25519"); }, {}},
      {"EdDSA", "SIG-7", [](auto& s) { s.SetKey(testing::kWorkloadEdJwk, "EdDSA"); }, {}},
      {"EdDSANotAcceptable", "SIG-7",
       [](auto& s) {
         s.SetKey(testing::kWorkloadEdJwk, "EdDSA");
         s.rules.algs = {Alg::kEd25519, Alg::kES256};
       },
       Errc::kHttpsigAlg},
      {"ES384", "SIG-7", [](auto& s) { s.SetKey(testing::kWorkloadP384Jwk, "ES384"); }, {}},
      {"RS384", "SIG-7", [](auto& s) { s.SetKey(testing::kIssuerRsaJwk, "RS384"); }, {}},
  });
}

TEST(VerifyRequestSignature, DemandsTheCoverageOfTheProfile) {  // SIG-1
  std::vector<Case<Request>> cases = {
      {"Smallest", "SIG-1", [](auto& s) { s.Shrink(); }, {}},
      {"Empty", "SIG-1", [](auto& s) { s.signature.components.clear(); },
       Errc::kHttpsigComponentInvalid},
      {"NoQueryAndNotCovered", "SIG-1",
       [](auto& s) {
         s.message.target = "/v1/items";
         s.signature.Uncover("\"@query\"");
       },
       Errc::kHttpsigComponentMissing},
      {"NoQueryButCovered", "SIG-1", [](auto& s) { s.message.target = "/v1/items"; }, {}},
      {"EmptyFieldExists", "SIG-1",
       [](auto& s) {
         s.message.Set("Txn-Token", "");
         s.signature.Uncover("\"txn-token\"");
       },
       Errc::kHttpsigComponentMissing},
      {"OtherFieldNotCovered", "SIG-1", [](auto& s) { s.message.Set("X-Other", "1"); }, {}},
      {"OfTheRequestOfARequest", "SIG-1",  // ATTACK-13
       [](auto& s) { s.signature.Uncover("\"@method\"").Cover("@method", ";req"); },
       Errc::kHttpsigComponentMissing},
      {"BinaryIsNotPlain", "SIG-1",
       [](auto& s) { s.signature.Uncover("\"txn-token\"").Cover("txn-token", ";bs"); },
       Errc::kHttpsigComponentMissing},
      {"StrictIsNotPlain", "SIG-1",
       [](auto& s) { s.signature.Uncover("\"content-digest\"").Cover("content-digest", ";sf"); },
       Errc::kHttpsigComponentMissing},
      {"OneMemberIsNotTheField", "SIG-1",
       [](auto& s) {
         s.signature.Uncover("\"content-digest\"").Cover("content-digest", ";key=\"sha-256\"");
       },
       Errc::kHttpsigComponentMissing},
      {"TrailerIsNotTheField", "SIG-1",
       [](auto& s) { s.signature.Uncover("\"txn-token\"").Cover("txn-token", ";tr"); },
       Errc::kHttpsigComponentMissing},
      {"RequestTargetInstead", "SIG-1", [](auto& s) { s.UseRevision06(); },
       Errc::kHttpsigComponentMissing},
      {"RequestTargetToo", "SIG-1", [](auto& s) { s.signature.Cover("@request-target"); }, {}},
      {"Revision06",
       "SIG-1",
       [](auto& s) {
         s.UseRevision06();
         s.rules.revision = SignatureRevision::k06;
       },
       {}},
      {"Revision07For06", "SIG-1", [](auto& s) { s.rules.revision = SignatureRevision::k06; },
       Errc::kHttpsigComponentMissing},
      {"LineTwice",
       "SIG-1",  // joined, as RFC 9421 section 2.1 says
       [](auto& s) { s.message.lines.emplace_back("Txn-Token", "txn-2"); },
       {}},
  };
  for (const char* name : {"@method", "@path", "@query", "content-type", "content-digest",
                           "authorization", "txn-token", "workload-identity-token"}) {
    cases.push_back({name, "SIG-1", [name](auto& s) { s.signature.Uncover(testing::Quoted(name)); },
                     Errc::kHttpsigComponentMissing});
  }
  Decide<Request>(cases);
}

TEST(VerifyRequestSignature, ComparesTheAudience) {  // SIG-5
  const auto aud = [](std::string value) {
    return [value](auto& s) { s.signature.SetString("wimse-aud", value); };
  };
  Decide<Request>({
      {"Missing", "SIG-5", [](auto& s) { s.signature.Remove("wimse-aud"); },
       Errc::kHttpsigParameterMissing},
      {"Alias", "SIG-5", aud("orders-eu"), {}},
      {"OtherHost", "SIG-5", aud("https://evil.example/v1/items"), Errc::kHttpsigAudMismatch},
      {"OtherPath", "SIG-5", aud("https://orders.example.com/v1"), Errc::kHttpsigAudMismatch},
      {"Empty", "SIG-5", aud(""), Errc::kHttpsigAudMismatch},
      {"HostIsNoTrustedConfiguration", "SIG-5", [](auto& s) { s.audiences = AudienceSet(); },
       Errc::kHttpsigAudMismatch},
  });
}

TEST(VerifyRequestSignature, LimitsTheTimes) {  // SIG-14
  const auto times = [](std::int64_t created, std::int64_t expires) {
    return [=](auto& s) {
      s.signature.Set("created", std::to_string(At(created)));
      s.signature.Set("expires", std::to_string(At(expires)));
    };
  };
  const auto aged = [times](std::int64_t created, std::int64_t expires) {
    return [=](auto& s) {
      times(created, expires)(s);
      s.rules.max_created_age = seconds{30};
    };
  };
  Decide<Request>({
      {"ExpiredWithinLeeway", "SIG-14", times(-100, -59), {}},
      {"Expired", "SIG-14", times(-100, -60), Errc::kHttpsigExpired},
      {"NoLeeway", "SIG-14",
       [&](auto& s) {
         times(-10, 0)(s);
         s.rules.leeway = seconds{0};
       },
       Errc::kHttpsigExpired},
      {"CreatedAheadAtMost", "SIG-14", times(60, 60), {}},
      {"CreatedAhead", "SIG-14", times(61, 61), Errc::kHttpsigCreatedAhead},
      {"ExpiresBeforeCreated", "SIG-14", times(0, -1), Errc::kHttpsigExpired},
      {"ExpiresAtCreated", "SIG-14", times(0, 0), {}},
      {"Longest", "SIG-14", times(0, 360), {}},  // the drafts print 302 and 304 seconds
      {"TooLong", "SIG-14", times(0, 361), Errc::kHttpsigLifetimeTooLong},
      {"ShorterByPolicy", "SIG-14",
       [&](auto& s) {
         times(0, 121)(s);
         s.rules.max_lifetime = seconds{60};
       },
       Errc::kHttpsigLifetimeTooLong},
      {"Oldest", "SIG-14", aged(-90, 60), {}},
      {"TooOld", "SIG-14", aged(-91, 60), Errc::kHttpsigTooOld},
      {"OldWithoutLimit", "SIG-14", times(-299, 60), {}},
  });
}

TEST(VerifyRequestSignature, LimitsTheNonce) {  // SIG-9
  const auto nonce = [](std::size_t size) {
    return [size](auto& s) { s.signature.SetString("nonce", std::string(size, 'n')); };
  };
  Decide<Request>({
      {"Empty", "SIG-9", nonce(0), Errc::kHttpsigNonceInvalid},
      {"Shortest", "SIG-9", nonce(1), {}},  // the drafts print 8 characters
      {"Longest", "SIG-9", nonce(kMaxNonceBytes), {}},
      {"TooLong", "SIG-9", nonce(kMaxNonceBytes + 1), Errc::kHttpsigNonceInvalid},
  });
}

TEST(VerifyRequestSignature, ComparesTheContent) {  // SIG-3, ATTACK-15
  Decide<Request>({
      {"BodyChanged", "SIG-3", [](auto& s) { s.edit = [](auto& m) { m.body = "{\"a\":2}"; }; },
       Errc::kDigestMismatch},
      {"BodyAdded", "SIG-3",
       [](auto& s) {
         s.Shrink();
         s.edit = [](auto& m) { m.body = "x"; };
       },
       Errc::kDigestMissing},
      {"BodyRemoved", "SIG-3", [](auto& s) { s.edit = [](auto& m) { m.body.clear(); }; },
       Errc::kDigestMismatch},
      {"DigestMissing", "SIG-3",
       [](auto& s) {
         s.message.Remove("Content-Digest");
         s.signature.Uncover("\"content-digest\"");
       },
       Errc::kDigestMissing},
      {"DigestOfNothing",
       "SIG-3",
       [](auto& s) {
         s.message.body.clear();
         s.message.Set("Content-Digest", testing::ContentDigestText(""));
       },
       {}},
      {"DigestMalformed", "SIG-3", [](auto& s) { s.message.Set("Content-Digest", "sha-256=1"); },
       Errc::kDigestMalformed},
      {"DigestUnsupported", "SIG-3",
       [](auto& s) { s.message.Set("Content-Digest", "md5=:AAAAAAAAAAAAAAAAAAAAAA==:"); },
       Errc::kDigestUnsupported},
  });
}

TEST(VerifyRequestSignature, ComparesEachCoveredPart) {  // SIG-10
  const auto set = [](const char* name, const char* value) {
    return [=](auto& s) { s.edit = [=](auto& m) { m.Set(name, value); }; };
  };
  std::vector<Case<Request>> cases = {
      {"Method", "SIG-10", [](auto& s) { s.edit = [](auto& m) { m.method = "PUT"; }; },
       Errc::kHttpsigSignatureInvalid},
      {"Path", "SIG-10", [](auto& s) { s.edit = [](auto& m) { m.target = "/v2/items?page=2"; }; },
       Errc::kHttpsigSignatureInvalid},
      {"PathEncoding", "SIG-10",  // ATTACK-14
       [](auto& s) { s.edit = [](auto& m) { m.target = "/v1/%69tems?page=2"; }; },
       Errc::kHttpsigSignatureInvalid},
      {"Query", "SIG-10", [](auto& s) { s.edit = [](auto& m) { m.target = "/v1/items?page=3"; }; },
       Errc::kHttpsigSignatureInvalid},
      {"QueryRemoved", "SIG-10", [](auto& s) { s.edit = [](auto& m) { m.target = "/v1/items"; }; },
       Errc::kHttpsigSignatureInvalid},
      {"AuthorityIsNotCovered",
       "SIG-10",
       [](auto& s) { s.edit = [](auto& m) { m.authority = "gateway.example"; }; },
       {}},
      {"ContentType", "SIG-10", set("Content-Type", "text/plain"), Errc::kHttpsigSignatureInvalid},
      {"Authorization", "SIG-10", set("Authorization", "Bearer x"), Errc::kHttpsigSignatureInvalid},
      {"TxnToken", "SIG-10", set("Txn-Token", "txn-9"), Errc::kHttpsigSignatureInvalid},
      {"Nonce", "SIG-10",
       [](auto& s) {
         s.edit = [](auto& m) {
           std::string input = m.Value("Signature-Input");
           input.replace(input.find("request-nonce-1"), 15, "request-nonce-2");
           m.Set("Signature-Input", input);
         };
       },
       Errc::kHttpsigSignatureInvalid},
      {"ParameterAdded", "SIG-10",
       [](auto& s) {
         s.edit = [](auto& m) {
           m.Set("Signature-Input", m.Value("Signature-Input") + ";wimse-sign-response");
         };
       },
       Errc::kHttpsigSignatureInvalid},
      {"WhiteSpaceOfTheList",
       "SIG-10",  // the text is serialized again
       [](auto& s) {
         s.edit = [](auto& m) {
           std::string input = m.Value("Signature-Input");
           input.replace(input.find("\" \""), 3, "\"   \"");
           m.Set("Signature-Input", input);
         };
       },
       {}},
      {"SignatureOfAnotherKey", "SIG-10", [](auto& s) { s.key = KeyOf(testing::kAttackerJwk); },
       Errc::kHttpsigSignatureInvalid},
      {"SignatureEmpty", "SIG-10", set("Signature", "sig1=::"), Errc::kHttpsigSignatureInvalid},
      {"AnotherWitOfTheSameKey", "SIG-10",  // swapped after signing
       [](auto& s) {
         WitMaker maker;
         maker.claims.SetString("jti", "wit-2");
         s.verified_wit = maker.Token();
         s.edit = [&s](auto& m) { m.Set("Workload-Identity-Token", s.verified_wit); };
       },
       Errc::kHttpsigSignatureInvalid},
      {"WitOfAnotherKey", "SIG-10",
       [](auto& s) {
         s.verified_wit = WitMaker().Confirm(testing::kWorkload2Jwk, "ES256").Token();
         s.edit = [&s](auto& m) { m.Set("Workload-Identity-Token", s.verified_wit); };
       },
       Errc::kHttpsigSignatureInvalid},
      {"FieldTwice", "SIG-10",
       [](auto& s) { s.edit = [](auto& m) { m.lines.emplace_back("Txn-Token", "txn-1"); }; },
       Errc::kHttpsigSignatureInvalid},
      {"FieldDropped", "SIG-10",
       [](auto& s) { s.edit = [](auto& m) { m.Remove("Authorization"); }; },
       Errc::kHttpsigUnresolvable},
      {"ExtraNotThere", "SIG-10", [](auto& s) { s.signature.Cover("x-not-there"); },
       Errc::kHttpsigUnresolvable},
      {"ExtraOfTheRequest", "SIG-10", [](auto& s) { s.signature.Cover("host", ";req"); },
       Errc::kHttpsigUnresolvable},
      {"ExtraStatus", "SIG-10", [](auto& s) { s.signature.Cover("@status"); },
       Errc::kHttpsigUnresolvable},
      {"ExtraCoversNothingElse", "SIG-10", [](auto& s) { s.signature.Cover("host"); }, {}},
  };
  Decide<Request>(cases);
}

TEST(VerifyRequestSignature, ReadsSignResponse) {  // SIG-5a
  for (const auto& [value, want] :
       std::vector<std::pair<std::string, bool>>{{"", true}, {"?1", true}, {"?0", false}}) {
    RequestCaseScene scene;
    scene.signature.Set("wimse-sign-response", value);
    // Canonical Boolean parameters have no "=?1".
    if (value == "?1") {
      scene.signature.Set("wimse-sign-response", "");
      scene.edit = [](auto& m) { m.Set("Signature-Input", m.Value("Signature-Input") + "=?1"); };
      // It is the last parameter.
    }
    const Result<VerifiedSignature> got = scene.Verify();
    ASSERT_TRUE(Accepted(got)) << value;
    EXPECT_EQ(got->sign_response(), want) << value;
  }
}

TEST(VerifyResponseSignature, AcceptsAGoodOne) {
  ResponseCaseScene scene;
  const Result<VerifiedSignature> got = scene.Verify();
  ASSERT_TRUE(Accepted(got));
  EXPECT_EQ(RulesOf(scene.checks),
            (std::vector<std::string>{"SIG-8", "SIG-4", "SIG-7", "SIG-2", "SIG-6", "SIG-14",
                                      "SIG-3", "SIG-10"}));
  EXPECT_EQ(got->nonce(), "response-nonce-1");
  EXPECT_EQ(got->replay_check_position(), 6U);
  EXPECT_TRUE(got->Covers("content-type"));
  EXPECT_FALSE(got->Covers("@method"));  // that one is of the request
}

TEST(VerifyResponseSignature, DemandsTheCoverageOfTheProfile) {  // SIG-2
  std::vector<Case<Response>> cases = {
      {"Empty", "SIG-2", [](auto& s) { s.signature.components.clear(); },
       Errc::kHttpsigComponentInvalid},
      {"NoContent",
       "SIG-2",
       [](auto& s) {
         s.message.body.clear();
         s.message.Remove("Content-Digest");
         s.message.Remove("Content-Type");
         s.signature.Uncover("\"content-digest\"").Uncover("\"content-type\"");
       },
       {}},
      {"WitNotThere", "SIG-2",  // always demanded
       [](auto& s) {
         s.message.Remove("Workload-Identity-Token");
         s.signature.Uncover("\"workload-identity-token\"");
       },
       Errc::kHttpsigComponentMissing},
      {"MethodOfTheResponse", "SIG-2",
       [](auto& s) { s.signature.Uncover("\"@method\";req").Cover("@method"); },
       Errc::kHttpsigComponentMissing},
      {"WitOfTheRequest", "SIG-2",
       [](auto& s) {
         s.signature.Uncover("\"workload-identity-token\"")
             .Cover("workload-identity-token", ";req");
       },
       Errc::kHttpsigComponentMissing},
      {"Revision06",
       "SIG-2",
       [](auto& s) {
         s.signature.Uncover("\"@path\";req").Uncover("\"@query\";req");
         s.signature.Cover("@request-target", ";req");
         s.rules.revision = SignatureRevision::k06;
       },
       {}},
      {"Revision07For06", "SIG-2", [](auto& s) { s.rules.revision = SignatureRevision::k06; },
       Errc::kHttpsigComponentMissing},
      {"AuthorizationNeedNot", "SIG-2", [](auto& s) { s.message.Set("Authorization", "x"); }, {}},
  };
  for (const char* identifier :
       {"\"@status\"", "\"@method\";req", "\"@path\";req", "\"@query\";req", "\"content-type\"",
        "\"content-digest\"", "\"workload-identity-token\""}) {
    cases.push_back({identifier, "SIG-2",
                     [identifier](auto& s) { s.signature.Uncover(identifier); },
                     Errc::kHttpsigComponentMissing});
  }
  Decide<Response>(cases);
}

TEST(VerifyResponseSignature, DemandsTheNonceOfTheRequest) {  // SIG-6
  Decide<Response>({
      {"Missing", "SIG-6", [](auto& s) { s.signature.Remove("wimse-req-nonce"); },
       Errc::kHttpsigReqNonceMissing},
      {"OfAnotherRequest", "SIG-6",  // a response replayed
       [](auto& s) { s.nonce = "request-nonce-2"; }, Errc::kHttpsigReqNonceMismatch},
      {"Empty", "SIG-6", [](auto& s) { s.signature.SetString("wimse-req-nonce", ""); },
       Errc::kHttpsigReqNonceMismatch},
      {"EmptyForNone", "SIG-6",
       [](auto& s) {
         s.signature.SetString("wimse-req-nonce", "");
         s.nonce.clear();
       },
       Errc::kHttpsigReqNonceMismatch},
      {"OwnNonce", "SIG-6", [](auto& s) { s.nonce = "response-nonce-1"; },
       Errc::kHttpsigReqNonceMismatch},
      {"AudienceIsIgnored",
       "SIG-5",
       [](auto& s) { s.signature.SetString("wimse-aud", "https://evil.example"); },
       {}},
  });
}

TEST(VerifyResponseSignature, ComparesEachCoveredPart) {  // SIG-10, SIG-3
  Decide<Response>({
      {"Status", "SIG-10", [](auto& s) { s.edit = [](auto& m) { m.status = 201; }; },
       Errc::kHttpsigSignatureInvalid},
      {"Body", "SIG-3", [](auto& s) { s.edit = [](auto& m) { m.body += " "; }; },
       Errc::kDigestMismatch},
      {"BodyWithoutDigest", "SIG-3",
       [](auto& s) {
         s.message.Remove("Content-Digest");
         s.signature.Uncover("\"content-digest\"");
       },
       Errc::kDigestMissing},
      {"RequestMethod", "SIG-10",
       [](auto& s) { s.edit = [&s](auto&) { s.request.method = "GET"; }; },
       Errc::kHttpsigSignatureInvalid},
      {"RequestQuery", "SIG-10",
       [](auto& s) { s.edit = [&s](auto&) { s.request.target = "/v1/items?page=3"; }; },
       Errc::kHttpsigSignatureInvalid},
      {"FieldDropped", "SIG-10",
       [](auto& s) { s.edit = [](auto& m) { m.Remove("Content-Type"); }; },
       Errc::kHttpsigUnresolvable},
      {"WitSwapped", "SIG-10",
       [](auto& s) {
         s.verified_wit = WitMaker().Confirm(testing::kWorkload2Jwk, "ES256").Token();
       },
       Errc::kHttpsigSignatureInvalid},
      {"KeyId", "SIG-7", [](auto& s) { s.signature.SetString("keyid", "k"); },
       Errc::kHttpsigParameterForbidden},
      {"Expired", "SIG-14", [](auto& s) { s.now = kNow + seconds{120}; }, Errc::kHttpsigExpired},
      {"NonceEmpty", "SIG-9", [](auto& s) { s.signature.SetString("nonce", ""); },
       Errc::kHttpsigNonceInvalid},
      {"NoTag", "SIG-8", [](auto& s) { s.signature.Remove("tag"); }, Errc::kHttpsigMissing},
      {"NoCreated", "SIG-4", [](auto& s) { s.signature.Remove("created"); },
       Errc::kHttpsigParameterMissing},
  });
}

}  // namespace
}  // namespace signet::proof::httpsig
