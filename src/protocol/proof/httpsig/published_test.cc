// The signatures that RFC 9421 and the drafts publish, and a second implementation of the base.
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "protocol/codec/base64url.h"
#include "protocol/jose/jwk.h"
#include "protocol/proof/httpsig/algorithm.h"
#include "protocol/proof/httpsig/signature_base.h"
#include "protocol/proof/httpsig/signature_fields.h"
#include "tests/support/expect.h"
#include "tests/support/naive_signature_base.h"
#include "tests/support/seeded_random.h"

namespace signet::proof::httpsig {
namespace {

using testing::Accepted;
using testing::NaiveBase;
using testing::PublishedMessage;
using testing::PublishedText;
using testing::RefusedWith;
using testing::StoredMessage;

// A published message with one signature, its base, and the request that it answers.
struct PublishedCase {
  const char* name;     // file without .txt
  const char* request;  // "" for a request
  std::string_view key;
  SignatureAlg alg;
};

nlohmann::json RfcKeys() { return nlohmann::json::parse(PublishedText("rfc9421/keys.json")); }

crypto::PublicKey PublicKeyOf(std::string_view key) {
  const bool of_rfc = !key.ends_with(".json");
  const std::string text =
      of_rfc ? RfcKeys().at(std::string(key)).dump() : PublishedText(std::string(key));
  const Result<jose::Jwk> jwk =
      jose::ParseJwk(text, {.allow_private_members = true, .key_only = true});
  SIGNET_CHECK(jwk.has_value());
  return jwk->key;
}

Result<void> Verify(const PublishedCase& c, std::string_view base, ByteView signature) {
  if (c.alg != SignatureAlg::kHmacSha256) {
    return VerifySignature(c.alg, PublicKeyOf(c.key), base, signature);
  }
  const Bytes secret = *codec::Base64Decode(RfcKeys().at(std::string(c.key)).get<std::string>());
  return VerifyHmac(secret, base, signature);
}

const std::vector<PublishedCase> kCases = {
    {"rfc9421/b21", "", "test-key-rsa-pss", SignatureAlg::kRsaPssSha512},
    {"rfc9421/b22", "", "test-key-rsa-pss", SignatureAlg::kRsaPssSha512},
    {"rfc9421/b23", "", "test-key-rsa-pss", SignatureAlg::kRsaPssSha512},
    {"rfc9421/b24", "", "test-key-ecc-p256", SignatureAlg::kEcdsaP256Sha256},
    {"rfc9421/b25", "", "test-shared-secret", SignatureAlg::kHmacSha256},
    {"rfc9421/b26", "", "test-key-ed25519", SignatureAlg::kEd25519},
    {"rfc9421/b3", "", "test-key-ecc-p256", SignatureAlg::kEcdsaP256Sha256},
    {"rfc9421/s24-response", "rfc9421/s24-request", "test-key-ecc-p256",
     SignatureAlg::kEcdsaP256Sha256},
    {"rfc9421/s24-signed-response", "rfc9421/s24-signed-request", "test-key-ecc-p256",
     SignatureAlg::kEcdsaP256Sha256},
    {"2026-09/sigs-request-a-b", "", "2026-09/sigs-svca-jwk.json", SignatureAlg::kEd25519},
    {"2026-09/sigs-response-b-a", "2026-09/sigs-request-a-b", "2026-09/sigs-svcb-jwk.json",
     SignatureAlg::kEd25519},
    {"2026-09/sigs-request-b-c", "", "2026-09/sigs-svcb-jwk.json", SignatureAlg::kEd25519},
    {"2026-09/sigs-response-c-b", "2026-09/sigs-request-b-c", "2026-09/sigs-svcc-jwk.json",
     SignatureAlg::kEcdsaP256Sha256},
    {"2026-08/sigs-request-a-b", "", "2026-08/sigs-svca-jwk.json", SignatureAlg::kEd25519},
    {"2026-08/sigs-response-b-a", "2026-08/sigs-request-a-b", "2026-08/sigs-svcb-jwk.json",
     SignatureAlg::kEd25519},
};

TEST(PublishedSignature, HasTheBaseAndVerifies) {  // SIG-15, RFC9421-2.5, RFC9421-3.2
  for (const PublishedCase& c : kCases) {
    const StoredMessage stored = PublishedMessage(std::string(c.name) + ".txt");
    const bool answers = *c.request != '\0';
    const StoredMessage stored_request =
        answers ? PublishedMessage(std::string(c.request) + ".txt") : stored;
    const http::Request request = stored_request.View();
    const http::Response response = stored.ResponseView();
    const MessageView view{.request = &request,
                           .response = stored.status != 0 ? &response : nullptr};
    const auto read = ReadSignatures(stored.FieldsView());
    ASSERT_TRUE(Accepted(read)) << c.name;
    ASSERT_EQ(read->size(), 1U) << c.name;
    const SignatureEntry& entry = read->front();
    const auto base = BuildSignatureBase(entry.components, entry.params_text, view);
    ASSERT_TRUE(Accepted(base)) << c.name;
    EXPECT_EQ(*base, PublishedText(std::string(c.name) + ".sigbase.txt")) << c.name;
    EXPECT_TRUE(Accepted(Verify(c, *base, entry.signature))) << c.name;
    std::string other = *base;
    other.back() = 'x';
    EXPECT_TRUE(
        RefusedWith(Verify(c, other, entry.signature), Errc::kHttpsigSignatureInvalid, "SIG-10"))
        << c.name;
  }
}

TEST(PublishedSignature, OfARequestThatWasSignedToo) {  // RFC 9421 section 2.4
  const PublishedCase c{"", "", "test-key-rsa-pss", SignatureAlg::kRsaPssSha512};
  const StoredMessage stored = PublishedMessage("rfc9421/s24-signed-request.txt");
  const http::Request request = stored.View();
  const SignatureEntry entry = ReadSignatures(request.fields)->front();
  const std::string base =
      *BuildSignatureBase(entry.components, entry.params_text, {.request = &request});
  EXPECT_TRUE(Accepted(Verify(c, base, entry.signature)));
}

TEST(PublishedSignature, BaseOfSection25) {  // RFC9421-2.5
  const StoredMessage stored = PublishedMessage("rfc9421/s25-request.txt");
  const http::Request request = stored.View();
  const SignatureEntry entry = *ReadSignatureInput(
      R"(x=("@method" "@authority" "@path" "content-digest" "content-length" "content-type"))"
      R"(;created=1618884473;keyid="test-key-rsa-pss")",
      "x");
  EXPECT_EQ(*BuildSignatureBase(entry.components, entry.params_text, {.request = &request}),
            PublishedText("rfc9421/s25-request.sigbase.txt"));
}

// Messages of a small alphabet, so that names meet and lines repeat.
class MessageMaker {
 public:
  explicit MessageMaker(std::uint64_t seed) : random_(seed) {}

