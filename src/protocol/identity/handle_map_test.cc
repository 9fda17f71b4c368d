#include "protocol/identity/handle_map.h"

#include "gtest/gtest.h"

namespace signet::identity {
namespace {

WorkloadId Id(std::string_view text) { return WorkloadId::Parse(text).value(); }

TEST(HandleMap, GivesTheIdentifierThatWasSet) {  // ID-14
  HandleMap map;
  map.Set("orders.example.com:443", Id("wimse://a/orders"));
  map.Set("pay.example.com", Id("spiffe://b/pay"));
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(map.Expected("orders.example.com:443")->text(), "wimse://a/orders");
  EXPECT_EQ(map.Expected("pay.example.com")->text(), "spiffe://b/pay");
}

TEST(HandleMap, ReplacesAnEarlierEntry) {
  HandleMap map;
  map.Set("h", Id("wimse://a/old"));
  map.Set("h", Id("wimse://a/new"));
  EXPECT_EQ(map.size(), 1U);
  EXPECT_EQ(map.Expected("h")->text(), "wimse://a/new");
}

TEST(HandleMap, NeverDerivesAnIdentifierFromAName) {  // ID-14
  HandleMap map;
  map.Set("orders.example.com", Id("wimse://a/orders"));
  for (const auto* handle :
       {"", "orders.example.com.", "ORDERS.example.com", "example.com", "x.orders.example.com",
        "orders.example.com:443", "wimse://a/orders", "a"}) {
    const Result<WorkloadId> got = map.Expected(handle);
    ASSERT_FALSE(got.has_value()) << handle;
    EXPECT_EQ(got.error().code, Errc::kIdNotMapped) << handle;
  }
}

}  // namespace
}  // namespace signet::identity
