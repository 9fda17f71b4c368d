"""cryptography: X.509 paths."""

import datetime

import cryptography
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from common import caller_check, unb64u

NAME = "cryptography"
VERSION = cryptography.__version__


def load(ders):
    return [x509.load_der_x509_certificate(unb64u(der)) for der in ders]


def x509_svid_verify(request):
    store = Store(load(request["roots_der_b64u"]))
    now = datetime.datetime.fromtimestamp(request["now"], datetime.timezone.utc)
    verifier = PolicyBuilder().store(store).time(now).build_client_verifier()

    def handle():
        leaf, *intermediates = load(request["chain_der_b64u"])
        client = verifier.verify(leaf, intermediates)
        names = [n.value for n in client.subjects if isinstance(n, x509.UniformResourceIdentifier)]
        caller_check(len(names) == 1, "not exactly one URI among the subjects")
        return {"id": names[0]}

    return handle


OPERATIONS = {"x509_svid.verify": x509_svid_verify}