  std::string Pick(const std::vector<std::string>& from) {
    return from[random_.Below(from.size())];
  }
  std::string Text() {
    std::string out;
    for (std::uint64_t n = random_.Below(6); n > 0; --n) {
      out += Pick({"a", "B", "~", " ", "\t", ",", "\"", "x=1", ";", "%41", "="});
    }
    return out;
  }
  StoredMessage Message(bool response) {
    StoredMessage out;
    if (response) {
      out.status = 100 + static_cast<int>(random_.Below(500));
    } else {
      out.method = Pick({"GET", "POST", "patch"});
      out.scheme = Pick({"https", "http", "HTTPS"});
      out.target = Pick({"/", "/a/b", "//x", "/%7E"}) + Pick({"", "?", "?a=1&a=2", "?%20?"});
      out.authority = Pick({"Example.com", "example.com:443", "h:80", "[::1]", "[::1]:443"});
    }
    for (std::uint64_t n = random_.Below(8); n > 0; --n) {
      out.lines.emplace_back(Pick({"A", "b", "C-d"}), Text());
    }
    return out;
  }
  std::string List(bool response) {
    const std::vector<std::string> of_request = {
        "@method", "@path", "@query", "@authority", "@scheme", "@target-uri", "@request-target"};
    std::string out = "(";
    std::vector<std::string> seen;
    for (std::uint64_t n = random_.Below(7); n > 0; --n) {
      std::string name = Pick({"a", "b", "c-d"});
      bool req = response && random_.Below(3) == 0;
      if (random_.Below(2) == 0) {
        const bool status = response && random_.Below(2) == 0;
        name = status ? "@status" : Pick(of_request);
        // Sometimes of a message that has none.
        req = response && !status && random_.Below(8) != 0;
      }
      const std::string identifier = "\"" + name + "\"" + (req ? ";req" : "");
      if (std::ranges::find(seen, identifier) != seen.end()) continue;
      seen.push_back(identifier);
      out += (out.size() > 1 ? " " : "") + identifier;
    }
    return out + ")" +
           Pick({"", ";created=1", ";nonce=\"x\\\"y\";z;q=?0", ";a=1.5;b=tok;c=:AA==:"});
  }

 private:
  testing::SeededRandom random_;
};

TEST(SignatureBase, IsThatOfTheSecondImplementation) {  // RFC9421-2.5
  std::size_t built = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    MessageMaker maker(seed);
    const bool is_response = seed % 2 == 1;
    const StoredMessage stored_request = maker.Message(false);
    const StoredMessage stored = is_response ? maker.Message(true) : stored_request;
    const std::string list = maker.List(is_response);
    const auto entry = ReadSignatureInput("s=" + list, "s");
    ASSERT_TRUE(Accepted(entry)) << list;
    EXPECT_EQ(entry->params_text, list);
    const http::Request request = stored_request.View();
    const http::Response response = stored.ResponseView();
    const auto base =
        BuildSignatureBase(entry->components, entry->params_text,
                           {.request = &request, .response = is_response ? &response : nullptr});
    const auto naive = NaiveBase(list, stored, is_response ? &stored_request : nullptr);
    ASSERT_EQ(base.has_value(), naive.has_value()) << seed << list;
    if (!base.has_value()) continue;
    EXPECT_EQ(*base, *naive) << seed;
    ++built;
  }
  EXPECT_GT(built, 1000U);
}

}  // namespace
}  // namespace signet::proof::httpsig
