#!/usr/bin/env python3
"""Writes test_certificates.h: certificates and requests made by Python `cryptography`, by the
openssl command and by Go's crypto/x509 (what SPIRE and cert-manager use).

Keys and signatures are new on each run; the tests hold for any of them.
Run it as: make_certificates.py > test_certificates.h
"""

import datetime
import ipaddress
import subprocess
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

BEGIN = datetime.datetime(2023, 1, 1)
END = datetime.datetime(2049, 12, 31, 23, 59, 59)
FAR_END = datetime.datetime(2055, 6, 1, 12, 30, 15)

GO = r"""
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"time"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	uri := must(url.Parse("spiffe://example.org/workload"))
	domain := must(url.Parse("spiffe://example.org"))
	caKey := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	begin := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	end := time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Go"}, CommonName: "Go CA"},
		NotBefore: begin, NotAfter: end, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, URIs: []*url.URL{domain},
	}
	caDer := must(x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey))
	caCert := must(x509.ParseCertificate(caDer))
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(0x80), NotBefore: begin, NotAfter: end, BasicConstraintsValid: true,
		Subject:     pkix.Name{Country: []string{"US"}, Organization: []string{"SPIRE"}},
		KeyUsage:    x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		URIs:        []*url.URL{uri}, DNSNames: []string{"a.example.org"},
	}
	leafDer := must(x509.CreateCertificate(rand.Reader, leaf, caCert, key.Public(), caKey))
	csr := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "x"}, URIs: []*url.URL{uri}, DNSNames: []string{"a.example.org"},
	}, crypto.Signer(key)))
	fmt.Println(hex.EncodeToString(caDer))
	fmt.Println(hex.EncodeToString(leafDer))
	fmt.Println(hex.EncodeToString(csr))
}
"""


def constant(name, data):
    text = data.hex()
    lines = [text[i : i + 92] for i in range(0, len(text), 92)]
    print(f"inline constexpr std::string_view {name} =")
    print("\n".join(f'    "{line}"' for line in lines) + ";")


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)


def name(*attributes):
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in attributes])


def digest_for(key):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[key.key_size]
    return hashes.SHA256()


def key_usage(**on):
    bits = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
         "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(**(bits | on))


def build(subject, issuer, key, ca_key, extensions, end=END):
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
               .public_key(key.public_key()).serial_number(0x1234)
               .not_valid_before(BEGIN).not_valid_after(end))
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.sign(ca_key, digest_for(ca_key))


def authority(key, common_name, *more):
    subject = name((NameOID.COMMON_NAME, common_name))
    return build(subject, subject, key, key, [
        (x509.BasicConstraints(True, 1), True),
        (key_usage(key_cert_sign=True, crl_sign=True), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False), *more])


def uri(text):
    return x509.UniformResourceIdentifier(text)


