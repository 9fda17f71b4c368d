#include "bench/http/listener.h"

#include <utility>

#include "bench/messages.h"
#include "platform/net/tls_context.h"
#include "platform/runtime/process.h"
#include "protocol/base/check.h"
#include "protocol/credential/wic_issue.h"

namespace signet::bench {
namespace {

// All messages are of one caller, who gets every entry. A proof lives two minutes, leeway included.
constexpr std::size_t kReplayCapacity = 4'000'000;

Result<std::shared_ptr<const net::TlsContext>> MakeTls(WallTime now) {
  crypto::SystemRandom random;
  SIGNET_TRY_ASSIGN(const crypto::PrivateKey ca_key,
                    crypto::PrivateKey::Generate(crypto::Alg::kES256));
  SIGNET_TRY_ASSIGN(const crypto::PrivateKey key,
                    crypto::PrivateKey::Generate(crypto::Alg::kES256));
  SIGNET_TRY_ASSIGN(const Bytes ca,
                    credential::MakeCaCertificate(ca_key,
                                                  {.trust_domain_uri = "wimse://trust.example.com",
                                                   .common_name = "Bench CA",
                                                   .now = now - seconds{60},
                                                   .not_after = now + seconds{24 * 3600}},
                                                  random));
  SIGNET_TRY_ASSIGN(const credential::WicIssuer issuer, credential::WicIssuer::Make(ca_key, ca));
  const credential::WicContent content{.id = testing::IdOf("wimse://trust.example.com/orders"),
                                       .dns_names = {"localhost"},
                                       .now = now,
                                       .not_after = now + seconds{12 * 3600},
                                       .usages = {}};
  SIGNET_TRY_ASSIGN(Bytes leaf, issuer.Issue(content, key.public_key(), random));
  net::TlsIdentity identity{.chain = {std::move(leaf)},
                            .key_pkcs8 = key.ToPkcs8(SecretAccess::Grant())};
  return net::TlsContext::MakeServer({.identity = &identity});
}

}  // namespace

Result<std::unique_ptr<BenchListener>> BenchListener::Start(const ListenerOptions& options) {
  std::unique_ptr<BenchListener> made(new BenchListener);
  made->binding_ = options.binding;
  if (!options.journal.empty()) SIGNET_TRY(made->OpenReplay(options));
  SIGNET_TRY_ASSIGN(made->loops_, runtime::Loops::Start(options.loops));
  SIGNET_TRY(made->MakePoint(options));
  SIGNET_TRY(made->Listen(options));
  return made;
}

Result<void> BenchListener::OpenReplay(const ListenerOptions& options) {
  SIGNET_TRY_ASSIGN(std::string boot_id, runtime::ReadBootId());
  proxy::ReplayStoreConfig config;
  config.capacity = kReplayCapacity;
  config.sender_quota = kReplayCapacity;
  config.journal_path = options.journal;
  config.boot_id = std::move(boot_id);
  SIGNET_TRY_ASSIGN(replay_, proxy::ReplayStore::Open(std::move(config), clock_));
  return {};
}

Result<void> BenchListener::MakePoint(const ListenerOptions& options) {
  verify::Policy policy;
  SIGNET_TRY(policy.audiences.Add(testing::kAudience));
  policy.callers.Add(testing::IdOf(testing::kCaller));
  policy.accept = {options.binding};
  policy.waive_protected_channel = !options.tls;
  policy.waive_replay_protection = replay_ == nullptr;
  proxy::EnforcementParts parts{.loops = *loops_,
                                .clock = clock_,
                                .logger = logger_,
                                .replay = replay_.get(),
                                .trust = Cast(crypto::Alg::kES256, clock_.Now()).Trust(),
                                .handler = [](const http1::RequestContext& /*context*/,
                                              const identity::WorkloadId& /*subject*/) {
                                  return http1::Response{
                                      .status = 200,
                                      .headers = {{"Content-Type", "application/json"}},
                                      .body = R"({"items":[]})"};
                                }};
  parts.key_tables.enabled = options.tables;
  SIGNET_TRY_ASSIGN(point_, proxy::EnforcementPoint::Make(std::move(policy), std::move(parts)));
  return {};
}

Result<void> BenchListener::Listen(const ListenerOptions& options) {
  http1::ServerConfig config;
  config.listen.where = net::PlainTcpListen{};
  if (options.tls) {
    SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls, MakeTls(clock_.Now()));
    config.listen.where = net::TlsListen{.tls = std::move(tls)};
  }
  config.on_error = [this](const Error& /*error*/) { ++connection_errors_; };
  SIGNET_TRY_ASSIGN(server_, http1::Server::Start(*loops_, std::move(config),
                                                  [this](const http1::RequestContext& context) {
                                                    return point_->Handle(context);
                                                  }));
  return {};
}

void BenchListener::Maintain() {
  if (replay_ != nullptr) SIGNET_CHECK(replay_->Maintain().has_value());
}

}  // namespace signet::bench
