// Keys for tests, each with its private part. They are published here and protect nothing. They are
// those of tests/vectors/vectorgen/keys.py; the RSA keys are of RFC 7515 A.2 and RFC 7517 A.2.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/crypto/private_key.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jwk_private.h"

namespace signet::testing {

// Issuers of wimse://trust.example.com.
inline constexpr std::string_view kIssuerJwk =
    R"j({"kty":"EC","crv":"P-256","x":"TZ0eEqGmipQzZoOJrRL1N92CqQtdIDbOCgMnE3ARHik","y":"h0w)j"
    R"j(GrBnYdNdMcnUErrU6dBmoFR0inAxYosC48tPJdoM","d":"5K-pRV5-WxWprXUQ_lYwPsgZUYcMoZkIv0f5e)j"
    R"j(xlD-v0"})j";
inline constexpr std::string_view kIssuer2Jwk =
    R"j({"kty":"EC","crv":"P-256","x":"sXpgw-zupOwckFugvpNM4sHloRaBVtYPz4EuzHL7BaU","y":"G3a)j"
    R"j(Cdk087WFcAdCQrHGxwTBPqIYx5qkeeLOnx5JDPM0","d":"hJfSW02xb2KUrsNX2cpOvz8APMWc96bAcuDEN)j"
    R"j(gw-66g"})j";
inline constexpr std::string_view kIssuerP384Jwk =
    R"j({"kty":"EC","crv":"P-384","x":"p6BmRfXV4RIjIVxqedX2-rgFhTwRCsDVButcYxNBhR-TFcrc5D6Bh)j"
    R"j(OzV-YHjSOFO","y":"ezvYVqSKzdSWhOfIn5YJNWzSh1fz-81O-thWGxaFxtG_JM8atbBg8r27VXC0HBav",)j"
    R"j("d":"Eb3s-7eYNBqwD4PuBswkjZNucCliuXUAM7uY2Axg1UqCdAVoaGoOOerByT_S0MF0"})j";
inline constexpr std::string_view kIssuerEdJwk =
    R"j({"kty":"OKP","crv":"Ed25519","x":"Y-cFrIP0kueV6zm8HHxP1uPP3gQkIM33-zDv7f8nPdo","d":")j"
    R"j(mcEJCVV2XdE4z1BnbhucnsrxUARx0h9qw6ItLHTEQ00"})j";
inline constexpr std::string_view kIssuerRsaJwk =
    R"j({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-V)j"
    R"j(aw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9w)j"
    R"j(Gzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMT)j"
    R"j(BQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kz)j"
    R"j(k2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB","d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpX)j"
    R"j(yWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2b)j"
    R"j(KVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0)j"
    R"j(ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOne)j"
    R"j(ufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ","p":"4BzEEOtIpmVdVEZNCqS7baC4crd0p)j"
    R"j(qnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcm)j"
    R"j(nPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc","q":"uQPEfgmVtjL0Uyyx88G)j"
    R"j(ZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62w)j"
    R"j(Dmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc","dp":"BwKfV3Ak)j"
    R"j(q5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R)j"
    R"j(6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0","dq)j"
    R"j(":"h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr)j"
    R"j(6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0)j"
    R"j(tIiTHU","qi":"IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq)j"
    R"j(2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-Z)j"
    R"j(QwVK0JKSHuLFkuQ3U"})j";
// Issuer of wimse://partner.example.net.
inline constexpr std::string_view kOtherIssuerJwk =
    R"j({"kty":"EC","crv":"P-256","x":"eX2ZCMhmUqYsPDv2OI73P3kJh5kvUFhtLVrlmP5UZJ8","y":"Twc)j"
    R"j(A-xQQgC4IVpKSrXh726ajUqiNO8-yiYYwp31lR5Q","d":"XV2wwXW245QgkhpzgQPVnFmo0iOiDFt7jIFrZ)j"
    R"j(g6nc3A"})j";
