#include "protocol/crypto/alg.h"

#include <algorithm>
#include <array>

namespace signet::crypto {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, kAlgCount> kNames = {"ES256",   "ES384", "ES512", "EdDSA",
                                                            "Ed25519", "RS256", "RS384", "RS512",
                                                            "PS256",   "PS384", "PS512"};

// The IANA registry of JOSE, symmetric signatures, key management and content encryption.
constexpr auto kOtherNames = std::to_array<std::string_view>(
    {"HS256",          "HS384",         "HS512",         "RSA1_5",         "RSA-OAEP",
     "RSA-OAEP-256",   "RSA-OAEP-384",  "RSA-OAEP-512",  "A128KW",         "A192KW",
     "A256KW",         "dir",           "ECDH-ES",       "ECDH-ES+A128KW", "ECDH-ES+A192KW",
     "ECDH-ES+A256KW", "A128GCMKW",     "A192GCMKW",     "A256GCMKW",      "PBES2-HS256+A128KW",
     "A128CBC-HS256",  "A192CBC-HS384", "A256CBC-HS512", "A128GCM",        "PBES2-HS384+A192KW",
     "A192GCM",        "A256GCM",       "A128CBC",       "A192CBC",        "PBES2-HS512+A256KW",
     "A256CBC",        "A128CTR",       "A192CTR",       "A256CTR",        "HS1"});

}  // namespace

std::string_view NameOf(Alg alg) { return kNames[static_cast<std::size_t>(alg)]; }

std::optional<Alg> AlgFromName(std::string_view name) {
  const auto* const it = std::find(kNames.begin(), kNames.end(), name);
  if (it == kNames.end()) return std::nullopt;
  return static_cast<Alg>(it - kNames.begin());
}

bool IsNoneName(std::string_view name) {
  constexpr std::string_view kNone = "none";
  return std::ranges::equal(name, kNone, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

bool IsSymmetricOrEncryptionName(std::string_view name) {
  return std::ranges::find(kOtherNames, name) != kOtherNames.end();
}

}  // namespace signet::crypto
