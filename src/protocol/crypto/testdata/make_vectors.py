#!/usr/bin/env python3
"""Writes test_vectors.h: keys, encodings and signatures made by Python `cryptography`.

Keys and ECDSA and PSS signatures are new on each run; the tests hold for any of them.
Run it as: make_vectors.py > test_vectors.h
"""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

MESSAGE = b"Signet test message"


def number(value, size=None):
    return value.to_bytes(size or (value.bit_length() + 7) // 8, "big")


def constant(name, data):
    text = data.hex()
    lines = [text[i : i + 92] for i in range(0, len(text), 92)] or [""]
    print(f"inline constexpr std::string_view {name} =")
    print("\n".join(f'    "{line}"' for line in lines) + ";")


def spki(key):
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def pkcs8(key):
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def write_ec(name, curve, size, digest):
    key = ec.generate_private_key(curve)
    public = key.public_key().public_numbers()
    constant(f"k{name}D", number(key.private_numbers().private_value, size))
    constant(f"k{name}X", number(public.x, size))
    constant(f"k{name}Y", number(public.y, size))
    constant(f"k{name}Spki", spki(key))
    constant(f"k{name}Pkcs8", pkcs8(key))
    write_certificate(name, key)
    r, s = decode_dss_signature(key.sign(MESSAGE, ec.ECDSA(digest)))
    constant(f"k{name}Signature", number(r, size) + number(s, size))
    constant(f"k{name}DerSignature", key.sign(MESSAGE, ec.ECDSA(digest)))


def write_certificate(name, key):
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    start = datetime.datetime(2024, 1, 1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    constant(f"k{name}Certificate", certificate.public_bytes(serialization.Encoding.DER))


def write_rsa():
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_numbers()
    parts = {
        "N": private.public_numbers.n,
        "E": private.public_numbers.e,
        "D": private.d,
        "P": private.p,
        "Q": private.q,
        "Dp": private.dmp1,
        "Dq": private.dmq1,
        "Qi": private.iqmp,
    }
    for name, value in parts.items():
        constant(f"kRsa{name}", number(value))
    constant("kRsaSpki", spki(key))
    constant("kRsaPkcs8", pkcs8(key))
    for bits, digest in ((256, hashes.SHA256()), (384, hashes.SHA384()), (512, hashes.SHA512())):
        constant(f"kRs{bits}Signature", key.sign(MESSAGE, padding.PKCS1v15(), digest))
        pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
        constant(f"kPs{bits}Signature", key.sign(MESSAGE, pss, digest))
    sha256 = hashes.SHA256()
    for name, mgf, salt in (
        ("kPs256SaltOfMaximum", sha256, padding.PSS.MAX_LENGTH),
        ("kPs256SaltEmpty", sha256, 0),
        ("kPs256SaltOf31", sha256, 31),
        ("kPs256MgfSha1", hashes.SHA1(), 32),
    ):
        constant(name, key.sign(MESSAGE, padding.PSS(padding.MGF1(mgf), salt), sha256))
    constant("kRs256WithSha1", key.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA1()))
    small = rsa.generate_private_key(65537, 1024)
    constant("kRsa1024Spki", spki(small))
    write_certificate("Rsa1024", small)
    other = rsa.generate_private_key(65537, 3072)
    constant("kRsa3072Spki", spki(other))
    constant("kRsa3072Ps512Signature", other.sign(
        MESSAGE, padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512()))


def write_ed25519():
    key = ed25519.Ed25519PrivateKey.generate()
    constant("kEd25519Seed", key.private_bytes_raw())
    constant("kEd25519X", key.public_key().public_bytes_raw())
    constant("kEd25519Spki", spki(key))
    constant("kEd25519Pkcs8", pkcs8(key))
    signature = key.sign(MESSAGE)
    constant("kEd25519Signature", signature)
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    constant("kEd25519NonCanonicalS", signature[:32] + s.to_bytes(32, "little"))


def write_shifted_point():
    """A point of P-256 whose x is written as x + p: equal to a valid one modulo p."""
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    for x in range(1, 1000):
        square = (x**3 - 3 * x + b) % p
        y = pow(square, (p + 1) // 4, p)
        if y * y % p == square:
            constant("kP256SmallX", number(x, 32))
            constant("kP256SmallXPlusP", number(x + p, 32))
            constant("kP256SmallY", number(y, 32))
            constant("kP256SmallYNegated", number(p - y, 32))
            return


def main():
    print("// Made by testdata/make_vectors.py with Python `cryptography`; everything in hexadecimal.")
    print("#pragma once\n\n#include <string_view>\n\nnamespace signet::crypto::vectors {\n")
    print(f'inline constexpr std::string_view kMessage = "{MESSAGE.decode()}";')
    write_ec("P256", ec.SECP256R1(), 32, hashes.SHA256())
    write_ec("P384", ec.SECP384R1(), 48, hashes.SHA384())
    write_ec("P521", ec.SECP521R1(), 66, hashes.SHA512())
    k1 = ec.generate_private_key(ec.SECP256K1())
    write_certificate("Secp256k1", k1)
    constant("kSecp256k1X", number(k1.public_key().public_numbers().x, 32))
    constant("kSecp256k1Y", number(k1.public_key().public_numbers().y, 32))
    constant("kSecp256k1Spki", spki(k1))
    write_rsa()
    write_ed25519()
    write_shifted_point()
    print("\n}  // namespace signet::crypto::vectors")


main()
