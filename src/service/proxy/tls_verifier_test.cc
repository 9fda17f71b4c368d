#include "service/proxy/tls_verifier.h"

#include <string>
#include <vector>

#include "platform/http1/client.h"
#include "platform/http1/server.h"
#include "platform/runtime/loops.h"
#include "tests/support/expect.h"
#include "tests/support/manual_clock.h"
#include "tests/support/pinned_peer.h"
#include "tests/support/test_pki.h"

namespace signet::proxy {
namespace {

using test::kPkiNow;
using test::MakeCa;
using test::MakeLeaf;
using test::TestCert;
using testing::Accepted;
using testing::RefusedWith;

constexpr char kServer[] = "wimse://example.org/orders";
constexpr char kClient[] = "wimse://example.org/edge";

identity::WorkloadId Id(std::string_view text) { return *identity::WorkloadId::Parse(text); }

class TlsVerifier : public ::testing::Test {
 protected:
  void SetUp() override {
    auto snapshot =
        trust::TrustSnapshot::Make({{.origin = *identity::Origin::Parse("wimse://example.org"),
                                     .bundle = {},
                                     .extra_x509 = {ca_.der},
                                     .issuers = {},
                                     .algs = {}}},
                                   1);
    ASSERT_TRUE(Accepted(snapshot));
    trust_ = *snapshot;
  }
  net::PeerVerifier Make(proof::TlsExpectation expected) {
    return MakeTlsVerifier(std::move(expected), [this] { return trust_; }, {}, clock_);
  }

  const TestCert ca_ = MakeCa();
  test::ManualClock clock_{kPkiNow};
  std::shared_ptr<const trust::TrustSnapshot> trust_;
};

TEST_F(TlsVerifier, FindsTheVerifiedCertificate) {  // [TLS-1, TLS-4]
  const std::vector<Bytes> chain{MakeLeaf(ca_, "URI:" + std::string(kServer)).der};
  const auto found = Make(proof::ExpectedIdentifier{Id(kServer)})(chain);
  ASSERT_TRUE(Accepted(found));
  const credential::VerifiedWic* const wic = WicOf(found->get());
  ASSERT_NE(wic, nullptr);
  EXPECT_EQ(wic->subject().text(), kServer);
  EXPECT_TRUE(RefusedWith(Make(proof::ExpectedIdentifier{Id(kClient)})(chain),
                          Errc::kTlsPeerUnexpected, "TLS-4"));
}

TEST_F(TlsVerifier, FindsNoneInWhatOthersFound) {
  const test::PinnedPeer other;
  EXPECT_EQ(WicOf(&other), nullptr);
  EXPECT_EQ(WicOf(nullptr), nullptr);
}

TEST_F(TlsVerifier, UsesTimeAndTrustOfTheHandshake) {  // [WIC-2]
  const std::vector<Bytes> chain{MakeLeaf(ca_, "URI:" + std::string(kServer)).der};
  const net::PeerVerifier verify = Make(proof::ExpectedIdentifier{Id(kServer)});
  EXPECT_TRUE(Accepted(verify(chain)));
  clock_.Advance(seconds{7200});
  EXPECT_TRUE(RefusedWith(verify(chain), Errc::kWicExpired, "WIC-2"));
  trust_ = nullptr;
  EXPECT_TRUE(RefusedWith(verify(chain), Errc::kTrustDomainUnknown, "TLS-1"));
  EXPECT_TRUE(
      RefusedWith(MakeTlsVerifier(proof::ExpectedIdentifier{Id(kServer)}, {}, {}, clock_)(chain),
                  Errc::kTrustDomainUnknown, "TLS-1"));
}

// Both sides of one connection: each handler and each caller knows with whom it speaks.
TEST_F(TlsVerifier, TellsBothSidesWhomTheySpeakWith) {  // [TLS-2]
  auto loops = runtime::Loops::Start(1);
  ASSERT_TRUE(Accepted(loops));
  const auto identity_of = [this](const char* id) {
    const TestCert leaf = MakeLeaf(ca_, "URI:" + std::string(id));
    return net::TlsIdentity{.chain = {leaf.der}, .key_pkcs8 = leaf.Pkcs8()};
  };
  const net::TlsIdentity own = identity_of(kServer);
  auto tls = net::TlsContext::MakeServer(
      {.identity = &own,
       .client_auth = net::ClientAuth::kRequired,
       .client_verifier = Make(proof::ExpectedClients{{"wimse://example.org"}})});
  ASSERT_TRUE(Accepted(tls));
  http1::ServerConfig config;
  config.listen.where = net::TlsListen{.tls = *tls};
  auto server =
      http1::Server::Start(**loops, std::move(config), [](const http1::RequestContext& request) {
        const credential::VerifiedWic* const wic = WicOf(request.peer.get());
        return http1::Response{.headers = {}, .body = wic == nullptr ? "" : wic->subject().text()};
      });
  ASSERT_TRUE(Accepted(server));
  const net::TlsIdentity caller = identity_of(kClient);
  auto client = net::TlsContext::MakeClient({.identity = &caller});
  ASSERT_TRUE(Accepted(client));
  auto connection = http1::Connection::Open(
      net::TlsTarget{.host = "127.0.0.1",
                     .port = (*server)->port(),
                     .tls = *client,
                     .verifier = Make(proof::ExpectedIdentifier{Id(kServer)}),
                     .server_name = {}});
  ASSERT_TRUE(Accepted(connection));
  ASSERT_NE(WicOf(connection->peer().get()), nullptr);
  EXPECT_EQ(WicOf(connection->peer().get())->subject().text(), kServer);
  const auto response = connection->Call({});
  ASSERT_TRUE(Accepted(response));
  EXPECT_EQ(response->body, kClient);
}

}  // namespace
}  // namespace signet::proxy
