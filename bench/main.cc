// signet_bench: see README.md. Options of its own, before those of Google Benchmark:
//   --batches=N     batches of each side of a row (21)
//   --batch-ms=MS   length of a batch (5)
//   --messages=NOW  prints the messages of the rows, made for this time, as JSON; measures nothing
#include <charconv>
#include <cstdio>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/dump.h"
#include "bench/harness.h"

namespace {

// The number behind `name`= in `argument`.
bool Read(std::string_view argument, std::string_view name, double& value) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  const auto [end, error] =
      std::from_chars(argument.data(), argument.data() + argument.size(), value);
  return error == std::errc() && end == argument.data() + argument.size();
}

void AddAll() {
  using namespace signet::bench;
  AddRawOpenssl();
  AddRawSodium();
  AddRawGcrypt();
  AddRawNettle();
  AddRawBotan();
  AddRawMbedtls();
  AddKeyTables();
  AddWit();
  AddWitWpt();
  AddHttpSignatureSign();
  AddHttpSignatureVerify();
  AddCertificates();
  AddJws();
  AddParsers();
  AddReplay();
  AddEndToEnd();
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<char*> rest;
  for (int i = 0; i < argc; ++i) {
    double value = 0;
    if (Read(argv[i], "--messages=", value)) {
      std::puts(signet::bench::MessagesJson(static_cast<std::int64_t>(value)).c_str());
      return 0;
    }
    if (Read(argv[i], "--batches=", value) && value >= 1) {
      signet::bench::CurrentEffort().batches = static_cast<int>(value);
    } else if (Read(argv[i], "--batch-ms=", value) && value > 0) {
      signet::bench::CurrentEffort().batch_ms = value;
    } else {
      rest.push_back(argv[i]);
    }
  }
  int count = static_cast<int>(rest.size());
  benchmark::Initialize(&count, rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, rest.data())) return 2;
  AddAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
