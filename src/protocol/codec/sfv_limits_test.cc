// Limits of structured fields at n and n + 1, and serialization.
#include <limits>

#include "gtest/gtest.h"

#include "protocol/codec/sfv.h"

namespace signet::codec::sfv {
namespace {

using std::string_literals::operator""s;

constexpr std::int64_t kMaxNumber = 999'999'999'999'999;

template <typename T>
void ExpectTooLarge(const Result<T>& got, const char* rule) {
  ASSERT_FALSE(got.has_value()) << rule;
  EXPECT_EQ(got.error().code, Errc::kSfvTooLarge) << rule;
}

Result<Item> ItemOf(std::string_view text) { return ParseItem({&text, 1}); }
Result<List> ListOf(std::string_view text) { return ParseList({&text, 1}); }
Result<Dictionary> DictionaryOf(std::string_view text) { return ParseDictionary({&text, 1}); }

std::string Times(std::size_t count, const std::string& piece, const std::string& separator) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : separator) + piece;
  return out;
}

// "k0,k1,k2"
std::string Keys(std::size_t count, const std::string& separator) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += (i == 0 ? "k" : separator + "k") + std::to_string(i);
  return out;
}

TEST(SfvLimits, MembersOfAList) {  // RFC 9651 section 3.1
  EXPECT_EQ(ListOf(Times(kMaxMembers, "a", ","))->size(), kMaxMembers);
  ExpectTooLarge(ListOf(Times(kMaxMembers + 1, "a", ",")), "3.1");
}

TEST(SfvLimits, MembersOfADictionary) {  // RFC 9651 section 3.2
  EXPECT_EQ(DictionaryOf(Keys(kMaxMembers, ","))->entries().size(), kMaxMembers);
  ExpectTooLarge(DictionaryOf(Keys(kMaxMembers + 1, ",")), "3.2");
  // A key that was there counts again: it costs work too.
  EXPECT_EQ(DictionaryOf(Times(kMaxMembers, "a", ","))->entries().size(), 1U);
  ExpectTooLarge(DictionaryOf(Times(kMaxMembers + 1, "a", ",")), "3.2");
}

TEST(SfvLimits, MembersOfAnInnerList) {  // RFC 9651 section 3.1.1
  const List list = ListOf("(" + Times(kMaxInnerMembers, "a", " ") + ")").value();
  EXPECT_EQ(std::get<InnerList>(list[0]).items.size(), kMaxInnerMembers);
  ExpectTooLarge(ListOf("(" + Times(kMaxInnerMembers + 1, "a", " ") + ")"), "3.1.1");
}

TEST(SfvLimits, Parameters) {  // RFC 9651 section 3.1.2
  const std::string full = ";" + Keys(kMaxParameters, ";");
  EXPECT_EQ(ItemOf("1" + full)->parameters.entries().size(), kMaxParameters);
  EXPECT_TRUE(ListOf("(1" + full + ")" + full + ", 2" + full).has_value());
  ExpectTooLarge(ItemOf("1;" + Keys(kMaxParameters + 1, ";")), "3.1.2");
  ExpectTooLarge(ListOf("(1);" + Keys(kMaxParameters + 1, ";")), "3.1.2");
  ExpectTooLarge(DictionaryOf("a;" + Keys(kMaxParameters + 1, ";")), "3.1.2");
  ExpectTooLarge(ItemOf("1;" + Times(kMaxParameters + 1, "a", ";")), "3.1.2");
}

TEST(SfvLimits, Keys) {  // RFC 9651 sections 3.1.2, 3.2
  const std::string key(kMaxKeyBytes, 'k');
  EXPECT_EQ(DictionaryOf(key)->entries()[0].first, key);
  EXPECT_EQ(ItemOf("1;" + key)->parameters.entries()[0].first, key);
  ExpectTooLarge(DictionaryOf(key + "k"), "3.2");
  ExpectTooLarge(ItemOf("1;" + key + "k"), "3.1.2");
}

TEST(SfvLimits, WholeField) {
  const std::string text = '"' + std::string(kMaxFieldBytes - 2, 'a') + '"';
  EXPECT_TRUE(ItemOf(text).has_value());
  ExpectTooLarge(ItemOf(text + " "), "spaces count");
  ExpectTooLarge(ListOf(text + " "), "spaces count");
  ExpectTooLarge(DictionaryOf(text + " "), "decided before the syntax");
}

