#include "platform/net/tls_session.h"

#include <array>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "platform/runtime/fd.h"
#include "protocol/crypto/cert_path.h"
#include "tests/support/pinned_peer.h"
#include "tests/support/test_pki.h"

namespace signet::net {
namespace {

using runtime::Fd;
using test::MakeCa;
using test::MakeLeaf;
using test::TestCert;

constexpr char kServerId[] = "spiffe://example.org/server";
constexpr char kClientId[] = "spiffe://example.org/client";

TlsIdentity Identity(const TestCert& leaf) {
  return {.chain = {leaf.der}, .key_pkcs8 = leaf.Pkcs8()};
}

struct Outcome {
  std::optional<Error> client, server;  // empty: the handshake is done
};

// Two sessions over a socket pair, driven in turn by one thread.
class Tls : public testing::Test {
 protected:
  Tls() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
    client_fd_ = Fd(fds[0]);
    server_fd_ = Fd(fds[1]);
  }

  PeerVerifier ExpectServer() const { return test::PinLeaf(server_leaf_.der); }
  PeerVerifier ExpectClient() const { return test::PinLeaf(client_leaf_.der); }
  std::shared_ptr<const TlsContext> ServerContext(ClientAuth auth = ClientAuth::kNone,
                                                  std::vector<std::string> alpn = {"http/1.1"}) {
    const TlsIdentity identity = Identity(server_leaf_);
    return *TlsContext::MakeServer({.identity = &identity,
                                    .client_auth = auth,
                                    .client_verifier = ExpectClient(),
                                    .alpn = std::move(alpn)});
  }
  std::shared_ptr<const TlsContext> ClientContext(const TestCert* leaf = nullptr,
                                                  std::vector<std::string> alpn = {"http/1.1"}) {
    if (leaf == nullptr) return *TlsContext::MakeClient({.alpn = std::move(alpn)});
    const TlsIdentity identity = Identity(*leaf);
    return *TlsContext::MakeClient({.identity = &identity, .alpn = std::move(alpn)});
  }

  Outcome Run(std::shared_ptr<const TlsContext> client, PeerVerifier verifier,
              std::shared_ptr<const TlsContext> server) {
    client_.emplace(
        *TlsSession::Connect(std::move(client), client_fd_.get(), std::move(verifier), ""));
    server_.emplace(*TlsSession::Accept(std::move(server), server_fd_.get()));
    Outcome out;
    bool client_done = false;
    bool server_done = false;
    for (int i = 0; i < 20 && !(client_done && server_done); ++i) {
      if (!client_done) client_done = Step(*client_, out.client, client_fd_);
      if (!server_done) server_done = Step(*server_, out.server, server_fd_);
    }
    EXPECT_TRUE(client_done && server_done);
    return out;
  }
  // A side that has failed hangs up, as production code does.
  static bool Step(TlsSession& session, std::optional<Error>& error, Fd& fd) {
    const auto step = session.Handshake();
    if (!step) {
      error = step.error();
      ::shutdown(fd.get(), SHUT_RDWR);
      return true;
    }
    return step->wait == TlsWait::kNothing;
  }

  static std::string ReadText(TlsSession& session) {
    std::array<std::uint8_t, 64> buffer{};
    const auto step = session.Read(buffer);
    if (!step) return std::string(step.error().name());
    if (step->wait != TlsWait::kNothing) return "(wait)";
    return std::string(AsText(ByteView(buffer).first(step->bytes)));
  }

