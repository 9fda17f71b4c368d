// The table decides as ECDSA_do_verify does, on everything that we could think of.
#include "protocol/crypto/key_table.h"

#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/crypto/digest.h"
#include "protocol/crypto/private_key.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"

namespace signet::crypto {
namespace {

using testing_support::Flipped;
using testing_support::Hex;
using testing_support::Joined;
namespace v = vectors;

constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

// Both verifiers, asked the same; the codes are equal too.
struct Pair {
  explicit Pair(PublicKey of_key) : key(std::move(of_key)), table(*KeyTable::Build(key)) {}

  bool Valid(ByteView message, ByteView signature) const {
    const Result<void> plain = key.Verify(Alg::kES256, message, signature);
    const Result<void> fast = table->Verify(message, signature);
    EXPECT_EQ(plain.has_value(), fast.has_value());
    if (!plain.has_value() && !fast.has_value()) {
      EXPECT_EQ(plain.error().code, fast.error().code);
    }
    return fast.has_value();
  }
  PublicKey key;
  std::shared_ptr<const KeyTable> table;
};

// A number of 32 bytes: the order of the curve plus `offset`, or just `offset`.
Bytes NearOrder(int offset) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, std::string(kOrder).c_str());
  if (offset < 0) {
    BN_sub_word(number, static_cast<BN_ULONG>(-offset));
  } else {
    BN_add_word(number, static_cast<BN_ULONG>(offset));
  }
  Bytes out(32);
  BN_bn2binpad(number, out.data(), 32);
  BN_free(number);
  return out;
}
Bytes Small(std::uint8_t number) {
  Bytes out(32);
  out[31] = number;
  return out;
}

TEST(KeyTable, IsOfP256KeysOnly) {
  for (const Alg alg : {Alg::kES384, Alg::kES512, Alg::kEd25519}) {
    const auto table = KeyTable::Build(PrivateKey::Generate(alg)->public_key());
    ASSERT_FALSE(table.has_value());
    EXPECT_EQ(table.error().code, Errc::kCryptoAlgUnsupported);
  }
}

TEST(KeyTable, TakesWhatTheKeySigned) {
  for (int i = 0; i < 4; ++i) {
    const PrivateKey key = *PrivateKey::Generate(Alg::kES256);
    const Pair pair(key.public_key());
    for (std::uint8_t n = 0; n < 50; ++n) {
      const Bytes message(n, n);
      const Bytes signature = *key.Sign(message);
      EXPECT_TRUE(pair.Valid(message, signature));
      for (std::size_t bit = 0; bit < 512; bit += 37) {
        EXPECT_FALSE(pair.Valid(message, Flipped(signature, bit)));
      }
      EXPECT_FALSE(pair.Valid(Bytes(n + 1U, n), signature));
    }
  }
}

// (r, n - s) is the other signature of the same message.
TEST(KeyTable, TakesTheOtherFormOfASignature) {
  const PrivateKey key = *PrivateKey::Generate(Alg::kES256);
  const Pair pair(key.public_key());
  const Bytes message = {1, 2, 3};
  const Bytes signature = *key.Sign(message);
  BIGNUM* s = BN_bin2bn(signature.data() + 32, 32, nullptr);
  BIGNUM* n = nullptr;
  BN_hex2bn(&n, std::string(kOrder).c_str());
  BN_sub(n, n, s);
  Bytes other(signature.begin(), signature.begin() + 32);
  other.resize(64);
  BN_bn2binpad(n, other.data() + 32, 32);
  EXPECT_TRUE(pair.Valid(message, other));
  BN_free(s);
  BN_free(n);
}

TEST(KeyTable, RefusesNumbersOutOfRangeAndLengths) {  // ATTACKS 9, 10
  const PrivateKey key = *PrivateKey::Generate(Alg::kES256);
  const Pair pair(key.public_key());
  const Bytes message = {7};
  const Bytes good = *key.Sign(message);
  std::vector<Bytes> numbers = {Bytes(32, 0xff), Bytes(good.begin(), good.begin() + 32),
                                Bytes(good.begin() + 32, good.end())};
  for (int offset = -2; offset <= 2; ++offset) numbers.push_back(NearOrder(offset));
  for (std::uint8_t number = 0; number <= 3; ++number) numbers.push_back(Small(number));
  for (const Bytes& r : numbers) {
    for (const Bytes& s : numbers) {
      EXPECT_EQ(pair.Valid(message, Joined(r, s)), Joined(r, s) == good);
    }
  }
  for (const std::size_t size : {0U, 1U, 32U, 63U, 65U, 128U}) {
    EXPECT_FALSE(pair.Valid(message, Bytes(size, 1)));
  }
}

