// A certificate as a tree, for tests that change one element of it.
#pragma once

#include <algorithm>
#include <optional>

#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/crypto/testdata/der_mutants.h"

namespace signet::credential::testing_support {

using crypto::testing_support::DerNode;
using crypto::testing_support::EncodeDer;
using crypto::testing_support::ParseDer;

inline DerNode Leaf(std::uint8_t tag, Bytes contents) {
  return {.tag = tag, .start = {}, .contents = std::move(contents), .children = {}};
}
inline DerNode Branch(std::uint8_t tag, std::vector<DerNode> children) {
  return {.tag = tag, .start = {}, .contents = {}, .children = std::move(children)};
}
inline DerNode Text(std::uint8_t tag, std::string_view text) {
  const ByteView view = AsBytes(text);
  return Leaf(tag, Bytes(view.begin(), view.end()));
}

// Places in a certificate of version 3 without unique identifiers.
struct CertificateTree {
  DerNode root;

  explicit CertificateTree(ByteView der) : root(std::move(ParseDer(der)->front())) {}

  DerNode& tbs() { return root.children[0]; }
  DerNode& version() { return tbs().children[0].children[0]; }
  DerNode& serial() { return tbs().children[1]; }
  DerNode& inner_algorithm() { return tbs().children[2]; }
  DerNode& issuer() { return tbs().children[3]; }
  DerNode& validity() { return tbs().children[4]; }
  DerNode& subject() { return tbs().children[5]; }
  DerNode& spki() { return tbs().children[6]; }
  std::vector<DerNode>& extensions() { return tbs().children[7].children[0].children; }
  DerNode& outer_algorithm() { return root.children[1]; }
  DerNode& signature() { return root.children[2]; }

  // The extension 2.5.29.`arc`.
  DerNode& extension(std::uint8_t arc) {
    const auto found = std::ranges::find_if(extensions(), [arc](const DerNode& node) {
      return node.children[0].contents == Bytes{0x55, 0x1d, arc};
    });
    SIGNET_CHECK(found != extensions().end());
    return *found;
  }
  // What stands in its OCTET STRING.
  DerNode& value(std::uint8_t arc) { return extension(arc).children.back().children[0]; }

  [[nodiscard]] Bytes Encode() const { return EncodeDer(root); }
};

inline constexpr std::uint8_t kSubjectKeyIdArc = 0x0e;
inline constexpr std::uint8_t kKeyUsageArc = 0x0f;
inline constexpr std::uint8_t kSanArc = 0x11;
inline constexpr std::uint8_t kBasicConstraintsArc = 0x13;
inline constexpr std::uint8_t kAuthorityKeyIdArc = 0x23;
inline constexpr std::uint8_t kExtKeyUsageArc = 0x25;

}  // namespace signet::credential::testing_support
