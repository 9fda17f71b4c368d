#include "protocol/codec/json.h"

#include <algorithm>
#include <charconv>

#include <rapidjson/error/error.h>
#include <rapidjson/reader.h>

#include "protocol/base/check.h"
#include "protocol/base/secret.h"
#include "protocol/codec/internal/utf8.h"

namespace signet::codec {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Up to so many members, names are compared pairwise as they come; beyond, sorted at the end.
constexpr std::size_t kPairwiseMembers = 32;

// A lone low surrogate in an escape, which RapidJSON encodes like any other code point. An escaped
// NUL is legal (RFC 8259 section 7): strings carry their length, and whoever gives a string a
// meaning refuses what the meaning does not allow (ATTACKS 22).
bool HoldsSurrogate(std::string_view decoded) {
  for (std::size_t i = 0; i + 1 < decoded.size(); ++i) {
    if (decoded[i] == '\xed' && static_cast<unsigned char>(decoded[i + 1]) >= 0xa0) return true;
  }
  return false;
}

}  // namespace

// Handler of RapidJSON's events. A method that returns false ends the parse; `failure` says why.
// Limits are checked here, before the parser goes on into the value.
class JsonBuilder {
 public:
  using Type = JsonValue::Type;

  JsonBuilder(JsonDocument& doc, const JsonLimits& limits, bool has_escapes)
      : doc_(doc), limits_(limits), has_escapes_(has_escapes) {}

  bool Null() { return AddScalar(Type::kNull, {}); }
  bool Bool(bool value) {
    if (!AddScalar(Type::kBool, {})) return false;
    doc_.nodes_.back().boolean = value;
    return true;
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return AddScalar(Type::kNumber, {text, size});
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view decoded(text, size);
    return CheckDecoded(decoded) && AddScalar(Type::kString, decoded);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    name_ = {text, size};
    return CheckDecoded(name_) && CheckNewName();
  }
  bool StartObject() { return Open(Type::kObject); }
  bool StartArray() { return Open(Type::kArray); }
  bool EndObject(rapidjson::SizeType) {
    const std::uint32_t object = doc_.open_.back();
    Close();
    return doc_.nodes_[object].count <= kPairwiseMembers || CheckNamesBySorting(object);
  }
  bool EndArray(rapidjson::SizeType) {
    Close();
    return true;
  }

  // kParseNumbersAsStringsFlag: no number comes in another way.
  bool Int(int) { return Fail(Errc::kJsonMalformed); }
  bool Uint(unsigned) { return Fail(Errc::kJsonMalformed); }
  bool Int64(std::int64_t) { return Fail(Errc::kJsonMalformed); }
  bool Uint64(std::uint64_t) { return Fail(Errc::kJsonMalformed); }
  bool Double(double) { return Fail(Errc::kJsonMalformed); }

  [[nodiscard]] Errc failure() const { return failure_; }

 private:
  using Node = JsonDocument::Node;

  bool Fail(Errc code) {
    failure_ = code;
    return false;
  }

  bool CheckDecoded(std::string_view decoded) {
    if (has_escapes_ && HoldsSurrogate(decoded)) return Fail(Errc::kJsonMalformed);
    return true;
  }

  bool Add(Type type, std::string_view text) {
    auto& nodes = doc_.nodes_;
    if (!doc_.open_.empty()) {
      Node& parent = nodes[doc_.open_.back()];
      if (parent.count >= limits_.max_members) return Fail(Errc::kJsonTooManyMembers);
      ++parent.count;
      if (parent.type != Type::kObject) name_ = {};
    }
    const auto next = static_cast<std::uint32_t>(nodes.size() + 1);
    nodes.push_back({.type = type, .next = next, .name = name_, .text = text});
    return true;
  }
  bool AddScalar(Type type, std::string_view text) { return Add(type, text); }

  bool Open(Type type) {
    if (doc_.open_.size() >= limits_.max_depth) return Fail(Errc::kJsonTooDeep);
    if (!Add(type, {})) return false;
    doc_.open_.push_back(static_cast<std::uint32_t>(doc_.nodes_.size() - 1));
    return true;
  }

  void Close() {
    doc_.nodes_[doc_.open_.back()].next = static_cast<std::uint32_t>(doc_.nodes_.size());
    doc_.open_.pop_back();
  }

  // Escapes are decoded by now: "a" and "\u0061" are one name.
  bool CheckNewName() {
    const auto& nodes = doc_.nodes_;
    const std::uint32_t object = doc_.open_.back();
    if (nodes[object].count >= kPairwiseMembers) return true;
    for (std::uint32_t i = object + 1; i < nodes.size(); i = nodes[i].next) {
      if (nodes[i].name == name_) return Fail(Errc::kJsonDuplicateName);
    }
    return true;
  }

