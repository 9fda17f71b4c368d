"""The negative controls of tools/check_layers.py: for each rule a small tree that breaks it.

Run by `tools/check_layers.py --self-test`.
"""

import sys
import tempfile
from pathlib import Path

README = "# Folder\n"
H = "#pragma once\n"


def header(*includes: str) -> str:
    return H + "".join(f'#include "{i}"\n' for i in includes)


# A tree that breaks nothing; each control changes a few files of it.
GOOD = {
    "src/protocol/base/result.h": H,
    "src/protocol/base/README.md": README,
    "src/protocol/crypto/private_key.h": header("protocol/base/result.h") + "#include <openssl/evp.h>\n",
    "src/protocol/crypto/README.md": README,
    "src/protocol/jose/jws.h": header("protocol/base/result.h"),
    "src/protocol/jose/jws.cc": '#include "protocol/jose/jws.h"\nint F(int a) {\n  return a;\n}\n',
    "src/protocol/jose/jws_sign.h": header("protocol/jose/jws.h", "protocol/crypto/private_key.h"),
    "src/protocol/jose/jws_test.cc": '#include "gtest/gtest.h"\n#include "protocol/jose/jws_sign.h"\n',
    "src/protocol/jose/CMakeLists.txt":
        "signet_library(signet_jose SOURCES jws.cc DEPS signet_base)\n"
        "signet_library(signet_jose_sign SOURCES a.cc DEPS signet_jose signet_crypto_sign)\n",
    "src/protocol/jose/README.md": README,
    "src/platform/runtime/clock.cc": "auto x = std::chrono::system_clock::now();\n",
    "src/platform/runtime/README.md": README,
    "src/platform/net/tls_stream.cc": "#include <openssl/ssl.h>\n#include <boost/asio.hpp>\n",
    "src/platform/net/README.md": README,
    "src/service/agent/agent.h": header("protocol/jose/jws_sign.h"),
    "src/service/agent/README.md": README,
    "src/service/proxy/proxy.h": H,
    "src/service/proxy/README.md": README,
    "src/app/main.cc": '#include "service/agent/agent.h"\nauto v = getenv("HOME");\n',
    "src/app/README.md": README,
}

FUNCTION = "void F() {\n" + "  G();\n" * 81 + "}\n"
STRUCT = "struct S {\n" + "  int f() { return 1; }\n" * 90 + "};\n"

