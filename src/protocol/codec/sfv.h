// Structured Field Values for HTTP (RFC 9651): items, lists, dictionaries, inner lists, parameters,
// and all eight bare types. Parsing is strict; what is serialized is canonical.
//
// Floor 1. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::codec::sfv {

// Limits of one field, over all of its lines together. RFC 9651 asks for at least 1024 members,
// 256 inner members, 256 parameters, keys of 64 and strings of 1024 characters, and byte
// sequences of 16384 octets.
inline constexpr std::size_t kMaxFieldBytes = 64 * 1024;
inline constexpr std::size_t kMaxMembers = 1024;
inline constexpr std::size_t kMaxInnerMembers = 256;
inline constexpr std::size_t kMaxParameters = 256;
inline constexpr std::size_t kMaxKeyBytes = 128;

struct Token {
  std::string text;
  bool operator==(const Token&) const = default;
};
struct Decimal {
  std::int64_t thousandths = 0;  // -999,999,999,999,999 to 999,999,999,999,999
  bool operator==(const Decimal&) const = default;
};
struct Date {
  std::int64_t unix_seconds = 0;  // range of Integer
  bool operator==(const Date&) const = default;
};
struct DisplayString {
  std::string utf8;  // valid UTF-8
  bool operator==(const DisplayString&) const = default;
};

// std::int64_t is an Integer (15 digits), std::string a String (printable ASCII), Bytes a Byte
// Sequence.
using BareItem =
    std::variant<std::int64_t, Decimal, std::string, Token, Bytes, bool, Date, DisplayString>;

// Parameters, in order. A key that occurs again keeps its place and takes the last value (RFC 9651
// section 4.2.3.2); `repeated` says that this happened, for profiles that refuse it (ATTACKS 12).
class Parameters {
 public:
  using Entries = std::vector<std::pair<std::string, BareItem>>;
  Parameters() = default;
  // All at once, as they came: as if each was Set, but in less than quadratic time.
  explicit Parameters(Entries entries);
  void Set(std::string_view key, BareItem value);
  [[nodiscard]] const BareItem* Find(std::string_view key) const;  // nullptr: absent
  [[nodiscard]] const Entries& entries() const { return entries_; }
  [[nodiscard]] Entries TakeEntries() && { return std::move(entries_); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] bool repeated() const { return repeated_; }
  // Compares keys and values in order; `repeated` does not count.
  bool operator==(const Parameters& other) const { return entries_ == other.entries_; }

 private:
  Entries entries_;
  bool repeated_ = false;
};

struct Item {
  BareItem value;
  Parameters parameters{};
  bool operator==(const Item&) const = default;
};
struct InnerList {
  std::vector<Item> items{};
  Parameters parameters{};
  bool operator==(const InnerList&) const = default;
};
using Member = std::variant<Item, InnerList>;
using List = std::vector<Member>;

// Members, in order, with the same rule and the same flag for keys that occur again.
class Dictionary {
 public:
  using Entries = std::vector<std::pair<std::string, Member>>;
  Dictionary() = default;
  explicit Dictionary(Entries entries);  // as Parameters
  void Set(std::string_view key, Member value);
  [[nodiscard]] const Member* Find(std::string_view key) const;  // nullptr: absent
  [[nodiscard]] const Entries& entries() const { return entries_; }
  [[nodiscard]] Entries TakeEntries() && { return std::move(entries_); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] bool repeated() const { return repeated_; }
  bool operator==(const Dictionary& other) const { return entries_ == other.entries_; }

 private:
  Entries entries_;
  bool repeated_ = false;
};

// Parsing, RFC 9651 section 4.2. `lines` are the values of the field's lines in the order in which
// they came; they are joined with ", ". A field without lines is an empty list or dictionary, and
// no item.
// Errors: kSfvMalformed, kSfvTooLarge (a limit above)
[[nodiscard]] Result<Item> ParseItem(std::span<const std::string_view> lines);
[[nodiscard]] Result<List> ParseList(std::span<const std::string_view> lines);
[[nodiscard]] Result<Dictionary> ParseDictionary(std::span<const std::string_view> lines);

// Serializing, RFC 9651 section 4.1. An empty list or dictionary is "", which stands for a field
// that is not sent.
// Errors: kSfvUnserializable (a number out of range, a key, token or string with a character that
// the type cannot hold, text that is not UTF-8)
[[nodiscard]] Result<std::string> Serialize(const BareItem& value);
[[nodiscard]] Result<std::string> Serialize(const Item& item);
[[nodiscard]] Result<std::string> Serialize(const InnerList& list);
[[nodiscard]] Result<std::string> Serialize(const List& list);
[[nodiscard]] Result<std::string> Serialize(const Dictionary& dictionary);
// Appends `text` as a String, which has no parameters. Errors: as above; `out` is then to be
// dropped
[[nodiscard]] Result<void> AppendString(std::string_view text, std::string& out);

}  // namespace signet::codec::sfv
