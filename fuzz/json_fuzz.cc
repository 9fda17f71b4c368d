// Strict JSON: nothing is accepted that another parser refuses, and no limit is exceeded.
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "property.h"
#include "protocol/codec/json.h"

namespace {

using signet::Errc;
using signet::Result;
using signet::codec::JsonDocument;
using signet::codec::JsonLimits;
using signet::codec::JsonValue;
using signet::fuzz::Property;

// nlohmann-json as judge. Numbers that overflow a double are its own refusal: we keep the text of
// those that RapidJSON lets through.
class Judge : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    constexpr int kNumberOverflow = 406;
    accepted_ = error.id == kNumberOverflow;
    return false;
  }
  [[nodiscard]] bool accepted() const { return accepted_; }

 private:
  bool accepted_ = true;
};

void Write(const JsonValue& value, const JsonLimits& limits, std::size_t depth, std::string& out);

void WriteContainer(const JsonValue& value, const JsonLimits& limits, std::size_t depth,
                    std::string& out) {
  Property(depth <= limits.max_depth);
  Property(value.size() <= limits.max_members);
  out += value.is_object() ? '{' : '[';
  std::set<std::string_view> names;
  std::size_t count = 0;
  for (const JsonValue member : value) {
    if (count++ > 0) out += ',';
    if (value.is_object()) {
      Property(names.insert(member.name()).second);
      Property(value.Find(member.name()).has_value());
      signet::codec::AppendJsonString(member.name(), out);
      out += ':';
    }
    Write(member, limits, depth + 1, out);
  }
  Property(count == value.size());
  out += value.is_object() ? '}' : ']';
}

void Write(const JsonValue& value, const JsonLimits& limits, std::size_t depth, std::string& out) {
  switch (value.type()) {
    case JsonValue::Type::kNull:
      out += "null";
      break;
    case JsonValue::Type::kBool:
      out += *value.AsBool() ? "true" : "false";
      break;
    case JsonValue::Type::kNumber:
      out += *value.AsNumberText();
      if (value.AsInteger()) Property(std::to_string(*value.AsInteger()) == *value.AsNumberText());
      break;
    case JsonValue::Type::kString:
      signet::codec::AppendJsonString(*value.AsString(), out);
      break;
    case JsonValue::Type::kArray:
    case JsonValue::Type::kObject:
      WriteContainer(value, limits, depth, out);
      break;
  }
}

void Check(std::string_view text, const JsonLimits& limits) {
  JsonDocument doc;
  const Result<void> got = doc.Parse(text, limits);
  JsonDocument warm;
  (void)warm.Parse("[[{\"a\":\"\\n\"}]]");
  signet::fuzz::CheckSameVerdict(got, warm.Parse(text, limits));
  if (!got) {
    Property((got.error().code == Errc::kJsonTooLarge) == (text.size() > limits.max_bytes));
    return;
  }
  Judge judge;
  (void)nlohmann::json::sax_parse(text.begin(), text.end(), &judge);
  Property(judge.accepted());

  // Written again without white space and needless escapes, it reads the same.
  std::string written;
  Write(doc.root(), limits, 1, written);
  Property(warm.Parse(written, {.max_bytes = 6 * limits.max_bytes,
                                .max_depth = limits.max_depth,
                                .max_members = limits.max_members})
               .has_value());
  std::string again;
  Write(warm.root(), limits, 1, again);
  Property(again == written);

  // One value only.
  Property(!doc.Parse(std::string(text) + "x", limits).has_value());
  Property(!doc.Parse(std::string(text) + '\0', limits).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  Check(text, signet::codec::kTokenJsonLimits);
  Check(text, {.max_bytes = 200, .max_depth = 3, .max_members = 40});
  return 0;
}
