#include "protocol/codec/base64url.h"

#include <random>
#include <sodium.h>
#include <vector>

#include "gtest/gtest.h"

namespace signet::codec {
namespace {

struct Vector {
  std::string_view bytes;
  std::string_view text;
};

// RFC 4648 section 10, without padding.
constexpr Vector kVectors[] = {
    {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
    {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
};

TEST(Base64Url, AgreesWithRfc4648) {
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(Base64UrlEncode(AsBytes(bytes)), text);
    const Result<Bytes> decoded = Base64UrlDecode(text);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(AsText(*decoded), bytes);
    EXPECT_EQ(Base64UrlDecodedSize(text.size()), bytes.size());
  }
}

TEST(Base64Url, AgreesWithRfc7515AppendixC) {
  const Bytes bytes = {3, 236, 255, 224, 193};
  EXPECT_EQ(Base64UrlEncode(bytes), "A-z_4ME");
  EXPECT_EQ(Base64UrlDecode("A-z_4ME").value(), bytes);
}

TEST(Base64Url, EncodesADigestInPlace) {
  Digest256 digest{};
  EXPECT_EQ(Base64UrlEncodeDigest(digest), std::string(43, 'A'));
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(7 * i + 1);
  EXPECT_EQ(Base64UrlEncodeDigest(digest), Base64UrlEncode(digest));
}

TEST(Base64Url, AppendsBehindWhatIsThere) {
  std::string out = "x.";
  Base64UrlAppend(AsBytes("foob"), out);
  EXPECT_EQ(out, "x.Zm9vYg");
}

struct RefusedCase {
  std::string text;
  Errc want;
  const char* rule;
};

TEST(Base64Url, RefusesWhatIsNotCanonical) {
  const RefusedCase kCases[] = {
      {"Zg==", Errc::kBase64UrlCharacter, "RFC7515-2 padding"},
      {"Zm8=", Errc::kBase64UrlCharacter, "RFC7515-2 padding"},
      {"Zm9v====", Errc::kBase64UrlCharacter, "RFC7515-2 padding"},
      {"Zm9v\n", Errc::kBase64UrlCharacter, "RFC7515-2 line break"},
      {"Zm 9v", Errc::kBase64UrlCharacter, "RFC7515-2 white space"},
      {" Zm9v", Errc::kBase64UrlCharacter, "RFC7515-2 white space"},
      {"Zm+v", Errc::kBase64UrlCharacter, "RFC7515-2 standard alphabet"},
      {"Zm/v", Errc::kBase64UrlCharacter, "RFC7515-2 standard alphabet"},
      {"Zm9v.Zm9v", Errc::kBase64UrlCharacter, "RFC7515-2 separator"},
      {std::string("Zm\0v", 4), Errc::kBase64UrlCharacter, "ATTACKS-22 NUL"},
      {"Zm9\x80", Errc::kBase64UrlCharacter, "ATTACKS-22 high bit"},
      {"Zm9\xff", Errc::kBase64UrlCharacter, "ATTACKS-22 high bit"},
      {"Zm9vY!", Errc::kBase64UrlCharacter, "RFC7515-2 in the last group"},
      {"Zm9v!", Errc::kBase64UrlCharacter, "RFC7515-2 in the last group"},
      {"Z", Errc::kBase64UrlLength, "RFC7515-2 one character"},
      {"Zm9vY", Errc::kBase64UrlLength, "RFC7515-2 one character over"},
      {"Zh", Errc::kBase64UrlTrailingBits, "ATTACKS-10"},
      {"Zk", Errc::kBase64UrlTrailingBits, "ATTACKS-10"},
      {"Zm9", Errc::kBase64UrlTrailingBits, "ATTACKS-10"},
      {"Zm-", Errc::kBase64UrlTrailingBits, "ATTACKS-10"},
      {"Zm9vYmF", Errc::kBase64UrlTrailingBits, "ATTACKS-10"},
  };
  for (const auto& c : kCases) {
    const Result<Bytes> got = Base64UrlDecode(c.text);
    ASSERT_FALSE(got.has_value()) << c.text << " " << c.rule;
    EXPECT_EQ(got.error().code, c.want) << c.text << " " << c.rule;
  }
}

TEST(Base64Url, HasOneTextForEachValueOfTheLastCharacter) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (const char a : kAlphabet) {
    for (const char b : kAlphabet) {
      if (Base64UrlDecode(std::string{a, b})) ++accepted;
    }
  }
  EXPECT_EQ(accepted, 256);
}

TEST(Base64Url, KnowsItsAlphabet) {
  int in_alphabet = 0;
  for (int c = 0; c < 256; ++c) {
    const std::string text(1, static_cast<char>(c));
    if (IsBase64UrlText(text)) ++in_alphabet;
    // As part of a whole group too, in each of its places.
    for (std::size_t place = 0; place < 4; ++place) {
      std::string group = "AAAA";
      group[place] = text[0];
      EXPECT_EQ(Base64UrlDecode(group).has_value(), IsBase64UrlText(text)) << c << " " << place;
    }
  }
  EXPECT_EQ(in_alphabet, 64);
  EXPECT_TRUE(IsBase64UrlText(""));
  EXPECT_TRUE(IsBase64UrlText("azAZ09-_"));
  EXPECT_FALSE(IsBase64UrlText("azAZ09-_="));
}

TEST(Base64UrlDeathTest, DecodeIntoWantsTheExactSize) {
  Bytes out(4);
  EXPECT_DEATH((void)Base64UrlDecodeInto("Zm9v", out), "invariant broken");
}

TEST(Base64Url, DecodesIntoGivenMemory) {
  std::array<std::uint8_t, 3> out{};
  ASSERT_TRUE(Base64UrlDecodeInto("Zm9v", out).has_value());
  EXPECT_EQ(AsText(out), "foo");
}

std::string SodiumEncode(ByteView bytes, int variant) {
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant);
  out.pop_back();  // NUL
  return out;
}

// nullopt if libsodium refuses; it refuses trailing bits and other characters as we do.
std::optional<Bytes> SodiumDecode(const std::string& text, int variant) {
  Bytes out(text.size() + 1);
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end,
                        variant) != 0) {
    return std::nullopt;
  }
  if (end != text.data() + text.size()) return std::nullopt;
  out.resize(size);
  return out;
}

