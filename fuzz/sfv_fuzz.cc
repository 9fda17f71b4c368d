// Structured fields. The first byte chooses the kind; the rest are the field's lines, parted by
// line feeds.
//
// Properties: what is accepted serializes, and that text has an equal value and is its own
// serialization; cutting a list or dictionary between members changes nothing; limits hold.
#include <vector>

#include "property.h"
#include "protocol/codec/sfv.h"

namespace {

namespace sfv = signet::codec::sfv;
using signet::Errc;
using signet::Result;
using signet::fuzz::Property;
using Lines = std::vector<std::string_view>;

Lines LinesOf(std::string_view text) {
  Lines lines;
  for (;;) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

void CheckKeys(const auto& entries, std::size_t most) {
  Property(entries.size() <= most);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Property(!entries[i].first.empty() && entries[i].first.size() <= sfv::kMaxKeyBytes);
    for (std::size_t j = 0; j < i; ++j) Property(entries[i].first != entries[j].first);
  }
}

void CheckLimits(const sfv::Item& item) {
  CheckKeys(item.parameters.entries(), sfv::kMaxParameters);
  for (const auto& [key, value] : item.parameters.entries()) {
    Property(item.parameters.Find(key) == &value);
  }
}

void CheckLimits(const sfv::Member& member) {
  const auto* const list = std::get_if<sfv::InnerList>(&member);
  if (list == nullptr) return CheckLimits(std::get<sfv::Item>(member));
  Property(list->items.size() <= sfv::kMaxInnerMembers);
  CheckKeys(list->parameters.entries(), sfv::kMaxParameters);
  for (const sfv::Item& item : list->items) CheckLimits(item);
}

void CheckLimits(const sfv::List& list) {
  Property(list.size() <= sfv::kMaxMembers);
  for (const sfv::Member& member : list) CheckLimits(member);
}

void CheckLimits(const sfv::Dictionary& dictionary) {
  CheckKeys(dictionary.entries(), sfv::kMaxMembers);
  for (const auto& [key, member] : dictionary.entries()) {
    Property(dictionary.Find(key) == &member);
    CheckLimits(member);
  }
}

template <typename Value>
void CheckKind(Result<Value> (*parse)(std::span<const std::string_view>), const Lines& lines) {
  std::string joined;
  for (std::size_t i = 0; i < lines.size(); ++i) joined.append(i == 0 ? "" : ", ").append(lines[i]);

  const Result<Value> got = parse(lines);
  const Lines one = {joined};
  signet::fuzz::CheckSameVerdict(got, parse(one));
  if (!got) {
    const Errc code = got.error().code;
    Property(code == Errc::kSfvMalformed || code == Errc::kSfvTooLarge);
    if (joined.size() > sfv::kMaxFieldBytes) Property(code == Errc::kSfvTooLarge);
    return;
  }
  Property(joined.size() <= sfv::kMaxFieldBytes);
  Property(*got == *parse(one));
  CheckLimits(*got);

  const Result<std::string> text = sfv::Serialize(*got);
  Property(text.has_value());
  for (const char c : *text) Property(c >= 0x20 && c <= 0x7e);
  // A comma without a space behind it becomes one with, so the text may outgrow the limit.
  if (text->size() > sfv::kMaxFieldBytes) return;
  const Lines canonical = {*text};
  const Result<Value> again = parse(canonical);
  Property(again.has_value() && *again == *got);
  Property(sfv::Serialize(*again).value() == *text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Lines lines = LinesOf(signet::fuzz::AsText(data + 1, size - 1));
  switch (data[0] % 3) {
    case 0:
      CheckKind(sfv::ParseItem, lines);
      break;
    case 1:
      CheckKind(sfv::ParseList, lines);
      break;
    case 2:
      CheckKind(sfv::ParseDictionary, lines);
      break;
  }
  return 0;
}