// Cases that no honest signer meets, made backwards: with R = (e/s) G + (r/s) Q and a chosen R, the
// key is Q = (s/r) (R - (e/s) G).
class Backwards {
 public:
  explicit Backwards(ByteView message)
      : message_(message.begin(), message.end()),
        group_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)),
        context_(BN_CTX_new()) {
    BN_hex2bn(&order_, std::string(kOrder).c_str());
    const Digest256 digest = Sha256(message_);
    e_ = BN_bin2bn(digest.data(), static_cast<int>(digest.size()), nullptr);
  }
  ~Backwards() {
    EC_GROUP_free(group_);
    for (BIGNUM* number : {order_, e_}) BN_free(number);
    BN_CTX_free(context_);
  }
  Backwards(const Backwards&) = delete;
  Backwards& operator=(const Backwards&) = delete;

  // R is the point with this x, or infinity. Says whether both verifiers take (r, s).
  bool TakesPoint(const BIGNUM* x, ByteView r_bytes, ByteView s_bytes) const {
    EC_POINT* const point = EC_POINT_new(group_);
    if (x == nullptr) {
      EC_POINT_set_to_infinity(group_, point);
    } else {
      EXPECT_EQ(EC_POINT_set_compressed_coordinates(group_, point, x, 0, context_), 1);
    }
    const bool taken = Takes(point, r_bytes, s_bytes);
    EC_POINT_free(point);
    return taken;
  }

  // R = 2 (e/s) G, so that both summands are the same point and adding them is doubling.
  bool TakesADoubling(ByteView s_bytes) const {
    BIGNUM* const u = Quotient(e_, s_bytes);
    EC_POINT* const point = EC_POINT_new(group_);
    EC_POINT_mul(group_, point, u, nullptr, nullptr, context_);
    EC_POINT_dbl(group_, point, point, context_);
    BIGNUM* const x = BN_new();
    EC_POINT_get_affine_coordinates(group_, point, x, nullptr, context_);
    BN_nnmod(x, x, order_, context_);
    Bytes r(32);
    BN_bn2binpad(x, r.data(), 32);
    const bool taken = Takes(point, r, s_bytes);
    EC_POINT_free(point);
    for (BIGNUM* number : {u, x}) BN_free(number);
    return taken;
  }

  // The first x at or after `x` that belongs to a point; adds to `x`.
  void NextOnCurve(BIGNUM* x) const {
    EC_POINT* const point = EC_POINT_new(group_);
    while (EC_POINT_set_compressed_coordinates(group_, point, x, 0, context_) != 1) {
      BN_add_word(x, 1);
    }
    ERR_clear_error();
    EC_POINT_free(point);
  }

 private:
  BIGNUM* Quotient(const BIGNUM* number, ByteView divisor) const {
    BIGNUM* const d = BN_bin2bn(divisor.data(), static_cast<int>(divisor.size()), nullptr);
    BN_mod_inverse(d, d, order_, context_);
    BN_mod_mul(d, d, number, order_, context_);
    return d;
  }

  bool Takes(const EC_POINT* point, ByteView r_bytes, ByteView s_bytes) const {
    BIGNUM* const s = BN_bin2bn(s_bytes.data(), 32, nullptr);
    BIGNUM* const u = Quotient(e_, s_bytes);
    BIGNUM* const factor = Quotient(s, r_bytes);
    EC_POINT* const key = EC_POINT_new(group_);
    EC_POINT_mul(group_, key, u, nullptr, nullptr, context_);
    EC_POINT_invert(group_, key, context_);
    EC_POINT_add(group_, key, key, point, context_);
    EC_POINT_mul(group_, key, nullptr, key, factor, context_);
    Bytes octets(65);
    EXPECT_EQ(
        EC_POINT_point2oct(group_, key, POINT_CONVERSION_UNCOMPRESSED, octets.data(), 65, context_),
        65U);
    for (BIGNUM* number : {s, u, factor}) BN_free(number);
    EC_POINT_free(key);
    const ByteView xy = ByteView(octets).subspan(1);
    const auto made = PublicKey::FromEcPoint(KeyType::kEcP256, xy.first(32), xy.last(32));
    EXPECT_TRUE(made.has_value());
    return made.has_value() && Pair(*made).Valid(message_, Joined(r_bytes, s_bytes));
  }

  Bytes message_;
  EC_GROUP* group_;
  BN_CTX* context_;
  BIGNUM* order_ = nullptr;
  BIGNUM* e_ = nullptr;
};

