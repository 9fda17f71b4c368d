#include "protocol/proof/httpsig/component.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace signet::proof::httpsig {
namespace {

using codec::sfv::BareItem;
using codec::sfv::Item;

// RFC 9421 section 2.2. @signature-params is no member of a list: it is the list (section 2.3).
constexpr std::array<std::string_view, 9> kDerived{"@method", "@target-uri",     "@authority",
                                                   "@scheme", "@request-target", "@path",
                                                   "@query",  "@query-param",    "@status"};

std::unexpected<Error> Invalid(const char* why) {
  return Refuse(Errc::kHttpsigComponentInvalid, why);
}

// tchar of RFC 9110 section 5.6.2, without upper case.
bool IsLowerToken(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

Result<void> SetFlag(const BareItem& value, bool& flag) {
  const bool* const set = std::get_if<bool>(&value);
  if (set == nullptr || !*set) return Invalid("a flag that is not true");
  flag = true;
  return {};
}

Result<void> SetText(const BareItem& value, std::optional<std::string>& text) {
  const std::string* const string = std::get_if<std::string>(&value);
  if (string == nullptr) return Invalid("key or name that is no String");
  text = *string;
  return {};
}

Result<void> SetParameter(std::string_view key, const BareItem& value, Component& out) {
  if (key == "sf") return SetFlag(value, out.sf);
  if (key == "bs") return SetFlag(value, out.bs);
  if (key == "req") return SetFlag(value, out.req);
  if (key == "tr") return SetFlag(value, out.tr);
  if (key == "key") return SetText(value, out.key);
  if (key == "name") return SetText(value, out.query_name);
  return Invalid("a component parameter that is not known");
}

// RFC 9421 sections 2.1 and 2.2: which parameters may stand with which.
Result<void> CheckCombination(const Component& component) {
  if (component.query_name.has_value() != (component.name == "@query-param")) {
    return Invalid("name belongs to @query-param, and only there");
  }
  if (component.derived()) {
    if (std::ranges::find(kDerived, component.name) == kDerived.end()) {
      return Invalid("a derived component that is not known");
    }
    if (component.sf || component.bs || component.tr || component.key.has_value()) {
      return Invalid("a field's parameter on a derived component");
    }
    return {};
  }
  if (!IsLowerToken(component.name)) return Invalid("no field name in lower case");
  if (component.bs && (component.sf || component.key.has_value())) {
    return Invalid("bs together with sf or key");
  }
  return {};
}

bool HasOnlyAName(const Component& component) {
  return !component.sf && !component.bs && !component.tr && !component.key.has_value() &&
         !component.query_name.has_value();
}

Item ItemOf(const Component& component) {
  Item item{.value = component.name};
  if (component.sf) item.parameters.Set("sf", true);
  if (component.bs) item.parameters.Set("bs", true);
  if (component.req) item.parameters.Set("req", true);
  if (component.tr) item.parameters.Set("tr", true);
  if (component.key.has_value()) item.parameters.Set("key", *component.key);
  if (component.query_name.has_value()) item.parameters.Set("name", *component.query_name);
  return item;
}

}  // namespace

bool Component::operator==(const Component& other) const {
  return std::tie(name, sf, bs, req, tr, key, query_name) ==
         std::tie(other.name, other.sf, other.bs, other.req, other.tr, other.key, other.query_name);
}

bool Component::IsPlain(std::string_view of_name) const {
  return name == of_name && !req && HasOnlyAName(*this);
}

bool Component::IsOfRequest(std::string_view of_name) const {
  return name == of_name && req && HasOnlyAName(*this);
}

Component Plain(std::string_view name) { return {.name = std::string(name)}; }

Component OfRequest(std::string_view name) { return {.name = std::string(name), .req = true}; }

Result<Component> ParseComponent(Item item) {
  std::string* const name = std::get_if<std::string>(&item.value);
  if (name == nullptr) return Invalid("a component that is no String");
  if (item.parameters.repeated()) return Invalid("a component parameter twice");
  Component out;
  if (!item.parameters.empty()) {
    SIGNET_TRY_ASSIGN(out.identifier, codec::sfv::Serialize(item));
  }
  out.name = std::move(*name);
  for (const auto& [key, value] : item.parameters.entries()) {
    SIGNET_TRY(SetParameter(key, value, out));
  }
  SIGNET_TRY(CheckCombination(out));
  return out;
}

Result<std::string> IdentifierOf(const Component& component) {
  std::string out;
  SIGNET_TRY(AppendIdentifier(component, out));
  return out;
}

Result<void> AppendIdentifier(const Component& component, std::string& out) {
  if (!component.identifier.empty()) {
    out.append(component.identifier);
    return {};
  }
  if (!component.req && HasOnlyAName(component)) {
    return codec::sfv::AppendString(component.name, out);
  }
  SIGNET_TRY_ASSIGN(const std::string identifier, codec::sfv::Serialize(ItemOf(component)));
  out.append(identifier);
  return {};
}

}  // namespace signet::proof::httpsig