  const TestCert ca_ = MakeCa();
  const TestCert server_leaf_ = MakeLeaf(ca_, std::string("URI:") + kServerId);
  const TestCert client_leaf_ = MakeLeaf(ca_, std::string("URI:") + kClientId);
  Fd client_fd_, server_fd_;
  std::optional<TlsSession> client_, server_;
};

TEST_F(Tls, CarriesBytesBothWaysAndEndsInOrder) {
  const Outcome out = Run(ClientContext(), ExpectServer(), ServerContext());
  ASSERT_FALSE(out.client.has_value()) << out.client->detail;
  ASSERT_FALSE(out.server.has_value()) << out.server->detail;
  EXPECT_EQ(client_->peer_chain(), (std::vector<Bytes>{server_leaf_.der}));
  EXPECT_TRUE(server_->peer_chain().empty());
  EXPECT_EQ(server_->peer(), nullptr);
  EXPECT_EQ(client_->alpn(), "http/1.1");
  EXPECT_EQ(server_->alpn(), "http/1.1");
  ASSERT_TRUE(client_->Write(AsBytes("ping")));
  EXPECT_EQ(ReadText(*server_), "ping");
  ASSERT_TRUE(server_->Write(AsBytes("pong")));
  EXPECT_EQ(ReadText(*client_), "pong");
  EXPECT_EQ(ReadText(*client_), "(wait)");
  server_->Shutdown();
  EXPECT_EQ(ReadText(*client_), "io.closed");
}

TEST_F(Tls, TellsACutConnectionFromAnOrderlyEnd) {
  Run(ClientContext(), ExpectServer(), ServerContext());
  ::shutdown(server_fd_.get(), SHUT_WR);
  EXPECT_EQ(ReadText(*client_), "io.read");
}

TEST(TlsContext, WantsACertificateAndItsKey) {
  const TestCert ca = MakeCa();
  const TestCert leaf = MakeLeaf(ca, "URI:spiffe://example.org/a");
  const TestCert other = MakeLeaf(ca, "URI:spiffe://example.org/b");
  struct Row {
    const char* what;
    TlsIdentity identity;
  };
  std::vector<Row> rows;
  rows.push_back({"no certificate", {.chain = {}, .key_pkcs8 = leaf.Pkcs8()}});
  rows.push_back({"garbage certificate", {.chain = {Bytes{1}}, .key_pkcs8 = leaf.Pkcs8()}});
  rows.push_back({"no key", {.chain = {leaf.der}, .key_pkcs8 = SecretBytes()}});
  rows.push_back({"key of another", {.chain = {leaf.der}, .key_pkcs8 = other.Pkcs8()}});
  rows.push_back(
      {"too many", {.chain = std::vector<Bytes>(9, leaf.der), .key_pkcs8 = leaf.Pkcs8()}});
  for (const Row& row : rows) {
    const auto got = TlsContext::MakeServer({.identity = &row.identity});
    ASSERT_FALSE(got.has_value()) << row.what;
    EXPECT_EQ(got.error().code, Errc::kTlsConfiguration) << row.what;
  }
  EXPECT_EQ(TlsContext::MakeServer({}).error().code, Errc::kTlsConfiguration);
  const TlsIdentity good = Identity(leaf);
  // TLS-2: asking for certificates without saying which is no configuration.
  EXPECT_EQ(TlsContext::MakeServer({.identity = &good, .client_auth = ClientAuth::kRequired})
                .error()
                .code,
            Errc::kTlsConfiguration);
}

TEST_F(Tls, RequiredClientCertificate) {
  const Outcome out =
      Run(ClientContext(&client_leaf_), ExpectServer(), ServerContext(ClientAuth::kRequired));
  ASSERT_FALSE(out.client.has_value());
  ASSERT_FALSE(out.server.has_value()) << out.server->detail;
  EXPECT_EQ(server_->peer_chain(), (std::vector<Bytes>{client_leaf_.der}));
  EXPECT_NE(dynamic_cast<const test::PinnedPeer*>(server_->peer().get()), nullptr);
  EXPECT_NE(dynamic_cast<const test::PinnedPeer*>(client_->peer().get()), nullptr);
}

TEST_F(Tls, MissingClientCertificateIsNamed) {  // TLS-2
  const Outcome out = Run(ClientContext(), ExpectServer(), ServerContext(ClientAuth::kRequired));
  ASSERT_TRUE(out.server.has_value());
  EXPECT_EQ(out.server->code, Errc::kTlsPeerMissing);
  // Under TLS 1.3 the client learns of it with its first read.
  EXPECT_FALSE(out.client.has_value());
  EXPECT_EQ(ReadText(*client_), "tls.handshake");
}

TEST_F(Tls, OptionalClientCertificateMayBeMissing) {
  const Outcome out = Run(ClientContext(), ExpectServer(), ServerContext(ClientAuth::kOptional));
  EXPECT_FALSE(out.server.has_value());
  EXPECT_TRUE(server_->peer_chain().empty());
  EXPECT_EQ(server_->peer(), nullptr);
}

TEST_F(Tls, OptionalClientCertificateIsVerifiedIfThere) {
  const TestCert wrong = MakeLeaf(ca_, "URI:spiffe://example.org/other");
  const Outcome out =
      Run(ClientContext(&wrong), ExpectServer(), ServerContext(ClientAuth::kOptional));
  ASSERT_TRUE(out.server.has_value());
  EXPECT_EQ(out.server->code, Errc::kTlsPeerUnexpected);
}

TEST_F(Tls, TheVerifiersErrorIsTheHandshakesError) {
  const Outcome out = Run(ClientContext(), ExpectClient(), ServerContext());
  ASSERT_TRUE(out.client.has_value());
  EXPECT_EQ(out.client->code, Errc::kTlsPeerUnexpected);
  ASSERT_TRUE(out.server.has_value());
  EXPECT_EQ(out.server->code, Errc::kTlsHandshake);
  EXPECT_TRUE(client_->peer_chain().empty());
  EXPECT_FALSE(client_->Write(AsBytes("x")).has_value());
}

TEST_F(Tls, AnExceptionOfTheVerifierRefuses) {
  const Outcome out = Run(
      ClientContext(),
      [](std::span<const Bytes>) -> Result<std::shared_ptr<const PeerInfo>> {
        throw std::runtime_error("bug");
      },
      ServerContext());
  ASSERT_TRUE(out.client.has_value());
  EXPECT_EQ(out.client->code, Errc::kTlsPeerUntrusted);
}

// Or nobody could tell such a peer from one without a certificate.
TEST_F(Tls, AVerifierThatFindsNothingRefuses) {
  const Outcome out = Run(
      ClientContext(),
      [](std::span<const Bytes>) -> Result<std::shared_ptr<const PeerInfo>> { return nullptr; },
      ServerContext());
  ASSERT_TRUE(out.client.has_value());
  EXPECT_EQ(out.client->code, Errc::kTlsPeerUntrusted);
  EXPECT_EQ(client_->peer(), nullptr);
}

TEST_F(Tls, TakesChainsUpToTheLimit) {
  TlsIdentity identity = Identity(server_leaf_);
  identity.chain.resize(crypto::kMaxChainCertificates, ca_.der);
  bool asked = false;
  const Outcome out = Run(
      ClientContext(),
      [&](std::span<const Bytes> chain) {
        asked = true;
        return ExpectServer()(chain);
      },
      *TlsContext::MakeServer({.identity = &identity, .client_verifier = {}}));
  EXPECT_FALSE(out.client.has_value());
  EXPECT_TRUE(asked);
  EXPECT_EQ(client_->peer_chain().size(), crypto::kMaxChainCertificates);
  identity.chain.push_back(ca_.der);
  EXPECT_EQ(TlsContext::MakeServer({.identity = &identity, .client_verifier = {}}).error().code,
            Errc::kTlsConfiguration);
}

TEST_F(Tls, NoCommonAlpnNameRefuses) {
  const Outcome out =
      Run(ClientContext(nullptr, {"h2"}), ExpectServer(), ServerContext(ClientAuth::kNone));
  ASSERT_TRUE(out.server.has_value());
  EXPECT_EQ(out.server->code, Errc::kTlsHandshake);
  EXPECT_TRUE(out.client.has_value());
}

TEST_F(Tls, AClientNeedsAVerifier) {
  const auto got = TlsSession::Connect(ClientContext(), client_fd_.get(), nullptr, "");
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, Errc::kTlsConfiguration);
  EXPECT_EQ(TlsSession::Accept(ClientContext(), server_fd_.get()).error().code,
            Errc::kTlsConfiguration);
}

