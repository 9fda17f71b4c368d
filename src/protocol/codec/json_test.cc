#include "protocol/codec/json.h"

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace {
std::size_t g_allocations = 0;
}  // namespace

// Counts what a warm reader allocates. Not inlined: g++ 12 would see malloc and delete as a
// mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++g_allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace signet::codec {
namespace {

using namespace std::string_literals;

Errc CodeOf(std::string_view text, const JsonLimits& limits = kTokenJsonLimits) {
  JsonDocument doc;
  const Result<void> got = doc.Parse(text, limits);
  EXPECT_FALSE(got.has_value()) << text;
  return got ? Errc::kUsageOption : got.error().code;
}

struct RefusedCase {
  std::string text;
  Errc want;
  const char* why;
};

void ExpectRefused(const std::vector<RefusedCase>& cases) {
  JsonDocument doc;
  for (const auto& c : cases) {
    const Result<void> got = doc.Parse(c.text);
    ASSERT_FALSE(got.has_value()) << c.why << ": " << c.text;
    EXPECT_EQ(got.error().code, c.want) << c.why << ": " << c.text;
  }
}

TEST(Json, RefusesMalformedText) {  // BCP-1, RFC 8259 section 2
  ExpectRefused({
      {"", Errc::kJsonMalformed, "empty"},
      {" \t\r\n", Errc::kJsonMalformed, "white space only"},
      {"{", Errc::kJsonMalformed, "open object"},
      {"[", Errc::kJsonMalformed, "open array"},
      {"}", Errc::kJsonMalformed, "close without open"},
      {"[1", Errc::kJsonMalformed, "array not closed"},
      {"[1}", Errc::kJsonMalformed, "closed by the other bracket"},
      {"{\"a\":1]", Errc::kJsonMalformed, "closed by the other bracket"},
      {"[1,]", Errc::kJsonMalformed, "comma at the end"},
      {"[,1]", Errc::kJsonMalformed, "comma at the front"},
      {"[1,,2]", Errc::kJsonMalformed, "two commas"},
      {"[1 2]", Errc::kJsonMalformed, "no comma"},
      {"[1;2]", Errc::kJsonMalformed, "other separator"},
      {"{\"a\":1,}", Errc::kJsonMalformed, "comma at the end"},
      {"{,\"a\":1}", Errc::kJsonMalformed, "comma at the front"},
      {"{\"a\" 1}", Errc::kJsonMalformed, "no colon"},
      {"{\"a\"}", Errc::kJsonMalformed, "name without value"},
      {"{\"a\":}", Errc::kJsonMalformed, "name without value"},
      {"{\"a\"::1}", Errc::kJsonMalformed, "two colons"},
      {"{a:1}", Errc::kJsonMalformed, "name without quotes"},
      {"{'a':1}", Errc::kJsonMalformed, "single quotes"},
      {"{1:1}", Errc::kJsonMalformed, "number as name"},
      {"{null:1}", Errc::kJsonMalformed, "literal as name"},
      {"{\"a\":1 \"b\":2}", Errc::kJsonMalformed, "no comma"},
      {"/* c */ 1", Errc::kJsonMalformed, "comment"},
      {"// c\n1", Errc::kJsonMalformed, "comment"},
      {"[1/* c */]", Errc::kJsonMalformed, "comment"},
      {"{\"a\":/**/1}", Errc::kJsonMalformed, "comment"},
      {"# c\n1", Errc::kJsonMalformed, "comment"},
      {"\v1", Errc::kJsonMalformed, "vertical tab is no white space"},
      {"\f1", Errc::kJsonMalformed, "form feed is no white space"},
      {"\xc2\xa0"
       "1",
       Errc::kJsonMalformed, "no-break space is no white space"},
      {"\xe2\x80\xa8"
       "1",
       Errc::kJsonMalformed, "line separator is no white space"},
  });
}

TEST(Json, RefusesWrongLiterals) {  // BCP-1, RFC 8259 section 3
  ExpectRefused({
      {"nul", Errc::kJsonMalformed, "cut"},
      {"True", Errc::kJsonMalformed, "case"},
      {"TRUE", Errc::kJsonMalformed, "case"},
      {"fals", Errc::kJsonMalformed, "cut"},
      {"truE", Errc::kJsonMalformed, "case"},
      {"nulll", Errc::kJsonTrailingBytes, "too long"},
      {"true1", Errc::kJsonTrailingBytes, "too long"},
      {"undefined", Errc::kJsonMalformed, "other language"},
      {"NaN", Errc::kJsonMalformed, "no number"},
      {"[NaN]", Errc::kJsonMalformed, "no number"},
      {"Inf", Errc::kJsonMalformed, "no number"},
      {"Infinity", Errc::kJsonMalformed, "no number"},
      {"-Infinity", Errc::kJsonMalformed, "no number"},
      {"-NaN", Errc::kJsonMalformed, "no number"},
  });
}

TEST(Json, RefusesWrongNumbers) {  // BCP-1, RFC 8259 section 6
  ExpectRefused({
      {"-", Errc::kJsonMalformed, "sign only"},
      {"+1", Errc::kJsonMalformed, "plus"},
      {"[+1]", Errc::kJsonMalformed, "plus"},
      {"- 1", Errc::kJsonMalformed, "space"},
      {"--1", Errc::kJsonMalformed, "two signs"},
      {".5", Errc::kJsonMalformed, "no integer part"},
      {"-.5", Errc::kJsonMalformed, "no integer part"},
      {"1.", Errc::kJsonMalformed, "no fraction"},
      {"1.e1", Errc::kJsonMalformed, "no fraction"},
      {"1e", Errc::kJsonMalformed, "no exponent"},
      {"1e+", Errc::kJsonMalformed, "no exponent"},
      {"1E-", Errc::kJsonMalformed, "no exponent"},
      {"1e1.5", Errc::kJsonTrailingBytes, "fraction of an exponent"},
      {"01", Errc::kJsonTrailingBytes, "leading zero"},
      {"[01]", Errc::kJsonMalformed, "leading zero"},
      {"[-01]", Errc::kJsonMalformed, "leading zero"},
      {"[0x1]", Errc::kJsonMalformed, "hexadecimal"},
      {"[1_000]", Errc::kJsonMalformed, "underscore"},
      {"[1,000,]", Errc::kJsonMalformed, "thousands"},
      {"[1a]", Errc::kJsonMalformed, "letter"},
      {"[1.2.3]", Errc::kJsonMalformed, "two points"},
      {"[\xef\xbc\x91]", Errc::kJsonMalformed, "full-width digit"},
      {"1e400", Errc::kJsonMalformed, "beyond a double (ATTACKS-5)"},
      {"1e99999999999", Errc::kJsonMalformed, "beyond a double (ATTACKS-5)"},
      {std::string(400, '9'), Errc::kJsonMalformed, "beyond a double (ATTACKS-5)"},
  });
}

TEST(Json, RefusesWrongStrings) {  // BCP-1, RFC 8259 section 7
  ExpectRefused({
      {"\"", Errc::kJsonMalformed, "not closed"},
      {"\"a", Errc::kJsonMalformed, "not closed"},
      {"\"a\\", Errc::kJsonMalformed, "ends in an escape"},
      {"\"a\\\"", Errc::kJsonMalformed, "ends in an escaped quote"},
      {"'a'", Errc::kJsonMalformed, "single quotes"},
      {"\"\\x41\"", Errc::kJsonMalformed, "escape of another language"},
      {"\"\\a\"", Errc::kJsonMalformed, "unknown escape"},
      {"\"\\'\"", Errc::kJsonMalformed, "unknown escape"},
      {"\"\\0\"", Errc::kJsonMalformed, "unknown escape"},
      {"\"\\U0041\"", Errc::kJsonMalformed, "upper case U"},
      {"\"\\u\"", Errc::kJsonMalformed, "no digits"},
      {"\"\\u41\"", Errc::kJsonMalformed, "two digits"},
      {"\"\\u004\"", Errc::kJsonMalformed, "three digits"},
      {"\"\\u004g\"", Errc::kJsonMalformed, "no hexadecimal digit"},
      {"\"\\u{41}\"", Errc::kJsonMalformed, "braces"},
      {"\"\\u-041\"", Errc::kJsonMalformed, "sign"},
      {"\"a\nb\"", Errc::kJsonMalformed, "raw line feed"},
      {"\"a\tb\"", Errc::kJsonMalformed, "raw tab"},
      {"\"a\rb\"", Errc::kJsonMalformed, "raw carriage return"},
      {"\"a\x1f\"", Errc::kJsonMalformed, "raw control character"},
      {"\"a\x01\"", Errc::kJsonMalformed, "raw control character"},
      {"{\"a\nb\":1}", Errc::kJsonMalformed, "raw line feed in a name"},
      {"\"a\0b\""s, Errc::kJsonMalformed, "raw NUL (ATTACKS-22)"},
      {"\"\\ud800\"", Errc::kJsonMalformed, "lone high surrogate"},
      {"\"\\udbff\"", Errc::kJsonMalformed, "lone high surrogate"},
      {"\"\\ud83dx\"", Errc::kJsonMalformed, "high surrogate and a letter"},
      {"\"\\ud83d\\n\"", Errc::kJsonMalformed, "high surrogate and another escape"},
      {"\"\\ud83d\\u0041\"", Errc::kJsonMalformed, "high surrogate and a letter's escape"},
      {"\"\\ud83d\\ud83d\"", Errc::kJsonMalformed, "two high surrogates"},
      {"\"\\udc00\"", Errc::kJsonMalformed, "lone low surrogate"},
      {"\"\\udfff\"", Errc::kJsonMalformed, "lone low surrogate"},
      {"\"a\\uDE00b\"", Errc::kJsonMalformed, "lone low surrogate inside"},
      {"\"\\ude00\\ud83d\"", Errc::kJsonMalformed, "the pair reversed"},
      {"{\"\\udc00\":1}", Errc::kJsonMalformed, "lone low surrogate in a name"},
  });
}

TEST(Json, RefusesBytesAfterTheValue) {  // BCP-1
  ExpectRefused({
      {"{}{}", Errc::kJsonTrailingBytes, "second value"},
      {"{} x", Errc::kJsonTrailingBytes, "word"},
      {"{},", Errc::kJsonTrailingBytes, "comma"},
      {"{}]", Errc::kJsonTrailingBytes, "bracket"},
      {"1 2", Errc::kJsonTrailingBytes, "second number"},
      {"\"a\"\"b\"", Errc::kJsonTrailingBytes, "second string"},
      {"{} // c", Errc::kJsonTrailingBytes, "comment"},
      {"{}\0"s, Errc::kJsonTrailingBytes, "NUL (ATTACKS-22)"},
      {"{}\0{}"s, Errc::kJsonTrailingBytes, "NUL and more"},
      {"{} \0 "s, Errc::kJsonTrailingBytes, "NUL between spaces"},
      {"1\0"s, Errc::kJsonTrailingBytes, "NUL behind a number"},
      {"\0{}"s, Errc::kJsonMalformed, "NUL in front"},
      {"[1\0]"s, Errc::kJsonMalformed, "NUL inside"},
      {"{\"a\"\0:1}"s, Errc::kJsonMalformed, "NUL inside"},
  });
}

TEST(Json, RefusesWhatIsNotUtf8) {  // BCP-1, RFC 8259 section 8.1, Unicode table 3-7
  ExpectRefused({
      {"\xef\xbb\xbf{}", Errc::kJsonNotUtf8, "byte order mark"},
      {"\xff\xfe{\0}\0"s, Errc::kJsonNotUtf8, "UTF-16"},
      {"\"\x80\"", Errc::kJsonNotUtf8, "lone continuation"},
      {"\"\xbf\"", Errc::kJsonNotUtf8, "lone continuation"},
      {"\"\xe9\"", Errc::kJsonNotUtf8, "Latin-1"},
      {"\"\xc0\x80\"", Errc::kJsonNotUtf8, "overlong NUL"},
      {"\"\xc0\xaf\"", Errc::kJsonNotUtf8, "overlong slash"},
      {"\"\xc1\xbf\"", Errc::kJsonNotUtf8, "overlong"},
      {"\"\xc2\"", Errc::kJsonNotUtf8, "two bytes cut"},
      {"\"\xc2\x20\"", Errc::kJsonNotUtf8, "two bytes broken"},
      {"\"\xe0\x80\xaf\"", Errc::kJsonNotUtf8, "overlong slash"},
      {"\"\xe0\x9f\xbf\"", Errc::kJsonNotUtf8, "overlong"},
      {"\"\xe2\x82\"", Errc::kJsonNotUtf8, "three bytes cut"},
      {"\"\xe2\x28\xa1\"", Errc::kJsonNotUtf8, "three bytes broken"},
      {"\"\xe2\x82\x28\"", Errc::kJsonNotUtf8, "three bytes broken"},
      {"\"\xed\xa0\x80\"", Errc::kJsonNotUtf8, "high surrogate"},
      {"\"\xed\xbf\xbf\"", Errc::kJsonNotUtf8, "low surrogate"},
      {"\"\xed\xa0\xbd\xed\xb8\x80\"", Errc::kJsonNotUtf8, "surrogate pair (CESU-8)"},
      {"\"\xf0\x80\x80\xaf\"", Errc::kJsonNotUtf8, "overlong slash"},
      {"\"\xf0\x8f\xbf\xbf\"", Errc::kJsonNotUtf8, "overlong"},
      {"\"\xf0\x9f\x98\"", Errc::kJsonNotUtf8, "four bytes cut"},
      {"\"\xf0\x9f\x28\x80\"", Errc::kJsonNotUtf8, "four bytes broken"},
      {"\"\xf4\x90\x80\x80\"", Errc::kJsonNotUtf8, "over U+10FFFF"},
      {"\"\xf5\x80\x80\x80\"", Errc::kJsonNotUtf8, "over U+10FFFF"},
      {"\"\xf8\x88\x80\x80\x80\"", Errc::kJsonNotUtf8, "five bytes"},
      {"\"\xfe\"", Errc::kJsonNotUtf8, "no lead byte"},
      {"\"\xff\"", Errc::kJsonNotUtf8, "no lead byte"},
      {"\"\xf0", Errc::kJsonNotUtf8, "cut at the end of the text"},
      {"\"\xf0\x9f", Errc::kJsonNotUtf8, "cut at the end of the text"},
      {"\"abcdefgh\xe2\x82", Errc::kJsonNotUtf8, "cut at the end of the text"},
      {"{}\xc2", Errc::kJsonNotUtf8, "behind the value"},
      {"{\"\xc0\xae\":1}", Errc::kJsonNotUtf8, "in a name"},
  });
}

TEST(Json, RefusesDuplicateNames) {  // RFC7515-4, CVE-class: two readers, two values
  ExpectRefused({
      {R"({"a":1,"a":2})", Errc::kJsonDuplicateName, "plain"},
      {R"({"a":1,"a":1})", Errc::kJsonDuplicateName, "same value"},
      {R"({"a":1,"b":2,"a":3})", Errc::kJsonDuplicateName, "apart"},
      {R"({"a":1,"\u0061":2})", Errc::kJsonDuplicateName, "escaped"},
      {R"({"\u0061":1,"a":2})", Errc::kJsonDuplicateName, "escaped"},
      {R"({"/":1,"\/":2})", Errc::kJsonDuplicateName, "escaped"},
      {R"({"\u00e9":1,"é":2})", Errc::kJsonDuplicateName, "escaped"},
      {R"({"\ud83d\ude00":1,"😀":2})", Errc::kJsonDuplicateName, "escaped"},
      {R"({"":1,"":2})", Errc::kJsonDuplicateName, "empty name"},
      {R"({"x":{"a":1,"a":2}})", Errc::kJsonDuplicateName, "inner object"},
      {R"([{"a":1,"a":2}])", Errc::kJsonDuplicateName, "in an array"},
      {R"({"a":{"b":{"c":1}},"a":2})", Errc::kJsonDuplicateName, "behind an inner object"},
  });
}

TEST(Json, FindsDuplicatesInLargeObjects) {  // RFC7515-4
  for (const std::size_t members :
       {std::size_t{31}, std::size_t{32}, std::size_t{33}, std::size_t{63}}) {
    std::string text = "{";
    for (std::size_t i = 0; i < members; ++i) text += "\"n" + std::to_string(i) + "\":{\"n0\":1},";
    JsonDocument doc;
    EXPECT_TRUE(doc.Parse(text + "\"last\":1}").has_value()) << members;
    EXPECT_EQ(CodeOf(text + "\"n0\":1}"), Errc::kJsonDuplicateName) << members;
    EXPECT_EQ(CodeOf(text + "\"n" + std::to_string(members - 1) + "\":1}"),
              Errc::kJsonDuplicateName)
        << members;
  }
}

TEST(Json, TellsSimilarNamesApart) {
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(R"({"a":1,"A":2,"a ":3,"":4,"á":5,"á":6,"b":{"a":7}})").has_value());
  EXPECT_EQ(doc.root().Find("a")->AsInteger(), 1);
  EXPECT_EQ(doc.root().Find("A")->AsInteger(), 2);
  EXPECT_EQ(doc.root().Find("")->AsInteger(), 4);
  EXPECT_FALSE(doc.root().Find("B").has_value());
}

