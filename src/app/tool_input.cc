#include "app/tool_input.h"

#include <algorithm>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "app/context.h"
#include "platform/runtime/file.h"
#include "protocol/codec/pem.h"
#include "protocol/crypto/certificate_key.h"

namespace signet::app {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string WithoutAt(const std::string& argument) {
  return argument.starts_with('@') ? argument.substr(1) : argument;
}

bool LooksLikeToken(std::string_view text) {
  return std::ranges::count(text, '.') >= 2 && text.find('/') == std::string_view::npos;
}

// `error` with the file or option that it is about. Paths come from our own user.
std::unexpected<Error> About(std::string_view what, const Error& error) {
  return Refuse(error.code, error.detail.empty() ? std::string(what)
                                                 : fmt::format("{}: {}", what, error.detail));
}

// A key without `alg` of a type that has only one algorithm is for that one.
jose::Jwk WithOnlyAlg(jose::Jwk jwk) {
  if (jwk.alg.has_value()) return jwk;
  for (int i = 0; i < crypto::kAlgCount; ++i) {
    const auto alg = static_cast<crypto::Alg>(i);
    if (jwk.algs == crypto::AlgSet{alg}) jwk.alg = alg;
  }
  return jwk;
}

Result<jose::Jwk> JwkOfPem(Result<crypto::PublicKey> key) {
  if (!key.has_value()) return std::unexpected(std::move(key).error());
  const crypto::AlgSet algs = crypto::AlgsOf(key->type());
  return WithOnlyAlg(
      jose::Jwk{.key = *std::move(key), .algs = algs, .alg = {}, .kid = {}, .use = {}});
}

// A JWK or PEM key as a set of one, so that --trust takes what `key public` writes.
Result<std::string> AsKeySet(std::string text) {
  const KeyText kind = KindOfKeyText(text);
  if (kind == KeyText::kJwk) return fmt::format(R"({{"keys":[{}]}})", text);
  if (kind == KeyText::kPrivateJwk || kind == KeyText::kPrivatePem) {
    return Refuse(Errc::kUsageOption,
                  "this is a private key; give its public part: signet key public FILE");
  }
  if (kind == KeyText::kNone) return text;
  SIGNET_TRY_ASSIGN(const jose::Jwk jwk, ParsePublicKeyText(text));
  return fmt::format(R"({{"keys":[{}]}})", jose::PublicJwkJson(jwk.key, jwk.alg));
}

Result<trust::OriginConfig> LoadOrigin(const std::string& argument, trust::BundleFormat format) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals + 1 == argument.size()) {
    return Refuse(Errc::kUsageOption,
                  "--trust is ORIGIN=FILE, as wimse://trust.example.com=keys.json");
  }
  const std::string origin_text = argument.substr(0, equals);
  const std::string path = WithoutAt(argument.substr(equals + 1));
  Result<identity::Origin> origin = identity::Origin::Parse(origin_text);
  if (!origin.has_value()) return About("--trust, before the equals sign", origin.error());
  Result<std::string> text = ReadInput(path, kMaxBundleBytes);
  if (!text.has_value()) return About("--trust " + path, text.error());
  if (format == trust::BundleFormat::kRaw) {
    text = AsKeySet(*std::move(text));
    if (!text.has_value()) return About("--trust " + path, text.error());
  }
  Result<trust::Bundle> bundle = trust::ParseBundle(*text, format);
  if (!bundle.has_value()) return About("--trust " + path, bundle.error());
  return trust::OriginConfig{.origin = *std::move(origin),
                             .bundle = *std::move(bundle),
                             .extra_x509 = {},
                             .issuers = {},
                             .algs = {}};
}

}  // namespace

Error UsageFault(std::string detail) { return Error(Errc::kUsageOption, std::move(detail)); }

Result<std::string> ReadValue(const std::string& argument, std::size_t max_bytes) {
  if (argument != "-" && !argument.starts_with('@')) return std::string(Trimmed(argument));
  const std::string path = WithoutAt(argument);
  // Room for white space at the ends; what is left has to fit.
  Result<std::string> text = ReadInput(path, max_bytes + 1024);
  if (!text.has_value()) return About(path, text.error());
  std::string trimmed(Trimmed(*text));
  if (trimmed.size() > max_bytes) return Refuse(Errc::kIoTooLarge, path);
  return trimmed;
}

