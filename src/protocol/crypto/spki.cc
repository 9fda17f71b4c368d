// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7; RFC 3279, RFC 5480, RFC 8410).
#include <algorithm>

#include "protocol/codec/der.h"
#include "protocol/crypto/internal/curve.h"
#include "protocol/crypto/internal/oids.h"
#include "protocol/crypto/public_key.h"

namespace signet::crypto {
namespace {

using codec::DerReader;
using codec::DerWriter;

std::unexpected<Error> Malformed(const char* what) {
  return Refuse(Errc::kCryptoKeyMalformed, what);
}

Result<PublicKey> FromEcBits(DerReader parameters, ByteView bits) {
  // Curves spelled out by their numbers are another form of this field. They are refused with the
  // unknown curves: whoever picks the generator can make a key for a given public point.
  const auto oid = parameters.Read(codec::kDerOid);
  const internal::Curve* const curve = oid ? internal::FindCurveByOid(*oid) : nullptr;
  if (curve == nullptr) return Refuse(Errc::kCryptoAlgUnsupported, "curve");
  if (!parameters.AtEnd()) return Malformed("SPKI parameters");
  if (bits.size() != 1 + 2 * curve->bytes || bits[0] != POINT_CONVERSION_UNCOMPRESSED) {
    return Malformed("EC point not in uncompressed form");
  }
  return PublicKey::FromEcPoint(curve->type, bits.subspan(1, curve->bytes),
                                bits.last(curve->bytes));
}

Result<PublicKey> FromRsaBits(DerReader parameters, ByteView bits) {
  const auto null = parameters.Read(codec::kDerNull);
  if (!null || !null->empty() || !parameters.AtEnd()) return Malformed("SPKI parameters");
  DerReader outer(bits);
  const auto sequence = outer.Read(codec::kDerSequence);
  if (!sequence || !outer.AtEnd()) return Malformed("RSAPublicKey");
  DerReader numbers(*sequence);
  const auto modulus = numbers.ReadUnsigned();
  const auto exponent = numbers.ReadUnsigned();
  if (!modulus || !exponent || !numbers.AtEnd()) return Malformed("RSAPublicKey");
  return PublicKey::FromRsa(*modulus, *exponent);
}

void PrependEcKey(const internal::Curve& curve, const PublicKey& key, DerWriter& out) {
  const std::size_t bits = out.Mark();
  out.Prepend(key.y());
  out.Prepend(key.x());
  out.Prepend(std::uint8_t{POINT_CONVERSION_UNCOMPRESSED});
  out.Prepend(std::uint8_t{0});
  out.Wrap(codec::kDerBitString, bits);
  const std::size_t algorithm = out.Mark();
  out.PrependElement(codec::kDerOid, curve.oid);
  out.PrependElement(codec::kDerOid, internal::kOidEcPublicKey);
  out.Wrap(codec::kDerSequence, algorithm);
}

void PrependRsaKey(const PublicKey& key, DerWriter& out) {
  const std::size_t bits = out.Mark();
  out.PrependUnsigned(key.y());
  out.PrependUnsigned(key.x());
  out.Wrap(codec::kDerSequence, bits);
  out.Prepend(std::uint8_t{0});
  out.Wrap(codec::kDerBitString, bits);
  const std::size_t algorithm = out.Mark();
  out.PrependElement(codec::kDerNull, {});
  out.PrependElement(codec::kDerOid, internal::kOidRsa);
  out.Wrap(codec::kDerSequence, algorithm);
}

void PrependEd25519Key(const PublicKey& key, DerWriter& out) {
  const std::size_t bits = out.Mark();
  out.Prepend(key.x());
  out.Prepend(std::uint8_t{0});
  out.Wrap(codec::kDerBitString, bits);
  const std::size_t algorithm = out.Mark();
  out.PrependElement(codec::kDerOid, internal::kOidEd25519);
  out.Wrap(codec::kDerSequence, algorithm);
}

}  // namespace

Result<PublicKey> PublicKey::FromSpki(ByteView der) {
  DerReader outer(der);
  const auto sequence = outer.Read(codec::kDerSequence);
  if (!sequence || !outer.AtEnd()) return Malformed("SPKI");
  DerReader spki(*sequence);
  const auto algorithm = spki.Read(codec::kDerSequence);
  const auto bits = spki.ReadBits();
  if (!algorithm || !bits || !spki.AtEnd()) return Malformed("SPKI");
  DerReader parameters(*algorithm);
  const auto oid = parameters.Read(codec::kDerOid);
  if (!oid) return Malformed("SPKI algorithm");
  if (std::ranges::equal(*oid, internal::kOidEcPublicKey)) return FromEcBits(parameters, *bits);
  if (std::ranges::equal(*oid, internal::kOidRsa)) return FromRsaBits(parameters, *bits);
  if (std::ranges::equal(*oid, internal::kOidEd25519)) {
    if (!parameters.AtEnd()) return Malformed("SPKI parameters");
    return FromEd25519(*bits);
  }
  return Refuse(Errc::kCryptoAlgUnsupported, "key type");
}

Bytes PublicKey::ToSpki() const {
  DerWriter out(x().size() + y().size() + 64);
  const std::size_t start = out.Mark();
  if (const internal::Curve* const curve = internal::FindCurve(type())) {
    PrependEcKey(*curve, *this, out);
  } else if (type() == KeyType::kRsa) {
    PrependRsaKey(*this, out);
  } else {
    PrependEd25519Key(*this, out);
  }
  out.Wrap(codec::kDerSequence, start);
  const ByteView der = out.View();
  return {der.begin(), der.end()};
}

}  // namespace signet::crypto
