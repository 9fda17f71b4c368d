// What the tools are given: tokens, keys, trust, from the command line, files or standard input.
//
// Two kinds of arguments. A file argument is a path, or "-" for standard input. A value argument
// (tokens, public keys) is the value itself; "@path" reads a file and "-" standard input.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"
#include "protocol/crypto/alg.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jwk_private.h"
#include "protocol/trust/bundle.h"
#include "protocol/trust/snapshot.h"

namespace signet::app {

// Larger keys than any of ours, with room for a PEM's line ends.
inline constexpr std::size_t kMaxKeyFileBytes = 64 * 1024;

// The error of a command line: what is wrong and what to write instead.
[[nodiscard]] Error UsageFault(std::string detail);

// A value argument, without the white space at its ends (nothing that is read this way may hold
// any). Errors: kIoOpen, kIoRead, kIoTooLarge
[[nodiscard]] Result<std::string> ReadValue(const std::string& argument, std::size_t max_bytes);

// A token. A value that is none but names a file is a usage error that says so.
// Errors: as ReadValue; kUsageOption
[[nodiscard]] Result<std::string> ReadToken(const std::string& argument);

// A private key from a file, as JWK or PKCS#8 PEM; "@" before the path is allowed. `alg` decides
// where the file does not say. The key's id is the JWK's, else empty.
// Errors: kIoOpen (also: others may read the file), kUsageOption (the key itself on the command
// line, where other users see it), and those of ParsePrivateJwk and PrivateKey::FromPkcs8
[[nodiscard]] Result<jose::PrivateJwk> LoadPrivateKey(const std::string& argument,
                                                      std::optional<crypto::Alg> alg = {});
// The same from text.
[[nodiscard]] Result<jose::PrivateJwk> ParsePrivateKeyText(const SecretBytes& text,
                                                           std::optional<crypto::Alg> alg = {});

// What a text with a key holds.
enum class KeyText : std::uint8_t {
  kNone,
  kJwk,
  kPrivateJwk,
  kPublicPem,
  kPrivatePem,
  kCertificate
};
[[nodiscard]] KeyText KindOfKeyText(std::string_view text);

// The public key of a JWK, a PEM public key or a PEM certificate. `alg` is stated if the JWK states
// it or the key has only one.
struct PublicKeyRules {
  bool allow_private = false;  // take the public part of a private key
};
[[nodiscard]] Result<jose::Jwk> ParsePublicKeyText(std::string_view text,
                                                   const PublicKeyRules& rules = {});
// A value argument; a path without "@" works too, as a key is never mistaken for one.
// Errors: kUsageOption with advice (private key given), and those of the readers
[[nodiscard]] Result<jose::Jwk> LoadPublicKey(const std::string& argument,
                                              const PublicKeyRules& rules = {});

// Algorithm by name. Errors: kUsageOption, with the names there are
[[nodiscard]] Result<crypto::Alg> AlgOfOption(std::string_view name);
[[nodiscard]] std::vector<std::string> AlgNames();

[[nodiscard]] std::optional<trust::BundleFormat> FormatFromName(std::string_view name);

// One --trust ORIGIN=FILE for each origin. A raw file may also be a single JWK or a PEM key.
// Errors: kUsageOption, and those of Origin::Parse and ParseBundle
[[nodiscard]] Result<std::shared_ptr<const trust::TrustSnapshot>> LoadTrust(
    std::span<const std::string> arguments, trust::BundleFormat format);

// A bundle from a file argument. Errors: those of ReadInput and ParseBundle
[[nodiscard]] Result<trust::Bundle> LoadBundle(const std::string& path, trust::BundleFormat format);

}  // namespace signet::app
