#include "platform/rpc/wire.h"

#include <string>

#include "gtest/gtest.h"

namespace signet::rpc {
namespace {

using std::chrono::milliseconds;

TEST(GrpcTimeout, ReadsEachUnitAndRoundsUp) {
  struct Row {
    const char* text;
    std::int64_t ms;
  };
  const Row rows[] = {{"1H", 3'600'000},
                      {"2M", 120'000},
                      {"3S", 3'000},
                      {"4m", 4},
                      {"1u", 1},
                      {"1000u", 1},
                      {"1001u", 2},
                      {"1n", 1},
                      {"0n", 0},
                      {"99999999m", 99'999'999},
                      {"99999999H", kLongestTimeout.count()}};
  for (const Row& row : rows) {
    const auto timeout = ParseTimeout(row.text);
    ASSERT_TRUE(timeout.has_value()) << row.text;
    EXPECT_EQ(timeout->count(), row.ms) << row.text;
  }
}

TEST(GrpcTimeout, RefusesWhatIsMalformed) {
  for (const char* const text : {"", "1", "S", "-1S", "+1S", "1 S", "1s", "1h", "100000000S",
                                 "1.5S", "0x1S", "1SS", "\xc2\xb9S"}) {
    EXPECT_FALSE(ParseTimeout(text).has_value()) << text;
  }
}

TEST(GrpcTimeout, WritesWhatItReads) {
  EXPECT_EQ(FormatTimeout(milliseconds{-5}), "0m");
  EXPECT_EQ(FormatTimeout(milliseconds{1500}), "1500m");
  EXPECT_EQ(FormatTimeout(milliseconds{99'999'999}), "99999999m");
  EXPECT_EQ(FormatTimeout(milliseconds{100'000'999}), "100000S");
  for (const std::int64_t ms : {0, 1, 999, 12'345, 99'999'999}) {
    EXPECT_EQ(ParseTimeout(FormatTimeout(milliseconds{ms}))->count(), ms);
  }
}

TEST(GrpcMessage, PercentEncodesWhatIsNotPrintable) {
  EXPECT_EQ(EncodeStatusMessage("no identity issued"), "no identity issued");
  EXPECT_EQ(EncodeStatusMessage("50% \xc3\xa4\n"), "50%25 %C3%A4%0A");
  EXPECT_EQ(DecodeStatusMessage("50%25 %C3%a4%0A"), "50% \xc3\xa4\n");
  // "Implementations SHOULD NOT discard values with invalid percent encoding".
  EXPECT_EQ(DecodeStatusMessage("100%"), "100%");
  EXPECT_EQ(DecodeStatusMessage("%4"), "%4");
  EXPECT_EQ(DecodeStatusMessage("%zz%41"), "%zzA");
}

TEST(GrpcMetadata, TellsTheApplicationsFromTheRest) {
  const http2::HeaderList headers = {
      {":path", "/a/b"},      {"te", "trailers"},     {"content-type", "x"},
      {"grpc-timeout", "1S"}, {"user-agent", "u"},    {"workload.spiffe.io", "true"},
      {"k-bin", "AAECAw"},    {"k-bin", "BA==, BQY"}, {"workload.spiffe.io", "false"}};
  const auto metadata = MetadataOf(headers);
  ASSERT_TRUE(metadata.has_value());
  EXPECT_EQ(metadata->size(), 5U);
  EXPECT_EQ(ValuesOf(*metadata, "workload.spiffe.io"),
            (std::vector<std::string_view>{"true", "false"}));
  const auto binary = ValuesOf(*metadata, "k-bin");
  ASSERT_EQ(binary.size(), 3U);
  EXPECT_EQ(binary[0], std::string_view("\0\1\2\3", 4));
  EXPECT_EQ(binary[1], "\4");
  EXPECT_EQ(binary[2], "\5\6");
}

TEST(GrpcMetadata, RefusesBinaryThatIsNotBase64) {
  for (const char* const value : {"!", "A", "AA=A", "AAAA===="}) {
    EXPECT_FALSE(MetadataOf({{"k-bin", value}}).has_value()) << value;
  }
}

TEST(GrpcMetadata, LeavesOutWhatMayNotBeSent) {
  http2::HeaderList out;
  AppendMetadata({{"good", "v"},
                  {"Upper", "v"},
                  {"", "v"},
                  {"grpc-status", "0"},
                  {":path", "/"},
                  {"te", "x"},
                  {"line", "a\nb"},
                  {"nul", std::string("a\0b", 3)},
                  {"raw-bin", std::string("\0\xff", 2)}},
                 out);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].name, "good");
  EXPECT_EQ(out[1].value, "AP8");
}

TEST(GrpcStatus, ComesBackAsItWasSent) {
  const Status status{StatusCode::kPermissionDenied, "no identity issued \xe2\x9c\x97",
                      std::string("\0\1\2", 3)};
  http2::HeaderList headers;
  AppendStatus(status, headers);
  const auto back = StatusIn(headers);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->code, status.code);
  EXPECT_EQ(back->message, status.message);
  EXPECT_EQ(back->details, status.details);
  EXPECT_FALSE(StatusIn({{"other", "0"}}).has_value());
  EXPECT_EQ(StatusIn({{"grpc-status", "17"}})->code, StatusCode::kUnknown);
  EXPECT_EQ(StatusIn({{"grpc-status", "0x"}})->code, StatusCode::kUnknown);
  EXPECT_EQ(StatusIn({{"grpc-status", ""}})->code, StatusCode::kUnknown);
}

TEST(GrpcStatus, CarriesTheNameOfARefusal) {
  const Error error(Errc::kPeerGone, "pid 4711 is our business");
  const Status status = StatusOf(error);
  EXPECT_EQ(status.code, StatusCode::kUnauthenticated);
  EXPECT_EQ(status.message, InfoOf(Errc::kPeerGone).text);
  EXPECT_EQ(status.details.find("4711"), std::string::npos) << "the detail stays here";
  EXPECT_EQ(ReasonOf(status), Errc::kPeerGone);
  EXPECT_FALSE(ReasonOf({StatusCode::kInternal, "x"}).has_value());
  EXPECT_FALSE(ReasonOf({StatusCode::kInternal, "x", "\xff\xff"}).has_value());
}

TEST(GrpcContentType, IsGrpcWithOrWithoutAFormat) {
  for (const char* const type :
       {"application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"}) {
    EXPECT_TRUE(IsGrpcContentType(type)) << type;
  }
  for (const char* const type :
       {"", "application/grpc-web", "application/grpcx", "application/json", "Application/grpc"}) {
    EXPECT_FALSE(IsGrpcContentType(type)) << type;
  }
}

}  // namespace
}  // namespace signet::rpc
