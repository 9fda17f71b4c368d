// Values of fields; those of derived components are in derived_value.cc.
#include "protocol/proof/httpsig/internal/component_value.h"

#include <algorithm>
#include <array>
#include <span>

#include "protocol/codec/sfv.h"
#include "protocol/proof/httpsig/internal/derived_value.h"
#include "protocol/proof/httpsig/internal/field_lines.h"

namespace signet::proof::httpsig {
namespace {

namespace sfv = codec::sfv;

std::unexpected<Error> Unresolvable(const char* why) {
  return Refuse(Errc::kHttpsigUnresolvable, why);
}

enum class FieldType : std::uint8_t { kItem, kList, kDictionary };

struct FieldTypeEntry {
  std::string_view name;
  FieldType type;
};

// The structured fields of the HTTP Field Name registry. RFC 9421 section 2.1.1: `sf` works where
// the type is known, and nowhere else.
constexpr std::array<FieldTypeEntry, 24> kFieldTypes{{
    {"accept-ch", FieldType::kList},
    {"accept-signature", FieldType::kDictionary},
    {"available-dictionary", FieldType::kItem},
    {"cache-group-invalidation", FieldType::kList},
    {"cache-groups", FieldType::kList},
    {"cache-status", FieldType::kList},
    {"capsule-protocol", FieldType::kItem},
    {"cdn-cache-control", FieldType::kDictionary},
    {"client-cert", FieldType::kItem},
    {"client-cert-chain", FieldType::kList},
    {"concealed-auth-export", FieldType::kItem},
    {"content-digest", FieldType::kDictionary},
    {"deprecation", FieldType::kItem},
    {"dictionary-id", FieldType::kItem},
    {"link-template", FieldType::kList},
    {"priority", FieldType::kDictionary},
    {"proxy-status", FieldType::kList},
    {"repr-digest", FieldType::kDictionary},
    {"signature", FieldType::kDictionary},
    {"signature-input", FieldType::kDictionary},
    {"use-as-dictionary", FieldType::kDictionary},
    {"want-content-digest", FieldType::kDictionary},
    {"want-repr-digest", FieldType::kDictionary},
    {"incremental", FieldType::kItem},
}};

std::optional<FieldType> FieldTypeOf(std::string_view name) {
  for (const FieldTypeEntry& entry : kFieldTypes) {
    if (entry.name == name) return entry.type;
  }
  return std::nullopt;
}

// RFC 9421 section 2.1 step 3: a line folding (RFC 9112 section 5.2) is one space. Our own parser
// refuses them; a message may come from elsewhere.
std::string Unfold(std::string_view value) {
  std::string out;
  std::size_t from = 0;
  for (;;) {
    const std::size_t fold = value.find("\r\n", from);
    const std::size_t next =
        fold == std::string_view::npos ? fold : value.find_first_not_of(" \t", fold + 2);
    if (fold == std::string_view::npos || next == fold + 2 || next == std::string_view::npos) {
      return out.append(value.substr(from));
    }
    const std::string_view before = value.substr(from, fold - from);
    out.append(before.substr(0, before.find_last_not_of(" \t") + 1)).append(" ");
    from = next;
  }
}

// The grammar of the base has neither controls nor bytes over 0x7f (RFC 9421 section 2.5): a line
// end would forge a component.
Result<void> AppendClean(std::string_view text, std::string& out) {
  const bool clean =
      std::ranges::all_of(text, [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); });
  if (!clean) return Unresolvable("a byte that no signature base may hold");
  out.append(text);
  return {};
}

template <typename T>
Result<std::string> Reserialized(const Result<T>& parsed) {
  if (!parsed.has_value()) return Unresolvable("a structured field that does not parse");
  return sfv::Serialize(*parsed);
}

Result<std::string> StrictValue(std::string_view name, std::span<const std::string_view> lines) {
  const std::optional<FieldType> type = FieldTypeOf(name);
  if (!type.has_value()) return Unresolvable("sf on a field whose type is not known");
  switch (*type) {
    case FieldType::kItem:
      return Reserialized(sfv::ParseItem(lines));
    case FieldType::kList:
      return Reserialized(sfv::ParseList(lines));
    case FieldType::kDictionary:
      return Reserialized(sfv::ParseDictionary(lines));
  }
  return Unresolvable("type");
}

Result<std::string> MemberValue(const Component& component, const http::Fields& fields,
                                std::span<const std::string_view> lines, ParsedParts& parsed) {
  // A field that is not known may be a dictionary: the signer says so by using `key`.
  if (FieldTypeOf(component.name).value_or(FieldType::kDictionary) != FieldType::kDictionary) {
    return Unresolvable("key on a field that is no dictionary");
  }
  const Result<sfv::Dictionary>& dictionary =
      parsed.DictionaryOf(fields, component.name, [lines] { return sfv::ParseDictionary(lines); });
  if (!dictionary.has_value()) return Unresolvable("a dictionary that does not parse");
  const sfv::Member* const member = dictionary->Find(*component.key);
  if (member == nullptr) return Unresolvable("a dictionary member that is not there");
  return std::visit([](const auto& value) { return sfv::Serialize(value); }, *member);
}

// RFC 9421 section 2.1.3: each line apart, so that two lines are not one line with a comma.
Result<std::string> WrappedValue(std::span<const std::string_view> lines) {
  sfv::List list;
  for (const std::string_view line : lines) {
    const ByteView bytes = AsBytes(line);
    list.emplace_back(sfv::Item{.value = Bytes(bytes.begin(), bytes.end())});
  }
  return sfv::Serialize(list);
}

// Of a field as structured: what `bs`, `key` and `sf` ask for.
Result<std::string> StructuredValue(const Component& component, const http::Fields& fields,
                                    std::span<const std::string_view> lines, ParsedParts& parsed) {
  if (component.bs) return WrappedValue(lines);
  if (component.key.has_value()) return MemberValue(component, fields, lines, parsed);
  return StrictValue(component.name, lines);
}

Result<void> AppendFieldValue(const Component& component, const http::Fields& fields,
                              ParsedParts& parsed, std::string& out) {
  const bool structured = component.bs || component.sf || component.key.has_value();
  const http::FieldOccurrence only = fields.Find(component.name);
  if (only.count == 0) return Unresolvable("a field that is not there");
  if (only.count == 1 && !structured && only.value.find('\r') == std::string_view::npos) {
    return AppendClean(only.value, out);
  }
  std::vector<std::string> unfolded;
  for (const std::string_view line : LinesOf(component.name, fields)) {
    unfolded.push_back(Unfold(http::TrimOws(line)));
  }
  if (structured) {
    const std::vector<std::string_view> lines(unfolded.begin(), unfolded.end());
    SIGNET_TRY_ASSIGN(const std::string value, StructuredValue(component, fields, lines, parsed));
    out.append(value);
    return {};
  }
  for (std::size_t i = 0; i < unfolded.size(); ++i) {
    if (i > 0) out.append(", ");
    SIGNET_TRY(AppendClean(unfolded[i], out));
  }
  return {};
}

}  // namespace

Result<std::string> ComponentValue(const Component& component, const MessageView& message) {
  ParsedParts parsed;
  std::string out;
  SIGNET_TRY(AppendComponentValue(component, message, parsed, out));
  return out;
}

Result<void> AppendComponentValue(const Component& component, const MessageView& message,
                                  ParsedParts& parsed, std::string& out) {
  const bool is_response = message.response != nullptr;
  if (component.req && !is_response) return Unresolvable("req in the signature of a request");
  const bool of_request = component.req || !is_response;
  if (of_request && message.request == nullptr) return Unresolvable("the request is not known");
  if (component.derived()) {
    return of_request ? AppendDerivedOfRequest(component, *message.request, parsed, out)
                      : AppendDerivedOfResponse(component, *message.response, out);
  }
  const http::Fields& fields =
      of_request ? (component.tr ? message.request->trailers : message.request->fields)
                 : (component.tr ? message.response->trailers : message.response->fields);
  return AppendFieldValue(component, fields, parsed, out);
}

}  // namespace signet::proof::httpsig