  bool CheckNamesBySorting(std::uint32_t object) {
    const auto& nodes = doc_.nodes_;
    auto& members = doc_.scratch_;
    members.clear();
    for (std::uint32_t i = object + 1; i < nodes[object].next; i = nodes[i].next) {
      members.push_back(i);
    }
    std::sort(members.begin(), members.end(),
              [&nodes](std::uint32_t a, std::uint32_t b) { return nodes[a].name < nodes[b].name; });
    const auto twin = std::adjacent_find(
        members.begin(), members.end(),
        [&nodes](std::uint32_t a, std::uint32_t b) { return nodes[a].name == nodes[b].name; });
    return twin == members.end() || Fail(Errc::kJsonDuplicateName);
  }

  JsonDocument& doc_;
  const JsonLimits& limits_;
  const bool has_escapes_;
  std::string_view name_;  // of the member whose value comes next
  Errc failure_ = Errc::kJsonMalformed;
};

namespace {

Errc CodeOf(const rapidjson::ParseResult& result, const JsonBuilder& builder) {
  if (result.Code() == rapidjson::kParseErrorTermination) return builder.failure();
  if (result.Code() == rapidjson::kParseErrorDocumentRootNotSingular) {
    return Errc::kJsonTrailingBytes;
  }
  return Errc::kJsonMalformed;
}

// A character that no JSON string holds as it is.
void AppendEscaped(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
    case '\\':
      out.push_back('\\');
      out.push_back(c);
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      out.append("\\u00");
      out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
}

}  // namespace

Result<void> JsonDocument::Parse(std::string_view text, const JsonLimits& limits) {
  nodes_.clear();
  open_.clear();
  if (text.size() > limits.max_bytes) return Refuse(Errc::kJsonTooLarge);
  if (text.starts_with(kByteOrderMark)) {
    return Refuse(Errc::kJsonNotUtf8, "byte order mark");
  }
  // RapidJSON's own validation reads up to three bytes behind the end of a truncated sequence, so
  // the whole text is checked before it sees any of it.
  if (!internal::IsUtf8(text)) return Refuse(Errc::kJsonNotUtf8);

  text_.reserve(text.size() + 1);
  text_.assign(text.begin(), text.end());
  text_.push_back('\0');
  const bool has_escapes = text.find('\\') != std::string_view::npos;

  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  JsonBuilder builder(*this, limits, has_escapes);
  rapidjson::InsituStringStream stream(text_.data());
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (result.IsError()) {
    nodes_.clear();
    return Refuse(CodeOf(result, builder));
  }
  // RapidJSON takes a NUL for the end of the text.
  if (stream.Tell() != text.size()) {
    nodes_.clear();
    return Refuse(Errc::kJsonTrailingBytes);
  }
  return {};
}

JsonValue JsonDocument::root() const {
  SIGNET_CHECK(!nodes_.empty());
  return JsonValue(this, 0);
}

void JsonDocument::Wipe() noexcept {
  nodes_.clear();
  WipeContainer(text_);
}

JsonValue::Type JsonValue::type() const { return doc_->nodes_[index_].type; }

std::string_view JsonValue::name() const { return doc_->nodes_[index_].name; }

std::optional<std::string_view> JsonValue::AsString() const {
  if (type() != Type::kString) return std::nullopt;
  return doc_->nodes_[index_].text;
}

std::optional<std::string_view> JsonValue::AsNumberText() const {
  if (type() != Type::kNumber) return std::nullopt;
  return doc_->nodes_[index_].text;
}

std::optional<std::int64_t> JsonValue::AsInteger() const {
  if (type() != Type::kNumber) return std::nullopt;
  const std::string_view text = doc_->nodes_[index_].text;
  if (text == "-0") return std::nullopt;
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  // A fraction or an exponent is what from_chars leaves over.
  if (error != std::errc() || parsed != end) return std::nullopt;
  return value;
}

std::optional<bool> JsonValue::AsBool() const {
  if (type() != Type::kBool) return std::nullopt;
  return doc_->nodes_[index_].boolean;
}

std::size_t JsonValue::size() const { return doc_->nodes_[index_].count; }

std::optional<JsonValue> JsonValue::Find(std::string_view member) const {
  if (!is_object()) return std::nullopt;
  for (const JsonValue value : *this) {
    if (value.name() == member) return value;
  }
  return std::nullopt;
}

JsonValue::Iterator JsonValue::begin() const { return {doc_, index_ + 1}; }

JsonValue::Iterator JsonValue::end() const { return {doc_, doc_->nodes_[index_].next}; }

JsonValue::Iterator& JsonValue::Iterator::operator++() {
  index_ = doc_->nodes_[index_].next;
  return *this;
}

void AppendJsonString(std::string_view text, std::string& out) {
  const auto plain = [](char c) {
    return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
  };
  out.push_back('"');
  while (!text.empty()) {
    const auto run = static_cast<std::size_t>(std::ranges::find_if_not(text, plain) - text.begin());
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    AppendEscaped(text.front(), out);
    text.remove_prefix(1);
  }
  out.push_back('"');
}

}  // namespace signet::codec
