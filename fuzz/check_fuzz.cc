// A line of `signet check`.
//
// Properties: every line gets one line back, JSON with the six members; `ok` and `code` exclude
// each other; no control character leaves the program.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "app/check/check.h"
#include "property.h"
#include "protocol/crypto/private_key.h"

using signet::fuzz::Property;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static signet::crypto::SystemRandom random;
  signet::app::Checker checker(random);
  const std::string out = checker.Run(signet::fuzz::AsText(data, size));
  Property(std::none_of(out.begin(), out.end(), [](char c) { return c >= 0 && c < 0x20; }));
  const auto answer = nlohmann::json::parse(out, nullptr, /*allow_exceptions=*/false);
  Property(answer.is_object() && answer.size() == 6);
  for (const char* member : {"case", "ok", "code", "rule", "detail", "result"}) {
    Property(answer.contains(member));
  }
  Property(answer["ok"].get<bool>() == answer["code"].is_null());
  Property(answer["result"].is_object());
  return 0;
}
