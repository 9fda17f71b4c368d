#include "service/proxy/enforcement_point.h"

#include <atomic>
#include <barrier>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <fmt/format.h>

#include "platform/http1/client.h"
#include "protocol/codec/json.h"
#include "protocol/credential/wic_issue.h"
#include "service/proxy/replay_store.h"
#include "tests/support/expect.h"
#include "tests/support/manual_clock.h"
#include "tests/support/pinned_peer.h"
#include "tests/support/tokens.h"

namespace signet::proxy {
namespace {

using testing::At;
using ::testing::HasSubstr;
using testing::kNow;
using ::testing::Not;
using testing::WitMaker;
using testing::WptMaker;

constexpr const char* kServerId = "wimse://trust.example.com/orders";

// A TLS server with an enforcement point in front of a handler that counts.
class EnforcementPointServer : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loops = runtime::Loops::Start(4);
    ASSERT_TRUE(loops.has_value());
    loops_ = *std::move(loops);
    auto replay = ReplayStore::Open(
        {.on_restart = OnRestart::kAccept, .journal_path = {}, .boot_id = {}, .fault = {}}, clock_);
    ASSERT_TRUE(replay.has_value());
    replay_ = *std::move(replay);
    ASSERT_NO_FATAL_FAILURE(MakeCertificates());
  }

  void MakeCertificates() {
    const crypto::PrivateKey ca_key = testing::KeyOf(testing::kOtherIssuerJwk);
    const crypto::PrivateKey key = testing::KeyOf(testing::kWorkload2Jwk);
    auto ca = credential::MakeCaCertificate(ca_key,
                                            {.trust_domain_uri = "wimse://trust.example.com",
                                             .now = kNow,
                                             .not_after = kNow + seconds{3600}},
                                            random_);
    ASSERT_TRUE(testing::Accepted(ca));
    auto issuer = credential::WicIssuer::Make(ca_key, *ca);
    ASSERT_TRUE(testing::Accepted(issuer));
    auto leaf = issuer->Issue({.id = testing::IdOf(kServerId),
                               .dns_names = {},
                               .now = kNow,
                               .not_after = kNow + seconds{3600},
                               .usages = {}},
                              key.public_key(), random_);
    ASSERT_TRUE(testing::Accepted(leaf));
    const net::TlsIdentity identity{.chain = {*leaf},
                                    .key_pkcs8 = key.ToPkcs8(SecretAccess::Grant())};
    auto tls = net::TlsContext::MakeServer({.identity = &identity, .client_verifier = {}});
    ASSERT_TRUE(testing::Accepted(tls));
    server_tls_ = *tls;
    server_leaf_ = *leaf;
  }

  static verify::Policy GoodPolicy() {
    verify::Policy policy;
    EXPECT_TRUE(policy.audiences.Add(testing::kAudience).has_value());
    policy.callers.Add(testing::IdOf(testing::kCaller));
    return policy;
  }

  void Start(verify::Policy policy, bool tls = true) {
    auto point = EnforcementPoint::Make(
        std::move(policy),
        {.loops = *loops_,
         .clock = clock_,
         .logger = logger_,
         .replay = replay_.get(),
         .trust = testing::SnapshotOf(testing::TestOrigins()),
         .handler =
             [this](const http1::RequestContext&, const identity::WorkloadId& subject) {
               ++handled_;
               return http1::Response{.headers = {}, .body = subject.text()};
             },
         .observer = [this](const verify::Decision&, std::chrono::nanoseconds) { ++observed_; }});
    ASSERT_TRUE(testing::Accepted(point));
    point_ = *std::move(point);
    http1::ServerConfig config;
    if (tls) {
      config.listen.where = net::TlsListen{.tls = server_tls_};
    } else {
      config.listen.where = net::PlainTcpListen{};
    }
    auto server = http1::Server::Start(
        *loops_, std::move(config),
        [this](const http1::RequestContext& request) { return point_->Handle(request); });
    ASSERT_TRUE(testing::Accepted(server));
    server_ = *std::move(server);
  }

  net::ConnectTarget Target() const {
    auto tls = net::TlsContext::MakeClient({});
    return net::TlsTarget{.host = "127.0.0.1",
                          .port = server_->port(),
                          .tls = *tls,
                          .verifier = test::PinLeaf(server_leaf_),
                          .server_name = {}};
  }

