#include "platform/net/connector.h"

#include <future>
#include <string>

#include "gtest/gtest.h"

#include "platform/net/listener.h"
#include "platform/runtime/fd.h"
#include "tests/support/pinned_peer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

namespace signet::net {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{20'000};

class Connector : public testing::Test {
 protected:
  Result<std::shared_ptr<Stream>> Try(ConnectTarget target, milliseconds timeout = kLong) {
    std::promise<Result<std::shared_ptr<Stream>>> promise;
    auto future = promise.get_future();
    Connect(*loops_, 1, std::move(target), timeout,
            [this, &promise](Result<std::shared_ptr<Stream>> stream) {
              EXPECT_EQ(loops_->Current(), 1U);
              promise.set_value(std::move(stream));
            });
    return future.get();
  }

  // What a listener sends back of one byte: the byte and one.
  std::unique_ptr<Listener> Echo(ListenConfig config) {
    auto listener = Listener::Start(
        *loops_, std::move(config),
        [](std::shared_ptr<Stream> stream) {
          auto byte = std::make_shared<Bytes>(1);
          Stream& reading = *stream;
          reading.Read(*byte, kLong, [stream = std::move(stream), byte](Result<std::size_t> got) {
            if (!got) return;
            ++(*byte)[0];
            stream->Write(*byte, kLong, [stream, byte](const Result<void>&) {});
          });
        },
        /*on_error=*/{});
    EXPECT_TRUE(listener.has_value()) << listener.error().detail;
    return *std::move(listener);
  }

  // Sends a byte and returns what came back.
  int RoundTrip(const std::shared_ptr<Stream>& stream) {
    std::promise<int> promise;
    auto future = promise.get_future();
    auto byte = std::make_shared<Bytes>(1, std::uint8_t{41});
    loops_->Post(1, [&promise, stream, byte] {
      stream->Write(*byte, kLong, [&promise, stream, byte](const Result<void>& written) {
        if (!written) return promise.set_value(-1);
        stream->Read(*byte, kLong, [&promise, stream, byte](const Result<std::size_t>& got) {
          promise.set_value(got ? (*byte)[0] : -2);
          stream->Close();
        });
      });
    });
    return future.get();
  }

  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(2);
};

TEST_F(Connector, ReachesATcpListenerByNameAndByAddress) {
  const auto listener = Echo({.where = PlainTcpListen{}});
  for (const char* const host : {"127.0.0.1", "localhost"}) {
    const auto stream = Try(PlainTcpTarget{.host = host, .port = listener->port()});
    ASSERT_TRUE(stream.has_value()) << host << ": " << stream.error().detail;
    EXPECT_EQ((*stream)->info().transport, Transport::kPlainTcp);
    EXPECT_EQ((*stream)->info().remote, "127.0.0.1:" + std::to_string(listener->port()));
    EXPECT_EQ(RoundTrip(*stream), 42);
  }
}

TEST_F(Connector, ReachesAUnixListener) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/s";
  const auto listener = Echo({.where = UnixListenConfig{.path = path}});
  const auto stream = Try(UnixTarget{.path = path});
  ASSERT_TRUE(stream.has_value()) << stream.error().detail;
  EXPECT_TRUE((*stream)->info().is_protected());
  EXPECT_EQ(RoundTrip(*stream), 42);
}

TEST_F(Connector, VerifiesTheServerUnderTls) {
  const test::TestCert leaf = test::MakeLeaf(test::MakeCa(), "DNS:localhost");
  const TlsIdentity identity{.chain = {leaf.der}, .key_pkcs8 = leaf.Pkcs8()};
  const auto server = TlsContext::MakeServer({.identity = &identity});
  const auto client = TlsContext::MakeClient({});
  ASSERT_TRUE(server && client);
  const auto listener = Echo({.where = TlsListen{.tls = *server}});
  const TlsTarget right{.host = "127.0.0.1",
                        .port = listener->port(),
                        .tls = *client,
                        .verifier = test::PinLeaf(leaf.der)};
  const auto stream = Try(right);
  ASSERT_TRUE(stream.has_value()) << stream.error().detail;
  EXPECT_EQ((*stream)->info().transport, Transport::kTls);
  ASSERT_FALSE((*stream)->info().tls_peer_chain.empty());
  EXPECT_EQ((*stream)->info().tls_peer_chain[0], leaf.der);
  EXPECT_EQ(RoundTrip(*stream), 42);

  TlsTarget other = right;
  other.verifier = test::PinLeaf(Bytes{1, 2, 3});
  EXPECT_EQ(Try(other).error().code, Errc::kTlsPeerUnexpected);
  TlsTarget blind = right;
  blind.verifier = nullptr;
  EXPECT_EQ(Try(blind).error().code, Errc::kTlsConfiguration);
  TlsTarget wrong_side = right;
  wrong_side.tls = *server;
  EXPECT_EQ(Try(wrong_side).error().code, Errc::kTlsConfiguration);
}

TEST_F(Connector, SaysWhyThereIsNoConnection) {
  const test::TempDir dir;
  std::uint16_t free_port = 0;
  {
    const auto listener = Echo({.where = PlainTcpListen{}});
    free_port = listener->port();
  }
  EXPECT_EQ(Try(PlainTcpTarget{.host = "127.0.0.1", .port = free_port}).error().code,
            Errc::kIoConnect);
  EXPECT_EQ(Try(PlainTcpTarget{.host = "no-such-name.invalid", .port = 1}).error().code,
            Errc::kIoConnect);
  EXPECT_EQ(Try(UnixTarget{.path = dir.path() + "/none"}).error().code, Errc::kIoConnect);
  EXPECT_EQ(Try(UnixTarget{.path = std::string(200, 'x')}).error().code, Errc::kIoConnect);
  EXPECT_EQ(Try(UnixTarget{}).error().code, Errc::kIoConnect);
}

TEST_F(Connector, EndsAHandshakeThatTakesTooLong) {
  const auto client = TlsContext::MakeClient({});
  ASSERT_TRUE(client.has_value());
  // Accepts and never says anything.
  const auto silent = Listener::Start(
      *loops_, {.where = PlainTcpListen{}},
      [](std::shared_ptr<Stream> stream) {
        auto room = std::make_shared<Bytes>(4096);
        Stream& reading = *stream;
        reading.Read(*room, kLong, [stream = std::move(stream), room](const Result<std::size_t>&) {
          auto more = std::make_shared<Bytes>(4096);
          stream->Read(*more, kLong, [stream, more](const Result<std::size_t>&) {});
        });
      },
      /*on_error=*/{});
  ASSERT_TRUE(silent.has_value());
  const auto stream = Try(TlsTarget{.host = "127.0.0.1",
                                    .port = (*silent)->port(),
                                    .tls = *client,
                                    .verifier = test::PinLeaf(Bytes{1})},
                          milliseconds{50});
  EXPECT_EQ(stream.error().code, Errc::kIoTimeout);
}

}  // namespace
}  // namespace signet::net
