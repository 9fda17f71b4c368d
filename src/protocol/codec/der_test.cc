#include "protocol/codec/der.h"

#include <string>
#include <vector>

#include "tests/support/expect.h"

namespace signet::codec {
namespace {

using testing::Accepted;
using testing::RefusedWith;

Bytes Copy(ByteView view) { return {view.begin(), view.end()}; }

Bytes Element(std::uint8_t tag, std::string_view text) {
  Bytes out = {tag, static_cast<std::uint8_t>(text.size())};
  const ByteView contents = AsBytes(text);
  out.insert(out.end(), contents.begin(), contents.end());
  return out;
}

struct LengthCase {
  const char* what;
  Bytes der;
  std::optional<std::size_t> size;  // of the contents; nullopt: refused
};

Bytes Sized(Bytes header, std::size_t contents) {
  header.resize(header.size() + contents);
  return header;
}

TEST(DerReader, ReadsLengthsInTheirOneForm) {  // [RFC5280-4.1], X.690 sections 8.1.3, 10.1
  const LengthCase cases[] = {
      {"empty", {0x04, 0x00}, 0},
      {"short form at its end", Sized({0x04, 0x7f}, 127), 127},
      {"one length byte from 128 on", Sized({0x04, 0x81, 0x80}, 128), 128},
      {"one length byte at its end", Sized({0x04, 0x81, 0xff}, 255), 255},
      {"two length bytes from 256 on", Sized({0x04, 0x82, 0x01, 0x00}, 256), 256},
      {"two length bytes at their end", Sized({0x04, 0x82, 0xff, 0xff}, 65535), 65535},
      {"three length bytes", Sized({0x04, 0x83, 0x01, 0x00, 0x00}, 65536), {}},
      {"indefinite", {0x24, 0x80, 0x00, 0x00}, {}},
      {"reserved length byte", {0x04, 0xff}, {}},
      {"long form of a short length", Sized({0x04, 0x81, 0x7f}, 127), {}},
      {"length with a zero in front", Sized({0x04, 0x82, 0x00, 0xff}, 255), {}},
      {"nothing", {}, {}},
      {"a tag alone", {0x04}, {}},
      {"length cut off", {0x04, 0x82, 0x01}, {}},
      {"contents cut off", Sized({0x04, 0x03}, 2), {}},
      {"tag of several bytes", {0x1f, 0x01, 0x00}, {}},
      {"context tag of several bytes", {0xbf, 0x1f, 0x00}, {}},
  };
  for (const LengthCase& c : cases) {
    DerReader reader(c.der);
    const auto element = reader.ReadAny();
    ASSERT_EQ(element.has_value(), c.size.has_value()) << c.what;
    EXPECT_EQ(reader.AtEnd(), element.has_value() || c.der.empty()) << c.what;
    if (!element) continue;
    EXPECT_EQ(element->contents.size(), *c.size) << c.what;
    EXPECT_EQ(Copy(element->whole), c.der) << c.what;
    EXPECT_EQ(element->tag, 0x04) << c.what;
  }
}

TEST(DerReader, WantsTheTagAsked) {
  const Bytes der = {0x02, 0x01, 0x05, 0x04, 0x01, 0x06};
  DerReader reader(der);
  EXPECT_FALSE(reader.NextIs(kDerOctetString));
  EXPECT_FALSE(reader.Read(kDerOctetString).has_value());
  EXPECT_FALSE(reader.ReadElement(kDerSequence).has_value());
  EXPECT_EQ(reader.ReadSmall(), 5U);
  EXPECT_TRUE(reader.NextIs(kDerOctetString));
  EXPECT_EQ(Copy(*reader.Read(kDerOctetString)), Bytes{0x06});
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_FALSE(reader.NextIs(kDerOctetString));
}

TEST(DerReader, ReadsBooleansOfDer) {  // X.690 section 11.1
  const auto read = [](Bytes der) { return DerReader(der).ReadBoolean(); };
  EXPECT_EQ(read({0x01, 0x01, 0xff}), true);
  EXPECT_EQ(read({0x01, 0x01, 0x00}), false);
  EXPECT_EQ(read({0x01, 0x01, 0x01}), std::nullopt);
  EXPECT_EQ(read({0x01, 0x01, 0xfe}), std::nullopt);
  EXPECT_EQ(read({0x01, 0x00}), std::nullopt);
  EXPECT_EQ(read({0x01, 0x02, 0xff, 0xff}), std::nullopt);
  EXPECT_EQ(read({0x02, 0x01, 0xff}), std::nullopt);
}

TEST(DerReader, ReadsUnsignedIntegers) {  // X.690 section 8.3
  const auto read = [](Bytes der) -> std::optional<Bytes> {
    DerReader reader(der);
    const auto number = reader.ReadUnsigned();
    if (!number) return std::nullopt;
    return Copy(*number);
  };
  EXPECT_EQ(read({0x02, 0x01, 0x00}), Bytes{0x00});
  EXPECT_EQ(read({0x02, 0x01, 0x7f}), Bytes{0x7f});
  EXPECT_EQ(read({0x02, 0x02, 0x00, 0x80}), Bytes{0x80});
  EXPECT_EQ(read({0x02, 0x02, 0x01, 0x00}), (Bytes{0x01, 0x00}));
  EXPECT_EQ(read({0x02, 0x00}), std::nullopt);
  EXPECT_EQ(read({0x02, 0x01, 0x80}), std::nullopt) << "negative";
  EXPECT_EQ(read({0x02, 0x01, 0xff}), std::nullopt) << "negative";
  EXPECT_EQ(read({0x02, 0x02, 0x00, 0x7f}), std::nullopt) << "sign byte not needed";
  EXPECT_EQ(read({0x02, 0x02, 0x00, 0x00}), std::nullopt) << "zero of two bytes";
  EXPECT_EQ(read({0x02, 0x02, 0xff, 0x80}), std::nullopt) << "negative, not minimal";
}

TEST(DerReader, ReadsSmallIntegersUpToFourBytes) {
  const auto read = [](Bytes der) { return DerReader(der).ReadSmall(); };
  EXPECT_EQ(read({0x02, 0x01, 0x02}), 2U);
  EXPECT_EQ(read({0x02, 0x05, 0x00, 0xff, 0xff, 0xff, 0xff}), 0xffffffffU);
  EXPECT_EQ(read({0x02, 0x05, 0x01, 0x00, 0x00, 0x00, 0x00}), std::nullopt);
  EXPECT_EQ(read({0x02, 0x01, 0x80}), std::nullopt);
}

TEST(DerReader, ReadsBitStringsOfWholeBytes) {  // X.690 section 8.6
  const auto read = [](Bytes der) -> std::optional<Bytes> {
    DerReader reader(der);
    const auto bits = reader.ReadBits();
    if (!bits) return std::nullopt;
    return Copy(*bits);
  };
  EXPECT_EQ(read({0x03, 0x02, 0x00, 0xab}), Bytes{0xab});
  EXPECT_EQ(read({0x03, 0x01, 0x00}), Bytes{});
  EXPECT_EQ(read({0x03, 0x02, 0x01, 0xaa}), std::nullopt);
  EXPECT_EQ(read({0x03, 0x00}), std::nullopt);
  EXPECT_EQ(read({0x23, 0x02, 0x00, 0xab}), std::nullopt) << "cut into pieces";
}

TEST(DerReader, ReadsNamedBits) {  // X.690 sections 11.2.1 and 11.2.2
  const auto read = [](Bytes der) { return DerReader(der).ReadNamedBits(); };
  EXPECT_EQ(read({0x03, 0x02, 0x07, 0x80}), 0x8000);
  EXPECT_EQ(read({0x03, 0x02, 0x01, 0x06}), 0x0600);
  EXPECT_EQ(read({0x03, 0x02, 0x00, 0x01}), 0x0100);
  EXPECT_EQ(read({0x03, 0x03, 0x07, 0x00, 0x80}), 0x0080);
  EXPECT_EQ(read({0x03, 0x02, 0x06, 0x80}), std::nullopt) << "a zero bit at the end";
  EXPECT_EQ(read({0x03, 0x02, 0x00, 0x80}), std::nullopt) << "zero bits at the end";
  EXPECT_EQ(read({0x03, 0x03, 0x07, 0x80, 0x00}), std::nullopt) << "a zero byte at the end";
  EXPECT_EQ(read({0x03, 0x02, 0x07, 0xc0}), std::nullopt) << "an unused bit that is one";
  EXPECT_EQ(read({0x03, 0x02, 0x08, 0x80}), std::nullopt) << "eight unused bits";
  EXPECT_EQ(read({0x03, 0x01, 0x00}), std::nullopt) << "no bit";
  EXPECT_EQ(read({0x03, 0x00}), std::nullopt);
  EXPECT_EQ(read({0x03, 0x04, 0x00, 0x01, 0x01, 0x01}), std::nullopt) << "over 16 bits";
}

TEST(DerReader, ComparesObjectIdentifiers) {
  const Bytes der = {0x06, 0x03, 0x55, 0x1d, 0x11};
  const Bytes same = {0x55, 0x1d, 0x11};
  const Bytes shorter = {0x55, 0x1d};
  DerReader reader(der);
  EXPECT_FALSE(reader.ReadOid(shorter));
  EXPECT_FALSE(reader.AtEnd());
  EXPECT_TRUE(reader.ReadOid(same));
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_FALSE(reader.ReadOid(same));
}

struct TimeCase {
  const char* what;
  std::uint8_t tag;
  const char* text;
  std::optional<std::int64_t> want;
};

// Numbers by `date -u -d ... +%s`.
TEST(DerReader, ReadsTimesInTheFormsOfRfc5280) {  // [RFC5280-4.1], section 4.1.2.5
  const TimeCase cases[] = {
      {"epoch", kDerUtcTime, "700101000000Z", 0},
      {"this century", kDerUtcTime, "231114221320Z", 1700000000},
      {"leap day", kDerUtcTime, "240229000000Z", 1709164800},
      {"last of UTCTime", kDerUtcTime, "491231235959Z", 2524607999},
      {"first of GeneralizedTime", kDerGeneralizedTime, "20500101000000Z", 2524608000},
      {"no end", kDerGeneralizedTime, "99991231235959Z", 253402300799},
      {"before the epoch", kDerUtcTime, "691231235959Z", {}},
      {"GeneralizedTime of 2049", kDerGeneralizedTime, "20491231235959Z", {}},
      {"GeneralizedTime of 1980", kDerGeneralizedTime, "19800101000000Z", {}},
      {"no seconds", kDerUtcTime, "2311142213Z", {}},
      {"offset", kDerUtcTime, "231114221320+0100", {}},
      {"local", kDerUtcTime, "231114221320", {}},
      {"fraction", kDerGeneralizedTime, "20500101000000.5Z", {}},
      {"lower-case z", kDerUtcTime, "231114221320z", {}},
      {"month 13", kDerUtcTime, "231314221320Z", {}},
      {"month 0", kDerUtcTime, "230014221320Z", {}},
      {"day 31 of June", kDerUtcTime, "230631221320Z", {}},
      {"29 February of no leap year", kDerUtcTime, "230229221320Z", {}},
      {"hour 24", kDerUtcTime, "231114241320Z", {}},
      {"minute 60", kDerUtcTime, "231114226020Z", {}},
      {"leap second", kDerUtcTime, "231114221360Z", {}},
      {"letter in the year", kDerUtcTime, "2x1114221320Z", {}},
      {"letter in the day", kDerUtcTime, "2311 4221320Z", {}},
      {"letter in the century", kDerGeneralizedTime, "x0500101000000Z", {}},
      {"letter in the year of a century", kDerGeneralizedTime, "20x00101000000Z", {}},
      {"text of the other type", kDerUtcTime, "20500101000000Z", {}},
      {"text of the other type", kDerGeneralizedTime, "231114221320Z", {}},
      {"another type", kDerIa5String, "231114221320Z", {}},
      {"empty", kDerUtcTime, "", {}},
  };
  for (const TimeCase& c : cases) {
    const Bytes der = Element(c.tag, c.text);
    DerReader reader(der);
    const auto time = reader.ReadTime();
    ASSERT_EQ(time.has_value(), c.want.has_value()) << c.what << " " << c.text;
    EXPECT_EQ(reader.AtEnd(), time.has_value()) << c.what;
    if (!time) continue;
    EXPECT_EQ(ToNumericDate(*time), *c.want) << c.what;
    DerWriter writer(32);
    writer.PrependTime(*time);
    EXPECT_EQ(Copy(writer.View()), der) << c.what;
  }
  DerReader nothing(ByteView{});
  EXPECT_FALSE(nothing.ReadTime().has_value());
}

struct TreeCase {
  const char* what;
  Bytes der;
  bool ok;
};

TEST(CheckDer, LooksAtEveryElement) {  // [RFC5280-4.1]
  const TreeCase cases[] = {
      {"empty sequence", {0x30, 0x00}, true},
      {"set of two", {0x31, 0x06, 0x02, 0x01, 0x01, 0x01, 0x01, 0xff}, true},
      {"context primitive, whatever is in it", {0x82, 0x02, 0x30, 0x80}, true},
      {"context constructed", {0xa0, 0x03, 0x02, 0x01, 0x02}, true},
      {"object identifier", {0x06, 0x04, 0x2b, 0x81, 0x80, 0x01}, true},
      {"negative integer", {0x02, 0x01, 0x80}, true},
      {"UTF-8", {0x0c, 0x02, 0xc3, 0xa4}, true},
      {"nothing", {}, false},
      {"two elements", {0x30, 0x00, 0x30, 0x00}, false},
      {"truncated inside", {0x30, 0x02, 0x02, 0x01}, false},
      {"indefinite inside", {0x30, 0x04, 0x24, 0x80, 0x00, 0x00}, false},
      {"length not minimal inside", {0x30, 0x04, 0x04, 0x81, 0x01, 0x00}, false},
      {"end of contents", {0x30, 0x02, 0x00, 0x00}, false},
      {"primitive sequence", {0x10, 0x00}, false},
      {"primitive set", {0x11, 0x00}, false},
      {"string in pieces", {0x24, 0x03, 0x04, 0x01, 0x00}, false},
      {"boolean 01", {0x01, 0x01, 0x01}, false},
      {"boolean of two bytes", {0x01, 0x02, 0xff, 0xff}, false},
      {"integer with a zero in front", {0x02, 0x02, 0x00, 0x01}, false},
      {"negative integer not minimal", {0x02, 0x02, 0xff, 0x81}, false},
      {"integer of no byte", {0x02, 0x00}, false},
      {"enumerated of no byte", {0x0a, 0x00}, false},
      {"bits of no byte", {0x03, 0x00}, false},
      {"nine unused bits", {0x03, 0x02, 0x09, 0x00}, false},
      {"unused bits of nothing", {0x03, 0x01, 0x01}, false},
      {"unused bit that is one", {0x03, 0x02, 0x01, 0x01}, false},
      {"null with contents", {0x05, 0x01, 0x00}, false},
      {"object identifier of no byte", {0x06, 0x00}, false},
      {"object identifier cut off", {0x06, 0x02, 0x2b, 0x81}, false},
      {"component with a zero digit in front", {0x06, 0x03, 0x2b, 0x80, 0x01}, false},
      {"overlong UTF-8", {0x0c, 0x02, 0xc0, 0x80}, false},
  };
  for (const TreeCase& c : cases) {
    if (c.ok) {
      EXPECT_TRUE(Accepted(CheckDer(c.der))) << c.what;
    } else {
      EXPECT_TRUE(RefusedWith(CheckDer(c.der), Errc::kDerMalformed, "RFC5280-4.1")) << c.what;
    }
  }
}

TEST(CheckDer, GoesAsDeepAsItsLimit) {
  const auto nested = [](std::size_t depth) {
    DerWriter writer(4 * depth);
    for (std::size_t i = 0; i < depth; ++i) writer.Wrap(kDerSequence, 0);
    return Copy(writer.View());
  };
  EXPECT_TRUE(Accepted(CheckDer(nested(kMaxDerDepth))));
  EXPECT_TRUE(RefusedWith(CheckDer(nested(kMaxDerDepth + 1)), Errc::kDerMalformed, "RFC5280-4.1"));
}

TEST(DerWriter, WritesWhatTheReaderReads) {
  const Bytes number = {0x80};
  DerWriter writer(512);
  writer.PrependBits(Bytes(300, 0x55));
  writer.PrependUnsigned(number);
  writer.PrependUnsigned({});
  writer.PrependElement(kDerOctetString, Bytes(128, 1));
  writer.Wrap(kDerSequence, 0);
  const Bytes der = Copy(writer.View());
  ASSERT_TRUE(Accepted(CheckDer(der)));
  DerReader outer(der);
  DerReader reader(*outer.Read(kDerSequence));
  EXPECT_EQ(reader.Read(kDerOctetString)->size(), 128U);
  EXPECT_EQ(reader.ReadSmall(), 0U);
  EXPECT_EQ(reader.ReadSmall(), 0x80U);
  EXPECT_EQ(reader.ReadBits()->size(), 300U);
  EXPECT_TRUE(reader.AtEnd());
}

TEST(DerWriterDeathTest, StopsAtItsCapacity) {
  DerWriter writer(2);
  EXPECT_DEATH(writer.Prepend(Bytes(3)), "");
  DerWriter early(32);
  EXPECT_DEATH(early.PrependTime(WallTime{seconds{-1}}), "");
}

}  // namespace
}  // namespace signet::codec