  static http1::ClientRequest RequestWith(const std::string& wit, const std::string& wpt) {
    return {.method = "POST",
            .target = "/v1/items?secret=1",
            .headers = {{"Workload-Identity-Token", wit}, {"Authorization", "WPT " + wpt}},
            .body = "x",
            .host = {}};
  }

  std::string LogText() {
    const std::lock_guard lock(log_mutex_);
    return log_;
  }
  std::map<std::string, std::uint64_t> Counts() const {
    std::map<std::string, std::uint64_t> out;
    for (const DecisionCount& count : point_->counts()) out[std::string(count.code)] = count.count;
    return out;
  }

  test::ManualClock clock_{kNow};
  crypto::SystemRandom random_;
  std::mutex log_mutex_;
  std::string log_;
  telemetry::Logger logger_{{.format = telemetry::Format::kJson,
                             .sink =
                                 [this](std::string_view line) {
                                   const std::lock_guard lock(log_mutex_);
                                   log_.append(line).append("\n");
                                 },
                             .clock = &clock_}};
  std::unique_ptr<runtime::Loops> loops_;
  std::unique_ptr<ReplayStore> replay_;
  std::shared_ptr<const net::TlsContext> server_tls_;
  Bytes server_leaf_;
  std::unique_ptr<EnforcementPoint> point_;
  std::unique_ptr<http1::Server> server_;
  std::atomic<int> handled_{0};
  std::atomic<int> observed_{0};
};

TEST_F(EnforcementPointServer, CallsTheHandlerWithTheVerifiedSubject) {
  ASSERT_NO_FATAL_FAILURE(Start(GoodPolicy()));
  const std::string wit = WitMaker().Token();
  const auto answer = http1::CallOnce(Target(), RequestWith(wit, WptMaker(wit).Token()));
  ASSERT_TRUE(testing::Accepted(answer));
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, testing::kCaller);
  EXPECT_EQ(handled_, 1);
  EXPECT_EQ(observed_, 1);
  EXPECT_EQ(Counts(), (std::map<std::string, std::uint64_t>{{"allowed", 1}}));
}

// RPL-4: real connections, all loops.
TEST_F(EnforcementPointServer, OneProofOnSixtyFourConnectionsAtOnceIsAllowedOnce) {
  ASSERT_NO_FATAL_FAILURE(Start(GoodPolicy()));
  const std::string wit = WitMaker().Token();
  const http1::ClientRequest request = RequestWith(wit, WptMaker(wit).Token());
  constexpr int kConnections = 64;
  std::barrier<> start(kConnections);
  std::atomic<int> allowed{0};
  std::atomic<int> replayed{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kConnections; ++i) {
      threads.emplace_back([&] {
        auto connection = http1::Connection::Open(Target());
        start.arrive_and_wait();
        if (!connection.has_value()) return;
        const auto answer = connection->Call(request);
        if (!answer.has_value()) return;
        if (answer->status == 200) ++allowed;
        if (answer->status == 401) ++replayed;
      });
    }
  }
  EXPECT_EQ(allowed, 1);
  EXPECT_EQ(replayed, kConnections - 1);
  EXPECT_EQ(handled_, 1);
  EXPECT_EQ(Counts(), (std::map<std::string, std::uint64_t>{{"allowed", 1}, {"wpt.replayed", 63}}));
}

struct RefusalCase {
  const char* name;
  const char* rule;
  std::function<void(http1::ClientRequest& request, const std::string& wit)> change;
  int status;
  Errc code;
};
void PrintTo(const RefusalCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }

class EnforcementPointRefuses : public EnforcementPointServer,
                                public ::testing::WithParamInterface<RefusalCase> {};

