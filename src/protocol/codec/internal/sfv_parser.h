// The parser of structured fields, RFC 9651 section 4.2, in one pass over one text. sfv_parse.cc
// has the structures, sfv_parse_bare.cc the bare items.
//
// Floor 1. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/codec/internal/sfv_chars.h"
#include "protocol/codec/sfv.h"

namespace signet::codec::sfv::internal {

inline std::unexpected<Error> Malformed(const char* detail) {
  return Refuse(Errc::kSfvMalformed, detail);
}

// Bytes over 0x7f need no check of their own: no production takes one.
class Parser {
 public:
  explicit Parser(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  // Section 4.2, steps 2 to 7.
  Result<void> Field(Item& out);
  Result<void> Field(List& out);
  Result<void> Field(Dictionary& out);

 private:
  [[nodiscard]] bool Done() const { return at_ == end_; }
  [[nodiscard]] bool Next(char c) const { return at_ != end_ && *at_ == c; }
  bool Take(char c) {
    if (!Next(c)) return false;
    ++at_;
    return true;
  }
  // The longest run of characters of a class.
  std::string_view TakeAll(std::uint8_t classes) {
    const char* const from = at_;
    while (at_ != end_ && Is(*at_, classes)) ++at_;
    return {from, at_};
  }
  void SkipSpaces() {
    while (Next(' ')) ++at_;
  }
  void SkipOws() {
    while (Next(' ') || Next('\t')) ++at_;
  }
  // Upper bound of the members that are left: commas in strings count too.
  [[nodiscard]] std::size_t MembersLeft() const {
    const auto commas = static_cast<std::size_t>(std::count(at_, end_, ','));
    return std::min(commas + 1, kMaxMembers);
  }

  Result<void> ReadSeparator();
  Result<void> ReadMember(Member& out);
  Result<void> ReadInnerList(InnerList& out);
  Result<void> ReadItem(Item& out);
  Result<void> ReadParameters(Parameters& out);
  Result<void> ReadKey(std::string& out);
  Result<void> ReadBareItem(BareItem& out);
  Result<void> ReadNumber(BareItem& out);
  Result<void> ReadString(BareItem& out);
  Result<void> ReadToken(BareItem& out);
  Result<void> ReadBytes(BareItem& out);
  Result<void> ReadBoolean(BareItem& out);
  Result<void> ReadDate(BareItem& out);
  Result<void> ReadDisplayString(BareItem& out);

  const char* at_;
  const char* end_;
};

}  // namespace signet::codec::sfv::internal
