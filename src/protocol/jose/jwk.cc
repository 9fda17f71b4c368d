#include "protocol/jose/jwk.h"

#include <algorithm>
#include <array>

#include "protocol/codec/base64url.h"
#include "protocol/jose/internal/jwk_members.h"

namespace signet::jose {
namespace internal {
namespace {

using codec::JsonValue;
using crypto::Alg;
using crypto::AlgSet;
using crypto::KeyType;
using crypto::PublicKey;

constexpr std::array<std::string_view, 7> kPrivateMembers = {"d",  "p",  "q",  "dp",
                                                             "dq", "qi", "oth"};

std::unexpected<Error> Malformed(std::string_view member) {
  return Refuse(Errc::kJwkMalformed, "member " + std::string(member));
}

Result<std::string_view> NeededText(const JsonValue& value, std::string_view name) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string_view> text, TextMember(value, name));
  if (!text) return Malformed(name);
  return *text;
}

Result<KeyType> ReadType(const JsonValue& value) {
  SIGNET_TRY_ASSIGN(const std::string_view kty, NeededText(value, "kty"));
  if (kty == "oct") return Refuse(Errc::kJwkSymmetric);
  if (kty == "RSA") return KeyType::kRsa;
  if (kty != "EC" && kty != "OKP") return Refuse(Errc::kJwkKeyType, "kty");
  SIGNET_TRY_ASSIGN(const std::string_view crv, NeededText(value, "crv"));
  for (const KeyType type :
       {KeyType::kEcP256, KeyType::kEcP384, KeyType::kEcP521, KeyType::kEd25519}) {
    if (kty == KtyOf(type) && crv == CurveNameOf(type)) return type;
  }
  return Refuse(Errc::kJwkKeyType, "crv");
}

Result<void> CheckNotPrivate(const JsonValue& value) {
  for (const std::string_view member : kPrivateMembers) {
    if (value.Find(member)) return Refuse(Errc::kJwkPrivate, "member " + std::string(member));
  }
  return {};
}

// key_ops (RFC 7517 section 4.3): strings, each once, the needed one among them.
Result<void> CheckOperations(const JsonValue& value, const JwkReading& reading) {
  const std::optional<JsonValue> operations = value.Find("key_ops");
  if (!operations) return {};
  if (!operations->is_array()) return Malformed("key_ops");
  bool allowed = false;
  for (auto it = operations->begin(); it != operations->end(); ++it) {
    const std::optional<std::string_view> operation = (*it).AsString();
    if (!operation) return Malformed("key_ops");
    for (auto before = operations->begin(); !(before == it); ++before) {
      if ((*before).AsString() == operation) return Malformed("key_ops");
    }
    // The key_ops of a private JWK speak of its private part.
    allowed = allowed || *operation == reading.operation ||
              (reading.rules.allow_private_members && *operation == "sign");
  }
  if (!allowed) return Refuse(Errc::kJwkUse, "key_ops");
  return {};
}

bool HasOneAlg(KeyType type) { return type != KeyType::kEd25519 && type != KeyType::kRsa; }

struct Algs {
  std::optional<Alg> stated;
  AlgSet set;
};

Result<Algs> ReadAlgs(const JsonValue& value, KeyType type, const JwkReading& reading) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string_view> name, TextMember(value, "alg"));
  const AlgSet suitable = crypto::AlgsOf(type);
  if (name) {
    const std::optional<Alg> alg = crypto::AlgFromName(*name);
    if (!alg || !suitable.Has(*alg)) return Refuse(Errc::kJwkAlgMismatch);
    return Algs{.stated = alg, .set = {*alg}};
  }
  if (reading.rules.require_alg) return Refuse(Errc::kJwkAlgMissing);
  if (reading.alg_if_absent && !HasOneAlg(type)) {
    if (!suitable.Has(*reading.alg_if_absent)) return Refuse(Errc::kJwkAlgMismatch);
    return Algs{.stated = {}, .set = {*reading.alg_if_absent}};
  }
  // One RSA key with six algorithms is what BCP-1 warns of.
  if (type == KeyType::kRsa && !reading.rules.key_only) return Refuse(Errc::kJwkAlgMissing);
  if (type == KeyType::kRsa) return Algs{};
  return Algs{.stated = {}, .set = suitable};
}

