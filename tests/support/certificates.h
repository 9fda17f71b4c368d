// Certificates of test authorities in base64, made with Python `cryptography` from the keys CA and
// CA_2 of tests/vectors/vectorgen/keys.py and from the RSA key of RFC 7515 A.2.
#pragma once

#include <string_view>

namespace signet::testing {

inline constexpr std::string_view kCaCertificate =
    "MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlUZXN0IENBIDEwHhcNMjUwMTAxMDAw"
    "MDAwWhcNNDUwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlUZXN0IENBIDEwWTATBgcqhkjOPQIBBggqhkjOPQMB"
    "BwNCAAQEeDBINiJoDewrFw1XrrfG+/Jytx5+vAUaPfreKtnS3+VvAd8GQV3Je5ifV7v/7LggGcS0bwZb00nv"
    "/Fw+x6+eo0owSDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAlBgNVHREEHjAchhpzcGlmZmU6"
    "Ly90cnVzdC5leGFtcGxlLmNvbTAKBggqhkjOPQQDAgNIADBFAiEAv9Kl2n6zTd43y64Dl0aNXB3ST05k7e5o"
    "IBQ/mfsIAZECIHC1pmp3mwvK84rbghldUFa/Wty+fgSaWI0mnZhSpna+";
// Members kty, crv, x, y of its key.
inline constexpr std::string_view kCaJwkMembers =
    R"j("kty":"EC","crv":"P-256","x":"BHgwSDYiaA3sKxcNV663xvvycrcefrwFGj363irZ0t8","y":"5W8B)j"
    R"j(3wZBXcl7mJ9Xu__suCAZxLRvBlvTSe_8XD7Hr54")j";
inline constexpr std::string_view kCa2Certificate =
    "MIIBYDCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlUZXN0IENBIDIwHhcNMjUwMTAxMDAw"
    "MDAwWhcNNDUwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlUZXN0IENBIDIwWTATBgcqhkjOPQIBBggqhkjOPQMB"
    "BwNCAATC36d7+NUB9qcG18U6vvUlVooe3EQqhANkAm2al0+W37TrKTMA81P2YjjSZPvPy0ZKA1tbpjr3JvlO"
    "7yw/wOUyo0owSDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAlBgNVHREEHjAchhpzcGlmZmU6"
    "Ly90cnVzdC5leGFtcGxlLmNvbTAKBggqhkjOPQQDAgNHADBEAiBooUt1kOnc8Mgr9OF8e6a/s8TT6W7uwShA"
    "qhRn5M02fQIgF7czoqZ43Ju7qHByVdqT3qcEIebBmJQYtBOvbLMjibo=";
// The key of CA once more, in a certificate that may not sign others.
inline constexpr std::string_view kLeafCertificate =
    "MIIBXTCCAQOgAwIBAgICA+swCgYIKoZIzj0EAwIwFjEUMBIGA1UECgwLZXhhbXBsZS5vcmcwHhcNMjYwMTAxMD"
    "AwMDAwWhcNMzYwMTAxMDAwMDAwWjAWMRQwEgYDVQQKDAtleGFtcGxlLm9yZzBZMBMGByqGSM49AgEGCCqGSM49"
    "AwEHA0IABAR4MEg2ImgN7CsXDVeut8b78nK3Hn68BRo9+t4q2dLf5W8B3wZBXcl7mJ9Xu//suCAZxLRvBlvTSe"
    "/8XD7Hr56jQTA/MAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMB8GA1UdEQQYMBaGFHNwaWZmZTovL2V4"
    "YW1wbGUub3JnMAoGCCqGSM49BAMCA0gAMEUCIAQ6PtNqGjgHfbnJCiflViho6p+7pKjJRpBrTyN5q3xJAiEA8R"
    "VHLbEUTjSm0KAgpGl5LQHWDPe5Vhz6DtJOo6H7qug=";
inline constexpr std::string_view kRsaCaCertificate =
    "MIIC7TCCAdWgAwIBAgIBATANBgkqhkiG9w0BAQsFADAUMRIwEAYDVQQDDAlUZXN0IENBIDMwHhcNMjUwMTAx"
    "MDAwMDAwWhcNNDUwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlUZXN0IENBIDMwggEiMA0GCSqGSIb3DQEBAQUA"
    "A4IBDwAwggEKAoIBAQCh+BYK4uPJtGXOjS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5"
    "VrD7io8ImtxLaYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNnjuygxmj3"
    "AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5ROjtZMEQxrZHYJqkeDrrnGya11Ux"
    "MFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkftoaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WT"
    "OTY8BwNNb2BvniHgVFbK5emhAgMBAAGjSjBIMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMCUG"
    "A1UdEQQeMByGGnNwaWZmZTovL3RydXN0LmV4YW1wbGUuY29tMA0GCSqGSIb3DQEBCwUAA4IBAQAnRfYo9bgU"
    "AgcVcVkxRbPh6Ar++tRyEDWSKe2g9S5ZHuD1id2uvPRHZZZlhKFTT9W7iCB5TbTe1gLbK1NreIymrJuOu9uN"
    "Z8/tbg4A0wxbRVOmdr/OK9HwCzjifwnDEpgJIfP3Cx8gcMCK/apQJnChXmLhfhyyrBqyqqjqfSCNc8c+o23x"
    "quvIJXq50+2duFCbE94SfbC7gfEvHnedgmH38ueF5FvDUMlQvH1K+IsUgmqtnLKJUAuMt36sdVWe/Hohbp7y"
    "10K5X4o2pdDZXOp8OqS4z9//b3EDnlJC/MBUx9iCyNun3w9LrtC+JENJrKT/mo0ctbyrb+vLDNHC3V23";
// Members kty, n, e of its key; no alg.
inline constexpr std::string_view kRsaCaJwkMembers =
    R"j("kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Va)j"
    R"j(w-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wG)j"
    R"j(zjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTB)j"
    R"j(QY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk)j"
    R"j(2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB")j";

}  // namespace signet::testing