Result<std::string> ReadToken(const std::string& argument) {
  // Longer than any token, so that the refusal is the token's, with its rule.
  SIGNET_TRY_ASSIGN(std::string text, ReadValue(argument, 4 * kMaxTokenBytes));
  if (text.empty()) return Refuse(Errc::kUsageOption, "the token is empty");
  const bool literal = argument != "-" && !argument.starts_with('@');
  if (literal && !LooksLikeToken(text) && ::access(argument.c_str(), R_OK) == 0) {
    return Refuse(Errc::kUsageOption,
                  fmt::format("this is a file, not a token: write @{}", argument));
  }
  return text;
}

KeyText KindOfKeyText(std::string_view text) {
  const std::string_view start = Trimmed(text);
  if (start.starts_with("-----BEGIN CERTIFICATE-----")) return KeyText::kCertificate;
  if (start.starts_with("-----BEGIN PUBLIC KEY-----")) return KeyText::kPublicPem;
  // "EC PRIVATE KEY" and the like too: the reader says what to do with them.
  if (start.starts_with("-----BEGIN ") &&
      start.substr(0, 64).find("PRIVATE KEY-----") != std::string_view::npos) {
    return KeyText::kPrivatePem;
  }
  if (!start.starts_with('{')) return KeyText::kNone;
  codec::JsonDocument document;
  if (!document.Parse(start, codec::kBundleJsonLimits).has_value()) return KeyText::kNone;
  KeyText kind = KeyText::kNone;
  if (document.root().Find("kty").has_value()) {
    const bool secret =
        document.root().Find("d").has_value() || document.root().Find("k").has_value();
    kind = secret ? KeyText::kPrivateJwk : KeyText::kJwk;
  }
  document.Wipe();
  return kind;
}

Result<jose::PrivateJwk> ParsePrivateKeyText(const SecretBytes& text,
                                             std::optional<crypto::Alg> alg) {
  const std::string_view view = Trimmed(AsText(text.Expose(SecretAccess::Grant())));
  switch (KindOfKeyText(view)) {
    case KeyText::kPrivatePem: {
      SIGNET_TRY_ASSIGN(Bytes der, codec::PemDecode(view, "PRIVATE KEY"));
      Result<crypto::PrivateKey> key = crypto::PrivateKey::FromPkcs8(der, alg);
      WipeContainer(der);
      if (!key.has_value()) return std::unexpected(std::move(key).error());
      return jose::PrivateJwk{.key = *std::move(key), .kid = {}};
    }
    case KeyText::kPrivateJwk:
      return jose::ParsePrivateJwk(view, alg);
    case KeyText::kJwk:
    case KeyText::kPublicPem:
    case KeyText::kCertificate:
      return Refuse(Errc::kJwkNotPrivate, "this holds a public key only");
    case KeyText::kNone:
      break;
  }
  return Refuse(Errc::kUsageOption, "no private key: give a JWK, or PEM (BEGIN PRIVATE KEY)");
}

Result<jose::PrivateJwk> LoadPrivateKey(const std::string& argument,
                                        std::optional<crypto::Alg> alg) {
  if (argument.starts_with('{') || argument.starts_with("-----")) {
    return Refuse(Errc::kUsageOption,
                  "a private key on the command line is seen by every user; give a file, or - for "
                  "standard input");
  }
  const std::string path = WithoutAt(argument);
  if (path == "-") {
    SIGNET_TRY_ASSIGN(std::string text, ReadInput(path, kMaxKeyFileBytes));
    const SecretBytes secret(AsBytes(text));
    WipeContainer(text);
    return ParsePrivateKeyText(secret, alg);
  }
  const Result<SecretBytes> text = runtime::ReadSecretFile(path, kMaxKeyFileBytes);
  if (!text.has_value()) return About(path, text.error());
  Result<jose::PrivateJwk> key = ParsePrivateKeyText(*text, alg);
  if (!key.has_value()) return About(path, key.error());
  return key;
}

