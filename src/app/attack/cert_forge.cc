#include "app/attack/cert_forge.h"

#include <array>

#include "protocol/codec/der.h"
#include "protocol/crypto/private_key.h"

namespace signet::app::attack {
namespace {

using codec::DerWriter;

constexpr std::size_t kCapacity = 8192;
constexpr std::uint8_t kOidEcdsaSha256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
constexpr std::uint8_t kOidCommonName[] = {0x55, 0x04, 0x03};
constexpr std::uint8_t kOidKeyUsage[] = {0x55, 0x1d, 0x0f};
constexpr std::uint8_t kOidSubjectAltName[] = {0x55, 0x1d, 0x11};
constexpr std::uint8_t kOidBasicConstraints[] = {0x55, 0x1d, 0x13};
constexpr std::uint8_t kTrue[] = {0xff};

struct Certificate {
  std::string subject;
  std::vector<std::string> uris;
  bool is_authority = false;
  WallTime now;
};

// What was written since `mark` becomes the value of an extension.
void WrapExtension(ByteView oid, std::size_t mark, DerWriter& out) {
  out.Wrap(codec::kDerOctetString, mark);
  out.PrependElement(codec::kDerBoolean, kTrue);
  out.PrependElement(codec::kDerOid, oid);
  out.Wrap(codec::kDerSequence, mark);
}

void PrependName(const std::string& name, DerWriter& out) {
  const std::size_t mark = out.Mark();
  out.PrependElement(codec::kDerUtf8String, AsBytes(name));
  out.PrependElement(codec::kDerOid, kOidCommonName);
  out.Wrap(codec::kDerSequence, mark);
  out.Wrap(codec::kDerSet, mark);
  out.Wrap(codec::kDerSequence, mark);
}

void PrependAlgorithm(DerWriter& out) {
  const std::size_t mark = out.Mark();
  out.PrependElement(codec::kDerOid, kOidEcdsaSha256);
  out.Wrap(codec::kDerSequence, mark);
}

void PrependExtensions(const Certificate& content, DerWriter& out) {
  if (!content.uris.empty()) {
    const std::size_t names = out.Mark();
    for (auto uri = content.uris.rbegin(); uri != content.uris.rend(); ++uri) {
      out.PrependElement(codec::DerContext(6), AsBytes(*uri));
    }
    out.Wrap(codec::kDerSequence, names);
    WrapExtension(kOidSubjectAltName, names, out);
  }
  const std::size_t usage = out.Mark();
  constexpr std::array<std::uint8_t, 2> kSign = {2, 0x04};
  constexpr std::array<std::uint8_t, 2> kUse = {7, 0x80};
  out.PrependElement(codec::kDerBitString, content.is_authority ? kSign : kUse);
  WrapExtension(kOidKeyUsage, usage, out);
  const std::size_t constraints = out.Mark();
  if (content.is_authority) out.PrependElement(codec::kDerBoolean, kTrue);
  out.Wrap(codec::kDerSequence, constraints);
  WrapExtension(kOidBasicConstraints, constraints, out);
}

Bytes ToBeSigned(const Certificate& content, const std::string& issuer,
                 const crypto::PublicKey& key, Random& random) {
  DerWriter out(kCapacity);
  PrependExtensions(content, out);
  out.Wrap(codec::kDerSequence, 0);
  out.Wrap(codec::DerContextConstructed(3), 0);
  out.Prepend(key.ToSpki());
  PrependName(content.subject, out);
  const std::size_t validity = out.Mark();
  out.PrependTime(content.now + seconds{3600});
  out.PrependTime(content.now - seconds{10});
  out.Wrap(codec::kDerSequence, validity);
  PrependName(issuer, out);
  PrependAlgorithm(out);
  std::array<std::uint8_t, 16> serial{};
  random.Fill(serial);
  serial[0] = 0x40;
  out.PrependUnsigned(serial);
  const std::size_t version = out.Mark();
  constexpr std::uint8_t kVersion3[] = {2};
  out.PrependUnsigned(kVersion3);
  out.Wrap(codec::DerContextConstructed(0), version);
  out.Wrap(codec::kDerSequence, 0);
  const ByteView view = out.View();
  return {view.begin(), view.end()};
}

ByteView WithoutZeros(ByteView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

Result<Bytes> MakeCertificate(const Certificate& content, const std::string& issuer,
                              const crypto::PublicKey& key, const crypto::PrivateKey& issuer_key,
                              Random& random) {
  const Bytes body = ToBeSigned(content, issuer, key, random);
  SIGNET_TRY_ASSIGN(const Bytes raw, issuer_key.Sign(body));
  const ByteView r = ByteView(raw).first(raw.size() / 2);
  const ByteView s = ByteView(raw).subspan(raw.size() / 2);
  DerWriter signature(256);
  signature.PrependUnsigned(WithoutZeros(s));
  signature.PrependUnsigned(WithoutZeros(r));
  signature.Wrap(codec::kDerSequence, 0);
  DerWriter out(kCapacity);
  out.PrependBits(signature.View());
  PrependAlgorithm(out);
  out.Prepend(body);
  out.Wrap(codec::kDerSequence, 0);
  const ByteView view = out.View();
  return Bytes(view.begin(), view.end());
}

}  // namespace

Result<net::TlsIdentity> ForgeCertificate(const CertForgery& forgery, Random& random) {
  constexpr const char* kLeaf = "workload";
  constexpr const char* kAuthority = "Signet CA";
  SIGNET_TRY_ASSIGN(const crypto::PrivateKey key,
                    crypto::PrivateKey::Generate(crypto::Alg::kES256));
  const Certificate leaf{.subject = kLeaf,
                         .uris = forgery.uris,
                         .is_authority = forgery.is_authority,
                         .now = forgery.now};
  net::TlsIdentity out;
  if (!forgery.own_authority) {
    SIGNET_TRY_ASSIGN(Bytes der, MakeCertificate(leaf, kLeaf, key.public_key(), key, random));
    out.chain.push_back(std::move(der));
  } else {
    SIGNET_TRY_ASSIGN(const crypto::PrivateKey authority,
                      crypto::PrivateKey::Generate(crypto::Alg::kES256));
    SIGNET_TRY_ASSIGN(Bytes der,
                      MakeCertificate(leaf, kAuthority, key.public_key(), authority, random));
    out.chain.push_back(std::move(der));
    SIGNET_TRY_ASSIGN(
        Bytes root,
        MakeCertificate(
            {.subject = kAuthority, .uris = {}, .is_authority = true, .now = forgery.now},
            kAuthority, authority.public_key(), authority, random));
    out.chain.push_back(std::move(root));
  }
  out.key_pkcs8 = key.ToPkcs8(SecretAccess::Grant());
  return out;
}

}  // namespace signet::app::attack