Result<PublicKey> ReadKey(const JsonValue& value, KeyType type, bool unchecked_point) {
  std::array<std::uint8_t, kMaxNumberBytes> first;
  std::array<std::uint8_t, kMaxNumberBytes> second;
  switch (type) {
    case KeyType::kEcP256:
    case KeyType::kEcP384:
    case KeyType::kEcP521: {
      // A coordinate of another length is a malformed member (RFC 7518 section 6.2.1.2).
      const std::size_t size = type == KeyType::kEcP256 ? 32 : type == KeyType::kEcP384 ? 48 : 66;
      SIGNET_TRY_ASSIGN(const ByteView x, BytesMember(value, "x", first));
      SIGNET_TRY_ASSIGN(const ByteView y, BytesMember(value, "y", second));
      if (x.size() != size) return Malformed("x");
      if (y.size() != size) return Malformed("y");
      return PublicKey::FromEcPoint(type, x, y);
    }
    case KeyType::kEd25519: {
      SIGNET_TRY_ASSIGN(const ByteView x, BytesMember(value, "x", first));
      if (x.size() != 32) return Malformed("x");
      return unchecked_point ? PublicKey::FromEd25519Unchecked(x) : PublicKey::FromEd25519(x);
    }
    case KeyType::kRsa: {
      SIGNET_TRY_ASSIGN(const ByteView n, BytesMember(value, "n", first));
      SIGNET_TRY_ASSIGN(const ByteView e, BytesMember(value, "e", second));
      return PublicKey::FromRsa(n, e);
    }
  }
  return Refuse(Errc::kJwkKeyType);
}

}  // namespace

Result<std::optional<std::string_view>> TextMember(const JsonValue& value, std::string_view name) {
  const std::optional<JsonValue> member = value.Find(name);
  if (!member) return std::nullopt;
  const std::optional<std::string_view> text = member->AsString();
  if (!text) return Malformed(name);
  return text;
}

Result<ByteView> BytesMember(const JsonValue& value, std::string_view name,
                             MutableByteView buffer) {
  SIGNET_TRY_ASSIGN(const std::string_view text, NeededText(value, name));
  const std::size_t size = codec::Base64UrlDecodedSize(text.size());
  if (size > buffer.size()) return Malformed(name);
  const MutableByteView bytes = buffer.first(size);
  if (!codec::Base64UrlDecodeInto(text, bytes)) return Malformed(name);
  return bytes;
}

bool IsKid(std::string_view kid) {
  return !kid.empty() && kid.size() <= kMaxKidBytes && std::ranges::none_of(kid, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

std::string_view CurveNameOf(KeyType type) {
  switch (type) {
    case KeyType::kEcP256:
      return "P-256";
    case KeyType::kEcP384:
      return "P-384";
    case KeyType::kEcP521:
      return "P-521";
    case KeyType::kEd25519:
      return "Ed25519";
    case KeyType::kRsa:
      break;
  }
  return {};
}

std::string_view KtyOf(KeyType type) {
  switch (type) {
    case KeyType::kEcP256:
    case KeyType::kEcP384:
    case KeyType::kEcP521:
      return "EC";
    case KeyType::kEd25519:
      return "OKP";
    case KeyType::kRsa:
      break;
  }
  return "RSA";
}

Result<Jwk> ParsePublicPart(const JsonValue& value, const JwkReading& reading) {
  if (!value.is_object()) return Refuse(Errc::kJwkMalformed, "not an object");
  SIGNET_TRY_ASSIGN(const KeyType type, ReadType(value));
  if (!reading.rules.allow_private_members) SIGNET_TRY(CheckNotPrivate(value));
  SIGNET_TRY_ASSIGN(const std::optional<std::string_view> kid, TextMember(value, "kid"));
  if (kid && !IsKid(*kid)) return Refuse(Errc::kJoseKid);
  SIGNET_TRY_ASSIGN(const std::optional<std::string_view> use, TextMember(value, "use"));
  // What a bundle's own values of use mean is for the bundle to say; this one is never a signature.
  if (!reading.rules.any_use) {
    if (use == "enc") return Refuse(Errc::kJwkUse, "use is enc");
    SIGNET_TRY(CheckOperations(value, reading));
  }
  SIGNET_TRY_ASSIGN(const Algs algs, ReadAlgs(value, type, reading));
  SIGNET_TRY_ASSIGN(PublicKey key, ReadKey(value, type, reading.rules.unchecked_point));
  return Jwk{.key = std::move(key),
             .algs = algs.set,
             .alg = algs.stated,
             .kid = std::string(kid.value_or("")),
             .use = std::string(use.value_or(""))};
}

}  // namespace internal

Result<Jwk> ParseJwk(const codec::JsonValue& value, const JwkRules& rules) {
  return internal::ParsePublicPart(value,
                                   {.rules = rules, .operation = "verify", .alg_if_absent = {}});
}

Result<Jwk> ParseJwk(std::string_view json, const JwkRules& rules) {
  codec::JsonDocument document;
  SIGNET_TRY(document.Parse(json));
  return ParseJwk(document.root(), rules);
}

}  // namespace signet::jose
