"""spiffe (py-spiffe): identifiers, X509-SVIDs and bundles of JWT keys. It verifies no paths."""

import importlib.metadata

from spiffe import JwtBundle, SpiffeId, TrustDomain, X509Svid

from common import unb64u

NAME = "spiffe"
VERSION = importlib.metadata.version(NAME)


def x509_svid_parse(request):
    def handle():
        chain = b"".join(map(unb64u, request["chain_der_b64u"]))
        return {"id": str(X509Svid.parse_raw(chain, unb64u(request["key_der_b64u"])).spiffe_id)}

    return handle


def spiffe_id_parse(request):
    def handle():
        parsed = SpiffeId(request["id"])
        return {"trust_domain": parsed.trust_domain.name, "path": parsed.path}

    return handle


def bundle_parse(request):
    def handle():
        bundle = JwtBundle.parse(TrustDomain(request["trust_domain"]), request["text"].encode())
        return {"jwt_keys": len(bundle.jwt_authorities)}

    return handle


OPERATIONS = {
    "x509_svid.parse": x509_svid_parse,
    "spiffe_id.parse": spiffe_id_parse,
    "bundle.parse": bundle_parse,
}
