#include "protocol/codec/pem.h"

#include "gtest/gtest.h"

namespace signet::codec {
namespace {

using namespace std::string_literals;

// 0x00..0x3f by `openssl base64`: one full line and a short one.
constexpr std::string_view kLine1 =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v";
constexpr std::string_view kLine2 = "MDEyMzQ1Njc4OTo7PD0+Pw==";

Bytes Sample() {
  Bytes bytes(64);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

std::string Block(std::string_view label, std::string_view eol = "\n") {
  std::string out = "-----BEGIN ";
  out.append(label).append("-----").append(eol).append(kLine1).append(eol).append(kLine2);
  out.append(eol).append("-----END ").append(label).append("-----").append(eol);
  return out;
}

TEST(Pem, DecodesOneBlock) {
  const std::string block = Block("CERTIFICATE");
  for (const auto& text :
       {block, block.substr(0, block.size() - 1), "\n \t\r\n" + block + "\r\n \t\n",
        Block("CERTIFICATE", "\r\n"), block + "  "}) {
    const Result<Bytes> got = PemDecode(text, "CERTIFICATE");
    ASSERT_TRUE(got.has_value()) << text;
    EXPECT_EQ(*got, Sample());
  }
}

TEST(Pem, EncodesAsOpensslDoes) {
  EXPECT_EQ(PemEncode(Sample(), "CERTIFICATE"), Block("CERTIFICATE"));
  EXPECT_EQ(PemEncode(AsBytes("f"), "PRIVATE KEY"),
            "-----BEGIN PRIVATE KEY-----\nZg==\n-----END PRIVATE KEY-----\n");
}

TEST(Pem, ReadsWhatItWrites) {
  for (std::size_t size = 1; size < 200; ++size) {
    const Bytes bytes(size, 0xa5);
    EXPECT_EQ(PemDecode(PemEncode(bytes, "X"), "X").value(), bytes) << size;
  }
}

struct RefusedCase {
  std::string text;
  Errc want;
  const char* why;
};

TEST(Pem, RefusesWhatIsNotOneBlock) {
  const std::string block = Block("CERTIFICATE");
  const std::string line1(kLine1);
  const std::string line2(kLine2);
  const std::string begin = "-----BEGIN CERTIFICATE-----\n";
  const std::string end = "-----END CERTIFICATE-----\n";
  const RefusedCase kCases[] = {
      {"", Errc::kPemMalformed, "empty"},
      {" \n", Errc::kPemMalformed, "white space"},
      {"x" + block, Errc::kPemMalformed, "text before"},
      {"subject=CN\n" + block, Errc::kPemMalformed, "line before"},
      {block + "x", Errc::kPemMalformed, "text after"},
      {block + block, Errc::kPemMalformed, "second block"},
      {begin, Errc::kPemMalformed, "BEGIN only"},
      {begin + line1 + "\n" + line2 + "\n", Errc::kPemMalformed, "no END"},
      {begin + end, Errc::kPemMalformed, "no bytes"},
      {begin + "\n" + end, Errc::kPemMalformed, "blank line"},
      {begin + line1 + "\n\n" + line2 + "\n" + end, Errc::kPemMalformed, "blank line inside"},
      {begin + line1 + line2 + "\n" + end, Errc::kPemMalformed, "long line (RFC 7468 section 2)"},
      {begin + line2 + "\n" + line1 + "\n" + end, Errc::kPemMalformed, "short line first"},
      {begin + line2 + "\n" + line2 + "\n" + end, Errc::kPemMalformed, "two short lines"},
      {begin + " " + line2 + "\n" + end, Errc::kPemMalformed, "indented"},
      {begin + line2 + " \n" + end, Errc::kPemMalformed, "space behind a line"},
      {begin + "Zg\n" + end, Errc::kPemMalformed, "no padding"},
      {begin + "Zh==\n" + end, Errc::kPemMalformed, "unused bits (ATTACKS-10)"},
      {begin + "Z-==\n" + end, Errc::kPemMalformed, "url alphabet"},
      {begin + "Zg=\0\n"s + end, Errc::kPemMalformed, "NUL (ATTACKS-22)"},
      {begin + "Proc-Type: 4,ENCRYPTED\n\n" + line2 + "\n" + end, Errc::kPemMalformed, "headers"},
      {begin + line2 + "\n-----END X-----\n", Errc::kPemMalformed, "END of another label"},
      {begin + line2 + "\n-----END CERTIFICATE----\n", Errc::kPemMalformed, "END cut"},
      {begin + line2 + "\n-----END CERTIFICATE------\n", Errc::kPemMalformed, "END too long"},
      {begin + line2 + "\n----END CERTIFICATE-----\n", Errc::kPemMalformed, "END cut"},
      {begin + line2 + end, Errc::kPemMalformed, "END on the line of the text"},
      {"-----BEGIN CERTIFICATE-----" + line2 + "\n" + end, Errc::kPemMalformed, "BEGIN not alone"},
      {"-----BEGIN CERTIFICATE----\n" + line2 + "\n" + end, Errc::kPemMalformed, "BEGIN cut"},
      {"----BEGIN CERTIFICATE-----\n" + line2 + "\n" + end, Errc::kPemMalformed, "BEGIN cut"},
      {"-----BEGIN -----\n" + line2 + "\n-----END -----\n", Errc::kPemMalformed, "no label"},
      {begin + line2 + "\n-----END CERTIFICATX-----\n", Errc::kPemMalformed, "END of its length"},
      {begin + line2 + "\n-----END CERTIFICATE----x\n", Errc::kPemMalformed, "END without end"},
      {begin + line2 + "\nxxxxxEND CERTIFICATE-----\n", Errc::kPemMalformed, "END without dashes"},
      {Block("CERTI\x7f"
             "FICATE"),
       Errc::kPemMalformed, "DEL in the label"},
      {Block("CERTI\tFICATE"), Errc::kPemMalformed, "tab in the label"},
      {Block("CERTI\xc3\xa4"), Errc::kPemMalformed, "a label that is not ASCII"},
      {Block("CERTI--FICATE"), Errc::kPemMalformed, "dashes in the label"},
      {"-----BEGIN CERTIFICATE-----\r" + line2 + "\r" + end, Errc::kPemMalformed, "CR alone"},
      {"-----BEGIN CERTIFICATE----- \n" + line2 + "\n" + end, Errc::kPemMalformed, "BEGIN, space"},
      {Block("PRIVATE KEY"), Errc::kPemLabel, "another label"},
      {Block("certificate"), Errc::kPemLabel, "case"},
      {Block("CERTIFICATE REQUEST"), Errc::kPemLabel, "longer label"},
      {Block("CERT"), Errc::kPemLabel, "shorter label"},
      {Block("ENCRYPTED PRIVATE KEY"), Errc::kPemLabel, "encrypted"},
      {std::string(kMaxPemBytes + 1, ' '), Errc::kIoTooLarge, "limit"},
      {std::string(kMaxPemBytes, ' '), Errc::kPemMalformed, "at the limit"},
  };
  for (const auto& c : kCases) {
    const Result<Bytes> got = PemDecode(c.text, "CERTIFICATE");
    ASSERT_FALSE(got.has_value()) << c.why;
    EXPECT_EQ(got.error().code, c.want) << c.why;
    // One block or several: the same judgement, save of the second block itself.
    if (c.text != block + block) {
      const auto all = PemDecodeAll(c.text, "CERTIFICATE");
      ASSERT_FALSE(all.has_value()) << c.why;
      EXPECT_EQ(all.error().code, c.want) << c.why;
    }
  }
}

TEST(PemAll, DecodesBlocksInOrder) {
  const std::string text = "\n" + PemEncode(AsBytes("one"), "X") + " \r\n\n" +
                           PemEncode(AsBytes("two"), "X") + PemEncode(AsBytes("three"), "X");
  const auto got = PemDecodeAll(text, "X");
  ASSERT_TRUE(got.has_value());
  ASSERT_EQ(got->size(), 3U);
  EXPECT_EQ(AsText((*got)[0]), "one");
  EXPECT_EQ(AsText((*got)[1]), "two");
  EXPECT_EQ(AsText((*got)[2]), "three");
}

TEST(PemAll, RefusesMixedLabelsAndTextBetween) {
  const std::string x = PemEncode(AsBytes("one"), "X");
  EXPECT_EQ(PemDecodeAll(x + PemEncode(AsBytes("two"), "Y"), "X").error().code, Errc::kPemLabel);
  EXPECT_EQ(PemDecodeAll(x + "comment\n" + x, "X").error().code, Errc::kPemMalformed);
}

}  // namespace
}  // namespace signet::codec
