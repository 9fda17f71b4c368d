#include "protocol/crypto/hmac.h"

#include <string>

#include "gtest/gtest.h"
#include <openssl/hmac.h>

#include "protocol/crypto/testdata/test_support.h"

namespace signet::crypto {
namespace {

using testing_support::Flipped;
using testing_support::Hex;
using testing_support::ToHex;

Bytes BytesOf(std::string_view text) { return {AsBytes(text).begin(), AsBytes(text).end()}; }

// RFC 4231 sections 4.2 to 4.8; 4.6 publishes the first 16 bytes.
TEST(HmacSha256, AgreesWithRfc4231) {
  const struct {
    const char* section;
    Bytes key;
    Bytes message;
    std::string_view mac;
  } kCases[] = {
      {"4.2", Bytes(20, 0x0b), BytesOf("Hi There"),
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"4.3", BytesOf("Jefe"), BytesOf("what do ya want for nothing?"),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {"4.4", Bytes(20, 0xaa), Bytes(50, 0xdd),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"4.5", Hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), Bytes(50, 0xcd),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {"4.6", Bytes(20, 0x0c), BytesOf("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"},
      {"4.7", Bytes(131, 0xaa), BytesOf("Test Using Larger Than Block-Size Key - Hash Key First"),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {"4.8", Bytes(131, 0xaa),
       BytesOf("This is a test using a larger than block-size key and a larger than block-size "
               "data. The key needs to be hashed before being used by the HMAC algorithm."),
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ToHex(HmacSha256(c.key, c.message)).substr(0, c.mac.size()), c.mac) << c.section;
  }
}

// Keys on both sides of a block and empty ones, against OpenSSL's own.
TEST(HmacSha256, AgreesWithOpenSslAtEveryKeyLength) {
  for (std::size_t key_size = 0; key_size <= 130; ++key_size) {
    for (const std::size_t size : {0U, 1U, 55U, 64U, 200U}) {
      Bytes bytes(key_size + 1);  // one more: OpenSSL takes no nullptr, also of no bytes
      for (std::size_t i = 0; i < key_size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
      const ByteView key = ByteView(bytes).first(key_size);
      const Bytes message(size, 0x5a);
      Digest256 expected;
      ASSERT_NE(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(),
                     message.size(), expected.data(), nullptr),
                nullptr);
      EXPECT_EQ(HmacSha256(key, message), expected) << key_size << " " << size;
    }
  }
}

TEST(ConstantTimeEqual, IsTrueForEqualBytesOnly) {
  const Bytes a = Hex("00112233445566778899aabbccddeeff");
  EXPECT_TRUE(ConstantTimeEqual(a, Bytes(a)));
  for (std::size_t bit = 0; bit < a.size() * 8; ++bit) {
    EXPECT_FALSE(ConstantTimeEqual(a, Flipped(a, bit))) << bit;
  }
  EXPECT_FALSE(ConstantTimeEqual(a, ByteView(a).first(15)));
  EXPECT_FALSE(ConstantTimeEqual(ByteView(a).first(15), a));
  EXPECT_FALSE(ConstantTimeEqual(a, {}));
  EXPECT_TRUE(ConstantTimeEqual({}, {}));
}

}  // namespace
}  // namespace signet::crypto