TEST(SfvLimits, WholeFieldCountsAllLinesAndWhatJoinsThem) {
  const std::string half = '"' + std::string(kMaxFieldBytes / 2 - 3, 'a') + '"';  // one byte less
  const std::string more = half + ' ';
  for (const auto& [lines, fits] : std::vector<std::pair<std::vector<std::string_view>, bool>>{
           {{half, half}, true}, {{half, more}, false}, {{half, half, ""}, false}}) {
    EXPECT_EQ(ParseList(lines).has_value(), fits);
    if (!fits) ExpectTooLarge(ParseList(lines), "two lines");
  }
}

// What RFC 9651 asks of a parser at least.
TEST(SfvLimits, AreNotBelowThoseOfTheRfc) {
  EXPECT_TRUE(ItemOf('"' + std::string(1024, 'a') + '"').has_value());            // section 3.3.3
  EXPECT_TRUE(ItemOf(std::string(512, 'a')).has_value());                         // section 3.3.4
  EXPECT_TRUE(ItemOf(':' + Times(16384 / 3 + 1, "AAAA", "") + ':').has_value());  // section 3.3.5
  EXPECT_TRUE(ItemOf("1;" + std::string(64, 'a')).has_value());                   // section 3.1.2
}

TEST(SfvSerialize, WritesEachType) {  // [RFC9651-4.1]
  const struct {
    BareItem value;
    const char* text;
  } kCases[] = {
      {std::int64_t{0}, "0"},
      {std::int64_t{-5}, "-5"},
      {kMaxNumber, "999999999999999"},
      {-kMaxNumber, "-999999999999999"},
      {Decimal{0}, "0.0"},
      {Decimal{1}, "0.001"},
      {Decimal{-1}, "-0.001"},
      {Decimal{10}, "0.01"},
      {Decimal{100}, "0.1"},
      {Decimal{101}, "0.101"},
      {Decimal{1000}, "1.0"},
      {Decimal{-1230}, "-1.23"},
      {Decimal{kMaxNumber}, "999999999999.999"},
      {Decimal{-kMaxNumber}, "-999999999999.999"},
      {""s, "\"\""},
      {" a\"b\\c~"s, R"(" a\"b\\c~")"},
      {Token{"a"}, "a"},
      {Token{"*a/b:C!"}, "*a/b:C!"},
      {Bytes{}, "::"},
      {Bytes{0}, ":AA==:"},
      {Bytes{0xfb, 0xff}, ":+/8=:"},
      {Bytes{1, 2, 3}, ":AQID:"},
      {true, "?1"},
      {false, "?0"},
      {Date{0}, "@0"},
      {Date{-62135596800}, "@-62135596800"},
      {DisplayString{""}, "%\"\""},
      {DisplayString{"a\\b~ "}, "%\"a\\b~ \""},
      {DisplayString{"\"%\x1f\x7f\n"}, "%\"%22%25%1f%7f%0a\""},
      {DisplayString{"\0"s}, "%\"%00\""},
      {DisplayString{"\u00fc\u20ac\U0001f600"}, "%\"%c3%bc%e2%82%ac%f0%9f%98%80\""},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Serialize(c.value).value(), c.text);
    EXPECT_EQ(ItemOf(c.text)->value, c.value) << c.text;
  }
}