TEST(Base64Url, AgreesWithLibsodiumOnRandomBytes) {
  std::mt19937 random(7515);
  for (int round = 0; round < 4000; ++round) {
    Bytes bytes(random() % 200);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const std::string text = Base64UrlEncode(bytes);
    ASSERT_EQ(text, SodiumEncode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    ASSERT_EQ(Base64UrlDecode(text).value(), bytes);
    const std::string padded = Base64Encode(bytes);
    ASSERT_EQ(padded, SodiumEncode(bytes, sodium_base64_VARIANT_ORIGINAL));
    ASSERT_EQ(Base64Decode(padded).value(), bytes);
  }
}

TEST(Base64Url, AgreesWithLibsodiumOnBrokenText) {
  constexpr std::string_view kChars = "Aa09-_+/=AQgwZZZZ";  // mostly legal, to reach every check
  std::mt19937 random(4648);
  int accepted = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string text(random() % 12, '\0');
    for (auto& c : text) c = kChars[random() % kChars.size()];
    const auto url = SodiumDecode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    const Result<Bytes> our_url = Base64UrlDecode(text);
    ASSERT_EQ(our_url.has_value(), url.has_value()) << text;
    if (url) {
      ++accepted;
      ASSERT_EQ(*our_url, *url) << text;
    }
    const auto standard = SodiumDecode(text, sodium_base64_VARIANT_ORIGINAL);
    const Result<Bytes> our_standard = Base64Decode(text);
    ASSERT_EQ(our_standard.has_value(), standard.has_value()) << text;
    if (standard) {
      ASSERT_EQ(*our_standard, *standard) << text;
    }
  }
  EXPECT_GT(accepted, 100);
}

TEST(Base64, AgreesWithRfc4648) {
  constexpr Vector kPadded[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xfb\xff", "+/8="},
  };
  for (const auto& [bytes, text] : kPadded) {
    EXPECT_EQ(Base64Encode(AsBytes(bytes)), text);
    const Result<Bytes> decoded = Base64Decode(text);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(AsText(*decoded), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  const RefusedCase kCases[] = {
      {"Zg", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding missing"},
      {"Zg=", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding short"},
      {"Zg===", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding long"},
      {"Zm8==", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding long"},
      {"Zm9v=", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding long"},
      {"Zm9v====", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding long"},
      {"Z===", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding long"},
      {"====", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding alone"},
      {"Zg==Zg==", Errc::kBase64UrlLength, "RFC7515-4.1.6 padding inside"},
      {"Zm-v", Errc::kBase64UrlCharacter, "RFC7515-4.1.6 url alphabet"},
      {"Zm_v", Errc::kBase64UrlCharacter, "RFC7515-4.1.6 url alphabet"},
      {"Zm9\n", Errc::kBase64UrlCharacter, "RFC7515-4.1.6 line break"},
      {"Zm9v\n", Errc::kBase64UrlCharacter, "RFC7515-4.1.6 line break"},
      {"Zh==", Errc::kBase64UrlTrailingBits, "ATTACKS-10"},
      {"Zm9=", Errc::kBase64UrlTrailingBits, "ATTACKS-10"},
  };
  for (const auto& c : kCases) {
    const Result<Bytes> got = Base64Decode(c.text);
    ASSERT_FALSE(got.has_value()) << c.text << " " << c.rule;
    EXPECT_EQ(got.error().code, c.want) << c.text << " " << c.rule;
  }
}

}  // namespace
}  // namespace signet::codec
