#include "protocol/codec/internal/sfv_parser.h"
#include "protocol/codec/sfv.h"

// The structures, sections 4.2 to 4.2.3.3 of RFC 9651.
namespace signet::codec::sfv {
namespace internal {
namespace {

// One call each for a field of usual size, instead of growing by doubling.
constexpr std::size_t kUsualInnerMembers = 8;
constexpr std::size_t kUsualParameters = 4;

std::unexpected<Error> TooLarge(const char* detail) { return Refuse(Errc::kSfvTooLarge, detail); }

}  // namespace

Result<void> Parser::Field(Item& out) {
  SkipSpaces();
  SIGNET_TRY(ReadItem(out));
  SkipSpaces();
  if (!Done()) return Malformed("text behind the item");
  return {};
}

Result<void> Parser::Field(List& out) {
  SkipSpaces();
  if (!Done()) out.reserve(MembersLeft());
  while (!Done()) {
    if (out.size() == kMaxMembers) return TooLarge("too many members");
    SIGNET_TRY(ReadMember(out.emplace_back()));
    SIGNET_TRY(ReadSeparator());
  }
  return {};
}

// Members are counted as they come: one whose key was there costs work too.
Result<void> Parser::Field(Dictionary& out) {
  SkipSpaces();
  Dictionary::Entries entries;
  if (!Done()) entries.reserve(MembersLeft());
  while (!Done()) {
    if (entries.size() == kMaxMembers) return TooLarge("too many members");
    auto& [key, member] = entries.emplace_back();
    SIGNET_TRY(ReadKey(key));
    if (Take('=')) {
      SIGNET_TRY(ReadMember(member));
    } else {
      Item& item = member.emplace<Item>();
      item.value = true;
      SIGNET_TRY(ReadParameters(item.parameters));
    }
    SIGNET_TRY(ReadSeparator());
  }
  out = Dictionary(std::move(entries));
  return {};
}

// What stands between two members; at the end of the field, nothing.
Result<void> Parser::ReadSeparator() {
  SkipOws();
  if (Done()) return {};
  if (!Take(',')) return Malformed("no comma behind a member");
  SkipOws();
  if (Done()) return Malformed("comma at the end");
  return {};
}

// Section 4.2.1.1.
Result<void> Parser::ReadMember(Member& out) {
  if (Next('(')) return ReadInnerList(out.emplace<InnerList>());
  return ReadItem(out.emplace<Item>());
}

// Section 4.2.1.2; the first character is "(".
Result<void> Parser::ReadInnerList(InnerList& out) {
  ++at_;
  for (;;) {
    SkipSpaces();
    if (Take(')')) return ReadParameters(out.parameters);
    if (Done()) return Malformed("inner list has no end");
    if (out.items.size() == kMaxInnerMembers) return TooLarge("too many members of an inner list");
    if (out.items.empty()) out.items.reserve(kUsualInnerMembers);
    SIGNET_TRY(ReadItem(out.items.emplace_back()));
    if (!Next(' ') && !Next(')')) return Malformed("no space behind a member of an inner list");
  }
}

// Section 4.2.3.
Result<void> Parser::ReadItem(Item& out) {
  SIGNET_TRY(ReadBareItem(out.value));
  return ReadParameters(out.parameters);
}

// Section 4.2.3.2; counted as members of a dictionary are.
Result<void> Parser::ReadParameters(Parameters& out) {
  if (!Next(';')) return {};
  Parameters::Entries entries;
  entries.reserve(kUsualParameters);
  while (Take(';')) {
    if (entries.size() == kMaxParameters) return TooLarge("too many parameters");
    SkipSpaces();
    auto& [key, value] = entries.emplace_back();
    SIGNET_TRY(ReadKey(key));
    value = true;
    if (Take('=')) SIGNET_TRY(ReadBareItem(value));
  }
  out = Parameters(std::move(entries));
  return {};
}

// Section 4.2.3.3.
Result<void> Parser::ReadKey(std::string& out) {
  if (Done() || !Is(*at_, kKeyStart)) return Malformed("no key where one must be");
  const std::string_view key = TakeAll(kKeyRest);
  if (key.size() > kMaxKeyBytes) return TooLarge("key too long");
  out = key;
  return {};
}

}  // namespace internal

namespace {

template <typename Value>
Result<Value> ParseField(std::span<const std::string_view> lines) {
  constexpr std::string_view kSeparator = ", ";
  std::size_t size = lines.empty() ? 0 : (lines.size() - 1) * kSeparator.size();
  for (const std::string_view line : lines) size += line.size();
  if (size > kMaxFieldBytes) return Refuse(Errc::kSfvTooLarge, "field too long");
  std::string joined;
  std::string_view text = lines.empty() ? std::string_view() : lines.front();
  if (lines.size() > 1) {
    joined.reserve(size);
    joined.append(text);
    for (const std::string_view line : lines.subspan(1)) joined.append(kSeparator).append(line);
    text = joined;
  }
  Result<Value> out;
  SIGNET_TRY(internal::Parser(text).Field(*out));
  return out;
}

}  // namespace

Result<Item> ParseItem(std::span<const std::string_view> lines) { return ParseField<Item>(lines); }

Result<List> ParseList(std::span<const std::string_view> lines) { return ParseField<List>(lines); }

Result<Dictionary> ParseDictionary(std::span<const std::string_view> lines) {
  return ParseField<Dictionary>(lines);
}

}  // namespace signet::codec::sfv
