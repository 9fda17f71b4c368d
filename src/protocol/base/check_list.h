// CheckList: every check that was made on the way to a decision, in order, so that `explain`, the
// tools and the audit record print what was looked at and what refused.
//
// Floor 0. Fixed capacity, no allocation. Not thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "protocol/base/check.h"
#include "protocol/base/error.h"

namespace signet {

struct Check {
  std::string_view rule;     // requirement id; static storage duration
  std::optional<Errc> code;  // nullopt: passed
  [[nodiscard]] bool ok() const { return !code.has_value(); }
};

class CheckList {
 public:
  static constexpr std::size_t kCapacity = 64;

  void Pass(std::string_view rule) { Add({rule, std::nullopt}); }
  void Fail(const Error& error) { Add({error.rule(), error.code}); }
  // Records the outcome of a check that is decided last but stands before others in its document
  // (the replay check is step 9 of WPT-5): `position` as size() returned it there.
  void InsertAt(std::size_t position, const Check& check) {
    SIGNET_CHECK(position <= size_);
    Add(check);
    for (std::size_t i = size_ - 1; i > position; --i) std::swap(checks_[i], checks_[i - 1]);
  }
  // The check that failed last turns out to have failed for another reason.
  void FailInstead(const Error& error) {
    SIGNET_CHECK(size_ > 0 && !checks_[size_ - 1].ok());
    checks_[size_ - 1] = {error.rule(), error.code};
  }
  void Clear() { size_ = 0; }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Check* begin() const { return checks_.data(); }
  [[nodiscard]] const Check* end() const { return checks_.data() + size_; }

 private:
  void Add(const Check& check) {
    SIGNET_CHECK(size_ < kCapacity);
    checks_[size_++] = check;
  }
  std::array<Check, kCapacity> checks_{};
  std::size_t size_ = 0;
};

}  // namespace signet
