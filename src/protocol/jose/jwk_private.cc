#include "protocol/jose/jwk_private.h"

#include <string>

#include "protocol/base/check.h"
#include "protocol/codec/base64url.h"
#include "protocol/jose/internal/jwk_members.h"
#include "protocol/jose/internal/jwk_writer.h"

namespace signet::jose {
namespace {

using codec::JsonValue;
using crypto::Alg;
using crypto::KeyType;
using crypto::PrivateKey;

Result<SecretBytes> SecretMember(const JsonValue& value, std::string_view name) {
  SecretBytes buffer(internal::kMaxNumberBytes);
  SIGNET_TRY_ASSIGN(const ByteView bytes,
                    internal::BytesMember(value, name, buffer.Fill(SecretAccess::Grant())));
  return SecretBytes(bytes);
}

// One algorithm: the stated one, or the only one of the key's type. Of the two names of an Ed25519
// signature the new one, which says what it means (RFC 9864) [BCP-1].
Alg AlgOf(const Jwk& jwk) {
  for (int i = 0; i < crypto::kAlgCount; ++i) {
    const Alg alg = static_cast<Alg>(i);
    if (jwk.algs == crypto::AlgSet{alg}) return alg;
  }
  return Alg::kEd25519;
}

Result<PrivateKey> ReadRsa(const JsonValue& value, Alg alg, const crypto::PublicKey& key) {
  if (value.Find("oth")) return Refuse(Errc::kJwkKeyType, "RSA key with more than two primes");
  PrivateKey::RsaParts parts;
  parts.n.assign(key.x().begin(), key.x().end());
  parts.e.assign(key.y().begin(), key.y().end());
  SIGNET_TRY_ASSIGN(parts.d, SecretMember(value, "d"));
  SIGNET_TRY_ASSIGN(parts.p, SecretMember(value, "p"));
  SIGNET_TRY_ASSIGN(parts.q, SecretMember(value, "q"));
  SIGNET_TRY_ASSIGN(parts.dp, SecretMember(value, "dp"));
  SIGNET_TRY_ASSIGN(parts.dq, SecretMember(value, "dq"));
  SIGNET_TRY_ASSIGN(parts.qi, SecretMember(value, "qi"));
  return PrivateKey::FromRsa(alg, parts);
}

Result<PrivateKey> ReadKey(const JsonValue& value, Alg alg, const crypto::PublicKey& key) {
  switch (key.type()) {
    case KeyType::kEcP256:
    case KeyType::kEcP384:
    case KeyType::kEcP521: {
      SIGNET_TRY_ASSIGN(const SecretBytes d, SecretMember(value, "d"));
      if (d.size() != key.x().size()) return Refuse(Errc::kJwkMalformed, "member d");
      return PrivateKey::FromEc(alg, d, key.x(), key.y());
    }
    case KeyType::kEd25519: {
      SIGNET_TRY_ASSIGN(const SecretBytes d, SecretMember(value, "d"));
      if (d.size() != key.x().size()) return Refuse(Errc::kJwkMalformed, "member d");
      return PrivateKey::FromEd25519(alg, d, key.x());
    }
    case KeyType::kRsa:
      return ReadRsa(value, alg, key);
  }
  return Refuse(Errc::kJwkKeyType);
}

// Wipes the parsed text of a private JWK, on every way out.
class WipedDocument {
 public:
  WipedDocument() = default;
  WipedDocument(const WipedDocument&) = delete;
  WipedDocument& operator=(const WipedDocument&) = delete;
  ~WipedDocument() { document_.Wipe(); }
  codec::JsonDocument& operator*() { return document_; }

 private:
  codec::JsonDocument document_;
};

// Members in lexicographic order, as jwk.h has it.
void WriteRsa(const PrivateKey& key, std::string_view kid, SecretAccess access, std::string& out) {
  const PrivateKey::RsaParts parts = key.ToRsaParts(access);
  internal::JwkWriter writer(out);
  writer.AddPlain("alg", crypto::NameOf(key.alg()));
  writer.AddBytes("d", parts.d.Expose(access));
  writer.AddBytes("dp", parts.dp.Expose(access));
  writer.AddBytes("dq", parts.dq.Expose(access));
  writer.AddBytes("e", parts.e);
  if (!kid.empty()) writer.AddText("kid", kid);
  writer.AddPlain("kty", internal::KtyOf(KeyType::kRsa));
  writer.AddBytes("n", parts.n);
  writer.AddBytes("p", parts.p.Expose(access));
  writer.AddBytes("q", parts.q.Expose(access));
  writer.AddBytes("qi", parts.qi.Expose(access));
  writer.Close();
}

void WriteCurveKey(const PrivateKey& key, std::string_view kid, SecretAccess access,
                   std::string& out) {
  const crypto::PublicKey& public_key = key.public_key();
  const SecretBytes d = key.RawSecret(access);
  internal::JwkWriter writer(out);
  writer.AddPlain("alg", crypto::NameOf(key.alg()));
  writer.AddPlain("crv", internal::CurveNameOf(public_key.type()));
  writer.AddBytes("d", d.Expose(access));
  if (!kid.empty()) writer.AddText("kid", kid);
  writer.AddPlain("kty", internal::KtyOf(public_key.type()));
  writer.AddBytes("x", public_key.x());
  if (!public_key.y().empty()) writer.AddBytes("y", public_key.y());
  writer.Close();
}

}  // namespace

Result<PrivateJwk> ParsePrivateJwk(const JsonValue& value, std::optional<Alg> alg_if_absent) {
  const std::optional<JsonValue> kty = value.Find("kty");
  // A symmetric key has no d either, and its own error.
  if (kty && kty->AsString() != "oct" && !value.Find("d")) return Refuse(Errc::kJwkNotPrivate);
  const internal::JwkReading reading{.rules = {.require_alg = false, .allow_private_members = true},
                                     .operation = "sign",
                                     .alg_if_absent = alg_if_absent};
  SIGNET_TRY_ASSIGN(Jwk jwk, internal::ParsePublicPart(value, reading));
  SIGNET_TRY_ASSIGN(PrivateKey key, ReadKey(value, AlgOf(jwk), jwk.key));
  return PrivateJwk{.key = std::move(key), .kid = std::move(jwk.kid)};
}

Result<PrivateJwk> ParsePrivateJwk(std::string_view json, std::optional<Alg> alg_if_absent) {
  WipedDocument document;
  SIGNET_TRY((*document).Parse(json));
  return ParsePrivateJwk((*document).root(), alg_if_absent);
}

SecretBytes PrivateJwkJson(const PrivateKey& key, std::string_view kid, SecretAccess access) {
  // At most 4.5 times the modulus in base64url (RSA), a kid of escapes, and names: the text is
  // never moved while it grows, so no copy of it stays behind.
  const std::size_t capacity = 512 + 8 * key.public_key().x().size() + 6 * kid.size();
  std::string json;
  json.reserve(capacity);
  const char* const start = json.data();
  if (key.public_key().type() == KeyType::kRsa) {
    WriteRsa(key, kid, access, json);
  } else {
    WriteCurveKey(key, kid, access, json);
  }
  SIGNET_CHECK(json.data() == start);
  SecretBytes out(AsBytes(json));
  WipeContainer(json);
  return out;
}

}  // namespace signet::jose