// Workloads.
inline constexpr std::string_view kWorkloadJwk =
    R"j({"kty":"EC","crv":"P-256","x":"b_Y3Gf14o2VSDyjjQIXzVfMGBUqAuxaMaacGtU7yGoQ","y":"Hw-)j"
    R"j(n2wtMbo6XtppWi-Gms5zDnTZknGfN3pi8eCq9lcU","d":"sBlR58Fnx7dME8LpS3xxPesypdSHQr6i42ta7)j"
    R"j(p8e9ds"})j";
inline constexpr std::string_view kWorkload2Jwk =
    R"j({"kty":"EC","crv":"P-256","x":"D7qNCXg-Emu6C_5FN9WMCJGGUHHPaPNkrMdfPbVYgPw","y":"PA5)j"
    R"j(WsJoEPRDMm6W22o-IRmeCOEV3nrqebIWPR1zeTZw","d":"gXdhv8i4JmfWxneqRK6-x8yVA3slHl75C__w3)j"
    R"j(sDymgo"})j";
inline constexpr std::string_view kWorkloadP384Jwk =
    R"j({"kty":"EC","crv":"P-384","x":"6edLUHb-AweLhfIqC_J75Vyx6jtLdojKBGToEB4bf1vKQnzDwwUap)j"
    R"j(BwmMhjZUh42","y":"2R5udYwIyY8R-GXIrBfBCN0MHdjWrlALKOhWlHPtj12th1lG2om88shETmJoqeJj",)j"
    R"j("d":"JNYyzMEDiViH7O96GBapEXSIHPL748Z9JdNGw_UQHSZHPHqzcdizWj7ZYsxJPMM2"})j";
inline constexpr std::string_view kWorkloadEdJwk =
    R"j({"kty":"OKP","crv":"Ed25519","x":"gSHz9f0ZwdiCmtW_cDolendS2XTbRx3Lr72Viq1ZtsY","d":")j"
    R"j(gINueEN8F6IUn4FpqxG7iIA0jKKonRCdW33-J6-Jf0c"})j";
// Nobody's key: what an attacker made for himself.
inline constexpr std::string_view kAttackerJwk =
    R"j({"kty":"EC","crv":"P-256","x":"JkMgX0SkG4it5b1MIhGylmCj31E89zQCAUlp3W3oWys","y":"_GH)j"
    R"j(AiilmJdQsxhfS76xL8g8tcpqUV8H6jbIXGafPWUI","d":"4VL0dG0dB-MgT510RZPCMIJxFUqiJ344XAd-P)j"
    R"j(RR_Pl8"})j";

// The key in a private JWK of this file; a fault in it ends the test program.
inline crypto::PrivateKey KeyOf(std::string_view jwk, std::optional<crypto::Alg> alg = {}) {
  Result<jose::PrivateJwk> read = jose::ParsePrivateJwk(jwk, alg);
  if (!read.has_value()) std::abort();
  return read->key;
}

// The public part of a private JWK of this file.
inline crypto::PublicKey PublicKeyOf(std::string_view jwk) {
  Result<jose::PrivateJwk> read = jose::ParsePrivateJwk(jwk);
  // An RSA key without alg is none.
  if (!read.has_value()) read = jose::ParsePrivateJwk(jwk, crypto::Alg::kRS256);
  if (!read.has_value()) std::abort();
  return read->key.public_key();
}

// The public JWK of a private one, with the members that a test needs.
inline std::string PublicJwkOf(std::string_view jwk, std::optional<crypto::Alg> alg = {},
                               std::string_view kid = {}, std::string_view use = {}) {
  return jose::PublicJwkJson(PublicKeyOf(jwk), alg, kid, use);
}

// {"keys":[...]} of the JWKs given as JSON texts.
inline std::string JwkSet(std::initializer_list<std::string> jwks) {
  std::string out = R"({"keys":[)";
  for (const std::string& jwk : jwks) {
    if (out.back() != '[') out += ",";
    out += jwk;
  }
  return out + "]}";
}

}  // namespace signet::testing
