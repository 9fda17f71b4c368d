#include <memory>

#include "bench/primitives.h"
#include "bench/recipient.h"

namespace signet::bench {
namespace {

using crypto::Alg;
using verify::Binding;

Subject DecideSubject(Alg alg, Binding binding, Cache cache, Tables tables) {
  auto recipient = std::make_shared<Recipient>(alg, binding, cache, tables);
  return {.ours = Repeat([recipient] { recipient->DecideNext(); }),
          .primitive = alg == Alg::kES256 ? Es256Verify() : EdDsaVerify(),
          .prepare = [recipient](std::size_t times) { recipient->Prepare(times); },
          .max_batch = RequestPool::kSize};
}

// A caller who is seen for the first time has no table yet, his issuer has.
Tables TablesOf(Cache cache) {
  return cache == Cache::kCold ? Tables::kIssuer : Tables::kIssuerAndCaller;
}

void AddDecisions(const std::string& prefix, Binding binding) {
  for (const Cache cache : {Cache::kCold, Cache::kWarm}) {
    const std::string name = prefix + (cache == Cache::kCold ? "cold/" : "warm/");
    AddRow(name + "es256",
           [=] { return DecideSubject(Alg::kES256, binding, cache, TablesOf(cache)); });
    AddRow(name + "es256/plain",
           [=] { return DecideSubject(Alg::kES256, binding, cache, Tables::kNone); });
    // There are no tables for Ed25519.
    AddRow(name + "eddsa",
           [=] { return DecideSubject(Alg::kEdDSA, binding, cache, Tables::kNone); });
  }
}

}  // namespace

void AddWitWpt() { AddDecisions("wit_wpt/", Binding::kWpt); }

void AddHttpSignatureVerify() { AddDecisions("httpsig/verify/", Binding::kHttpSignature); }

}  // namespace signet::bench
