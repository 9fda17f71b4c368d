// A protected listener for load tests: http1 server, enforcement point, replay store; its caller's
// messages too, since only who has the keys can make them. The keys are those of the tests.
//
//   signet_bench_server [--tls] [--replay JOURNAL] [--httpsig] [--no-tables] [--loops=N]
//
// Prints {"port"} and then answers lines on standard input:
//   messages N FILE   writes N requests with a new proof each, every one behind its length in eight
//                     digits; prints {"messages"}
//   stats             prints {"cpu_s", "counts", "connection_errors", "replay_entries"}
// and ends at the end of its input. Without --replay, replay protection is waived: the same request
// may be sent again and again.
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "bench/http/listener.h"
#include "bench/messages.h"
#include "protocol/base/check.h"

namespace {

using namespace signet;
using nlohmann::json;

bench::ListenerOptions ReadOptions(int argc, char** argv) {
  bench::ListenerOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--tls") {
      options.tls = true;
    } else if (argument == "--httpsig") {
      options.binding = verify::Binding::kHttpSignature;
    } else if (argument == "--no-tables") {
      options.tables = false;
    } else if (argument == "--replay" && i + 1 < argc) {
      options.journal = argv[++i];
    } else if (argument.starts_with("--loops=")) {
      options.loops = std::stoul(std::string(argument.substr(8)));
    } else {
      std::cerr << "unknown option " << argument << "\n";
      std::exit(2);
    }
  }
  return options;
}

double CpuSeconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

// Numbers go on over all files: no two proofs have the same identifier.
std::size_t WriteMessages(const bench::BenchListener& listener, std::size_t count,
                          const std::string& path) {
  static std::uint64_t number = 0;
  const bench::Cast cast(crypto::Alg::kES256, listener.Now());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  for (std::size_t i = 0; i < count; ++i) {
    const bench::StoredRequest request = listener.binding() == verify::Binding::kWpt
                                             ? bench::WptRequest(cast, ++number)
                                             : bench::SignedRequest(cast, ++number);
    const std::string text = request.Text();
    char length[9];
    std::snprintf(length, sizeof(length), "%08zu", text.size());
    file << length << text;
  }
  SIGNET_CHECK(file.flush().good());
  return count;
}

json Stats(const bench::BenchListener& listener) {
  json counts = json::object();
  for (const proxy::DecisionCount& count : listener.counts()) {
    counts[std::string(count.code)] = count.count;
  }
  return {{"cpu_s", CpuSeconds()},
          {"counts", std::move(counts)},
          {"connection_errors", listener.connection_errors()},
          {"replay_entries", listener.replay_entries()}};
}

}  // namespace

int main(int argc, char** argv) {
  const auto listener = bench::BenchListener::Start(ReadOptions(argc, argv));
  if (!listener.has_value()) {
    std::cerr << listener.error().name() << ": " << listener.error().detail << "\n";
    return 1;
  }
  std::cout << json{{"port", (*listener)->port()}} << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command, path;
    std::size_t count = 0;
    words >> command;
    if (command == "messages" && words >> count >> path) {
      (*listener)->Maintain();
      std::cout << json{{"messages", WriteMessages(**listener, count, path)}} << std::endl;
    } else {
      std::cout << Stats(**listener) << std::endl;
    }
  }
}
