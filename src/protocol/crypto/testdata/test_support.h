// What the tests of this folder and of the fuzz targets share: hexadecimal, and OpenSSL's EVP
// interface as the other implementation to compare with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "protocol/base/bytes.h"
#include "protocol/crypto/alg.h"

namespace signet::crypto::testing_support {

inline Bytes Hex(std::string_view text) {
  const auto digit = [](char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  Bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4U | digit(text[i + 1])));
  }
  return out;
}

inline std::string ToHex(ByteView bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out += "0123456789abcdef"[byte >> 4U];
    out += "0123456789abcdef"[byte & 15U];
  }
  return out;
}

inline Bytes Flipped(ByteView bytes, std::size_t bit) {
  Bytes out(bytes.begin(), bytes.end());
  out[bit / 8] = static_cast<std::uint8_t>(out[bit / 8] ^ (1U << (bit % 8)));
  return out;
}

inline Bytes Joined(ByteView a, ByteView b) {
  Bytes out(a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

// r and s, raw, as the DER form that EVP reads; empty if it cannot be made.
inline Bytes EcdsaDer(ByteView raw) {
  const std::size_t half = raw.size() / 2;
  ECDSA_SIG* const sig = ECDSA_SIG_new();
  ECDSA_SIG_set0(sig, BN_bin2bn(raw.data(), static_cast<int>(half), nullptr),
                 BN_bin2bn(raw.data() + half, static_cast<int>(raw.size() - half), nullptr));
  Bytes out(static_cast<std::size_t>(i2d_ECDSA_SIG(sig, nullptr)));
  std::uint8_t* end = out.data();
  i2d_ECDSA_SIG(sig, &end);
  ECDSA_SIG_free(sig);
  return out;
}

using EvpKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

inline EvpKey EvpFromSpki(ByteView spki) {
  const std::uint8_t* in = spki.data();
  return {d2i_PUBKEY(nullptr, &in, static_cast<long>(spki.size())), &EVP_PKEY_free};
}

// The verdict of EVP_DigestVerify. ECDSA signatures are raw here too.
inline bool EvpVerify(EVP_PKEY* key, Alg alg, ByteView message, ByteView signature) {
  const std::string_view name = NameOf(alg);
  const EVP_MD* const md = name.ends_with("256")   ? EVP_sha256()
                           : name.ends_with("384") ? EVP_sha384()
                           : name.ends_with("512") ? EVP_sha512()
                                                   : nullptr;
  const bool is_ec = name.starts_with("ES");
  const Bytes der = is_ec ? EcdsaDer(signature) : Bytes(signature.begin(), signature.end());
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  bool good = EVP_DigestVerifyInit(context, &options, md, nullptr, key) == 1;
  if (good && name.starts_with("PS")) {
    good = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  good = good &&
         EVP_DigestVerify(context, der.data(), der.size(), message.data(), message.size()) == 1;
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  return good;
}

}  // namespace signet::crypto::testing_support
