#include "platform/rpc/message_reader.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace signet::rpc {
namespace {

Bytes Concat(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

TEST(MessageReader, FindsMessagesHoweverTheyAreCut) {
  const std::vector<Bytes> messages = {{1, 2, 3}, {}, Bytes(1000, 7), {9}};
  const Bytes stream = Concat({FrameMessage(messages[0]), FrameMessage(messages[1]),
                               FrameMessage(messages[2]), FrameMessage(messages[3])});
  for (std::size_t piece = 1; piece <= stream.size(); piece = piece * 2 + 1) {
    MessageReader reader(1000);
    std::vector<Bytes> found;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      ByteView rest = ByteView(stream).subspan(at, std::min(piece, stream.size() - at));
      while (!rest.empty()) {
        const auto taken = reader.Feed(rest);
        ASSERT_TRUE(taken.has_value());
        rest = rest.subspan(*taken);
        if (auto message = reader.Take()) found.push_back(*std::move(message));
      }
    }
    EXPECT_EQ(found, messages) << "pieces of " << piece;
    EXPECT_FALSE(reader.partial());
  }
}

TEST(MessageReader, KnowsThatAMessageIsIncomplete) {
  MessageReader reader(10);
  EXPECT_FALSE(reader.partial());
  ASSERT_TRUE(reader.Feed(Bytes{0, 0, 0}));
  EXPECT_TRUE(reader.partial());
  ASSERT_TRUE(reader.Feed(Bytes{0, 2, 5}));
  EXPECT_TRUE(reader.partial());
  ASSERT_TRUE(reader.Feed(Bytes{6}));
  EXPECT_EQ(*reader.Take(), (Bytes{5, 6}));
  EXPECT_FALSE(reader.partial());
}

TEST(MessageReader, RefusesTheLengthBeforeTheContent) {
  MessageReader fits(1000);
  EXPECT_TRUE(fits.Feed(Bytes{0, 0, 0, 0x03, 0xe8}).has_value());
  MessageReader over(1000);
  EXPECT_EQ(over.Feed(Bytes{0, 0, 0, 0x03, 0xe9}).error().code, StatusCode::kResourceExhausted);
  MessageReader huge(1000);
  EXPECT_EQ(huge.Feed(Bytes{0, 0xff, 0xff, 0xff, 0xff}).error().code,
            StatusCode::kResourceExhausted);
}

TEST(MessageReader, RefusesCompressionNobodyAgreedOn) {
  for (const std::uint8_t flag : Bytes{1, 2, 255}) {
    MessageReader reader(1000);
    EXPECT_EQ(reader.Feed(Bytes{flag, 0, 0, 0, 0}).error().code, StatusCode::kInternal);
  }
}

}  // namespace
}  // namespace signet::rpc
