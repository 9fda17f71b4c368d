// Who calls, and is the proof his own?  verify KEYS.json WIT WPT  (docs: README.md beside this
// file)
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <protocol/verify/verifier.h>

int main(int argc, char** argv) try {
  using namespace signet;
  if (argc != 4) return 2;
  std::ifstream file(argv[1]);
  const std::string keys(std::istreambuf_iterator<char>(file), {});
  trust::OriginConfig origin{.origin = identity::Origin::Parse("wimse://example.com").value(),
                             .bundle = trust::ParseBundle(keys, trust::BundleFormat::kRaw).value()};
  const auto trust = trust::TrustSnapshot::Make({origin}, 1).value();
  verify::Policy policy;
  policy.audiences.Add("https://orders.example.com").value();
  policy.callers.Add(identity::WorkloadId::Parse("wimse://example.com/edge").value());
  policy.waive_replay_protection = true;  // a server has a store: proof/replay_table.h
  const auto verifier = verify::Verifier::Make(policy).value();
  const std::string authorization = "WPT " + std::string(argv[3]);
  http::Request request{.method = "GET", .authority = "orders.example.com", .target = "/"};
  request.fields.Add("Workload-Identity-Token", argv[2]);
  request.fields.Add("Authorization", authorization);
  verify::VerifyContext context;  // one for each thread: it holds the cache
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  const auto decision =
      verifier.Decide(request, verify::Channel::kProtected, *trust, nullptr, now, context);
  std::puts(decision.allowed() ? decision.subject->text().c_str() : decision.error->name().data());
  return decision.allowed() ? 0 : 1;
} catch (const std::exception& error) {
  return std::fprintf(stderr, "verify: %s\n", error.what()), 2;
}
