#include <memory>

#include "bench/primitives.h"
#include "bench/recipient.h"
#include "platform/http1/parser.h"
#include "protocol/base/check.h"

namespace signet::bench {
namespace {

// The text of the requests of a pool.
std::vector<std::string> TextsOf(const RequestPool& pool) {
  std::vector<std::string> texts;
  texts.reserve(RequestPool::kSize);
  for (std::size_t i = 0; i < RequestPool::kSize; ++i) texts.push_back(pool.StoredAt(i).Text());
  return texts;
}

// What a connection does with the bytes of a request, without the socket: head, rules of HTTP,
// body, decision. The WIT is cached.
class Listener {
 public:
  Listener(verify::Binding binding, Tables tables)
      : recipient_(crypto::Alg::kES256, binding, Cache::kWarm, tables),
        texts_(TextsOf(RequestPool::Of(crypto::Alg::kES256, binding))) {}

  void Prepare(std::size_t times) { recipient_.Prepare(times); }
  void ReceiveNext() {
    const std::string& text = texts_[recipient_.TakeNext()];
    const std::size_t end = http1::FindHeadEnd(text, 0);
    SIGNET_CHECK(end != std::string::npos);
    head_.assign(text, 0, end);
    http1::RequestParser parser(kMaxBodyBytes, kMaxFieldLines);
    SIGNET_CHECK(parser.ParseHead(head_).has_value());
    http::Request request{.method = parser.method(),
                          .authority = parser.fields().Find("Host").value,
                          .target = parser.target(),
                          .fields = parser.fields(),
                          .body = {}};
    SIGNET_CHECK(http::CheckRequest(request).has_value());
    body_.clear();
    SIGNET_CHECK(parser.ParseBody(std::string_view(text).substr(end), body_).has_value());
    SIGNET_CHECK(parser.done());
    request.body = AsBytes(body_);
    recipient_.Decide(request);
  }

 private:
  Recipient recipient_;
  std::vector<std::string> texts_;
  std::string head_, body_;
};

}  // namespace

void AddEndToEnd() {
  for (const verify::Binding binding : {verify::Binding::kWpt, verify::Binding::kHttpSignature}) {
    for (const Tables tables : {Tables::kIssuerAndCaller, Tables::kNone}) {
      const std::string name = binding == verify::Binding::kWpt ? "wpt" : "httpsig";
      AddRow("verify/end_to_end/" + name + (tables == Tables::kNone ? "/plain" : ""), [=] {
        auto listener = std::make_shared<Listener>(binding, tables);
        return Subject{.ours = Repeat([listener] { listener->ReceiveNext(); }),
                       .primitive = Es256Verify(),
                       .prepare = [listener](std::size_t times) { listener->Prepare(times); },
                       .max_batch = RequestPool::kSize};
      });
    }
  }
}

}  // namespace signet::bench
