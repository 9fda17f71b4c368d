#include <memory>

#include "bench/messages.h"
#include "bench/primitives.h"
#include "protocol/base/check.h"
#include "protocol/proof/httpsig/wimse_sign.h"

namespace signet::bench {

// A POST with a small body: digest, base, signature, all fields.
void AddHttpSignatureSign() {
  for (const crypto::Alg alg : {crypto::Alg::kES256, crypto::Alg::kEdDSA}) {
    AddRow("httpsig/sign/" + RowName(alg), [alg] {
      auto request = std::make_shared<StoredRequest>(UnsignedRequest());
      return Subject{.ours = Repeat([alg, request, view = request->View(),
                                     random = std::make_shared<crypto::SystemRandom>()] {
                       const Cast& cast = CastOf(alg);
                       const Result<proof::httpsig::SignedMessage> made =
                           proof::httpsig::SignRequest(cast.workload_key(), view,
                                                       {.wit = cast.wit(),
                                                        .now = cast.now(),
                                                        .expires = cast.now() + seconds{60},
                                                        .nonce = {}},
                                                       {.audience = kProofAudience}, *random);
                       SIGNET_CHECK(made.has_value());
                     }),
                     .primitive = alg == crypto::Alg::kES256 ? Es256Sign() : EdDsaSign()};
    });
  }
}

}  // namespace signet::bench