# Name, files that are changed or added, the rule that must be reported (None: nothing is).
CONTROLS = [
    ("a good tree", {}, None),
    ("include upwards", {"src/protocol/base/result.h": header("protocol/jose/jws.h"),
                         "src/protocol/jose/jws.h": H}, "floor"),
    ("include sideways", {"src/protocol/identity/id.h": header("protocol/http/x.h"),
                          "src/protocol/http/x.h": H, "src/protocol/http/README.md": README,
                          "src/protocol/identity/README.md": README}, "floor"),
    ("platform upwards", {"src/platform/runtime/loop.h": header("platform/net/tls.h"),
                          "src/platform/net/tls.h": H}, "floor"),
    ("folder without floor", {"src/protocol/misc/a.h": H, "src/protocol/misc/README.md": README},
     "floor"),
    ("protocol includes platform", {"src/protocol/jose/x.h": header("platform/net/y.h"),
                                    "src/platform/net/y.h": H}, "never-1"),
    ("protocol logs", {"src/protocol/jose/x.h": H + "#include <spdlog/spdlog.h>\n"}, "never-1"),
    ("protocol starts threads", {"src/protocol/jose/x.h": H + "#include <thread>\n"}, "never-1"),
    ("platform knows tokens", {"src/platform/net/x.h": header("protocol/jose/jws.h")}, "never-2"),
    ("platform includes a service", {"src/platform/net/x.h": header("service/agent/agent.h")},
     "never-2"),
    ("service includes a service", {"src/service/proxy/x.h": header("service/agent/agent.h")},
     "never-3"),
    ("service includes app", {"src/service/proxy/x.h": header("app/a.h"), "src/app/a.h": H}, "never-3"),
    ("openssl outside crypto", {"src/protocol/jose/x.h": H + "#include <openssl/evp.h>\n"}, "never-4"),
    ("openssl in net, not tls", {"src/platform/net/x.cc": "#include <openssl/evp.h>\n"}, "never-4"),
    ("nghttp2 outside http2", {"src/platform/net/x.cc": "#include <nghttp2/nghttp2.h>\n"}, "never-4"),
    ("sqlite outside store", {"src/service/agent/x.cc": "#include <sqlite3.h>\n"}, "never-4"),
    ("SQL outside store", {"src/service/agent/x.cc": 'auto s = "SELECT a FROM b";\n'}, "never-4"),
    ("environment", {"src/service/agent/x.cc": 'auto v = std::getenv("A");\n'}, "never-4"),
    ("clock", {"src/service/agent/x.cc": "auto v = std::chrono::system_clock::now();\n"}, "never-4"),
    ("clock in a test", {"src/protocol/jose/x_test.cc": "auto v = system_clock::now();\n"}, "never-4"),
    ("rand", {"src/protocol/jose/x.cc": "auto v = std::rand();\n"}, "never-4"),
    ("clock in a comment and a string",
     {"src/service/agent/x.cc": '// system_clock::now\nauto s = "system_clock::now";\n'}, None),
    ("verifier sees a private key", {"src/protocol/jose/x.cc":
                                     '#include "protocol/crypto/private_key.h"\n'}, "never-5"),
    ("verifier sees a signer", {"src/protocol/jose/x.cc":
                                '#include "protocol/jose/jws_sign.h"\n'}, "never-5"),
    ("a verifying service file", {"src/service/agent/wit_verify.cc":
                                  '#include "protocol/jose/jws_sign.h"\n'}, "never-5"),
    ("verifier links a signer", {"src/protocol/jose/CMakeLists.txt":
                                 "signet_library(signet_jose SOURCES jws.cc PRIVATE signet_crypto_sign)\n"},
     "never-5"),
    ("protobuf in a service header", {"src/service/agent/x.h": H + '#include "a.pb.h"\n'}, "never-5"),
    ("another folder's internals", {"src/service/agent/x.h": header("protocol/jose/internal/y.h"),
                                    "src/protocol/jose/internal/y.h": H}, "never-6"),
    ("own internals", {"src/protocol/jose/x.h": header("protocol/jose/internal/y.h"),
                       "src/protocol/jose/internal/y.h": H}, None),
    ("gtest in product code", {"src/protocol/jose/x.cc": "#include <gtest/gtest.h>\n"}, "never-6"),
    ("test support in product code", {"src/protocol/jose/x.cc": '#include "tests/support/a.h"\n'},
     "never-6"),
    ("libgrpc in product code", {"src/service/agent/x.cc": "#include <grpcpp/grpcpp.h>\n"}, "never-6"),
    ("test in a product target", {"src/protocol/jose/CMakeLists.txt":
                                  "signet_library(signet_jose SOURCES jws.cc jws_test.cc)\n"}, "never-6"),
    ("two files need each other", {"src/protocol/jose/a.h": header("protocol/jose/b.h"),
                                   "src/protocol/jose/b.h": H,
                                   "src/protocol/jose/b.cc": '#include "protocol/jose/b.h"\n'
                                   '#include "protocol/jose/c.h"\n',
                                   "src/protocol/jose/c.h": header("protocol/jose/a.h")}, "never-7"),
    ("two sources need each other's headers", {"src/protocol/jose/a.h": H, "src/protocol/jose/b.h": H,
                                               "src/protocol/jose/a.cc":
                                               '#include "protocol/jose/a.h"\n'
                                               '#include "protocol/jose/b.h"\n',
                                               "src/protocol/jose/b.cc":
                                               '#include "protocol/jose/b.h"\n'
                                               '#include "protocol/jose/a.h"\n'}, "never-7"),
    ("a header that extends another", {"src/protocol/jose/a.h": H,
                                       "src/protocol/jose/b.h": header("protocol/jose/a.h"),
                                       "src/protocol/jose/a.cc": '#include "protocol/jose/a.h"\n'
                                       '#include "protocol/jose/b.h"\n'}, None),
    ("a source and its internal header", {"src/protocol/jose/a.h": H,
                                          "src/protocol/jose/internal/i.h": header("protocol/jose/a.h"),
                                          "src/protocol/jose/a.cc": '#include "protocol/jose/a.h"\n'
                                          '#include "protocol/jose/internal/i.h"\n'}, None),
    ("three files need each other", {"src/protocol/jose/a.h": header("protocol/jose/b.h"),
                                     "src/protocol/jose/b.h": header("protocol/jose/c.h"),
                                     "src/protocol/jose/c.h": header("protocol/jose/a.h")}, "never-7"),
    ("asio in a header", {"src/platform/net/x.h": H + "#include <boost/asio.hpp>\n"}, "asio"),
    ("asio in an inner header", {"src/platform/net/x_impl.h": H + "#include <boost/asio.hpp>\n",
                                 "src/platform/net/x.cc": '#include "platform/net/x_impl.h"\n'}, None),
    ("an inner header in a header", {"src/platform/net/x_impl.h": H + "#include <boost/asio.hpp>\n",
                                     "src/platform/net/x.h": header("platform/net/x_impl.h")}, "asio"),
    ("an inner header in a service", {"src/platform/net/x_impl.h": H,
                                      "src/service/agent/x.cc": '#include "platform/net/x_impl.h"\n'},
     "asio"),
    ("beast in a service", {"src/service/agent/x.cc": "#include <boost/beast.hpp>\n"}, "asio"),
    ("no pragma once", {"src/protocol/jose/x.h": "int a;\n"}, "header"),
    ("own header second", {"src/protocol/jose/jws.cc":
                           '#include <vector>\n#include "protocol/jose/jws.h"\n'}, "header"),
    ("include of nothing", {"src/protocol/jose/x.h": header("protocol/jose/none.h")}, "header"),
    ("601 lines", {"src/protocol/jose/x.h": H + "int a;\n" * 600}, "size"),
    ("600 lines", {"src/protocol/jose/x.h": H + "int a;\n" * 599}, "size-warning"),
    ("300 lines", {"src/protocol/jose/x.h": H + "int a;\n" * 299}, None),
    ("800 lines of a test", {"src/protocol/jose/x_test.cc": "int a;\n" * 800}, None),
    ("801 lines of a test", {"src/protocol/jose/x_test.cc": "int a;\n" * 801}, "size"),
    ("801 lines under tests", {"tests/a/x_test.cc": "int a;\n" * 801}, "size"),
    ("a function of 83 lines", {"src/protocol/jose/x.cc": FUNCTION}, "size"),
    ("a function of 83 lines in a namespace", {"src/protocol/jose/x.cc":
                                               "namespace a {\n" + FUNCTION + "}\n"}, "size"),
    ("a struct of 92 lines", {"src/protocol/jose/x.cc": STRUCT}, None),
    ("no README", {"src/protocol/trust/x.h": H}, "readme"),
    ("a README of 41 lines", {"src/protocol/jose/README.md": "line\n" * 41}, "readme"),
    ("a README of 40 lines", {"src/protocol/jose/README.md": "line\n" * 40}, None),
]


def run(check) -> int:
    wrong = []
    for name, changes, rule in CONTROLS:
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            for path, content in {**GOOD, **changes}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, encoding="utf-8")
            rules = {finding.rule for finding in check(root)}
            if (rule is None and rules) or (rule is not None and rules != {rule}):
                wrong.append(f"{name}: reported {sorted(rules)}, expected {rule}")
    for line in wrong:
        print(f"check_layers: self-test: {line}", file=sys.stderr)
    print(f"check_layers: self-test: {len(CONTROLS) - len(wrong)} of {len(CONTROLS)} "
          "controls as expected")
    return 1 if wrong else 0
