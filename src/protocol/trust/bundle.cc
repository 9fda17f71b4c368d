#include "protocol/trust/bundle.h"

#include <algorithm>
#include <map>
#include <set>

#include "protocol/codec/base64url.h"
#include "protocol/codec/json.h"
#include "protocol/crypto/cert_path.h"
#include "protocol/crypto/certificate_key.h"
#include "protocol/jose/jwk.h"

namespace signet::trust {
namespace {

using codec::JsonValue;

struct FormatNames {
  std::string_view sequence;
  std::string_view refresh_hint;
};

FormatNames NamesOf(BundleFormat format) {
  switch (format) {
    case BundleFormat::kSpiffe:
      return {"spiffe_sequence", "spiffe_refresh_hint"};
    case BundleFormat::kWimse:
    case BundleFormat::kRaw:
      return {"sequence_number", "refresh_hint"};
  }
  return {};
}

// The use of an entry in the model; nullopt: the entry is to be ignored.
std::optional<KeyUse> UseOf(std::optional<std::string_view> use, BundleFormat format) {
  switch (format) {
    case BundleFormat::kSpiffe:
      if (use == "wit-svid") return KeyUse::kWit;
      if (use == "jwt-svid") return KeyUse::kJwtSvid;
      if (use == "x509-svid") return KeyUse::kX509;
      return std::nullopt;
    case BundleFormat::kWimse:
      if (use == "wimse-jwt") return KeyUse::kWit;
      if (use == "wimse-x509") return KeyUse::kX509;
      return std::nullopt;
    case BundleFormat::kRaw:
      if (!use.has_value() || use == "wit-svid" || use == "wimse-jwt") return KeyUse::kWit;
      return std::nullopt;
  }
  return std::nullopt;
}

Result<std::optional<std::uint64_t>> Count(const JsonValue& object, std::string_view name) {
  const std::optional<JsonValue> member = object.Find(name);
  if (!member.has_value()) return std::nullopt;
  const std::optional<std::int64_t> number = member->AsInteger();
  if (!number.has_value() || *number < 0) {
    return Refuse(Errc::kBundleSequence, std::string(name) + " is no non-negative integer");
  }
  return static_cast<std::uint64_t>(*number);
}

Result<Bytes> CertificateOf(const JsonValue& entry, BundleFormat format) {
  const std::optional<JsonValue> x5c = entry.Find("x5c");
  if (!x5c.has_value() || !x5c->is_array() || x5c->size() == 0) {
    return Refuse(Errc::kBundleX5c, "x5c is no array of certificates");
  }
  // Q19: exactly one under WIMSE; SPIFFE consumers use the first.
  if (format == BundleFormat::kWimse && x5c->size() != 1) {
    return Refuse(Errc::kBundleX5c, "x5c has more than one certificate");
  }
  const std::optional<std::string_view> text = (*x5c->begin()).AsString();
  if (!text.has_value()) return Refuse(Errc::kBundleX5c, "x5c holds no string");
  Result<Bytes> der = codec::Base64Decode(*text);
  if (!der.has_value()) return Refuse(Errc::kBundleX5c, "x5c is not base64");
  return der;
}

Result<BundleKey> X509Entry(const JsonValue& entry, BundleFormat format, std::string_view use) {
  SIGNET_TRY_ASSIGN(Bytes der, CertificateOf(entry, format));
  Result<crypto::PublicKey> key = crypto::PublicKeyOfCertificate(der);
  if (!key.has_value()) return Refuse(Errc::kBundleX5c, "the certificate cannot be read");
  if (format == BundleFormat::kWimse) {
    const Result<jose::Jwk> jwk = jose::ParseJwk(entry, {.key_only = true});
    if (!jwk.has_value() || !(jwk->key == *key)) {
      return Refuse(Errc::kBundleX5c, "the JWK's key is not the certificate's");
    }
  }
  std::string thumbprint = jose::Thumbprint(*key);
  return BundleKey{.key = *std::move(key),
                   .use = KeyUse::kX509,
                   .algs = {},
                   .alg = std::nullopt,
                   .kid = {},
                   .thumbprint = std::move(thumbprint),
                   .certificate = std::move(der),
                   .use_name = std::string(use)};
}

// True for faults that mean "not for us" rather than "broken": the entry is ignored [BUN-1].
bool MeansUnknownKind(const JsonValue& entry, Errc code) {
  if (code != Errc::kJwkAlgMismatch) return code == Errc::kJwkKeyType;
  return !crypto::AlgFromName(entry.Find("alg")->AsString().value_or("")).has_value();
}

// nullopt: the entry is to be ignored.
Result<std::optional<BundleKey>> ReadEntry(const JsonValue& entry, BundleFormat format) {
  if (!entry.is_object()) return Refuse(Errc::kBundleMalformed, "an element of keys is no object");
  std::optional<std::string_view> use_name;
  if (const std::optional<JsonValue> use = entry.Find("use"); use.has_value()) {
    use_name = use->AsString();
    if (!use_name.has_value()) return std::nullopt;
  }
  const std::optional<KeyUse> use = UseOf(use_name, format);
  if (!use.has_value()) return std::nullopt;
  if (use == KeyUse::kX509) {
    SIGNET_TRY_ASSIGN(BundleKey key, X509Entry(entry, format, *use_name));
    return key;
  }
  // SPIFFE servers publish keys without alg. A JWT-SVID key verifies nothing here, so it need not
  // have one; an RSA key for WITs without one is unusable, but no reason to lose the whole bundle.
  Result<jose::Jwk> jwk = jose::ParseJwk(entry, {.key_only = use == KeyUse::kJwtSvid});
  if (!jwk.has_value()) {
    const Errc code = jwk.error().code;
    const bool no_alg = format == BundleFormat::kSpiffe && code == Errc::kJwkAlgMissing;
    if (no_alg || MeansUnknownKind(entry, code)) return std::nullopt;
    return std::unexpected(std::move(jwk).error());
  }
  if (format == BundleFormat::kSpiffe && jwk->kid.empty()) {
    return Refuse(Errc::kBundleKidMissing, "a wit-svid or jwt-svid key has no kid");
  }
  std::string thumbprint = jose::Thumbprint(jwk->key);
  return BundleKey{.key = std::move(jwk->key),
                   .use = *use,
                   .algs = jwk->algs,
                   .alg = jwk->alg,
                   .kid = std::move(jwk->kid),
                   .thumbprint = std::move(thumbprint),
                   .certificate = {},
                   .use_name = std::string(use_name.value_or(""))};
}

// kid unique over all JWT and WIT keys; one key, one algorithm.
Result<void> CheckKeysTogether(const std::vector<BundleKey>& keys) {
  std::set<std::string_view> kids;
  std::map<std::string_view, crypto::AlgSet> algs_of_key;
  for (const BundleKey& key : keys) {
    if (key.use == KeyUse::kX509) continue;
    if (!key.kid.empty() && !kids.insert(key.kid).second) {
      return Refuse(Errc::kBundleKidDuplicate, "two keys have the same kid");
    }
    const auto [it, fresh] = algs_of_key.emplace(key.thumbprint, key.algs);
    if (!fresh && !(it->second == key.algs)) {
      return Refuse(Errc::kBundleKeyTwoAlgs, "one key stands for two algorithms");
    }
  }
  return {};
}

// The certificates must serve as anchors together: a bundle that parses is one that a snapshot
// takes, and the fault of one trust domain costs no other its update.
Result<void> CheckAnchors(const std::vector<BundleKey>& keys) {
  std::vector<Bytes> certificates;
  for (const BundleKey& key : keys) {
    if (key.use == KeyUse::kX509) certificates.push_back(key.certificate);
  }
  if (certificates.empty()) return {};
  const auto anchors = crypto::PathAnchors::Make(certificates);
  if (anchors.has_value()) return {};
  if (anchors.error().code != Errc::kWicAnchor) return std::unexpected(anchors.error());
  return Refuse(Errc::kBundleX5c, anchors.error().detail);
}

// What names a key in a change: its kid, or its thumbprint where it has none.
const std::string& LabelOf(const BundleKey& key) {
  return key.kid.empty() ? key.thumbprint : key.kid;
}

// use, algorithms, key and certificate; two entries with the same text are the same anchor.
std::string IdentityOf(const BundleKey& key) {
  std::string out = std::to_string(static_cast<int>(key.use)) + ":";
  for (int i = 0; i < crypto::kAlgCount; ++i) {
    out.push_back(key.algs.Has(static_cast<crypto::Alg>(i)) ? '1' : '0');
  }
  out.append(":").append(key.kid).append(":").append(key.thumbprint);
  out.append(":").append(codec::Base64UrlEncode(key.certificate));
  return out;
}

std::vector<std::string> LabelsMissingFrom(const std::vector<BundleKey>& from,
                                           const std::vector<BundleKey>& other) {
  std::set<std::string> there;
  for (const BundleKey& key : other) there.insert(IdentityOf(key));
  std::vector<std::string> out;
  for (const BundleKey& key : from) {
    if (!there.contains(IdentityOf(key))) out.push_back(LabelOf(key));
  }
  return out;
}

}  // namespace

Result<Bundle> ParseBundle(std::string_view json, BundleFormat format) {
  codec::JsonDocument doc;
  SIGNET_TRY(doc.Parse(json, codec::kBundleJsonLimits));
  const JsonValue root = doc.root();
  if (!root.is_object()) return Refuse(Errc::kBundleMalformed, "the bundle is no object");
  const std::optional<JsonValue> keys = root.Find("keys");
  if (!keys.has_value() || !keys->is_array()) {
    return Refuse(Errc::kBundleMalformed, "keys is absent or no array");
  }
  Bundle out;
  const FormatNames names = NamesOf(format);
  SIGNET_TRY_ASSIGN(out.sequence, Count(root, names.sequence));
  SIGNET_TRY_ASSIGN(const std::optional<std::uint64_t> hint, Count(root, names.refresh_hint));
  if (hint.has_value()) {
    if (*hint > static_cast<std::uint64_t>(kMaxNumericDate)) {
      return Refuse(Errc::kBundleSequence, "the refresh hint is out of range");
    }
    out.refresh_hint = seconds{static_cast<std::int64_t>(*hint)};
  }
  for (const JsonValue entry : *keys) {
    SIGNET_TRY_ASSIGN(std::optional<BundleKey> key, ReadEntry(entry, format));
    if (key.has_value()) out.keys.push_back(*std::move(key));
  }
  SIGNET_TRY(CheckKeysTogether(out.keys));
  SIGNET_TRY(CheckAnchors(out.keys));
  return out;
}

Result<BundleChange> CheckBundleUpdate(const Bundle& current, const Bundle& next) {
  BundleChange change{.added = LabelsMissingFrom(next.keys, current.keys),
                      .removed = LabelsMissingFrom(current.keys, next.keys)};
  if (current.sequence.has_value()) {
    if (!next.sequence.has_value()) {
      return Refuse(Errc::kBundleSequenceLost, "the new bundle has no sequence number");
    }
    if (*next.sequence < *current.sequence) {
      return Refuse(Errc::kBundleRollback, "the new sequence number is lower");
    }
    if (*next.sequence == *current.sequence && !(change.added.empty() && change.removed.empty())) {
      return Refuse(Errc::kBundleNotIncreased, "the keys changed, the sequence number did not");
    }
  }
  for (const BundleKey& now : next.keys) {
    if (now.kid.empty()) continue;
    const bool reused = std::ranges::any_of(current.keys, [&now](const BundleKey& old) {
      return old.kid == now.kid && old.thumbprint != now.thumbprint;
    });
    if (reused) return Refuse(Errc::kBundleKidReused, "a kid now names another key");
  }
  return change;
}

}  // namespace signet::trust