TEST(Json, LimitsDepth) {  // BCP-1, ATTACKS-5
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  JsonDocument doc;
  EXPECT_TRUE(doc.Parse(nested(kMaxTokenJsonDepth)).has_value());
  EXPECT_EQ(CodeOf(nested(kMaxTokenJsonDepth + 1)), Errc::kJsonTooDeep);
  EXPECT_EQ(CodeOf(std::string(8000, '[')), Errc::kJsonTooDeep);
  EXPECT_TRUE(doc.Parse(nested(kMaxBundleJsonDepth), kBundleJsonLimits).has_value());
  EXPECT_EQ(CodeOf(nested(kMaxBundleJsonDepth + 1), kBundleJsonLimits), Errc::kJsonTooDeep);
  EXPECT_EQ(CodeOf(std::string(kMaxBundleBytes, '['), kBundleJsonLimits), Errc::kJsonTooDeep);
  std::string objects;
  for (int i = 0; i < 9; ++i) objects += "{\"a\":";
  EXPECT_EQ(CodeOf(objects), Errc::kJsonTooDeep);
}

TEST(Json, LimitsMembers) {  // BCP-1, ATTACKS-5
  const auto object = [](std::size_t members) {
    std::string text;
    for (std::size_t i = 0; i < members; ++i) text += ",\"" + std::to_string(i) + "\":0";
    return "{" + (text.empty() ? text : text.substr(1)) + "}";
  };
  const auto array = [](std::size_t members) {
    std::string text;
    for (std::size_t i = 0; i < members; ++i) text += ",{}";
    return "[" + (text.empty() ? text : text.substr(1)) + "]";
  };
  JsonDocument doc;
  EXPECT_TRUE(doc.Parse(object(kMaxTokenJsonMembers)).has_value());
  EXPECT_EQ(doc.root().size(), kMaxTokenJsonMembers);
  EXPECT_EQ(CodeOf(object(kMaxTokenJsonMembers + 1)), Errc::kJsonTooManyMembers);
  EXPECT_TRUE(doc.Parse(array(kMaxTokenJsonMembers)).has_value());
  EXPECT_EQ(CodeOf(array(kMaxTokenJsonMembers + 1)), Errc::kJsonTooManyMembers);
  EXPECT_TRUE(doc.Parse(object(kMaxBundleJsonMembers), kBundleJsonLimits).has_value());
  EXPECT_EQ(CodeOf(object(kMaxBundleJsonMembers + 1), kBundleJsonLimits),
            Errc::kJsonTooManyMembers);
}

