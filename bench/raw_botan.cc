#include <memory>
#include <vector>

#include <botan/auto_rng.h>
#include <botan/ecdsa.h>
#include <botan/ed25519.h>
#include <botan/pubkey.h>

#include "bench/primitives.h"
#include "protocol/base/check.h"

namespace signet::bench {
namespace {

// Signer and verifier are made once: they keep what can be computed ahead for a key.
struct Key {
  Botan::AutoSeeded_RNG random;
  std::unique_ptr<Botan::Private_Key> key;
  std::unique_ptr<Botan::PK_Signer> signer;
  std::unique_ptr<Botan::PK_Verifier> verifier;
  std::vector<std::uint8_t> message = std::vector<std::uint8_t>(kPrimitiveMessageBytes, 7);
  std::vector<std::uint8_t> signature;

  explicit Key(bool p256) {
    if (p256) {
      key = std::make_unique<Botan::ECDSA_PrivateKey>(random, Botan::EC_Group("secp256r1"));
    } else {
      key = std::make_unique<Botan::Ed25519_PrivateKey>(random);
    }
    const char* const padding = p256 ? "Raw" : "Pure";
    signer = std::make_unique<Botan::PK_Signer>(*key, random, padding);
    verifier = std::make_unique<Botan::PK_Verifier>(*key, padding);
    Sign();
  }
  void Sign() { signature = signer->sign_message(message, random); }
  void CheckVerify() const { SIGNET_CHECK(verifier->verify_message(message, signature)); }
};

void AddPair(const std::string& name, bool p256) {
  AddRow("raw/" + name + "_sign/botan", [p256] {
    return Subject{.ours = Repeat([key = std::make_shared<Key>(p256)] { key->Sign(); })};
  });
  AddRow("raw/" + name + "_verify/botan", [p256] {
    return Subject{.ours = Repeat([key = std::make_shared<Key>(p256)] { key->CheckVerify(); })};
  });
}

}  // namespace

void AddRawBotan() {
  AddPair("p256", true);
  AddPair("ed25519", false);
}

}  // namespace signet::bench