TEST_P(EnforcementPointRefuses, AndNeverCallsTheHandler) {
  ASSERT_NO_FATAL_FAILURE(Start(GoodPolicy()));
  const std::string wit = WitMaker().Token();
  http1::ClientRequest request = RequestWith(wit, WptMaker(wit).Token());
  GetParam().change(request, wit);
  const auto answer = http1::CallOnce(Target(), request);
  ASSERT_TRUE(testing::Accepted(answer));
  EXPECT_EQ(answer->status, GetParam().status);
  codec::JsonDocument problem;
  ASSERT_TRUE(testing::Accepted(problem.Parse(answer->body)));
  EXPECT_EQ(problem.root().Find("code")->AsString(), InfoOf(GetParam().code).name);
  EXPECT_EQ(problem.root().Find("rule")->AsString(), std::string_view(GetParam().rule));
  // WPT-8: a challenge without parameters, with 401 only.
  const std::string* challenge = http1::FindHeader(answer->headers, "WWW-Authenticate");
  EXPECT_EQ(challenge != nullptr, GetParam().status == 401);
  if (challenge != nullptr) {
    EXPECT_EQ(*challenge, "WPT");
  }
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(Counts().at(std::string(InfoOf(GetParam().code).name)), 1U);
  EXPECT_EQ(Counts().at("allowed"), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Documents, EnforcementPointRefuses,
    ::testing::Values(
        RefusalCase{"NoCredentials", "WPT-8", [](auto& r, const auto&) { r.headers.clear(); }, 401,
                    Errc::kVerifyNoCredentials},
        RefusalCase{"WitAlone", "WPT-5.1", [](auto& r, const auto&) { r.headers.pop_back(); }, 401,
                    Errc::kWptMissing},
        RefusalCase{
            "WitAsBearerToken", "WIT-6",
            [](auto& r, const auto& wit) { r.headers = {{"Authorization", "Bearer " + wit}}; }, 401,
            Errc::kWitMissing},
        RefusalCase{"TwoAuthorizationFields", "WPT-5.1",
                    [](auto& r, const auto&) { r.headers.push_back(r.headers.back()); }, 400,
                    Errc::kWptAuthorizationDuplicate},
        RefusalCase{"ProofForAnotherPath", "WPT-5.6",
                    [](auto& r, const auto&) { r.target = "/v1/other"; }, 401,
                    Errc::kWptAudMismatch},
        RefusalCase{"CallerThatMayNot", "CRED-AZ",
                    [](auto& r, const auto&) {
                      WitMaker maker;
                      maker.claims.SetString("sub", "wimse://trust.example.com/reports");
                      const std::string wit = maker.Token();
                      r = http1::ClientRequest{
                          .method = "POST",
                          .target = "/v1/items",
                          .headers = {{"Workload-Identity-Token", wit},
                                      {"Authorization", "WPT " + WptMaker(wit).Token()}},
                          .body = {},
                          .host = {}};
                    },
                    403, Errc::kVerifyCallerNotAllowed}),
    [](const auto& p) { return std::string(p.param.name); });

// WIT-10
TEST_F(EnforcementPointServer, RefusesCredentialsWithoutTls) {
  ASSERT_NO_FATAL_FAILURE(Start(GoodPolicy(), /*tls=*/false));
  const std::string wit = WitMaker().Token();
  const auto answer =
      http1::CallOnce(net::PlainTcpTarget{.host = "127.0.0.1", .port = server_->port()},
                      RequestWith(wit, WptMaker(wit).Token()));
  ASSERT_TRUE(testing::Accepted(answer));
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr("verify.channel_unprotected"));
  EXPECT_EQ(handled_, 0);
}

