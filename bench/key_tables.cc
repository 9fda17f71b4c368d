#include "bench/key_tables.h"

#include "bench/harness.h"
#include "bench/messages.h"
#include "bench/primitives.h"
#include "protocol/base/check.h"
#include "protocol/crypto/key_table.h"
#include "tests/support/manual_clock.h"

namespace signet::bench {
namespace {

struct Signed {
  crypto::PublicKey key = testing::PublicKeyOf(testing::kIssuerJwk);
  std::string message = "thirty-two bytes or a few more of it";
  Bytes signature = *testing::KeyOf(testing::kIssuerJwk).Sign(AsBytes(message));
  std::shared_ptr<const crypto::KeyTable> table;

  void Verify() const {
    SIGNET_CHECK(
        key.Verify(crypto::Alg::kES256, AsBytes(message), signature, table.get()).has_value());
  }
};

Subject VerifySubject(bool with_table) {
  auto made = std::make_shared<Signed>();
  if (with_table) made->table = *crypto::KeyTable::Build(made->key);
  return {.ours = Repeat([made] { made->Verify(); }), .primitive = Es256Verify()};
}

}  // namespace

std::unique_ptr<proxy::KeyTables> BuiltTables(std::span<const crypto::PublicKey> keys) {
  auto tables = std::make_unique<proxy::KeyTables>();
  test::ManualClock clock;
  static_cast<void>(tables->SetIssuers(keys));
  // It says when it may compute again; this clock is there at once.
  while (const auto next = tables->BuildNext(clock)) {
    if (*next > clock.Steady()) clock.Advance(*next - clock.Steady());
  }
  return tables;
}

void AddKeyTables() {
  AddRow("es256/verify", [] { return VerifySubject(true); });
  AddRow("es256/verify/plain", [] { return VerifySubject(false); });
  AddRow("es256/build_table", [] {
    return Subject{.ours = Repeat([key = testing::PublicKeyOf(testing::kIssuerJwk)] {
                     SIGNET_CHECK(crypto::KeyTable::Build(key).has_value());
                   }),
                   .max_batch = 1};
  });
}

}  // namespace signet::bench
