#include <gcrypt.h>
#include <memory>

#include "bench/harness.h"
#include "protocol/base/check.h"

namespace signet::bench {
namespace {

// Keys, data and signatures are S-expressions, taken apart in every call: that is its interface.
struct Key {
  gcry_sexp_t key = nullptr, data = nullptr, signature = nullptr;

  Key(const char* genkey, const char* to_sign) {
    SIGNET_CHECK(gcry_check_version(nullptr) != nullptr);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_ENABLE_QUICK_RANDOM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    gcry_sexp_t parameters = nullptr;
    SIGNET_CHECK(gcry_sexp_new(&parameters, genkey, 0, 1) == 0);
    SIGNET_CHECK(gcry_pk_genkey(&key, parameters) == 0);
    gcry_sexp_release(parameters);
    SIGNET_CHECK(gcry_sexp_new(&data, to_sign, 0, 1) == 0);
    signature = Sign();
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() {
    for (gcry_sexp_t const part : {key, data, signature}) gcry_sexp_release(part);
  }
  [[nodiscard]] gcry_sexp_t Sign() const {
    gcry_sexp_t made = nullptr;
    SIGNET_CHECK(gcry_pk_sign(&made, data, key) == 0);
    return made;
  }
  void CheckSign() const { gcry_sexp_release(Sign()); }
  void CheckVerify() const { SIGNET_CHECK(gcry_pk_verify(signature, data, key) == 0); }
};

#define SIGNET_BENCH_BYTES "#0102030405060708091011121314151617181920212223242526272829303132#"

std::shared_ptr<Key> P256() {
  return std::make_shared<Key>("(genkey (ecc (curve nistp256)))",
                               "(data (flags raw) (value " SIGNET_BENCH_BYTES "))");
}
std::shared_ptr<Key> Ed25519() {
  return std::make_shared<Key>("(genkey (ecc (curve Ed25519) (flags eddsa)))",
                               "(data (flags eddsa) (hash-algo sha512) (value " SIGNET_BENCH_BYTES
                               "))");
}

void AddPair(const std::string& name, std::shared_ptr<Key> (*make)()) {
  AddRow("raw/" + name + "_sign/libgcrypt",
         [make] { return Subject{.ours = Repeat([key = make()] { key->CheckSign(); })}; });
  AddRow("raw/" + name + "_verify/libgcrypt",
         [make] { return Subject{.ours = Repeat([key = make()] { key->CheckVerify(); })}; });
}

}  // namespace

void AddRawGcrypt() {
  AddPair("p256", P256);
  AddPair("ed25519", Ed25519);
}

}  // namespace signet::bench
