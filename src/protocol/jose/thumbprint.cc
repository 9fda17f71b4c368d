// Public JWKs as text: for thumbprints (RFC 7638) and for publishing.
#include "protocol/codec/base64url.h"
#include "protocol/codec/json.h"
#include "protocol/crypto/digest.h"
#include "protocol/jose/internal/jwk_members.h"
#include "protocol/jose/internal/jwk_writer.h"
#include "protocol/jose/jwk.h"

namespace signet::jose {
namespace {

using crypto::KeyType;
using internal::JwkWriter;

// The required members in lexicographic order, without white space (RFC 7638 section 3).
std::string ThumbprintInput(const crypto::PublicKey& key) {
  std::string json;
  JwkWriter writer(json);
  const KeyType type = key.type();
  if (type == KeyType::kRsa) writer.AddBytes("e", key.y());
  if (type != KeyType::kRsa) writer.AddPlain("crv", internal::CurveNameOf(type));
  writer.AddPlain("kty", internal::KtyOf(type));
  writer.AddBytes(type == KeyType::kRsa ? "n" : "x", key.x());
  if (type != KeyType::kRsa && type != KeyType::kEd25519) writer.AddBytes("y", key.y());
  writer.Close();
  return json;
}

}  // namespace

Digest256 ThumbprintDigest(const crypto::PublicKey& key) {
  return crypto::Sha256(AsBytes(ThumbprintInput(key)));
}

std::string Thumbprint(const crypto::PublicKey& key) {
  return codec::Base64UrlEncode(ThumbprintDigest(key));
}

std::string PublicJwkJson(const crypto::PublicKey& key, std::optional<crypto::Alg> alg,
                          std::string_view kid, std::string_view use) {
  std::string json;
  json.reserve(64 + kid.size() + use.size() + (key.x().size() + key.y().size()) * 3 / 2);
  JwkWriter writer(json);
  const KeyType type = key.type();
  const bool is_rsa = type == KeyType::kRsa;
  if (alg) writer.AddPlain("alg", crypto::NameOf(*alg));
  if (!is_rsa) writer.AddPlain("crv", internal::CurveNameOf(type));
  if (is_rsa) writer.AddBytes("e", key.y());
  if (!kid.empty()) writer.AddText("kid", kid);
  writer.AddPlain("kty", internal::KtyOf(type));
  if (is_rsa) writer.AddBytes("n", key.x());
  if (!use.empty()) writer.AddText("use", use);
  if (!is_rsa) writer.AddBytes("x", key.x());
  if (!is_rsa && type != KeyType::kEd25519) writer.AddBytes("y", key.y());
  writer.Close();
  return json;
}

}  // namespace signet::jose