Result<jose::Jwk> ParsePublicKeyText(std::string_view text, const PublicKeyRules& rules) {
  const std::string_view trimmed = Trimmed(text);
  const KeyText kind = KindOfKeyText(trimmed);
  const bool is_private = kind == KeyText::kPrivateJwk || kind == KeyText::kPrivatePem;
  if (is_private && !rules.allow_private) {
    return Refuse(Errc::kUsageOption,
                  "this is a private key; give its public part: signet key public FILE");
  }
  switch (kind) {
    case KeyText::kJwk:
    case KeyText::kPrivateJwk: {
      SIGNET_TRY_ASSIGN(jose::Jwk jwk, jose::ParseJwk(trimmed, {.require_alg = false,
                                                                .allow_private_members = true,
                                                                .key_only = true}));
      return WithOnlyAlg(std::move(jwk));
    }
    case KeyText::kPublicPem: {
      SIGNET_TRY_ASSIGN(const Bytes der, codec::PemDecode(trimmed, "PUBLIC KEY"));
      return JwkOfPem(crypto::PublicKey::FromSpki(der));
    }
    case KeyText::kCertificate: {
      SIGNET_TRY_ASSIGN(const std::vector<Bytes> ders, codec::PemDecodeAll(trimmed, "CERTIFICATE"));
      return JwkOfPem(crypto::PublicKeyOfCertificate(ders.front()));
    }
    case KeyText::kPrivatePem: {
      // RSA keys need an algorithm to be read at all; which one does not show in the public part.
      const SecretBytes secret(AsBytes(trimmed));
      Result<jose::PrivateJwk> key = ParsePrivateKeyText(secret);
      const bool rsa = !key.has_value() && key.error().code == Errc::kCryptoAlgUnsupported;
      if (rsa) key = ParsePrivateKeyText(secret, crypto::Alg::kPS256);
      if (!key.has_value()) return std::unexpected(std::move(key).error());
      return JwkOfPem(key->key.public_key());
    }
    case KeyText::kNone:
      break;
  }
  return Refuse(Errc::kUsageOption,
                "no key: give a JWK, a PEM public key, a certificate, or a file with one");
}

Result<jose::Jwk> LoadPublicKey(const std::string& argument, const PublicKeyRules& rules) {
  const bool literal = argument.starts_with('{') || argument.starts_with("-----");
  if (literal) return ParsePublicKeyText(argument, rules);
  const std::string path = WithoutAt(argument);
  Result<std::string> text = ReadInput(path, kMaxKeyFileBytes);
  if (!text.has_value()) return About(path, text.error());
  Result<jose::Jwk> jwk = ParsePublicKeyText(*text, rules);
  WipeContainer(*text);
  if (!jwk.has_value()) return About(path, jwk.error());
  return jwk;
}

Result<crypto::Alg> AlgOfOption(std::string_view name) {
  const std::optional<crypto::Alg> alg = crypto::AlgFromName(name);
  if (alg.has_value()) return *alg;
  return Refuse(Errc::kUsageOption,
                fmt::format("no such algorithm; there are {}", fmt::join(AlgNames(), ", ")));
}

std::vector<std::string> AlgNames() {
  std::vector<std::string> names;
  for (int i = 0; i < crypto::kAlgCount; ++i) {
    names.emplace_back(crypto::NameOf(static_cast<crypto::Alg>(i)));
  }
  return names;
}

std::optional<trust::BundleFormat> FormatFromName(std::string_view name) {
  if (name == "raw") return trust::BundleFormat::kRaw;
  if (name == "spiffe") return trust::BundleFormat::kSpiffe;
  if (name == "wimse") return trust::BundleFormat::kWimse;
  return std::nullopt;
}

Result<std::shared_ptr<const trust::TrustSnapshot>> LoadTrust(
    std::span<const std::string> arguments, trust::BundleFormat format) {
  std::vector<trust::OriginConfig> origins;
  for (const std::string& argument : arguments) {
    SIGNET_TRY_ASSIGN(trust::OriginConfig origin, LoadOrigin(argument, format));
    origins.push_back(std::move(origin));
  }
  return trust::TrustSnapshot::Make(std::move(origins), 1);
}

Result<trust::Bundle> LoadBundle(const std::string& path, trust::BundleFormat format) {
  const std::string name = WithoutAt(path);
  const Result<std::string> text = ReadInput(name, kMaxBundleBytes);
  if (!text.has_value()) return About(name, text.error());
  Result<trust::Bundle> bundle = trust::ParseBundle(*text, format);
  if (!bundle.has_value()) return About(name, bundle.error());
  return bundle;
}

}  // namespace signet::app
