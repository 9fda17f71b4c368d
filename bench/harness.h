// Rows of the benchmark: an operation of ours beside the bare primitive that it cannot do without.
//
// Both run in one process, in turns, so that what disturbs the machine disturbs both. A row reports
// medians over batches: ours_us, primitive_us, ratio (the median of the ratios of each turn),
// allocations (operator new of our code) and c_allocations (malloc of C libraries) an operation.
// Time is CPU time of the thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace signet::bench {

// Does one thing that many times.
using Op = std::function<void(std::size_t times)>;

template <typename Once>
Op Repeat(Once once) {
  return [once = std::move(once)](std::size_t times) mutable {
    for (std::size_t i = 0; i < times; ++i) once();
  };
}

// What a row measures. Operations check their own result: a benchmark of refusals is none.
struct Subject {
  Op ours{};
  Op primitive{};  // empty: there is none
  // Not timed, before each batch of `ours`: see to it that so many operations can follow.
  std::function<void(std::size_t times)> prepare{};
  std::size_t max_batch = 1'000'000;  // most operations in one batch of `ours`
  // Not timed, after the last batch: further numbers of the row.
  std::function<std::vector<std::pair<std::string, double>>()> extra{};
};

// How much is measured; set once from the command line before anything runs.
struct Effort {
  int batches = 21;
  double batch_ms = 5;
};
Effort& CurrentEffort();

// Registers a row. `make` runs when the row is measured, and only then.
void AddRow(std::string name, std::function<Subject()> make);

// The rows, by subject: each in its own file.
void AddRawOpenssl();
void AddRawSodium();
void AddRawGcrypt();
void AddRawNettle();
void AddRawBotan();
void AddRawMbedtls();
void AddKeyTables();
void AddWit();
void AddWitWpt();
void AddHttpSignatureVerify();
void AddHttpSignatureSign();
void AddCertificates();
void AddJws();
void AddParsers();
void AddReplay();
void AddEndToEnd();

// The compiler must not drop the computation of `value`.
template <typename T>
void Keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

}  // namespace signet::bench
