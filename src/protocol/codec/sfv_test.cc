#include "protocol/codec/sfv.h"

#include <ostream>

#include "gtest/gtest.h"

namespace signet::codec::sfv {
namespace {

using std::string_literals::operator""s;
using Lines = std::vector<std::string>;

enum class Kind { kItem, kList, kDictionary };

std::vector<std::string_view> Views(const Lines& lines) { return {lines.begin(), lines.end()}; }

Result<Item> ItemOf(const std::string& text) { return ParseItem(Views({text})); }
Result<List> ListOf(const std::string& text) { return ParseList(Views({text})); }
Result<Dictionary> DictionaryOf(const std::string& text) { return ParseDictionary(Views({text})); }

BareItem ValueOf(const std::string& text) {
  const Result<Item> item = ItemOf(text);
  EXPECT_TRUE(item.has_value()) << text;
  return item.has_value() ? item->value : BareItem(Token{"refused"});
}

// The serialization of what is parsed, or the refusal.
Result<std::string> Canonical(Kind kind, const Lines& lines) {
  switch (kind) {
    case Kind::kItem: {
      SIGNET_TRY_ASSIGN(const Item item, ParseItem(Views(lines)));
      return Serialize(item);
    }
    case Kind::kList: {
      SIGNET_TRY_ASSIGN(const List list, ParseList(Views(lines)));
      return Serialize(list);
    }
    case Kind::kDictionary: {
      SIGNET_TRY_ASSIGN(const Dictionary dictionary, ParseDictionary(Views(lines)));
      return Serialize(dictionary);
    }
  }
  return Refuse(Errc::kSfvMalformed);
}

struct AcceptedCase {
  const char* rule;
  Kind kind;
  Lines lines;
  std::string canonical;
};

// The fields that RFC 9651 prints, with the text that section 4.1 gives for their values.
TEST(Sfv, ReadsTheExamplesOfTheRfc) {
  using enum Kind;
  const AcceptedCase kCases[] = {
      {"RFC 9651 section 3.1", kList, {"sugar, tea, rum"}, "sugar, tea, rum"},
      {"RFC 9651 section 3.1", kList, {"sugar, tea", "rum"}, "sugar, tea, rum"},
      {"RFC 9651 section 3.1.1",
       kList,
       {R"(("foo" "bar"), ("baz"), ("bat" "one"), ())"},
       R"(("foo" "bar"), ("baz"), ("bat" "one"), ())"},
      {"RFC 9651 section 3.1.1",
       kList,
       {R"(("foo"; a=1;b=2);lvl=5, ("bar" "baz");lvl=1)"},
       R"(("foo";a=1;b=2);lvl=5, ("bar" "baz");lvl=1)"},
      {"RFC 9651 section 3.1.2",
       kList,
       {R"(abc;a=1;b=2; cde_456, (ghi;jk=4 l);q="9";r=w)"},
       R"(abc;a=1;b=2;cde_456, (ghi;jk=4 l);q="9";r=w)"},
      {"RFC 9651 section 3.1.2", kItem, {"1; a; b=?0"}, "1;a;b=?0"},
      {"RFC 9651 section 3.2",
       kDictionary,
       {R"(en="Applepie", da=:w4ZibGV0w6ZydGU=:)"},
       R"(en="Applepie", da=:w4ZibGV0w6ZydGU=:)"},
      {"RFC 9651 section 3.2", kDictionary, {"a=?0, b, c; foo=bar"}, "a=?0, b, c;foo=bar"},
      {"RFC 9651 section 3.2",
       kDictionary,
       {"rating=1.5, feelings=(joy sadness)"},
       "rating=1.5, feelings=(joy sadness)"},
      {"RFC 9651 section 3.2",
       kDictionary,
       {"a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid"},
       "a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid"},
      {"RFC 9651 section 3.2", kDictionary, {"foo=1, bar=2"}, "foo=1, bar=2"},
      {"RFC 9651 section 3.2", kDictionary, {"foo=1", "bar=2"}, "foo=1, bar=2"},
      {"RFC 9651 section 3.3", kItem, {"5"}, "5"},
      {"RFC 9651 section 3.3", kItem, {"5; foo=bar"}, "5;foo=bar"},
      {"RFC 9651 section 3.3.1", kItem, {"42"}, "42"},
      {"RFC 9651 section 3.3.1", kItem, {"0002"}, "2"},
      {"RFC 9651 section 3.3.1", kItem, {"-01"}, "-1"},
      {"RFC 9651 section 3.3.1", kItem, {"-0"}, "0"},
      {"RFC 9651 section 3.3.2", kItem, {"4.5"}, "4.5"},
      {"RFC 9651 section 3.3.2", kItem, {"0002.5"}, "2.5"},
      {"RFC 9651 section 3.3.2", kItem, {"-01.334"}, "-1.334"},
      {"RFC 9651 section 3.3.2", kItem, {"5.230"}, "5.23"},
      {"RFC 9651 section 3.3.2", kItem, {"-0.40"}, "-0.4"},
      {"RFC 9651 section 3.3.2", kItem, {"-0.0"}, "0.0"},
      {"RFC 9651 section 3.3.3", kItem, {R"("hello world")"}, R"("hello world")"},
      {"RFC 9651 section 3.3.4", kItem, {"foo123/456"}, "foo123/456"},
      {"RFC 9651 section 3.3.5",
       kItem,
       {":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:"},
       ":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:"},
      {"RFC 9651 section 3.3.6", kItem, {"?1"}, "?1"},
      {"RFC 9651 section 3.3.7", kItem, {"@1659578233"}, "@1659578233"},
      {"RFC 9651 section 3.3.7", kItem, {"@-62135596800"}, "@-62135596800"},
      {"RFC 9651 section 3.3.7", kItem, {"@253402214400"}, "@253402214400"},
      {"RFC 9651 section 3.3.8",
       kItem,
       {R"(%"This is intended for display to %c3%bcsers.")"},
       R"(%"This is intended for display to %c3%bcsers.")"},
      // The two lines of section 4.2, which a parser may refuse: joined, they are one string.
      {"RFC9651-4.2", kItem, {"\"foo", "bar\""}, R"("foo, bar")"},
  };
  for (const AcceptedCase& c : kCases) {
    const Result<std::string> got = Canonical(c.kind, c.lines);
    ASSERT_TRUE(got.has_value()) << c.rule << " " << c.lines.front() << got.error().detail;
    EXPECT_EQ(*got, c.canonical) << c.rule;
    // Canonical text is a fixed point.
    EXPECT_EQ(Canonical(c.kind, {*got}).value(), c.canonical) << c.rule;
  }
  EXPECT_EQ(ValueOf(":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:"),
            BareItem(Bytes(AsBytes("pretend this is binary content.").begin(),
                           AsBytes("pretend this is binary content.").end())));
}

TEST(Sfv, AcceptsWhatTheAlgorithmsAccept) {
  using enum Kind;
  const AcceptedCase kCases[] = {
      {"RFC9651-4.2 step 2", kItem, {"  1"}, "1"},
      {"RFC9651-4.2 step 6", kItem, {"1  "}, "1"},
      {"RFC9651-4.2 step 2", kList, {"  a"}, "a"},
      {"RFC9651-4.2 step 2", kDictionary, {"  a"}, "a"},
      {"RFC 9651 section 4.2.1", kList, {""}, ""},
      {"RFC 9651 section 4.2.1", kList, {"   "}, ""},
      {"RFC 9651 section 4.2.1", kList, {}, ""},
      {"RFC 9651 section 4.2.1 OWS", kList, {"a \t ,\t b"}, "a, b"},
      {"RFC 9651 section 4.2.1 OWS", kList, {"a,b"}, "a, b"},
      {"RFC 9651 section 4.2.1 OWS at the end", kList, {"a \t"}, "a"},
      {"RFC 9651 section 4.2.1 three lines", kList, {"a", "b,c", "d"}, "a, b, c, d"},
      {"RFC 9651 section 4.2.1.2", kList, {"()"}, "()"},
      {"RFC 9651 section 4.2.1.2 spaces", kList, {"(   )"}, "()"},
      {"RFC 9651 section 4.2.1.2 spaces", kList, {"(  a   b  )"}, "(a b)"},
      {"RFC 9651 section 4.2.1.2 parameters", kList, {"(a;x=1 b;y);z"}, "(a;x=1 b;y);z"},
      {"RFC 9651 section 4.2.2", kDictionary, {""}, ""},
      {"RFC 9651 section 4.2.2", kDictionary, {}, ""},
      {"RFC 9651 section 4.2.2 OWS", kDictionary, {"a=1\t,\tb=2 "}, "a=1, b=2"},
      {"RFC 9651 section 4.2.2 true written out", kDictionary, {"a=?1;x=?1"}, "a;x"},
      {"RFC 9651 section 4.2.2 empty inner list", kDictionary, {"a=()"}, "a=()"},
      {"RFC 9651 section 4.2.3.2 spaces", kItem, {"a;   b;  c=1"}, "a;b;c=1"},
      {"RFC 9651 section 4.2.3.3 characters", kItem, {"1;*;a_-.*9z"}, "1;*;a_-.*9z"},
      {"RFC 9651 section 4.2.4", kItem, {"999999999999999"}, "999999999999999"},
      {"RFC 9651 section 4.2.4", kItem, {"-999999999999999"}, "-999999999999999"},
      {"RFC 9651 section 4.2.4", kItem, {"000000000000000"}, "0"},
      {"RFC 9651 section 4.2.4", kItem, {"999999999999.999"}, "999999999999.999"},
      {"RFC 9651 section 4.2.4", kItem, {"-999999999999.999"}, "-999999999999.999"},
      {"RFC 9651 section 4.2.4", kItem, {"0.001"}, "0.001"},
      {"RFC 9651 section 4.2.4", kItem, {"1.010"}, "1.01"},
      {"RFC 9651 section 4.2.4", kItem, {"1.000"}, "1.0"},
      {"RFC 9651 section 4.2.5 empty", kItem, {R"("")"}, R"("")"},
      {"RFC 9651 section 4.2.5 escapes", kItem, {R"("a\"b\\c")"}, R"("a\"b\\c")"},
      {"RFC 9651 section 4.2.5 separators", kList, {R"("a,b;c", "(")"}, R"("a,b;c", "(")"},
      {"RFC 9651 section 4.2.6 characters",
       kItem,
       {"*a!#$%&'*+-.^_`|~:/0Z"},
       "*a!#$%&'*+-.^_`|~:/0Z"},
      {"RFC 9651 section 4.2.6 upper case", kItem, {"A"}, "A"},
      {"RFC 9651 section 4.2.7 empty", kItem, {"::"}, "::"},
      {"RFC 9651 section 4.2.7 all digits", kItem, {":+/09azAZ:"}, ":+/09azAZ:"},
      {"RFC 9651 section 4.2.7 no padding", kItem, {":AA:"}, ":AA==:"},
      {"RFC 9651 section 4.2.7 no padding", kItem, {":AQIDBAU:"}, ":AQIDBAU=:"},
      {"RFC 9651 section 4.2.7 pad bits set", kItem, {":iZ==:"}, ":iQ==:"},
      {"RFC 9651 section 4.2.7 pad bits set", kItem, {":AAB=:"}, ":AAA=:"},
      {"RFC 9651 section 4.2.7 no padding, pad bits set", kItem, {":iZ:"}, ":iQ==:"},
      {"RFC 9651 section 4.2.8", kItem, {"?0"}, "?0"},
      {"RFC 9651 section 4.2.9", kItem, {"@-1"}, "@-1"},
      {"RFC 9651 section 4.2.9", kItem, {"@0"}, "@0"},
      {"RFC 9651 section 4.2.10 empty", kItem, {R"(%"")"}, R"(%"")"},
      {"RFC 9651 section 4.2.10 escape without need", kItem, {R"(%"%41%5c")"}, R"(%"A\")"},
      {"RFC 9651 section 4.2.10 needed escapes",
       kItem,
       {R"(%"%25%22%00%7f")"},
       R"(%"%25%22%00%7f")"},
  };
  for (const AcceptedCase& c : kCases) {
    const std::string text = c.lines.empty() ? "" : c.lines.front();
    const Result<std::string> got = Canonical(c.kind, c.lines);
    ASSERT_TRUE(got.has_value()) << c.rule << " " << text << " " << got.error().detail;
    EXPECT_EQ(*got, c.canonical) << c.rule << " " << text;
  }
}

TEST(Sfv, GivesEachTypeItsValue) {  // [RFC9651-4.2] section 3.3
  EXPECT_EQ(ValueOf("42"), BareItem(std::int64_t{42}));
  EXPECT_EQ(ValueOf("-17"), BareItem(std::int64_t{-17}));
  EXPECT_EQ(ValueOf("4.5"), BareItem(Decimal{4500}));
  EXPECT_EQ(ValueOf("-0.001"), BareItem(Decimal{-1}));
  EXPECT_EQ(ValueOf("0.25"), BareItem(Decimal{250}));
  EXPECT_EQ(ValueOf("999999999999.999"), BareItem(Decimal{999'999'999'999'999}));
  EXPECT_EQ(ValueOf(R"("a\"\\b")"), BareItem(R"(a"\b)"s));
  EXPECT_EQ(ValueOf("a:b"), BareItem(Token{"a:b"}));
  EXPECT_EQ(ValueOf(":AAEC/w==:"), BareItem(Bytes{0, 1, 2, 255}));
  EXPECT_EQ(ValueOf("?1"), BareItem(true));
  EXPECT_EQ(ValueOf("?0"), BareItem(false));
  EXPECT_EQ(ValueOf("@1659578233"), BareItem(Date{1659578233}));
  EXPECT_EQ(ValueOf(R"(%"f%c3%bc%f0%9f%98%80")"), BareItem(DisplayString{"f\u00fc\U0001f600"}));
}

TEST(Sfv, KeepsTypesApart) {  // RFC 9651 appendix B
  EXPECT_NE(ValueOf("a"), ValueOf(R"("a")"));
  EXPECT_NE(ValueOf(R"(%"a")"), ValueOf(R"("a")"));
  EXPECT_NE(ValueOf("1"), ValueOf("1.0"));
  EXPECT_NE(ValueOf("1"), ValueOf("@1"));
  EXPECT_NE(ValueOf("1"), ValueOf("?1"));
}

TEST(Sfv, GivesParametersByIndexAndByKey) {  // RFC 9651 section 3.1.2
  const Item item = ItemOf("1;a;b=?0;c=\"x\"").value();
  ASSERT_EQ(item.parameters.entries().size(), 3U);
  EXPECT_EQ(item.parameters.entries()[2].first, "c");
  EXPECT_EQ(*item.parameters.Find("a"), BareItem(true));
  EXPECT_EQ(*item.parameters.Find("b"), BareItem(false));
  EXPECT_EQ(*item.parameters.Find("c"), BareItem("x"s));
  EXPECT_EQ(item.parameters.Find("d"), nullptr);
  EXPECT_FALSE(item.parameters.empty());
  EXPECT_FALSE(item.parameters.repeated());
  EXPECT_TRUE(ItemOf("1")->parameters.empty());
}

TEST(Sfv, GivesMembersByIndexAndByKey) {  // RFC 9651 section 3.2
  const Dictionary dictionary = DictionaryOf("a=(1 2);x, b;y=2, c=tok").value();
  ASSERT_EQ(dictionary.entries().size(), 3U);
  EXPECT_EQ(dictionary.entries()[1].first, "b");
  const auto& list = std::get<InnerList>(*dictionary.Find("a"));
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[1].value, BareItem(std::int64_t{2}));
  EXPECT_EQ(*list.parameters.Find("x"), BareItem(true));
  const auto& b = std::get<Item>(*dictionary.Find("b"));
  EXPECT_EQ(b.value, BareItem(true));
  EXPECT_EQ(*b.parameters.Find("y"), BareItem(std::int64_t{2}));
  EXPECT_EQ(dictionary.Find("z"), nullptr);
  EXPECT_FALSE(dictionary.empty());
  EXPECT_FALSE(dictionary.repeated());
  EXPECT_TRUE(DictionaryOf("")->empty());
}

TEST(Sfv, RepeatedKeyKeepsItsPlaceAndTakesTheLastValue) {  // [ATTACK-12] sections 4.2.2, 4.2.3.2
  const Dictionary dictionary = DictionaryOf("a=1;x, b=2, a=(3)").value();
  EXPECT_TRUE(dictionary.repeated());
  EXPECT_EQ(Serialize(dictionary).value(), "a=(3), b=2");
  EXPECT_EQ(dictionary, DictionaryOf("a=(3), b=2").value());

  const Dictionary lines = ParseDictionary(Views({"a=1", "a=1"})).value();
  EXPECT_TRUE(lines.repeated());

  const Item item = ItemOf("tok;a=1;b;a=2").value();
  EXPECT_TRUE(item.parameters.repeated());
  EXPECT_EQ(Serialize(item).value(), "tok;a=2;b");
  EXPECT_EQ(item, ItemOf("tok;a=2;b").value());

  // The flag belongs to the parameters in which it happened.
  const List list = ListOf("(a;x;x b;x);x, c").value();
  const auto& inner = std::get<InnerList>(list[0]);
  EXPECT_TRUE(inner.items[0].parameters.repeated());
  EXPECT_FALSE(inner.items[1].parameters.repeated());
  EXPECT_FALSE(inner.parameters.repeated());
  EXPECT_FALSE(DictionaryOf("a;x;x")->repeated());
}

// Many keys are sorted instead of compared pairwise; the outcome is that of setting one by one.
TEST(Sfv, RepeatedKeysAmongManyAreTreatedAsAmongFew) {  // [ATTACK-12]
  for (const std::size_t distinct : {2U, 15U, 16U, 17U, 64U, 200U}) {
    for (const std::size_t count : {distinct, distinct + 1, std::size_t{250}}) {
      Dictionary expected;
      Parameters expected_parameters;
      std::string members;
      std::string parameters = "tok";
      for (std::size_t i = 0; i < count; ++i) {
        const std::string key = "k" + std::to_string(i * 7 % distinct);
        const auto value = static_cast<std::int64_t>(i);
        expected.Set(key, Item{.value = value});
        expected_parameters.Set(key, value);
        members += (i == 0 ? "" : ",") + key + "=" + std::to_string(i);
        parameters += ";" + key + "=" + std::to_string(i);
      }
      const Dictionary dictionary = DictionaryOf(members).value();
      EXPECT_EQ(dictionary, expected) << distinct << " " << count;
      EXPECT_EQ(dictionary.repeated(), expected.repeated()) << distinct << " " << count;
      const Item item = ItemOf(parameters).value();
      EXPECT_EQ(item.parameters, expected_parameters) << distinct << " " << count;
      EXPECT_EQ(item.parameters.repeated(), expected_parameters.repeated()) << distinct;
    }
  }
}

TEST(Sfv, ComparesOrder) {
  EXPECT_NE(ItemOf("1;a;b").value(), ItemOf("1;b;a").value());
  EXPECT_NE(DictionaryOf("a, b").value(), DictionaryOf("b, a").value());
}

struct RefusedCase {
  const char* rule;
  Kind kind;
  std::string text;
};
void PrintTo(const RefusedCase& c, std::ostream* os) { *os << c.rule << " " << c.text; }

void ExpectMalformed(const RefusedCase& c) {
  const Result<std::string> got = Canonical(c.kind, {c.text});
  ASSERT_FALSE(got.has_value()) << testing::PrintToString(c);
  EXPECT_EQ(got.error().code, Errc::kSfvMalformed) << testing::PrintToString(c);
  EXPECT_EQ(got.error().rule(), "RFC9651-4.2");
}

TEST(Sfv, RefusesMalformedStructures) {  // [RFC9651-4.2]
  using enum Kind;
  const RefusedCase kCases[] = {
      {"4.2 step 2: SP, not HTAB", kItem, "\t1"},
      {"4.2 step 2: SP, not HTAB", kList, "\ta"},
      {"4.2 step 2: SP, not HTAB", kDictionary, "\ta"},
      {"4.2 step 6: SP, not HTAB", kItem, "1\t"},
      {"4.2 step 7", kItem, "1 2"},
      {"4.2 step 7", kItem, "1, 2"},
      {"4.2 step 7", kItem, "a\n"},
      {"4.2.1 trailing comma", kList, "a,"},
      {"4.2.1 trailing comma", kList, "a, \t"},
      {"4.2.1 leading comma", kList, ",a"},
      {"4.2.1 empty member", kList, "a,,b"},
      {"4.2.1 no comma", kList, "a b"},
      {"4.2.1 no comma", kList, "a\tb"},
      {"4.2.1 other separator", kList, "a; b c"},
      {"4.2.1 line break", kList, "a,\r\nb"},
      {"4.2.1.2 no end", kList, "("},
      {"4.2.1.2 no end", kList, "(a"},
      {"4.2.1.2 no end", kList, "(a "},
      {"4.2.1.2 no end", kList, "(a;x"},
      {"4.2.1.2 comma", kList, "(a, b)"},
      {"4.2.1.2 no space", kList, R"(("a""b"))"},
      {"4.2.1.2 HTAB", kList, "(a\tb)"},
      {"4.2.1.2 HTAB", kList, "(\ta)"},
      {"4.2.1.2 nested", kList, "((a))"},
      {"4.2.1.2 bad member", kList, "(a =)"},
      {"4.2.1.2 bad parameters", kList, "(a);="},
      {"4.2.1.2 closed twice", kList, "(a))"},
      {"4.2.1.2 in an item", kItem, "(a)"},
      {"4.2.1.2 in a parameter", kItem, "a;b=(c)"},
      {"4.2.2 trailing comma", kDictionary, "a=1,"},
      {"4.2.2 trailing comma", kDictionary, "a=1,  "},
      {"4.2.2 no comma", kDictionary, "a=1 b=2"},
      {"4.2.2 no value", kDictionary, "a="},
      {"4.2.2 no value", kDictionary, "a=,b=1"},
      {"4.2.2 space before the value", kDictionary, "a= 1"},
      {"4.2.2 space behind the key", kDictionary, "a =1"},
      {"4.2.2 upper case", kDictionary, "A=1"},
      {"4.2.2 upper case within", kDictionary, "aB=1"},
      {"4.2.2 digit first", kDictionary, "1a=1"},
      {"4.2.2 no key", kDictionary, "=1"},
      {"4.2.2 bad parameters", kDictionary, "a;=1"},
      {"4.2.2 bad inner list", kDictionary, "a=(1"},
      {"4.2.3.1 empty", kItem, ""},
      {"4.2.3.1 empty", kItem, "   "},
      {"4.2.3.1 unknown type", kItem, "!a"},
      {"4.2.3.1 unknown type", kItem, "'a'"},
      {"4.2.3.1 unknown type", kItem, "+1"},
      {"4.2.3.1 unknown type", kItem, ".5"},
      {"4.2.3.1 not ASCII", kItem, "\xc3\xa4"},
      {"4.2.3.1 NUL", kItem, "\0"s},
      {"4.2.3.2 no key", kItem, "a;"},
      {"4.2.3.2 no key", kItem, "a;;b"},
      {"4.2.3.2 HTAB before the key", kItem, "a;\tb"},
      {"4.2.3.2 space before the semicolon", kItem, "a ;b"},
      {"4.2.3.2 space before the value", kItem, "a;b= 1"},
      {"4.2.3.2 no value", kItem, "a;b="},
      {"4.2.3.3 upper case", kItem, "a;B=1"},
      {"4.2.3.3 underscore first", kItem, "a;_b"},
      {"4.2.3.3 not ASCII", kItem, "a;\xc3\xa4"},
  };
  for (const RefusedCase& c : kCases) ExpectMalformed(c);
  EXPECT_EQ(ParseItem({}).error().code, Errc::kSfvMalformed);  // a field that is not there
  EXPECT_EQ(Canonical(kList, {"a", ""}).error().code, Errc::kSfvMalformed);
  EXPECT_EQ(Canonical(kList, {"(a", "b)"}).error().code, Errc::kSfvMalformed);
  EXPECT_EQ(Canonical(kItem, {"1", "2"}).error().code, Errc::kSfvMalformed);
}

TEST(Sfv, RefusesMalformedBareItems) {  // [RFC9651-4.2]
  using enum Kind;
  const RefusedCase kCases[] = {
      {"4.2.4 sign alone", kItem, "-"},
      {"4.2.4 no digit", kItem, "-a"},
      {"4.2.4 two signs", kItem, "--1"},
      {"4.2.4 space behind the sign", kItem, "- 1"},
      {"4.2.4 16 digits", kItem, "1000000000000000"},
      {"4.2.4 16 digits, zeros", kItem, "0000000000000000"},
      {"4.2.4 more than fits 64 bits", kItem, "99999999999999999999"},
      {"4.2.4 13 digits before the point", kItem, "1234567890123.0"},
      {"4.2.4 nothing behind the point", kItem, "1."},
      {"4.2.4 no digit behind the point", kItem, "1.a"},
      {"4.2.4 nothing before the point", kItem, "-.5"},
      {"4.2.4 four digits behind the point", kItem, "1.0000"},
      {"4.2.4 two points", kItem, "1.2.3"},
      {"4.2.4 two points", kItem, "1..2"},
      {"4.2.4 exponent", kItem, "1e3"},
      {"4.2.4 comma", kItem, "1,000"},
      {"4.2.4 sign within", kItem, "1-2"},
      {"4.2.5 no end", kItem, R"(")"},
      {"4.2.5 no end", kItem, R"("abc)"},
      {"4.2.5 ends in a backslash", kItem, R"("abc\)"},
      {"4.2.5 end escaped", kItem, R"("abc\")"},
      {"4.2.5 other escape", kItem, R"("\n")"},
      {"4.2.5 other escape", kItem, R"("\,")"},
      {"4.2.5 HTAB", kItem, "\"a\tb\""},
      {"4.2.5 newline", kItem, "\"a\nb\""},
      {"4.2.5 NUL", kItem, "\"a\0b\""s},
      {"4.2.5 %x1f", kItem, "\"\x1f\""},
      {"4.2.5 DEL", kItem, "\"\x7f\""},
      {"4.2.5 not ASCII", kItem, "\"f\xc3\xbc\""},
      {"4.2.5 text behind", kItem, R"("a"b)"},
      {"4.2.6 character", kItem, "a@b"},
      {"4.2.6 character", kItem, R"(a"b)"},
      {"4.2.6 character", kItem, "a,b"},
      {"4.2.6 not ASCII", kItem, "f\xc3\xbc"},
      {"4.2.7 no end", kItem, ":"},
      {"4.2.7 no end", kItem, ":AAAA"},
      {"4.2.7 character", kItem, ":AA-A:"},
      {"4.2.7 character", kItem, ":AA_A:"},
      {"4.2.7 space", kItem, ": AAAA:"},
      {"4.2.7 line feed", kItem, ":AAAA\nAAAA:"},
      {"4.2.7 padding first", kItem, ":=AAA:"},
      {"4.2.7 padding within", kItem, ":AA==AAAA:"},
      {"4.2.7 padding alone", kItem, ":=:"},
      {"4.2.7 too much padding", kItem, ":AAAA====:"},
      {"4.2.7 one digit over", kItem, ":AAAAA:"},
      {"4.2.7 text behind", kItem, ":AAAA:A"},
      {"4.2.7 part of the padding", kItem, ":AA=:"},
      {"4.2.7 part of the padding", kItem, ":AB=:"},
      {"4.2.7 too much padding", kItem, ":AAA==:"},
      {"4.2.7 too much padding", kItem, ":A===:"},
      {"4.2.7 padding alone", kItem, ":==:"},
      {"4.2.7 padding alone", kItem, ":====:"},
      {"4.2.7 one digit", kItem, ":A:"},
      {"4.2.7 character, without padding", kItem, ":A-:"},
      {"4.2.8 no value", kItem, "?"},
      {"4.2.8 another value", kItem, "?2"},
      {"4.2.8 a word", kItem, "?true"},
      {"4.2.8 text behind", kItem, "?10"},
      {"4.2.9 no number", kItem, "@"},
      {"4.2.9 no number", kItem, "@a"},
      {"4.2.9 decimal", kItem, "@1.5"},
      {"4.2.9 16 digits", kItem, "@1000000000000000"},
      {"4.2.9 plus", kItem, "@+1"},
      {"4.2.10 no quote", kItem, "%"},
      {"4.2.10 no quote", kItem, "%a"},
      {"4.2.10 no end", kItem, R"(%")"},
      {"4.2.10 no end", kItem, R"(%"abc)"},
      {"4.2.10 cut escape", kItem, R"(%"%)"},
      {"4.2.10 cut escape", kItem, R"(%"%4)"},
      {"4.2.10 quote in an escape", kItem, R"(%"%4")"},
      {"4.2.10 upper case", kItem, R"(%"%C3%bc")"},
      {"4.2.10 upper case", kItem, R"(%"%c3%bC")"},
      {"4.2.10 no hexadecimal digit", kItem, R"(%"%g0")"},
      {"4.2.10 no hexadecimal digit", kItem, R"(%"%0g")"},
      {"4.2.10 below the digits", kItem, R"(%"%/0")"},
      {"4.2.10 above the digits", kItem, R"(%"%:0")"},
      {"4.2.10 below the letters", kItem, R"(%"%`0")"},
      {"4.2.10 backslash escapes nothing", kItem, R"(%"\"")"},
      {"4.2.10 HTAB", kItem, "%\"\t\""},
      {"4.2.10 DEL", kItem, "%\"\x7f\""},
      {"4.2.10 not ASCII", kItem, "%\"f\xc3\xbc\""},
      {"4.2.10 lone continuation", kItem, R"(%"%80")"},
      {"4.2.10 cut sequence", kItem, R"(%"%c3")"},
      {"4.2.10 overlong", kItem, R"(%"%c0%af")"},
      {"4.2.10 surrogate", kItem, R"(%"%ed%a0%80")"},
      {"4.2.10 over U+10FFFF", kItem, R"(%"%f4%90%80%80")"},
  };
  for (const RefusedCase& c : kCases) {
    ExpectMalformed(c);
    // The same text as a parameter, and as a member of each structure.
    ExpectMalformed({c.rule, kItem, "tok;p=" + c.text});
    ExpectMalformed({c.rule, kDictionary, "k=" + c.text + " x"});
    ExpectMalformed({c.rule, kList, "(" + c.text});
  }
}

// Every byte at the places where one byte alone decides, against the classes as the RFC writes
// them.
TEST(Sfv, DecidesEveryByteAsTheGrammarSays) {  // [RFC9651-4.2] appendix C
  constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kDigits = "0123456789";
  const auto in = [](std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
  };
  for (int code = 0; code < 256; ++code) {
    const char c = static_cast<char>(code);
    const bool printable = code >= 0x20 && code <= 0x7e;
    const bool lower = in(kLower, c);
    const bool digit = in(kDigits, c);
    const bool alpha = lower || in(kUpper, c);
    const std::string one(1, c);
    const auto item = [](const std::string& text) { return ItemOf(text).has_value(); };
    EXPECT_EQ(item("\"" + one + "\""), printable && c != '"' && c != '\\') << code;
    EXPECT_EQ(item("\"\\" + one + "\""), c == '"' || c == '\\') << code;
    EXPECT_EQ(item("%\"" + one + "\""), printable && c != '"' && c != '%') << code;
    EXPECT_EQ(item("1;" + one + "=2"), lower || c == '*') << code;
    EXPECT_EQ(item("1;a" + one + "=2"), lower || digit || in("_-.*", c)) << code;
    EXPECT_EQ(item(one + "a"), alpha || c == '*' || c == ' ') << code;
    EXPECT_EQ(item("a" + one + "a"), alpha || digit || in("!#$%&'*+-.^_`|~:/;", c)) << code;
    EXPECT_EQ(item(":AAA" + one + ":"), alpha || digit || in("+/", c) || c == '=') << code;
    EXPECT_EQ(item("%\"%4" + one + "\""), digit || in("abcdef", c)) << code;
    EXPECT_EQ(item("?" + one), c == '0' || c == '1') << code;
  }
}

}  // namespace
}  // namespace signet::codec::sfv
