#include "platform/rpc/health.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "grpc/health/v1/health.pb.h"
#include "platform/rpc/typed.h"

namespace signet::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

}  // namespace

struct Health::Impl : std::enable_shared_from_this<Health::Impl> {
  explicit Impl(runtime::Loops& l) : loops(l), states(l.size()) {}

  struct Watcher;
  // What one loop knows, and who watches on it.
  struct State {
    std::map<std::string, ServingStatus> services;
    std::set<std::shared_ptr<Watcher>> watchers;
  };
  struct Watcher final : CallHandler, std::enable_shared_from_this<Watcher> {
    Watcher(std::shared_ptr<Impl> i, std::string s, ResponseStream<HealthCheckResponse> r)
        : impl(std::move(i)), service(std::move(s)), responses(std::move(r)) {}
    void OnMessage(Bytes) override {}
    void OnHalfClose() override {}
    void OnDone() override {
      impl->states[responses.call().loop()].watchers.erase(shared_from_this());
    }
    void Tell(const State& state) const {
      const auto found = state.services.find(service);
      HealthCheckResponse response;
      response.set_status(found == state.services.end()
                              ? HealthCheckResponse::SERVICE_UNKNOWN
                              : static_cast<HealthCheckResponse::ServingStatus>(found->second));
      responses.SendLatest(response);
    }
    std::shared_ptr<Impl> impl;
    std::string service;
    ResponseStream<HealthCheckResponse> responses;
  };

  runtime::Loops& loops;
  std::vector<State> states;  // entry i belongs to loop i

  void Check(const HealthCheckRequest& request, Reply<HealthCheckResponse> reply) {
    const State& state = states[reply.call().loop()];
    const auto found = state.services.find(request.service());
    if (found == state.services.end()) {
      return reply.Fail({StatusCode::kNotFound, "unknown service"});
    }
    HealthCheckResponse response;
    response.set_status(static_cast<HealthCheckResponse::ServingStatus>(found->second));
    reply.Send(response);
  }

  std::shared_ptr<CallHandler> Watch(const HealthCheckRequest& request,
                                     ResponseStream<HealthCheckResponse> responses) {
    State& state = states[responses.call().loop()];
    auto watcher =
        std::make_shared<Watcher>(shared_from_this(), request.service(), std::move(responses));
    state.watchers.insert(watcher);
    watcher->Tell(state);
    return watcher;
  }
};

Health::Health(runtime::Loops& loops) : impl_(std::make_shared<Impl>(loops)) {}
Health::~Health() = default;

void Health::Set(const std::string& service, ServingStatus status) {
  for (std::size_t i = 0; i < impl_->loops.size(); ++i) {
    impl_->loops.Post(i, [impl = impl_, i, service, status] {
      Impl::State& state = impl->states[i];
      const auto [place, added] = state.services.try_emplace(service, status);
      if (!added && std::exchange(place->second, status) == status) return;
      // A copy: a watcher whose connection fails while it is told leaves the set.
      for (const auto watchers = state.watchers; const auto& watcher : watchers) {
        if (watcher->service == service) watcher->Tell(state);
      }
    });
  }
}

void Health::AddTo(ServiceTable& services) {
  services.Add(
      "/grpc.health.v1.Health/Check",
      Unary<HealthCheckRequest, HealthCheckResponse>(
          [impl = impl_](const HealthCheckRequest& request, Reply<HealthCheckResponse> reply) {
            impl->Check(request, std::move(reply));
          }));
  services.Add("/grpc.health.v1.Health/Watch",
               ServerStreaming<HealthCheckRequest, HealthCheckResponse>(
                   [impl = impl_](const HealthCheckRequest& request,
                                  ResponseStream<HealthCheckResponse> responses) {
                     return impl->Watch(request, std::move(responses));
                   }));
}

}  // namespace signet::rpc