// WPT-11: who, what and why, and never a token.
TEST_F(EnforcementPointServer, LogsEachDecisionWithoutTokens) {
  ASSERT_NO_FATAL_FAILURE(Start(GoodPolicy()));
  const std::string wit = WitMaker().Token();
  const std::string wpt = WptMaker(wit).Token();
  ASSERT_TRUE(http1::CallOnce(Target(), RequestWith(wit, wpt)).has_value());
  EXPECT_THAT(LogText(), HasSubstr(R"("verdict":"allow")"));
  EXPECT_THAT(LogText(), HasSubstr(R"("subject":"wimse://trust.example.com/edge")"));
  EXPECT_THAT(LogText(), HasSubstr(R"("jti":"proof-1")"));
  EXPECT_THAT(LogText(), HasSubstr(testing::Hash(wit)));
  EXPECT_THAT(LogText(), HasSubstr(R"("path":"/v1/items")"));
  ASSERT_TRUE(http1::CallOnce(Target(), RequestWith(wit, wpt)).has_value());
  EXPECT_THAT(LogText(), HasSubstr(R"("error":"wpt.replayed")"));
  EXPECT_THAT(LogText(), HasSubstr(R"("rule":"WPT-5.9")"));

  EXPECT_THAT(LogText(), Not(HasSubstr(wit)));
  EXPECT_THAT(LogText(), Not(HasSubstr(wpt)));
  EXPECT_THAT(LogText(), Not(HasSubstr(wit.substr(wit.rfind('.') + 1))));
  EXPECT_THAT(LogText(), Not(HasSubstr(wpt.substr(wpt.rfind('.') + 1))));
  EXPECT_THAT(LogText(), Not(HasSubstr("secret")));
}

// RPL-2: without its replay store a listener lets nobody through.
TEST_F(EnforcementPointServer, IsUnavailableWithoutAReplayStore) {
  replay_.reset();
  ASSERT_NO_FATAL_FAILURE(Start(GoodPolicy()));
  const std::string wit = WitMaker().Token();
  const auto answer = http1::CallOnce(Target(), RequestWith(wit, WptMaker(wit).Token()));
  ASSERT_TRUE(testing::Accepted(answer));
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(handled_, 0);
}

// A key that is withdrawn counts for nothing any more, on any loop.
TEST_F(EnforcementPointServer, UsesNewTrustOnAllLoops) {
  ASSERT_NO_FATAL_FAILURE(Start(GoodPolicy()));
  const std::string wit = WitMaker().Token();
  const auto call = [&](int number) {
    WptMaker maker(wit);
    maker.claims.SetString("jti", std::to_string(number));
    const auto answer = http1::CallOnce(Target(), RequestWith(wit, maker.Token()));
    return answer.has_value() ? answer->status : 0;
  };
  for (int i = 0; i < 8; ++i) EXPECT_EQ(call(i), 200);
  point_->ReplaceTrust(testing::SnapshotOf(
      {testing::OriginConfigOf(
          "wimse://trust.example.com",
          testing::JwkSet({testing::PublicJwkOf(testing::kIssuer2Jwk, {}, "issuer-2")}))},
      /*generation=*/2));
  std::barrier<> done(5);
  for (std::size_t i = 0; i < loops_->size(); ++i) {
    loops_->Post(i, [&done] { (void)done.arrive(); });
  }
  done.arrive_and_wait();
  for (int i = 8; i < 16; ++i) EXPECT_EQ(call(i), 400);
  EXPECT_EQ(handled_, 8);
}

// RPL-1: a store that forgets earlier than proofs end would let one pass twice.
TEST_F(EnforcementPointServer, AReplayStoreThatForgetsTooEarlyIsRefused) {
  verify::Policy policy = GoodPolicy();
  const auto make = [this](const verify::Policy& of) {
    return EnforcementPoint::Make(
        of, {.loops = *loops_,
             .clock = clock_,
             .logger = logger_,
             .replay = replay_.get(),
             .trust = testing::SnapshotOf(testing::TestOrigins()),
             .handler = [](const auto&, const auto&) { return http1::Response{}; }});
  };
  EXPECT_TRUE(make(policy).has_value());
  policy.accept.Add(verify::Binding::kHttpSignature);
  EXPECT_TRUE(make(policy).has_value());
  policy.max_signature_lifetime += seconds{1};
  const auto point = make(policy);
  ASSERT_FALSE(point.has_value());
  EXPECT_EQ(point.error().code, Errc::kVerifyConfiguration);
  policy.waive_replay_protection = true;
  EXPECT_TRUE(make(policy).has_value());
}

TEST_F(EnforcementPointServer, APolicyThatAcceptsNobodyIsRefused) {
  const auto point = EnforcementPoint::Make(
      {}, {.loops = *loops_,
           .clock = clock_,
           .logger = logger_,
           .replay = replay_.get(),
           .trust = testing::SnapshotOf(testing::TestOrigins()),
           .handler = [](const auto&,
                         const auto&) { return http1::Response{.headers = {}, .body = {}}; },
           .observer = {}});
  ASSERT_FALSE(point.has_value());
  EXPECT_EQ(point.error().code, Errc::kVerifyConfiguration);
}

}  // namespace
}  // namespace signet::proxy
