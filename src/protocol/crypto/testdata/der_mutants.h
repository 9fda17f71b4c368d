// Encodings that differ from a given one in one element of the tree, with all lengths right again:
// they get past the checks of lengths that a flipped bit or a prefix fails at.
#pragma once

#include <optional>
#include <vector>

#include "protocol/base/bytes.h"

namespace signet::crypto::testing_support {

struct DerNode {
  std::uint8_t tag = 0;
  Bytes start;  // bytes before the children: the unused-bits byte of a BIT STRING
  Bytes contents;
  std::vector<DerNode> children;  // instead of contents
};

inline std::optional<std::vector<DerNode>> ParseDer(ByteView der);

inline DerNode MakeDerNode(std::uint8_t tag, ByteView contents) {
  DerNode node{
      .tag = tag, .start = {}, .contents = {contents.begin(), contents.end()}, .children = {}};
  const bool is_bits = tag == 0x03;
  if ((tag & 0x20U) == 0 && tag != 0x04 && !is_bits) return node;
  if (is_bits && (contents.empty() || contents[0] != 0)) return node;
  auto children = ParseDer(is_bits ? contents.subspan(1) : contents);
  if (!children || children->empty()) return node;
  if (is_bits) node.start = {0};
  node.children = std::move(*children);
  return node;
}

// nullopt if these bytes are no sequence of elements with lengths under 64 KiB.
inline std::optional<std::vector<DerNode>> ParseDer(ByteView der) {
  std::vector<DerNode> out;
  while (!der.empty()) {
    if (der.size() < 2) return std::nullopt;
    std::size_t length = der[1];
    std::size_t header = 2;
    if (length > 0x80 && length <= 0x82 && der.size() >= 2 + (length & 0x7fU)) {
      header += length & 0x7fU;
      length = 0;
      for (std::size_t i = 2; i < header; ++i) length = length << 8U | der[i];
    }
    if (der.size() < header + length) return std::nullopt;
    out.push_back(MakeDerNode(der[0], der.subspan(header, length)));
    der = der.subspan(header + length);
  }
  return out;
}

inline Bytes EncodeDer(const DerNode& node) {
  Bytes contents = node.start;
  if (node.children.empty()) contents = node.contents;
  for (const DerNode& child : node.children) {
    const Bytes encoded = EncodeDer(child);
    contents.insert(contents.end(), encoded.begin(), encoded.end());
  }
  Bytes out = {node.tag};
  const std::size_t size = contents.size();
  if (size >= 0x100) {
    out.insert(out.end(), {0x82, static_cast<std::uint8_t>(size >> 8U)});
  } else if (size >= 0x80) {
    out.push_back(0x81);
  }
  out.push_back(static_cast<std::uint8_t>(size & 0xffU));
  out.insert(out.end(), contents.begin(), contents.end());
  return out;
}

// Changes `node` in every way and puts the whole, `root`, into `out` each time.
inline void MutateDer(DerNode& node, const DerNode& root, std::vector<Bytes>& out) {
  const DerNode original = node;
  const auto emit = [&] {
    out.push_back(EncodeDer(root));
    node = original;
  };
  const auto set = [&](Bytes contents) {
    node.children.clear();
    node.contents = std::move(contents);
    emit();
  };
  set({});
  set({0x05, 0x00});
  set({0x80});
  set({0x00, 0x00});
  node.tag ^= 0x1fU;
  emit();
  if (original.children.empty()) {
    Bytes longer = original.contents;
    longer.push_back(0);
    set(longer);
    Bytes shorter = original.contents;
    if (!shorter.empty()) shorter.pop_back();
    set(shorter);
    Bytes signed_number = original.contents;
    signed_number.insert(signed_number.begin(), 0);
    set(signed_number);
    return;
  }
  node.children.push_back({.tag = 0x05, .start = {}, .contents = {}, .children = {}});
  emit();
  for (std::size_t i = 0; i < original.children.size(); ++i) {
    node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(i));
    emit();
    node.children.insert(node.children.begin() + static_cast<std::ptrdiff_t>(i),
                         original.children[i]);
    emit();
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) MutateDer(node.children[i], root, out);
}

inline std::vector<Bytes> DerMutants(ByteView der) {
  std::vector<Bytes> out;
  auto nodes = ParseDer(der);
  if (!nodes || nodes->size() != 1) return out;
  DerNode root = std::move(nodes->front());
  MutateDer(root, root, out);
  return out;
}

}  // namespace signet::crypto::testing_support