// A plain OpenSSL client, so that what the server offers is seen from outside.
class TlsFromOutside : public Tls {
 protected:
  using CtxPtr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
  using SslPtr = std::unique_ptr<SSL, decltype(&SSL_free)>;

  std::optional<Error> RunRaw(SSL* client) {
    SSL_set_fd(client, client_fd_.get());
    SSL_set_connect_state(client);
    server_.emplace(*TlsSession::Accept(ServerContext(), server_fd_.get()));
    std::optional<Error> error;
    for (int i = 0; i < 20; ++i) {
      SSL_do_handshake(client);
      const auto step = server_->Handshake();
      if (!step) return step.error();
      if (step->wait == TlsWait::kNothing) return std::nullopt;
    }
    ADD_FAILURE() << "no end";
    return std::nullopt;
  }
};

TEST_F(TlsFromOutside, Tls12IsRefused) {  // WIT-10
  const CtxPtr ctx(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_max_proto_version(ctx.get(), TLS1_2_VERSION);
  const SslPtr ssl(SSL_new(ctx.get()), SSL_free);
  const auto error = RunRaw(ssl.get());
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, Errc::kTlsHandshake);
  EXPECT_EQ(error->detail, "unsupported protocol");
}

TEST_F(TlsFromOutside, SendsNoTicketsToResumeWith) {  // ATTACKS 30
  const CtxPtr ctx(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_CLIENT);
  int tickets = 0;
  SSL_CTX_set_ex_data(ctx.get(), 0, &tickets);
  SSL_CTX_sess_set_new_cb(ctx.get(), [](SSL* ssl, SSL_SESSION*) {
    ++*static_cast<int*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0));
    return 0;
  });
  const SslPtr ssl(SSL_new(ctx.get()), SSL_free);
  ASSERT_FALSE(RunRaw(ssl.get()).has_value());
  ASSERT_TRUE(server_->Write(AsBytes("hello")));
  std::array<char, 16> buffer{};
  EXPECT_EQ(SSL_read(ssl.get(), buffer.data(), static_cast<int>(buffer.size())), 5);
  EXPECT_EQ(tickets, 0);
  EXPECT_EQ(SSL_version(ssl.get()), TLS1_3_VERSION);
  EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get_session(ssl.get())), 0);
}

TEST_F(Tls, GarbageInsteadOfAHandshakeIsRefused) {
  server_.emplace(*TlsSession::Accept(ServerContext(), server_fd_.get()));
  ASSERT_EQ(::send(client_fd_.get(), "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
  const auto step = server_->Handshake();
  ASSERT_FALSE(step.has_value());
  EXPECT_EQ(step.error().code, Errc::kTlsHandshake);
}

}  // namespace
}  // namespace signet::net
