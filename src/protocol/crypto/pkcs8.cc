// PKCS#8 (RFC 5208, RFC 5958; inside: RFC 5915, RFC 8410, RFC 8017 appendix A.1.2).
//
// Read and written by our own few lines: the decoders of OpenSSL 3.0 accept several forms, copy
// secrets into buffers of their own, and say little of what was wrong.
#include <algorithm>
#include <optional>

#include "protocol/codec/der.h"
#include "protocol/crypto/internal/oids.h"
#include "protocol/crypto/internal/private_key_impl.h"

namespace signet::crypto {
namespace {

using codec::DerReader;
using codec::DerWriter;
using internal::Curve;
using internal::PrivateImpl;

std::unexpected<Error> Malformed(const char* what) {
  return Refuse(Errc::kCryptoKeyMalformed, what);
}

std::unexpected<Error> WrongAlg() {
  return Refuse(Errc::kCryptoAlgUnsupported, "algorithm of another key type");
}

// The parts of a PrivateKeyInfo.
struct Envelope {
  ByteView oid;
  DerReader parameters;
  ByteView key;
  std::optional<ByteView> public_key;  // version 2
};

Result<Envelope> ReadEnvelope(ByteView der) {
  DerReader outer(der);
  const auto sequence = outer.Read(codec::kDerSequence);
  if (!sequence || !outer.AtEnd()) return Malformed("PKCS#8");
  DerReader info(*sequence);
  const auto version = info.ReadUnsigned();
  if (!version || version->size() != 1 || version->front() > 1) return Malformed("PKCS#8 version");
  const auto algorithm = info.Read(codec::kDerSequence);
  const auto key = info.Read(codec::kDerOctetString);
  if (!algorithm || !key) return Malformed("PKCS#8");
  if (info.NextIs(codec::DerContextConstructed(0)) && !info.Read(codec::DerContextConstructed(0))) {
    return Malformed("PKCS#8 attributes");
  }
  Envelope out{.oid = {}, .parameters = DerReader(*algorithm), .key = *key, .public_key = {}};
  if (version->front() == 1 && !info.AtEnd()) {
    out.public_key = info.ReadBits(codec::DerContext(1));
    if (!out.public_key) return Malformed("PKCS#8 public key");
  }
  const auto oid = out.parameters.Read(codec::kDerOid);
  if (!oid || !info.AtEnd()) return Malformed("PKCS#8");
  out.oid = *oid;
  return out;
}

// The public key of an ECPrivateKey, if it has one.
Result<std::optional<PublicKey>> ReadEcPublic(const Curve& curve, DerReader& key) {
  if (!key.NextIs(codec::DerContextConstructed(1))) return std::nullopt;
  DerReader wrapped(key.Read(codec::DerContextConstructed(1)).value_or(ByteView{}));
  const auto bits = wrapped.ReadBits();
  if (!bits || !wrapped.AtEnd() || bits->size() != 1 + 2 * curve.bytes ||
      bits->front() != POINT_CONVERSION_UNCOMPRESSED) {
    return Malformed("ECPrivateKey public key");
  }
  SIGNET_TRY_ASSIGN(PublicKey out, PublicKey::FromEcPoint(curve.type, bits->subspan(1, curve.bytes),
                                                          bits->last(curve.bytes)));
  return out;
}

Result<PrivateImpl> ReadEc(Envelope envelope, std::optional<Alg> alg) {
  const auto oid = envelope.parameters.Read(codec::kDerOid);
  const Curve* const curve = oid ? internal::FindCurveByOid(*oid) : nullptr;
  if (curve == nullptr) return Refuse(Errc::kCryptoAlgUnsupported, "curve");
  if (!envelope.parameters.AtEnd()) return Malformed("PKCS#8 parameters");
  if (alg && *alg != curve->alg) return WrongAlg();

  DerReader outer(envelope.key);
  const auto sequence = outer.Read(codec::kDerSequence);
  if (!sequence || !outer.AtEnd()) return Malformed("ECPrivateKey");
  DerReader key(*sequence);
  const auto version = key.ReadUnsigned();
  const auto d = key.Read(codec::kDerOctetString);
  if (!version || version->size() != 1 || version->front() != 1 || !d) {
    return Malformed("ECPrivateKey");
  }
  if (key.NextIs(codec::DerContextConstructed(0))) {
    DerReader repeated(key.Read(codec::DerContextConstructed(0)).value_or(ByteView{}));
    const auto again = repeated.Read(codec::kDerOid);
    if (!again || !repeated.AtEnd() || !std::ranges::equal(*again, curve->oid)) {
      return Malformed("ECPrivateKey parameters");
    }
  }
  SIGNET_TRY_ASSIGN(const std::optional<PublicKey> expected, ReadEcPublic(*curve, key));
  if (!key.AtEnd()) return Malformed("ECPrivateKey");
  return internal::ImportEc(*curve, *d, expected ? &*expected : nullptr);
}

Result<PrivateImpl> ReadEd25519(const Envelope& envelope, std::optional<Alg> alg) {
  if (alg && !AlgsOf(KeyType::kEd25519).Has(*alg)) return WrongAlg();
  if (!envelope.parameters.AtEnd()) return Malformed("PKCS#8 parameters");
  DerReader key(envelope.key);
  const auto seed = key.Read(codec::kDerOctetString);
  if (!seed || !key.AtEnd()) return Malformed("CurvePrivateKey");
  ByteView expected;
  if (envelope.public_key) {
    SIGNET_TRY(PublicKey::FromEd25519(*envelope.public_key));
    expected = *envelope.public_key;
  }
  return internal::ImportEd25519(alg.value_or(Alg::kEd25519), *seed, expected);
}

Result<PrivateKey::RsaParts> ReadRsaParts(Envelope envelope) {
  const auto null = envelope.parameters.Read(codec::kDerNull);
  if (!null || !null->empty() || !envelope.parameters.AtEnd()) {
    return Malformed("PKCS#8 parameters");
  }
  DerReader outer(envelope.key);
  const auto sequence = outer.Read(codec::kDerSequence);
  if (!sequence || !outer.AtEnd()) return Malformed("RSAPrivateKey");
  DerReader key(*sequence);
  const auto version = key.ReadUnsigned();
  // Version 1 has more than two primes.
  if (!version || version->size() != 1 || version->front() != 0) return Malformed("RSAPrivateKey");
  const auto n = key.ReadUnsigned();
  const auto e = key.ReadUnsigned();
  if (!n || !e) return Malformed("RSAPrivateKey");
  PrivateKey::RsaParts parts;
  parts.n.assign(n->begin(), n->end());
  parts.e.assign(e->begin(), e->end());
  for (SecretBytes* part : {&parts.d, &parts.p, &parts.q, &parts.dp, &parts.dq, &parts.qi}) {
    const auto number = key.ReadUnsigned();
    if (!number) return Malformed("RSAPrivateKey");
    *part = SecretBytes(*number);
  }
  if (!key.AtEnd()) return Malformed("RSAPrivateKey");
  return parts;
}

void PrependEcPrivate(const Curve& curve, const PublicKey& key, const SecretBytes& d,
                      DerWriter& out) {
  const std::size_t octets = out.Mark();
  out.Prepend(key.y());
  out.Prepend(key.x());
  out.Prepend(std::uint8_t{POINT_CONVERSION_UNCOMPRESSED});
  out.Prepend(std::uint8_t{0});
  out.Wrap(codec::kDerBitString, octets);
  out.Wrap(codec::DerContextConstructed(1), octets);
  out.PrependElement(codec::kDerOctetString, d.Expose(SecretAccess::Grant()));
  const std::uint8_t one = 1;
  out.PrependUnsigned(ByteView(&one, 1));
  out.Wrap(codec::kDerSequence, octets);
  out.Wrap(codec::kDerOctetString, octets);
  const std::size_t algorithm = out.Mark();
  out.PrependElement(codec::kDerOid, curve.oid);
  out.PrependElement(codec::kDerOid, internal::kOidEcPublicKey);
  out.Wrap(codec::kDerSequence, algorithm);
}

void PrependEd25519Private(const SecretBytes& seed, DerWriter& out) {
  const std::size_t octets = out.Mark();
  out.PrependElement(codec::kDerOctetString, seed.Expose(SecretAccess::Grant()));
  out.Wrap(codec::kDerOctetString, octets);
  const std::size_t algorithm = out.Mark();
  out.PrependElement(codec::kDerOid, internal::kOidEd25519);
  out.Wrap(codec::kDerSequence, algorithm);
}

void PrependRsaPrivate(const PrivateKey::RsaParts& parts, DerWriter& out) {
  const std::size_t octets = out.Mark();
  for (const SecretBytes* part : {&parts.qi, &parts.dq, &parts.dp, &parts.q, &parts.p, &parts.d}) {
    out.PrependUnsigned(part->Expose(SecretAccess::Grant()));
  }
  out.PrependUnsigned(parts.e);
  out.PrependUnsigned(parts.n);
  out.PrependUnsigned({});  // version 0
  out.Wrap(codec::kDerSequence, octets);
  out.Wrap(codec::kDerOctetString, octets);
  const std::size_t algorithm = out.Mark();
  out.PrependElement(codec::kDerNull, {});
  out.PrependElement(codec::kDerOid, internal::kOidRsa);
  out.Wrap(codec::kDerSequence, algorithm);
}

}  // namespace

Result<PrivateKey> PrivateKey::FromPkcs8(ByteView der, std::optional<Alg> alg) {
  SIGNET_TRY_ASSIGN(const Envelope envelope, ReadEnvelope(der));
  if (std::ranges::equal(envelope.oid, internal::kOidEcPublicKey)) {
    SIGNET_TRY_ASSIGN(PrivateImpl impl, ReadEc(envelope, alg));
    return PrivateKey(std::move(impl));
  }
  if (std::ranges::equal(envelope.oid, internal::kOidEd25519)) {
    SIGNET_TRY_ASSIGN(PrivateImpl impl, ReadEd25519(envelope, alg));
    return PrivateKey(std::move(impl));
  }
  if (std::ranges::equal(envelope.oid, internal::kOidRsa)) {
    if (!alg) return Refuse(Errc::kCryptoAlgUnsupported, "an RSA key needs a stated algorithm");
    SIGNET_TRY_ASSIGN(const RsaParts parts, ReadRsaParts(envelope));
    return FromRsa(*alg, parts);
  }
  return Refuse(Errc::kCryptoAlgUnsupported, "key type");
}

SecretBytes PrivateKey::ToPkcs8(SecretAccess access) const {
  const PublicKey& key = public_key();
  // Nine numbers of at most the modulus' length, and their headers.
  DerWriter out(9 * key.x().size() + 128);
  const std::size_t start = out.Mark();
  if (const Curve* const curve = internal::FindCurve(alg())) {
    PrependEcPrivate(*curve, key, RawSecret(access), out);
  } else if (key.type() == KeyType::kRsa) {
    PrependRsaPrivate(ToRsaParts(access), out);
  } else {
    PrependEd25519Private(RawSecret(access), out);
  }
  out.PrependUnsigned({});  // version 0
  out.Wrap(codec::kDerSequence, start);
  return SecretBytes(out.View());
}

}  // namespace signet::crypto
