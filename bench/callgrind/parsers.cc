// Parses fixed inputs under callgrind, each case between two requests to it: what is counted is the
// parser in its steady state. Alone it measures nothing. Prints the names of the cases in order.
#include <array>
#include <cstdio>
#include <functional>
#include <string_view>

#include <valgrind/callgrind.h>

#include "bench/messages.h"
#include "protocol/base/check.h"
#include "protocol/codec/sfv.h"
#include "protocol/codec/uri.h"
#include "protocol/credential/certificate.h"
#include "protocol/credential/csr.h"
#include "protocol/credential/csr_sign.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jws.h"
#include "tests/support/certificates.h"

namespace signet::bench {
namespace {

// callgrind.json holds instructions of one parse: instructions.py divides by this.
constexpr int kTimes = 200;

void Count(const char* name, const std::function<bool()>& parse) {
  for (int i = 0; i < 5; ++i) SIGNET_CHECK(parse());
  CALLGRIND_ZERO_STATS;
  for (int i = 0; i < kTimes; ++i) SIGNET_CHECK(parse());
  CALLGRIND_DUMP_STATS_AT(name);
  std::printf("%s %d\n", name, kTimes);
}

void CountTokens(const Cast& cast) {
  jose::JwsReader reader;
  const std::string wpt = cast.Wpt("AAECAwQFBgcICQoLDA0ODw");
  const std::string jwk =
      testing::PublicJwkOf(testing::kIssuerJwk, crypto::Alg::kES256, testing::kIssuerKid);
  Count("jws_wit", [&] { return reader.Read(cast.wit()).has_value(); });
  Count("jws_wpt", [&] { return reader.Read(wpt).has_value(); });
  Count("jwk", [&] { return jose::ParseJwk(jwk).has_value(); });
}

void CountFields(const Cast& cast) {
  const StoredRequest request = SignedRequest(cast, 1);
  for (const auto& [name, value] : request.lines) {
    if (name != "Signature-Input") continue;
    const std::array<std::string_view, 1> lines{value};
    Count("signature_input", [&] { return codec::sfv::ParseDictionary(lines).has_value(); });
  }
  Count("uri", [] {
    return codec::ParseUri("https://orders.example.com:8443/v1/items?page=2").has_value();
  });
  Count("workload_id", [] { return identity::WorkloadId::Parse(testing::kCaller).has_value(); });
}

void CountCertificates() {
  const Result<Bytes> certificate = codec::Base64Decode(testing::kCaCertificate);
  const Result<Bytes> csr =
      credential::MakeCsr(testing::KeyOf(testing::kWorkloadJwk), std::string(testing::kCaller), {});
  SIGNET_CHECK(certificate.has_value() && csr.has_value());
  Count("certificate", [&] { return credential::ReadCertificate(*certificate).has_value(); });
  // With the verification of its signature: there is no reading without.
  Count("csr", [&] { return credential::VerifyCsr(*csr).has_value(); });
}

}  // namespace
}  // namespace signet::bench

int main() {
  using namespace signet::bench;
  const Cast& cast = CastOf(signet::crypto::Alg::kES256);
  CALLGRIND_START_INSTRUMENTATION;
  CountTokens(cast);
  CountFields(cast);
  CountCertificates();
}
