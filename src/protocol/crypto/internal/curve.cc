#include "protocol/crypto/internal/curve.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace signet::crypto::internal {
namespace {

// Orders: FIPS 186-4 appendix D.1.2.
constexpr std::array<std::uint8_t, 32> kOrderP256 = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr std::array<std::uint8_t, 48> kOrderP384 = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};
constexpr std::array<std::uint8_t, 66> kOrderP521 = {
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b,
    0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c,
    0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09};

// Object identifiers: RFC 5480 section 2.1.1.1.
constexpr std::array<std::uint8_t, 8> kOidP256 = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> kOidP384 = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<std::uint8_t, 5> kOidP521 = {0x2b, 0x81, 0x04, 0x00, 0x23};

constexpr std::array<Curve, 3> kCurves = {{
    {KeyType::kEcP256, Alg::kES256, NID_X9_62_prime256v1, 32, kOrderP256, kOidP256},
    {KeyType::kEcP384, Alg::kES384, NID_secp384r1, 48, kOrderP384, kOidP384},
    {KeyType::kEcP521, Alg::kES512, NID_secp521r1, 66, kOrderP521, kOidP521},
}};

template <typename Predicate>
const Curve* Find(Predicate predicate) {
  const auto* const it = std::find_if(kCurves.begin(), kCurves.end(), predicate);
  return it == kCurves.end() ? nullptr : it;
}

}  // namespace

const Curve* FindCurve(KeyType type) {
  return Find([type](const Curve& curve) { return curve.type == type; });
}

const Curve* FindCurve(Alg alg) {
  return Find([alg](const Curve& curve) { return curve.alg == alg; });
}

const Curve* FindCurveByOid(ByteView oid) {
  return Find([oid](const Curve& curve) { return std::ranges::equal(curve.oid, oid); });
}

const EC_GROUP* GroupOf(const Curve& curve) {
  // Constants in effect: made at first use because the library must be loaded, read-only after.
  // Never freed, so that a thread which outlives main() finds them.
  static const std::array<const EC_GROUP*, kCurves.size()> groups = [] {
    std::array<const EC_GROUP*, kCurves.size()> made{};
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i] = EC_GROUP_new_by_curve_name(kCurves[i].nid);
    }
    return made;
  }();
  return groups[static_cast<std::size_t>(&curve - kCurves.data())];
}

bool IsInOrderRange(const Curve& curve, ByteView number) {
  if (number.size() != curve.bytes) return false;
  const bool is_zero = std::ranges::all_of(number, [](std::uint8_t byte) { return byte == 0; });
  return !is_zero && std::ranges::lexicographical_compare(number, curve.order);
}

EcKey NewEcKey(const Curve& curve) {
  const EC_GROUP* const group = GroupOf(curve);
  if (group == nullptr) return nullptr;
  EcKey key(EC_KEY_new());
  if (!Made(key) || !Succeeded(EC_KEY_set_group(key.get(), group))) return nullptr;
  return key;
}

}  // namespace signet::crypto::internal