def leaf_extensions(key, ca_key, names, critical_names):
    return [
        (x509.BasicConstraints(False, None), True),
        (key_usage(digital_signature=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
         False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False),
        (x509.SubjectAlternativeName(names), critical_names),
    ]


def python_fixtures():
    keys = {"P256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "P384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "P521": lambda: ec.generate_private_key(ec.SECP521R1()),
            "Ed25519": ed25519.Ed25519PrivateKey.generate,
            "Rsa": lambda: rsa.generate_private_key(65537, 2048)}
    for label, make in keys.items():
        ca_key, key = make(), make()
        ca = authority(ca_key, f"CA {label}")
        constant(f"k{label}Ca", der(ca))
        constant(f"k{label}Leaf", der(build(name(), ca.subject, key, ca_key, leaf_extensions(
            key, ca_key, [uri("wimse://example.org/service/a")], True))))
        csr = (x509.CertificateSigningRequestBuilder().subject_name(name())
               .add_extension(x509.SubjectAlternativeName(
                   [uri("wimse://example.org/service/a"), x509.DNSName("a.example.org")]), False)
               .sign(key, digest_for(key)))
        constant(f"k{label}Csr", der(csr))

    ca_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = name((NameOID.COMMON_NAME, "CA"))
    names = [
        x509.DNSName("a.example.org"), uri("wimse://example.org/service/a"),
        x509.RFC822Name("a@example.org"), x509.DNSName("*.example.org"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::7")),
        x509.DirectoryName(name((NameOID.COMMON_NAME, "a"))),
        x509.RegisteredID(ObjectIdentifier("1.2.3.4")),
        x509.OtherName(ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x01a"),
    ]
    subject = name((NameOID.COUNTRY_NAME, "AT"), (NameOID.ORGANIZATION_NAME, "Bäckerei"),
                   (NameOID.COMMON_NAME, "a.example.org"), (NameOID.DOMAIN_COMPONENT, "org"),
                   (NameOID.X500_UNIQUE_IDENTIFIER, "0af1"))
    more = [
        (x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier("1.2.3.4"), None)]),
         False),
        (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"), False),
    ]
    constant("kManyNames", der(build(subject, issuer, key, ca_key, leaf_extensions(
        key, ca_key, names, False) + more, FAR_END)))
    constant("kUnknownCritical", der(build(name(), issuer, key, ca_key, leaf_extensions(
        key, ca_key, [uri("wimse://example.org/service/a")], True) + [
            (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"), True)])))
    constant("kNameConstrainedCa", der(authority(ca_key, "CA", (
        x509.NameConstraints([uri("example.org")], None), True))))
    weak = rsa.generate_private_key(65537, 1024)
    constant("kRsa1024", der(build(issuer, issuer, weak, ca_key, [])))
    constant("kNoExtensions", der(build(issuer, issuer, key, ca_key, [])))


def openssl_fixtures():
    with tempfile.TemporaryDirectory() as folder:
        def run(*arguments):
            subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

        def request(label, *options):
            run("req", "-new", "-nodes", "-outform", "DER", "-out", "r.der", "-keyout", "k.pem",
                "-subj", "/CN=x", *options)
            constant(label, (Path(folder) / "r.der").read_bytes())

        request("kOpenSslCsrEc", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        request("kOpenSslCsrRsa384", "-newkey", "rsa:2048", "-sha384")
        request("kOpenSslCsrRsa512", "-newkey", "rsa:2048", "-sha512")
        request("kOpenSslCsrRsaSha1", "-newkey", "rsa:2048", "-sha1")
        request("kOpenSslCsrRsaPss", "-newkey", "rsa:2048", "-sigopt", "rsa_padding_mode:pss")
        request("kOpenSslCsrRsa1024", "-newkey", "rsa:1024")
        (Path(folder) / "e.cnf").write_text(
            "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n"
            "subjectAltName=URI:spiffe://example.org/workload\nsubjectKeyIdentifier=hash\n"
            "authorityKeyIdentifier=keyid,issuer:always\nnsComment=a comment\n")
        run("req", "-x509", "-new", "-nodes", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-384", "-keyout", "ca.pem", "-out", "ca.crt", "-subj",
            "/O=OpenSSL/CN=OpenSSL CA", "-days", "9000")
        run("req", "-new", "-nodes", "-newkey", "rsa:2048", "-keyout", "k.pem", "-out", "r.pem",
            "-subj", "/CN=leaf")
        run("x509", "-req", "-in", "r.pem", "-CA", "ca.crt", "-CAkey", "ca.pem", "-days", "9000",
            "-extfile", "e.cnf", "-outform", "DER", "-out", "l.der")
        run("x509", "-in", "ca.crt", "-outform", "DER", "-out", "ca.der")
        constant("kOpenSslCa", (Path(folder) / "ca.der").read_bytes())
        constant("kOpenSslLeaf", (Path(folder) / "l.der").read_bytes())


def go_fixtures():
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "make.go"
        source.write_text(GO)
        out = subprocess.run(["go", "run", source], cwd=folder, check=True, capture_output=True)
        for label, line in zip(("kGoCa", "kGoLeaf", "kGoCsr"), out.stdout.split()):
            constant(label, bytes.fromhex(line.decode()))


def main():
    print("// Written by make_certificates.py. Valid from 2023-01-01 to 2049-12-31 where a test does")
    print("// not say otherwise; those of openssl from the day of their making for 9000 days.")
    print("#pragma once\n\n#include <string_view>\n")
    print("namespace signet::credential::fixtures {\n")
    python_fixtures()
    openssl_fixtures()
    go_fixtures()
    print("\n}  // namespace signet::credential::fixtures")


if __name__ == "__main__":
    main()