TEST(Json, LimitsBytes) {  // BCP-1, ATTACKS-5
  JsonDocument doc;
  EXPECT_TRUE(doc.Parse("\"" + std::string(kMaxTokenBytes - 2, 'a') + "\"").has_value());
  EXPECT_EQ(CodeOf("\"" + std::string(kMaxTokenBytes - 1, 'a') + "\""), Errc::kJsonTooLarge);
  EXPECT_EQ(CodeOf(std::string(kMaxTokenBytes + 1, '\xff')), Errc::kJsonTooLarge);
}

TEST(Json, ReadsEveryType) {
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(" {\"n\":null,\"t\":true,\"f\":false,\"i\":-12,\"d\":1.50E+3,\r\n\t"
                        "\"s\":\"x\",\"a\":[1,[2],{\"k\":3}],\"o\":{},\"e\":[]} ")
                  .has_value());
  const JsonValue root = doc.root();
  ASSERT_TRUE(root.is_object());
  EXPECT_EQ(root.size(), 9U);
  EXPECT_EQ(root.name(), "");
  EXPECT_EQ(root.Find("n")->type(), JsonValue::Type::kNull);
  EXPECT_EQ(root.Find("t")->AsBool(), true);
  EXPECT_EQ(root.Find("f")->AsBool(), false);
  EXPECT_EQ(root.Find("i")->AsInteger(), -12);
  EXPECT_EQ(root.Find("d")->AsNumberText(), "1.50E+3");
  EXPECT_EQ(root.Find("s")->AsString(), "x");
  EXPECT_EQ(root.Find("s")->name(), "s");
  EXPECT_TRUE(root.Find("o")->is_object());
  EXPECT_EQ(root.Find("o")->size(), 0U);
  EXPECT_TRUE(root.Find("e")->is_array());
  EXPECT_TRUE(root.Find("e")->begin() == root.Find("e")->end());
  EXPECT_FALSE(root.Find("k").has_value());

  const JsonValue array = *root.Find("a");
  ASSERT_EQ(array.size(), 3U);
  EXPECT_FALSE(array.Find("k").has_value());
  std::vector<JsonValue::Type> types;
  for (const JsonValue element : array) {
    EXPECT_EQ(element.name(), "");
    types.push_back(element.type());
  }
  EXPECT_EQ(types, (std::vector{JsonValue::Type::kNumber, JsonValue::Type::kArray,
                                JsonValue::Type::kObject}));
}

