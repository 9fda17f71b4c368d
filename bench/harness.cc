#include "bench/harness.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include <benchmark/benchmark.h>

#include "bench/allocations.h"

namespace signet::bench {
namespace {

double ThreadCpuUs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double TimeOf(const Op& op, std::size_t times) {
  const double start = ThreadCpuUs();
  op(times);
  return (ThreadCpuUs() - start) / static_cast<double>(times);
}

// Operations that fill a batch; what runs here is the warm-up too.
std::size_t Calibrate(const Op& op, const std::function<void(std::size_t)>& prepare,
                      std::size_t max_batch) {
  const double wanted_us = CurrentEffort().batch_ms * 1e3;
  std::size_t times = 1;
  for (;;) {
    if (prepare) prepare(times);
    const double us = std::max(TimeOf(op, times), 1e-3);
    const auto fit = static_cast<std::size_t>(std::ceil(wanted_us / us));
    if (times >= max_batch) return max_batch;
    if (static_cast<double>(times) * us > wanted_us / 4) return std::clamp(fit, 1UL, max_batch);
    times = std::min({times * 4, fit, max_batch});
  }
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Samples {
  std::vector<double> ours, primitive, ratio, allocations, c_allocations;
};

void MeasureOurs(const Subject& subject, std::size_t times, Samples& samples) {
  if (subject.prepare) subject.prepare(times);
  const Allocations before = AllocationsOfThread();
  samples.ours.push_back(TimeOf(subject.ours, times));
  const Allocations after = AllocationsOfThread();
  const auto count = static_cast<double>(times);
  samples.allocations.push_back(static_cast<double>(after.cpp - before.cpp) / count);
  samples.c_allocations.push_back(static_cast<double>(after.c - before.c) / count);
}

Samples Measure(const Subject& subject) {
  Samples samples;
  const std::size_t ours = Calibrate(subject.ours, subject.prepare, subject.max_batch);
  const std::size_t bare =
      subject.primitive ? Calibrate(subject.primitive, {}, subject.max_batch) : 0;
  for (int batch = 0; batch < CurrentEffort().batches; ++batch) {
    const bool ours_first = batch % 2 == 0;
    if (ours_first) MeasureOurs(subject, ours, samples);
    if (subject.primitive) samples.primitive.push_back(TimeOf(subject.primitive, bare));
    if (!ours_first) MeasureOurs(subject, ours, samples);
    if (subject.primitive) {
      samples.ratio.push_back(samples.ours.back() / samples.primitive.back());
    }
  }
  return samples;
}

void Run(benchmark::State& state, const std::function<Subject()>& make) {
  const Subject subject = make();
  Samples samples;
  for (auto _ : state) {
    samples = Measure(subject);
    state.SetIterationTime(Median(samples.ours) / 1e6);
  }
  state.counters["ours_us"] = Median(samples.ours);
  if (subject.primitive) {
    state.counters["primitive_us"] = Median(samples.primitive);
    state.counters["ratio"] = Median(samples.ratio);
  }
  state.counters["allocations"] = Median(samples.allocations);
  state.counters["c_allocations"] = Median(samples.c_allocations);
  if (!subject.extra) return;
  for (const auto& [name, value] : subject.extra()) state.counters[name] = value;
}

}  // namespace

Effort& CurrentEffort() {
  static Effort effort;
  return effort;
}

void AddRow(std::string name, std::function<Subject()> make) {
  benchmark::RegisterBenchmark(
      name.c_str(), [make = std::move(make)](benchmark::State& state) { Run(state, make); })
      ->UseManualTime()
      ->Iterations(1)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace signet::bench
