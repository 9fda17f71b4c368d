"""Who takes part: an issuer, workloads and a stranger with keys of one algorithm, and the time."""

import time

import raw

TRUST_DOMAIN = "interop.example.com"
ORIGIN = f"wimse://{TRUST_DOMAIN}"
CLIENT = f"{ORIGIN}/service/client"
SERVER = f"{ORIGIN}/service/server"
AUDIENCE = "https://orders.example.com/v1/orders"
TOKEN_ALGS = ("ES256", "ES384", "ES512", "EdDSA", "Ed25519", "PS256")


class Scene:
    def __init__(self, signet, alg):
        self.signet = signet
        self.alg = alg
        self.issuer, self.client, self.server, self.stranger = (
            signet.new_key(alg) for _ in range(4)
        )

    @property
    def now(self):
        """The real time: not every library can be told another."""
        return int(time.time())

    @property
    def jwks(self):
        return {"keys": [raw.public(self.issuer)]}

    @property
    def trust(self):
        return {ORIGIN: {"jwks": self.jwks}}

    def wit(self, sub=CLIENT, key=None, **members):
        """A WIT by Signet for `key`, by default the client's."""
        return self.signet.make(
            "wit.issue",
            key=self.issuer,
            sub=sub,
            cnf_jwk=self.cnf(key or self.client),
            now=self.now,
            **{"ttl_s": 3600, **members},
        )["token"]

    @staticmethod
    def cnf(key):
        return {name: value for name, value in raw.public(key).items() if name != "kid"}

    def claims(self, **changes):
        """The payload of a WIT, for those who sign it themselves; None drops a claim."""
        claims = {
            "sub": CLIENT,
            "iat": self.now - 5,
            "exp": self.now + 3600,
            "jti": "interop-wit",
            "cnf": {"jwk": self.cnf(self.client)},
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}