TEST(Json, IteratesInDocumentOrder) {
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(R"({"z":[1,[2,3]],"a":{"q":{}},"m":0})").has_value());
  std::string names;
  for (const JsonValue member : doc.root()) names += member.name();
  EXPECT_EQ(names, "zam");
}

TEST(Json, GivesNothingForAnotherType) {
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(R"(["1",1,true,null,{},[]])").has_value());
  const JsonValue root = doc.root();
  EXPECT_FALSE(root.AsString() || root.AsInteger() || root.AsBool() || root.AsNumberText());
  auto it = root.begin();
  EXPECT_FALSE((*it).AsInteger() || (*it).AsBool() || (*it).AsNumberText());
  ++it;
  EXPECT_FALSE((*it).AsString() || (*it).AsBool());
  EXPECT_EQ((*it).size(), 0U);
  ++it;
  EXPECT_FALSE((*it).AsString() || (*it).AsInteger());
  ++it;
  EXPECT_FALSE((*it).AsBool());
}

struct StringCase {
  std::string text;
  std::string want;
};

TEST(Json, DecodesEscapes) {  // RFC 8259 section 7
  const StringCase kCases[] = {
      {R"("")", ""},
      {R"("a\"b\\c\/d")", "a\"b\\c/d"},
      {R"("\b\f\n\r\t")", "\b\f\n\r\t"},
      {R"("\u0041\u00e9\u20ac")", "Aé€"},
      {R"("\u001f\u007f")", "\x1f\x7f"},
      {R"("\ud83d\ude00")", "😀"},
      {R"("\uD83D\uDE00")", "😀"},
      {R"("\uDBFF\uDFFF")", "\xf4\x8f\xbf\xbf"},
      {R"("\ud7ff\ue000")", "\xed\x9f\xbf\xee\x80\x80"},
      {R"("\uffff")", "\xef\xbf\xbf"},
      {R"("\\u0000")", "\\u0000"},
      {R"("a\u0000b")", "a\0b"s},  // its length is kept; meanings refuse it (ATTACKS-22)
      {"\"\xed\x9f\xbf\\n\"", "\xed\x9f\xbf\n"},
      {"\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
      {"\"\x7f\xc2\x80\"", "\x7f\xc2\x80"},
      {"\"\xef\xbb\xbf\"", "\xef\xbb\xbf"},
  };
  JsonDocument doc;
  for (const auto& c : kCases) {
    ASSERT_TRUE(doc.Parse(c.text).has_value()) << c.text;
    EXPECT_EQ(doc.root().AsString(), c.want) << c.text;
  }
}

