#include "platform/telemetry/redact.h"

#include "gtest/gtest.h"

namespace signet::telemetry {
namespace {

// Expected: printf 'abc' | sha256sum
constexpr std::string_view kHashOfAbc = "sha256:ba7816bf8f01cfea";

TEST(HashForLog, IsTheStartOfTheSha256) { EXPECT_EQ(HashForLog("abc"), kHashOfAbc); }

TEST(Redactor, HidesCredentialFieldsInAnyCase) {
  const Redactor redactor({"X-Subject-Token"});
  struct Row {
    const char* name;
    bool secret;  // WPT-11
  };
  const Row rows[] = {
      {"authorization", true},
      {"Authorization", true},
      {"PROXY-AUTHORIZATION", true},
      {"Workload-Proof-Token", true},
      {"workload-identity-token", true},
      {"Txn-Token", true},
      {"x-subject-token", true},
      {"Cookie", true},
      {"Authorization-Info", false},
      {"Host", false},
      {"", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(redactor.IsSecret(row.name), row.secret) << row.name;
    EXPECT_EQ(redactor.Shown(row.name, "abc"), row.secret ? kHashOfAbc : "abc") << row.name;
  }
}

}  // namespace
}  // namespace signet::telemetry
