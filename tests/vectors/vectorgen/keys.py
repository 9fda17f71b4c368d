"""The test keys. They are published here and protect nothing: never use them elsewhere.

EC and Ed25519 keys were made for these vectors; the RSA keys are those of RFC 7515 A.2 and
RFC 7517 A.2, which makes the whole set independent of any code of ours.
"""

import json
import pathlib

PUBLISHED = pathlib.Path(__file__).resolve().parent.parent / "published"
RFC = json.loads((PUBLISHED / "rfc-examples.json").read_text())


def _ec(crv, x, y, d):
    return {"kty": "EC", "crv": crv, "x": x, "y": y, "d": d}


def _okp(x, d):
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "d": d}


# Issuers of wimse://trust.example.com.
ISSUER = _ec(
    "P-256",
    "TZ0eEqGmipQzZoOJrRL1N92CqQtdIDbOCgMnE3ARHik",
    "h0wGrBnYdNdMcnUErrU6dBmoFR0inAxYosC48tPJdoM",
    "5K-pRV5-WxWprXUQ_lYwPsgZUYcMoZkIv0f5exlD-v0",
)
ISSUER_2 = _ec(
    "P-256",
    "sXpgw-zupOwckFugvpNM4sHloRaBVtYPz4EuzHL7BaU",
    "G3aCdk087WFcAdCQrHGxwTBPqIYx5qkeeLOnx5JDPM0",
    "hJfSW02xb2KUrsNX2cpOvz8APMWc96bAcuDENgw-66g",
)
ISSUER_P384 = _ec(
    "P-384",
    "p6BmRfXV4RIjIVxqedX2-rgFhTwRCsDVButcYxNBhR-TFcrc5D6BhOzV-YHjSOFO",
    "ezvYVqSKzdSWhOfIn5YJNWzSh1fz-81O-thWGxaFxtG_JM8atbBg8r27VXC0HBav",
    "Eb3s-7eYNBqwD4PuBswkjZNucCliuXUAM7uY2Axg1UqCdAVoaGoOOerByT_S0MF0",
)
ISSUER_P521 = _ec(
    "P-521",
    "AXmD65xJVSuywdxQpeoQ_CGU2cpokTx0-28JNREbb6-HBqNWG6RHNtccCKzCZZxNQi3SlJkky6LFKZgJbuhEydUk",
    "AZiWZyVuwS2t1o3YSEwIN7uOGqStvWdgWP5VzbzL37EH7tl7C4oj8Vr2_hkq7UPRCN-43zTNRphfeiwyDl9nwKhM",
    "AJSi7dQ081qLPlQOqSLgXx9DLBo6FYbz7QbuAR-A7Gg7VvMZ-nRp4gjaNU8iE2pGEo7KMBmZQKp3ONW1Ms7kXvBS",
)
ISSUER_ED = _okp(
    "Y-cFrIP0kueV6zm8HHxP1uPP3gQkIM33-zDv7f8nPdo", "mcEJCVV2XdE4z1BnbhucnsrxUARx0h9qw6ItLHTEQ00"
)
ISSUER_RSA = {k: v for k, v in RFC["rfc7515_a2"]["jwk"].items()}

# Issuer of the other trust domain, wimse://partner.example.net.
OTHER_ISSUER = _ec(
    "P-256",
    "eX2ZCMhmUqYsPDv2OI73P3kJh5kvUFhtLVrlmP5UZJ8",
    "TwcA-xQQgC4IVpKSrXh726ajUqiNO8-yiYYwp31lR5Q",
    "XV2wwXW245QgkhpzgQPVnFmo0iOiDFt7jIFrZg6nc3A",
)

# Workloads.
WORKLOAD = _ec(
    "P-256",
    "b_Y3Gf14o2VSDyjjQIXzVfMGBUqAuxaMaacGtU7yGoQ",
    "Hw-n2wtMbo6XtppWi-Gms5zDnTZknGfN3pi8eCq9lcU",
    "sBlR58Fnx7dME8LpS3xxPesypdSHQr6i42ta7p8e9ds",
)
WORKLOAD_2 = _ec(
    "P-256",
    "D7qNCXg-Emu6C_5FN9WMCJGGUHHPaPNkrMdfPbVYgPw",
    "PA5WsJoEPRDMm6W22o-IRmeCOEV3nrqebIWPR1zeTZw",
    "gXdhv8i4JmfWxneqRK6-x8yVA3slHl75C__w3sDymgo",
)
WORKLOAD_P384 = _ec(
    "P-384",
    "6edLUHb-AweLhfIqC_J75Vyx6jtLdojKBGToEB4bf1vKQnzDwwUapBwmMhjZUh42",
    "2R5udYwIyY8R-GXIrBfBCN0MHdjWrlALKOhWlHPtj12th1lG2om88shETmJoqeJj",
    "JNYyzMEDiViH7O96GBapEXSIHPL748Z9JdNGw_UQHSZHPHqzcdizWj7ZYsxJPMM2",
)
WORKLOAD_ED = _okp(
    "gSHz9f0ZwdiCmtW_cDolendS2XTbRx3Lr72Viq1ZtsY", "gINueEN8F6IUn4FpqxG7iIA0jKKonRCdW33-J6-Jf0c"
)
WORKLOAD_RSA = {k: v for k, v in RFC["rfc7517_a2"]["keys"][1].items() if k not in ("alg", "kid")}

# Nobody's key: what an attacker made for himself.
ATTACKER = _ec(
    "P-256",
    "JkMgX0SkG4it5b1MIhGylmCj31E89zQCAUlp3W3oWys",
    "_GHAiilmJdQsxhfS76xL8g8tcpqUV8H6jbIXGafPWUI",
    "4VL0dG0dB-MgT510RZPCMIJxFUqiJ344XAd-PRR_Pl8",
)

# Certificate authorities of the bundles.
CA = _ec(
    "P-256",
    "BHgwSDYiaA3sKxcNV663xvvycrcefrwFGj363irZ0t8",
    "5W8B3wZBXcl7mJ9Xu__suCAZxLRvBlvTSe_8XD7Hr54",
    "IVImsJkaHn-vqj4qXImvFMB5YdE0R2ErCwr16yNoPmU",
)
CA_2 = _ec(
    "P-256",
    "wt-ne_jVAfanBtfFOr71JVaKHtxEKoQDZAJtmpdPlt8",
    "tOspMwDzU_ZiONJk-8_LRkoDW1umOvcm-U7vLD_A5TI",
    "QXzsgaYuBq21c_Sxz2srsNDKAh0ZIe7FUt4A0d7PRGc",
)

# A modulus of 1024 bits; its factors were thrown away.
RSA_1024_N = (
    "vVlhD3dxWxp4_oqGprz1zitg0ozOlM4Y566A-GDhjsvcNWhJKqcOiI-osN0NEF2cJMVr-Q297xTT-ToQXH0bHYhYHR"
    "SwW3sAl_AzBO8yhcbl0Nml8RX2NdmdUrrgrgbEIpK8qY_n0CV26hpPslxbYRZ9-tNEjOPUWpYYBH02f7k"
)

PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")


def pub(key, **members):
    """The public part of `key` with further members."""
    out = {k: v for k, v in key.items() if k not in PRIVATE_MEMBERS}
    out.update(members)
    return out


def priv(key, **members):
    return dict(key, **members)
