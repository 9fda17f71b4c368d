"""Certificates that Signet would not issue, by the `cryptography` package."""

import datetime
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from raw import jose


def pem_to_der(pem):
    return ssl.PEM_cert_to_DER_cert(pem)


def spki(jwk):
    return jose.public_key(jwk)


def pkcs8(jwk):
    return jose.private_key(jwk).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else [])


def usage(*names):
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{each: each in names for each in every})


def digest_for(key):
    return None if key["kty"] == "OKP" else hashes.SHA256()


def authority_id(issuer):
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


class Maker:
    """Makes certificates below (or beside) an authority."""

    def __init__(self, authority_der, authority_key, now):
        self.authority = x509.load_der_x509_certificate(authority_der)
        self.key = authority_key
        self.now = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)

    def leaf(self, key, uris, *, start=-60, seconds=3600, ca=False, usages=("digital_signature",),
             eku=(ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH),
             dns=(), critical=(), issuer=None, issuer_key=None, subject=""):
        issuer = issuer or self.authority
        signer = issuer_key or self.key
        start_at = self.now + datetime.timedelta(seconds=start)
        builder = (
            x509.CertificateBuilder().subject_name(name(subject)).issuer_name(issuer.subject)
            .public_key(spki(key)).serial_number(x509.random_serial_number())
            .not_valid_before(start_at)
            .not_valid_after(start_at + datetime.timedelta(seconds=seconds))
            .add_extension(x509.BasicConstraints(ca, None), True)
            .add_extension(usage(*usages), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(spki(key)), False)
            .add_extension(authority_id(issuer), False))
        if eku:
            builder = builder.add_extension(x509.ExtendedKeyUsage(list(eku)), False)
        names = [x509.UniformResourceIdentifier(uri) for uri in uris]
        names += [x509.DNSName(each) for each in dns]
        if names:
            san = x509.SubjectAlternativeName(names)
            builder = builder.add_extension(san, critical=not subject)
        for oid in critical:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(ObjectIdentifier(oid), b"\x05\x00"), True)
        return builder.sign(jose.private_key(signer), digest_for(signer))

    @classmethod
    def root(cls, key, now):
        """A maker with an authority of its own, which lets other authorities be below it."""
        start = datetime.datetime.fromtimestamp(now - 60, datetime.timezone.utc)
        own = x509.SubjectKeyIdentifier.from_public_key(spki(key))
        certificate = (
            x509.CertificateBuilder().subject_name(name("Interop root"))
            .issuer_name(name("Interop root")).public_key(spki(key))
            .serial_number(x509.random_serial_number()).not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(True, None), True)
            .add_extension(usage("key_cert_sign", "crl_sign"), True)
            .add_extension(own, False)
            .sign(jose.private_key(key), digest_for(key)))
        return cls(der(certificate), key, now)

    def intermediate(self, key, ca=True):
        return self.leaf(key, [], ca=ca, subject="Interop intermediate", eku=(),
                         usages=("key_cert_sign", "crl_sign") if ca else ("digital_signature",))


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)
