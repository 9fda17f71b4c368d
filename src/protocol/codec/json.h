// Strict JSON (RFC 8259) for what peers send.
//
// Floor 1. Refused: duplicate names, bytes after the value, text that is not UTF-8 or begins with a
// byte order mark, lone surrogates in \u escapes, control characters in strings unless escaped,
// numbers beyond the range of a double, nesting, sizes and counts over the limits. Strings carry
// their length and may hold an escaped NUL (ATTACKS 22). A document owns its text and nodes and
// keeps their memory for the next Parse, so a warm reader allocates nothing. Not thread-safe: one
// document per loop.
//
// JSON for our own configuration and output is nlohmann-json, not this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/base/result.h"

namespace signet::codec {

struct JsonLimits {
  std::size_t max_bytes = kMaxTokenBytes;
  std::size_t max_depth = kMaxTokenJsonDepth;      // the outermost object or array counts as 1
  std::size_t max_members = kMaxTokenJsonMembers;  // of one object or array
};

inline constexpr JsonLimits kTokenJsonLimits{};
inline constexpr JsonLimits kBundleJsonLimits{.max_bytes = kMaxBundleBytes,
                                              .max_depth = kMaxBundleJsonDepth,
                                              .max_members = kMaxBundleJsonMembers};

class JsonDocument;

// One value of a document. Borrows the document: valid until its next Parse or its end.
class JsonValue {
 public:
  enum class Type : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

  [[nodiscard]] Type type() const;
  [[nodiscard]] bool is_object() const { return type() == Type::kObject; }
  [[nodiscard]] bool is_array() const { return type() == Type::kArray; }
  [[nodiscard]] bool is_string() const { return type() == Type::kString; }

  // The name under which this value stands in its object, escapes decoded; empty elsewhere.
  [[nodiscard]] std::string_view name() const;

  // The string's text, escapes decoded; nullopt if this is no string.
  [[nodiscard]] std::optional<std::string_view> AsString() const;
  // The number if it is written as an integer (no fraction, no exponent, no "-0") and fits;
  // nullopt otherwise.
  [[nodiscard]] std::optional<std::int64_t> AsInteger() const;
  // The number's text as written; nullopt if this is no number.
  [[nodiscard]] std::optional<std::string_view> AsNumberText() const;
  [[nodiscard]] std::optional<bool> AsBool() const;

  // Members of an object or elements of an array; 0 for scalars.
  [[nodiscard]] std::size_t size() const;

  // The member with this name; nullopt if there is none or this is no object.
  [[nodiscard]] std::optional<JsonValue> Find(std::string_view member) const;

  // Iterates over members or elements in document order; empty for scalars.
  class Iterator {
   public:
    JsonValue operator*() const { return JsonValue(doc_, index_); }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    friend class JsonValue;
    Iterator(const JsonDocument* doc, std::uint32_t index) : doc_(doc), index_(index) {}
    const JsonDocument* doc_;
    std::uint32_t index_;
  };
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  friend class JsonDocument;
  JsonValue(const JsonDocument* doc, std::uint32_t index) : doc_(doc), index_(index) {}
  const JsonDocument* doc_;
  std::uint32_t index_;
};

class JsonDocument {
 public:
  JsonDocument() = default;
  // Values borrow the document they were read from, so there are no copies; a move leaves the
  // text where it is but ends the life of all JsonValues.
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;
  JsonDocument(JsonDocument&&) noexcept = default;
  JsonDocument& operator=(JsonDocument&&) noexcept = default;
  ~JsonDocument() = default;

  // Reads one JSON text, copying it. On an error the document is empty.
  //
  // Errors: kJsonTooLarge, kJsonTooDeep, kJsonTooManyMembers, kJsonDuplicateName, kJsonNotUtf8,
  //         kJsonTrailingBytes, kJsonMalformed
  [[nodiscard]] Result<void> Parse(std::string_view text,
                                   const JsonLimits& limits = kTokenJsonLimits);

  // The outermost value. Only after a successful Parse.
  [[nodiscard]] JsonValue root() const;

  // Overwrites and forgets the text: for a document that held a private key.
  void Wipe() noexcept;

 private:
  friend class JsonValue;
  friend class JsonBuilder;  // json.cc: fills nodes_ from the events of the parser
  struct Node {
    JsonValue::Type type = JsonValue::Type::kNull;
    bool boolean = false;
    std::uint32_t count = 0;  // members or elements
    std::uint32_t next = 0;   // index behind this node's subtree
    std::string_view name;    // into text_
    std::string_view text;    // string or number, into text_
  };
  std::vector<char> text_;           // parsed in place: escapes are decoded into it; NUL at its end
  std::vector<Node> nodes_;          // in document order; a container is followed by its subtree
  std::vector<std::uint32_t> open_;  // containers not yet closed, while parsing
  std::vector<std::uint32_t> scratch_;  // member indices to be sorted by name
};

// Appends `text` as a JSON string, quotes included. `text` must be UTF-8.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace signet::codec