// x of R is n + k, still below p: r is k, and comparing with r alone would refuse it.
TEST(KeyTable, TakesAnXAboveTheOrder) {
  const Backwards backwards(Bytes{1, 2, 3});
  BIGNUM* n = nullptr;
  BN_hex2bn(&n, std::string(kOrder).c_str());
  BIGNUM* x = BN_dup(n);
  BN_add_word(x, 1);
  for (int i = 0; i < 8; ++i) {
    backwards.NextOnCurve(x);
    BIGNUM* k = BN_new();
    BN_sub(k, x, n);
    Bytes r(32);
    BN_bn2binpad(k, r.data(), 32);
    EXPECT_TRUE(backwards.TakesPoint(x, r, Bytes(32, 0x31)));
    BN_add_word(k, 1);  // n + r is now another point's x
    BN_bn2binpad(k, r.data(), 32);
    EXPECT_FALSE(backwards.TakesPoint(x, r, Bytes(32, 0x31)));
    BN_free(k);
    BN_add_word(x, 1);
  }
  BN_free(x);
  BN_free(n);
}

TEST(KeyTable, TakesAnXBelowTheOrder) {
  const Backwards backwards(Bytes{4});
  BIGNUM* x = BN_new();
  BN_set_word(x, 1);
  for (int i = 0; i < 8; ++i) {
    backwards.NextOnCurve(x);
    Bytes r(32);
    BN_bn2binpad(x, r.data(), 32);
    EXPECT_TRUE(backwards.TakesPoint(x, r, Bytes(32, 0x55)));
    EXPECT_FALSE(backwards.TakesPoint(x, Flipped(r, 255), Bytes(32, 0x55)));
    BN_add_word(x, 1);
  }
  BN_free(x);
}

// The two summands cancel each other: no x is there to compare with.
TEST(KeyTable, RefusesThePointAtInfinity) {
  const Backwards backwards(Bytes{5});
  for (const int r : {1, 2, 200}) {
    const Bytes small = Small(static_cast<std::uint8_t>(r));
    EXPECT_FALSE(backwards.TakesPoint(nullptr, small, Bytes(32, 0x21)));
    EXPECT_FALSE(backwards.TakesPoint(nullptr, NearOrder(-r), small));
  }
}

TEST(KeyTable, AddsAPointToItself) {
  for (std::uint8_t byte = 1; byte < 4; ++byte) {
    EXPECT_TRUE(Backwards(Bytes{byte}).TakesADoubling(Bytes(32, byte)));
  }
}

// Random messages, keys and signatures: no two verdicts differ.
TEST(KeyTable, DecidesAsThePlainWayOnRandomInput) {
  std::mt19937_64 numbers(20260922);
  const PrivateKey key = *PrivateKey::Generate(Alg::kES256);
  const Pair pair(key.public_key());
  Bytes signature(64);
  for (int i = 0; i < 2000; ++i) {
    for (std::uint8_t& byte : signature) byte = static_cast<std::uint8_t>(numbers());
    const Bytes message = {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
    EXPECT_FALSE(pair.Valid(message, signature));
  }
}

// A table of another key is not asked, whoever hands it in.
TEST(PublicKey, UsesTheTableOfItsOwnKeyOnly) {
  const Bytes message = {1, 2, 3};
  const PrivateKey mine = *PrivateKey::Generate(Alg::kES256);
  const PrivateKey other = *PrivateKey::Generate(Alg::kES256);
  const auto my_table = KeyTable::Build(mine.public_key());
  const auto other_table = KeyTable::Build(other.public_key());
  const Bytes of_mine = *mine.Sign(message);
  const Bytes of_other = *other.Sign(message);
  const PublicKey& key = mine.public_key();
  for (const KeyTable* table :
       {my_table->get(), other_table->get(), static_cast<const KeyTable*>(nullptr)}) {
    EXPECT_TRUE(key.Verify(Alg::kES256, message, of_mine, table).has_value());
    EXPECT_FALSE(key.Verify(Alg::kES256, message, of_other, table).has_value());
    EXPECT_EQ(key.Verify(Alg::kES384, message, of_mine, table).error().code,
              Errc::kCryptoAlgUnsupported);
  }
}

}  // namespace
}  // namespace signet::crypto