struct IntegerCase {
  std::string_view text;
  std::optional<std::int64_t> want;
};

TEST(Json, TakesAsIntegerWhatIsWrittenAsOne) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  const IntegerCase kCases[] = {
      {"0", 0},
      {"1", 1},
      {"-1", -1},
      {"1700000000", 1700000000},
      {"9223372036854775807", kMax},
      {"-9223372036854775808", kMin},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775809", std::nullopt},
      {"18446744073709551616", std::nullopt},
      {"-0", std::nullopt},
      {"0.0", std::nullopt},
      {"1.0", std::nullopt},
      {"1e3", std::nullopt},
      {"1E0", std::nullopt},
      {"1.5", std::nullopt},
      {"1e-400", std::nullopt},
      {"100000000000000000000000000000000000000", std::nullopt},
  };
  JsonDocument doc;
  for (const auto& c : kCases) {
    ASSERT_TRUE(doc.Parse(c.text).has_value()) << c.text;
    EXPECT_EQ(doc.root().AsInteger(), c.want) << c.text;
    EXPECT_EQ(doc.root().AsNumberText(), c.text);
    // The text survives what the parser writes around it.
    ASSERT_TRUE(doc.Parse("[\"\\n\"," + std::string(c.text) + ",\"\\n\"]").has_value());
    EXPECT_EQ((*++doc.root().begin()).AsNumberText(), c.text);
  }
}

