#include "protocol/base/time.h"

#include <limits>

#include "gtest/gtest.h"

namespace signet {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

struct DateCase {
  std::int64_t value;
  bool accepted;
};

TEST(NumericDate, IsAcceptedUpToTheYear9999) {  // RFC 7519 section 2
  constexpr DateCase kCases[] = {
      {0, true},
      {1, true},
      {1700000000, true},
      {4294967296, true},
      {kMaxNumericDate, true},
      {kMaxNumericDate + 1, false},
      {-1, false},
      {std::numeric_limits<std::int64_t>::max(), false},
      {std::numeric_limits<std::int64_t>::min(), false},
  };
  for (const auto& [value, accepted] : kCases) {
    const auto time = WallTimeFromNumericDate(value);
    ASSERT_EQ(time.has_value(), accepted) << value;
    if (time) {
      EXPECT_EQ(ToNumericDate(*time), value);
    }
  }
}

TEST(NumericDate, CountsFromTheEpochOfUnix) {
  EXPECT_EQ(WallTimeFromNumericDate(0), WallTime(sys_days{1970y / 1 / 1}));
  EXPECT_EQ(WallTimeFromNumericDate(kMaxNumericDate),
            WallTime(sys_days{9999y / 12 / 31} + 23h + 59min + 59s));
}

TEST(NumericDate, LeavesRoomForEverySum) {
  const WallTime last = *WallTimeFromNumericDate(kMaxNumericDate);
  EXPECT_GT(last + std::chrono::years{1000} + kDefaultLeeway, last);
}

}  // namespace
}  // namespace signet
