// Component: one line of a signature base, as its identifier names it (RFC 9421 sections 1.1, 2).
//
// Floor 6. Pure; thread-safe. Two components are the same if their names and parameters are, in
// whatever order the parameters came: "covered" is decided on parsed identity, never on text
// (ATTACKS 13).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/codec/sfv.h"

namespace signet::proof::httpsig {

struct Component {
  std::string name;                         // lower case; derived components begin with '@'
  bool sf = false;                          // strict structured-field serialization
  bool bs = false;                          // binary-wrapped
  bool req = false;                         // of the request that triggered this response
  bool tr = false;                          // of the trailers
  std::optional<std::string> key{};         // dictionary member
  std::optional<std::string> query_name{};  // `name` of @query-param, as it is written
  // As it stands in its list, with the parameters in their order there: the base repeats it (RFC
  // 9421 section 2). Empty: no parameters, or in the order of this struct. No part of the identity.
  std::string identifier{};

  [[nodiscard]] bool derived() const { return !name.empty() && name.front() == '@'; }
  // True for Plain(name), or OfRequest(name).
  [[nodiscard]] bool IsPlain(std::string_view of_name) const;
  [[nodiscard]] bool IsOfRequest(std::string_view of_name) const;
  bool operator==(const Component& other) const;
};

// A component without parameters.
[[nodiscard]] Component Plain(std::string_view name);
// A component of the request, in the signature of its response.
[[nodiscard]] Component OfRequest(std::string_view name);

// From an item of the covered components.
// Errors, all kHttpsigComponentInvalid: not a String; an unknown derived component or parameter;
// a parameter of the wrong type or false; a name that is no lower-case token; @signature-params;
// `sf`, `key`, `bs` or `tr` on a derived component; `bs` together with `sf` or `key`; @query-param
// without `name`, or `name` elsewhere; a parameter twice (ATTACKS 12)
[[nodiscard]] Result<Component> ParseComponent(codec::sfv::Item item);

// The identifier as text: name in quotes, and parameters.
// Errors: kSfvUnserializable
[[nodiscard]] Result<std::string> IdentifierOf(const Component& component);
// The same, behind what `out` holds; after an error `out` is to be dropped.
[[nodiscard]] Result<void> AppendIdentifier(const Component& component, std::string& out);

}  // namespace signet::proof::httpsig