TEST(Json, IsEmptyAfterAnError) {
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse("{}").has_value());
  ASSERT_FALSE(doc.Parse("{\"a\":[1,2").has_value());
  EXPECT_DEATH((void)doc.root(), "invariant broken");
  ASSERT_FALSE(doc.Parse("{}\0"s).has_value());
  EXPECT_DEATH((void)doc.root(), "invariant broken");
}

TEST(Json, IsReadAgainAfterAnError) {
  JsonDocument doc;
  ASSERT_FALSE(doc.Parse("[[[{\"a\":").has_value());
  ASSERT_TRUE(doc.Parse("[[[[[[[[1]]]]]]]]").has_value());
  EXPECT_EQ(doc.root().size(), 1U);
}

TEST(Json, KeepsItsTextWhenMoved) {
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(R"({"a":"b"})").has_value());
  const JsonDocument moved = std::move(doc);
  EXPECT_EQ(moved.root().Find("a")->AsString(), "b");
}

TEST(Json, ForgetsWhatIsWiped) {
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(R"({"d":"secret"})").has_value());
  const volatile char* const text = doc.root().Find("d")->AsString()->data();
  ASSERT_EQ(text[0], 's');
  doc.Wipe();
  // The memory stays the document's own, for its next Parse.
  for (int i = 0; i < 6; ++i) EXPECT_EQ(text[i], '\0');
  EXPECT_DEATH((void)doc.root(), "invariant broken");
  EXPECT_TRUE(doc.Parse("[]").has_value());
}

