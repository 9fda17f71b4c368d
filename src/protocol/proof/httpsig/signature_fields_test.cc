#include "protocol/proof/httpsig/signature_fields.h"

#include <string>
#include <vector>

#include "tests/support/expect.h"

namespace signet::proof::httpsig {
namespace {

using testing::Accepted;
using testing::RefusedWith;

using Lines = std::vector<std::pair<std::string, std::string>>;

Result<std::vector<SignatureEntry>> Read(const Lines& lines) {
  http::Fields fields;
  for (const auto& [name, value] : lines) fields.Add(name, value);
  return ReadSignatures(fields);
}
// One signature with this inner list.
Result<std::vector<SignatureEntry>> ReadList(const std::string& list) {
  return Read({{"Signature-Input", "s=" + list}, {"Signature", "s=:AA==:"}});
}

TEST(ReadSignatures, GivesEachEntryInOrder) {  // RFC9421-4
  const auto read = Read({{"signature", "b=:AQI=:"},
                          {"Signature-Input", R"(a=("@method"   "x";req );created=1;zz="y")"},
                          {"Date", "x"},
                          {"Signature-Input", R"(b=())"},
                          {"Signature", "a=:AA==:;ignored=1"}});
  ASSERT_TRUE(Accepted(read));
  ASSERT_EQ(read->size(), 2U);
  const SignatureEntry& first = read->front();
  EXPECT_EQ(first.label, "a");
  EXPECT_EQ(first.components, (std::vector<Component>{Plain("@method"), OfRequest("x")}));
  EXPECT_EQ(first.signature, Bytes{0});
  // Canonical, with what is not known, in its order.
  EXPECT_EQ(first.params_text, R"(("@method" "x";req);created=1;zz="y")");
  EXPECT_EQ(read->back().label, "b");
  EXPECT_TRUE(read->back().components.empty());
  EXPECT_EQ(read->back().params_text, "()");
  EXPECT_EQ(read->back().signature, (Bytes{1, 2}));
}

TEST(ReadSignatures, OfAMessageWithoutAreNone) {
  const auto read = Read({{"Date", "x"}});
  ASSERT_TRUE(Accepted(read));
  EXPECT_TRUE(read->empty());
}

TEST(ReadSignatures, GivesEachKnownParameter) {  // RFC9421-4, SIG-4
  const auto read =
      ReadList(R"(();created=1;expires=-2;nonce="n";alg="a";keyid="k";tag="t";wimse-aud="w";)"
               R"(wimse-req-nonce="r";wimse-sign-response)");
  ASSERT_TRUE(Accepted(read));
  const SignatureParameters& got = read->front().parameters;
  EXPECT_EQ(got.created, 1);
  EXPECT_EQ(got.expires, -2);
  EXPECT_EQ(got.nonce, "n");
  EXPECT_EQ(got.alg, "a");
  EXPECT_EQ(got.keyid, "k");
  EXPECT_EQ(got.tag, "t");
  EXPECT_EQ(got.wimse_aud, "w");
  EXPECT_EQ(got.wimse_req_nonce, "r");
  EXPECT_EQ(got.wimse_sign_response, true);
  const auto none = ReadList("()");
  ASSERT_TRUE(Accepted(none));
  EXPECT_FALSE(none->front().parameters.created.has_value());
  EXPECT_FALSE(none->front().parameters.wimse_sign_response.has_value());
  EXPECT_EQ(ReadList("();wimse-sign-response=?0")->front().parameters.wimse_sign_response, false);
}

TEST(ReadSignatures, RefusesAKnownParameterOfAnotherType) {  // SIG-4
  for (const char* parameter :
       {"created=1.0", "created=\"1\"", "created", "created=@1", "expires=\"1\"", "nonce=n",
        "nonce", "nonce=:AA==:", "alg=ed25519", "keyid=1", "tag=wimse-workload-to-workload",
        "wimse-aud=x", "wimse-req-nonce=1", "wimse-sign-response=1", "wimse-sign-response=\"1\""}) {
    EXPECT_TRUE(
        RefusedWith(ReadList("();" + std::string(parameter)), Errc::kHttpsigParameterType, "SIG-4"))
        << parameter;
  }
}

TEST(ReadSignatures, RefusesFieldsThatDoNotBelongTogether) {  // RFC9421-4, ATTACK-12
  const std::vector<std::pair<const char*, Lines>> cases = {
      {"Signature-Input alone", {{"Signature-Input", "s=()"}}},
      {"Signature alone", {{"Signature", "s=:AA==:"}}},
      {"other labels", {{"Signature-Input", "s=()"}, {"Signature", "t=:AA==:"}}},
      {"a label of one", {{"Signature-Input", "s=(), t=()"}, {"Signature", "s=:AA==:"}}},
      {"label twice", {{"Signature-Input", "s=(), s=()"}, {"Signature", "s=:AA==:"}}},
      {"label twice, two lines",
       {{"Signature-Input", "s=()"}, {"Signature-Input", "s=()"}, {"Signature", "s=:AA==:"}}},
      {"signature twice", {{"Signature-Input", "s=()"}, {"Signature", "s=:AA==:, s=:AA==:"}}},
      {"no inner list", {{"Signature-Input", "s=\"x\""}, {"Signature", "s=:AA==:"}}},
      {"no byte sequence", {{"Signature-Input", "s=()"}, {"Signature", "s=\"AA==\""}}},
      {"a list of signatures", {{"Signature-Input", "s=()"}, {"Signature", "s=(:AA==:)"}}},
      {"parameter twice",
       {{"Signature-Input", "s=();created=1;created=1"}, {"Signature", "s=:AA==:"}}},
      {"unknown parameter twice",
       {{"Signature-Input", "s=();x=1;x=2"}, {"Signature", "s=:AA==:"}}}};
  for (const auto& [why, lines] : cases) {
    EXPECT_TRUE(RefusedWith(Read(lines), Errc::kHttpsigMalformed, "SIG-8")) << why;
  }
}

TEST(ReadSignatures, RefusesWhatIsNoDictionary) {  // RFC9421-4
  EXPECT_TRUE(RefusedWith(ReadList("("), Errc::kSfvMalformed, "RFC9651-4.2"));
  EXPECT_TRUE(RefusedWith(Read({{"Signature-Input", "s=()"}, {"Signature", "s=:A:B"}}),
                          Errc::kSfvMalformed, "RFC9651-4.2"));
  EXPECT_TRUE(RefusedWith(ReadList("();a=\"" + std::string(codec::sfv::kMaxFieldBytes, 'x') + "\""),
                          Errc::kSfvTooLarge, "RFC9651-4.2"));
}

TEST(ReadSignatures, RefusesAComponentThatIsInvalidOrTwice) {  // RFC9421-2.5, ATTACK-13
  for (const char* list : {R"(("a" "a"))", R"(("a";req;key="k" "a";key="k";req))", R"(("A"))",
                           R"(("@signature-params"))", R"(("a";unknown))", "(a)"}) {
    EXPECT_TRUE(RefusedWith(ReadList(list), Errc::kHttpsigComponentInvalid, "SIG-1")) << list;
  }
  // Not the same: one is of the request.
  EXPECT_TRUE(Accepted(ReadList(R"(("a" "a";req "a";key="k" "a";key="l"))")));
}

std::string ManyComponents(std::size_t count) {
  std::string out = "(";
  for (std::size_t i = 0; i < count; ++i)
    out += (i == 0 ? "\"x" : " \"x") + std::to_string(i) + "\"";
  return out + ")";
}

TEST(ReadSignatures, HasLimits) {  // ATTACK-5
  EXPECT_TRUE(Accepted(ReadList(ManyComponents(kMaxCoveredComponents))));
  EXPECT_TRUE(RefusedWith(ReadList(ManyComponents(kMaxCoveredComponents + 1)),
                          Errc::kHttpsigComponentInvalid, "SIG-1"));
  Lines lines;
  for (std::size_t i = 0; i < kMaxSignatures; ++i) {
    lines.emplace_back("Signature-Input", "s" + std::to_string(i) + "=()");
    lines.emplace_back("Signature", "s" + std::to_string(i) + "=:AA==:");
  }
  EXPECT_TRUE(Accepted(Read(lines)));
  lines.emplace_back("Signature-Input", "more=()");
  lines.emplace_back("Signature", "more=:AA==:");
  EXPECT_TRUE(RefusedWith(Read(lines), Errc::kHttpsigMalformed, "SIG-8"));
}

TEST(ReadSignatureInput, GivesTheEntryOfALabel) {  // RFC9421-4
  const auto entry = ReadSignatureInput(R"(a=("x"), b=("y");created=7)", "b");
  ASSERT_TRUE(Accepted(entry));
  EXPECT_EQ(entry->label, "b");
  EXPECT_EQ(entry->components, std::vector<Component>{Plain("y")});
  EXPECT_EQ(entry->parameters.created, 7);
  EXPECT_TRUE(entry->signature.empty());
  EXPECT_TRUE(RefusedWith(ReadSignatureInput("a=()", "b"), Errc::kHttpsigMissing, "SIG-8"));
  EXPECT_TRUE(RefusedWith(ReadSignatureInput("a=1", "a"), Errc::kHttpsigMalformed, "SIG-8"));
  EXPECT_TRUE(RefusedWith(ReadSignatureInput("a=(", "a"), Errc::kSfvMalformed, "RFC9651-4.2"));
}

TEST(WriteSignatureParams, WritesTheInnerList) {  // RFC9421-2.5
  EXPECT_EQ(*WriteSignatureParams({}, {}), "()");
  // RFC 9421 section 2.3, in the order of our struct.
  SignatureParameters parameters;
  parameters.created = 1618884475;
  parameters.expires = 1618884775;
  parameters.nonce = "n";
  parameters.alg = "rsa-pss-sha512";
  parameters.keyid = "test-key-rsa-pss";
  parameters.tag = "t";
  parameters.wimse_aud = "u";
  parameters.wimse_req_nonce = "r";
  parameters.wimse_sign_response = true;
  EXPECT_EQ(
      *WriteSignatureParams(
          {Plain("@target-uri"), OfRequest("@authority"), {.name = "cache-control", .key = "x"}},
          parameters),
      R"(("@target-uri" "@authority";req "cache-control";key="x");created=1618884475)"
      R"(;expires=1618884775;nonce="n";alg="rsa-pss-sha512";keyid="test-key-rsa-pss";tag="t")"
      R"(;wimse-aud="u";wimse-req-nonce="r";wimse-sign-response)");
  parameters.wimse_sign_response = false;
  EXPECT_TRUE(WriteSignatureParams({}, parameters)->ends_with(";wimse-sign-response=?0"));
}

TEST(WriteSignatureParams, RefusesWhatNoStringHolds) {
  SignatureParameters parameters;
  parameters.wimse_aud = "https://\xc3\xa4.example";
  EXPECT_EQ(WriteSignatureParams({}, parameters).error().code, Errc::kSfvUnserializable);
  EXPECT_EQ(WriteSignatureParams({Plain("\xc3\xa4")}, {}).error().code, Errc::kSfvUnserializable);
}

}  // namespace
}  // namespace signet::proof::httpsig