TEST(SfvSerialize, RefusesWhatATypeCannotHold) {  // [RFC9651-4.1]
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  const struct {
    const char* rule;
    BareItem value;
  } kCases[] = {
      {"4.1.4", kMaxNumber + 1},
      {"4.1.4", -kMaxNumber - 1},
      {"4.1.4", kMax},
      {"4.1.4", kMin},
      {"4.1.5", Decimal{kMaxNumber + 1}},
      {"4.1.5", Decimal{-kMaxNumber - 1}},
      {"4.1.5", Decimal{kMin}},
      {"4.1.6 NUL", "a\0b"s},
      {"4.1.6 HTAB", "\t"s},
      {"4.1.6 newline", "a\nb"s},
      {"4.1.6 DEL", "\x7f"s},
      {"4.1.6 not ASCII", "\u00fc"s},
      {"4.1.7 empty", Token{""}},
      {"4.1.7 digit first", Token{"1a"}},
      {"4.1.7 colon first", Token{":a"}},
      {"4.1.7 space", Token{"a b"}},
      {"4.1.7 comma", Token{"a,b"}},
      {"4.1.7 newline", Token{"a\n"}},
      {"4.1.7 not ASCII", Token{"a\u00fc"}},
      {"4.1.10", Date{kMaxNumber + 1}},
      {"4.1.10", Date{kMin}},
      {"4.1.11 Latin-1", DisplayString{"\xfc"}},
      {"4.1.11 surrogate", DisplayString{"\xed\xa0\x80"}},
      {"4.1.11 cut", DisplayString{"abcdefgh\xc3"}},
  };
  for (const auto& c : kCases) {
    const Item item{.value = c.value};
    Parameters parameters;
    parameters.Set("p", c.value);
    Dictionary dictionary;
    dictionary.Set("k", item);
    for (const Result<std::string>& got :
         {Serialize(c.value), Serialize(item),
          Serialize(Item{.value = true, .parameters = parameters}),
          Serialize(InnerList{.items = {item}}), Serialize(InnerList{.parameters = parameters}),
          Serialize(List{item}), Serialize(List{InnerList{.items = {item}}}),
          Serialize(dictionary)}) {
      ASSERT_FALSE(got.has_value()) << c.rule;
      EXPECT_EQ(got.error().code, Errc::kSfvUnserializable) << c.rule;
      EXPECT_EQ(got.error().rule(), "RFC9651-4.1") << c.rule;
    }
  }
}

TEST(SfvSerialize, RefusesWhatIsNoKey) {  // [RFC9651-4.1] section 4.1.1.3
  for (const char* key : {"", "A", "aB", "1a", "_a", "a b", "a=", "a\n", "\u00fc", "a\u00fc"}) {
    Item item{.value = true};
    item.parameters.Set(key, true);
    Dictionary dictionary;
    dictionary.Set(key, Item{.value = true});
    Dictionary nested;
    nested.Set("a", item);
    for (const Result<std::string>& got :
         {Serialize(item), Serialize(dictionary), Serialize(nested)}) {
      ASSERT_FALSE(got.has_value()) << key;
      EXPECT_EQ(got.error().code, Errc::kSfvUnserializable) << key;
    }
  }
}

TEST(SfvSerialize, WritesStructures) {  // [RFC9651-4.1]
  Parameters parameters;
  parameters.Set("a", true);
  parameters.Set("b", false);
  parameters.Set("c", Token{"t"});
  const Item item{.value = std::int64_t{1}, .parameters = parameters};
  EXPECT_EQ(Serialize(item).value(), "1;a;b=?0;c=t");
  const InnerList inner{.items = {item, Item{.value = "x"s}}, .parameters = parameters};
  EXPECT_EQ(Serialize(inner).value(), "(1;a;b=?0;c=t \"x\");a;b=?0;c=t");
  EXPECT_EQ(Serialize(InnerList{}).value(), "()");
  EXPECT_EQ(Serialize(List{item, inner, InnerList{}}).value(),
            "1;a;b=?0;c=t, (1;a;b=?0;c=t \"x\");a;b=?0;c=t, ()");
  EXPECT_EQ(Serialize(List{}).value(), "");

  Dictionary dictionary;
  EXPECT_EQ(Serialize(dictionary).value(), "");
  dictionary.Set("one", item);
  dictionary.Set("two", Item{.value = true, .parameters = parameters});
  dictionary.Set("three", Item{.value = false});
  dictionary.Set("four", inner);
  dictionary.Set("*", Item{.value = true});
  EXPECT_EQ(Serialize(dictionary).value(),
            "one=1;a;b=?0;c=t, two;a;b=?0;c=t, three=?0, "
            "four=(1;a;b=?0;c=t \"x\");a;b=?0;c=t, *");
  EXPECT_FALSE(dictionary.repeated());
  dictionary.Set("three", Item{.value = true});
  EXPECT_TRUE(dictionary.repeated());
  EXPECT_EQ(DictionaryOf(Serialize(dictionary).value()).value(), dictionary);
}

}  // namespace
}  // namespace signet::codec::sfv