TEST(Json, AllocatesNothingWhenWarm) {
  std::string text = R"({"sub":"wimse://a/b","exp":1700000000,"x":"\u00e9\n","o":{"a":[1,2]})";
  for (int i = 0; i < 50; ++i) text += ",\"member" + std::to_string(i) + "\":[{}]";
  text += "}";
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(text).has_value());
  const std::size_t before = g_allocations;
  const bool ok = doc.Parse(text).has_value() && doc.root().Find("sub").has_value();
  EXPECT_EQ(g_allocations, before);
  EXPECT_TRUE(ok);
}

TEST(JsonString, IsWhatTheParserReads) {
  std::string all;
  for (char c = 1; c < 127; ++c) all.push_back(c);
  all += "é€😀\x7f";
  std::string text;
  AppendJsonString(all, text);
  JsonDocument doc;
  ASSERT_TRUE(doc.Parse(text).has_value()) << text;
  EXPECT_EQ(doc.root().AsString(), all);
}

TEST(JsonString, EscapesWhatItMust) {  // RFC 8259 section 7
  std::string out = "x:";
  AppendJsonString("a\"\\\n\r\t\x01\x1f/é\0"s, out);
  EXPECT_EQ(out, "x:\"a\\\"\\\\\\n\\r\\t\\u0001\\u001f/é\\u0000\"");
}

}  // namespace
}  // namespace signet::codec
