#include "protocol/crypto/key_table.h"

#include "protocol/crypto/digest.h"
#include "protocol/crypto/internal/mpz.h"
#include "protocol/crypto/internal/public_key_impl.h"

namespace signet::crypto {
namespace {

using internal::BigNum;
using internal::Curve;
using internal::Deleter;
using internal::EcPoint;
using internal::Made;
using internal::Mpz;
using internal::P256Number;
using internal::Succeeded;

using EcGroup = std::unique_ptr<EC_GROUP, Deleter<EC_GROUP_free>>;
using BnContext = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;

// p of P-256: FIPS 186-4 appendix D.1.2.3.
constexpr P256Number kFieldP256 = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
                                   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

std::unexpected<Error> Failure(const char* what) {
  ERR_clear_error();
  return Refuse(Errc::kCryptoFailure, what);
}

// What one verification computes in. One for each thread, so that none of it is allocated anew.
struct Scratch {
  explicit Scratch(const Curve& curve)
      : order(curve.order),
        field(kFieldP256),
        context(BN_CTX_new()),
        of_base(EC_POINT_new(internal::GroupOf(curve))),
        of_key(EC_POINT_new(internal::GroupOf(curve))),
        number(BN_new()),
        x(BN_new()),
        z(BN_new()) {
    ready = context && of_base && of_key && number && x && z;
    ERR_clear_error();
  }

  const Mpz order;
  const Mpz field;
  Mpz r, s, u, candidate, big_x, z_square;
  BnContext context;
  EcPoint of_base, of_key;
  BigNum number, x, z;
  bool ready = false;
};

}  // namespace

// The group whose generator is the key: OpenSSL multiplies a generator by means of a table.
struct KeyTable::Impl {
  const Curve* curve = nullptr;
  EcGroup group;
};

KeyTable::KeyTable(PublicKey key, std::unique_ptr<const Impl> impl)
    : key_(std::move(key)), impl_(std::move(impl)) {}
KeyTable::~KeyTable() = default;

Result<std::shared_ptr<const KeyTable>> KeyTable::Build(const PublicKey& key) {
  if (key.type() != KeyType::kEcP256) {
    return Refuse(Errc::kCryptoAlgUnsupported, "tables are for P-256 keys");
  }
  auto impl = std::make_unique<Impl>();
  impl->curve = internal::FindCurve(KeyType::kEcP256);
  const EC_GROUP* const curve_group = internal::GroupOf(*impl->curve);
  const BnContext context(BN_CTX_new());
  if (curve_group == nullptr || !Made(context)) return Failure("key table");
  impl->group.reset(EC_GROUP_dup(curve_group));
  const EcPoint point(EC_POINT_new(curve_group));
  const BigNum order(
      BN_bin2bn(impl->curve->order.data(), static_cast<int>(impl->curve->order.size()), nullptr));
  const BigNum x(BN_bin2bn(key.x().data(), static_cast<int>(key.x().size()), nullptr));
  const BigNum y(BN_bin2bn(key.y().data(), static_cast<int>(key.y().size()), nullptr));
  if (!Made(impl->group) || !Made(point) || !Made(order) || !Made(x) || !Made(y)) {
    return Failure("key table");
  }
  if (!Succeeded(EC_POINT_set_affine_coordinates(curve_group, point.get(), x.get(), y.get(),
                                                 context.get())) ||
      !Succeeded(
          EC_GROUP_set_generator(impl->group.get(), point.get(), order.get(), BN_value_one())) ||
      !Succeeded(EC_GROUP_precompute_mult(impl->group.get(), context.get())) ||
      !Succeeded(EC_GROUP_have_precompute_mult(impl->group.get()))) {
    return Failure("key table");
  }
  return std::shared_ptr<const KeyTable>(new KeyTable(key, std::move(impl)));
}

namespace {

// FIPS 186-4 section 6.4 with 1 <= r, s < n: R = (e/s) G + (r/s) Q, valid if R's x is r modulo n.
class TableVerification {
 public:
  TableVerification(const Curve& curve, const EC_GROUP& of_key, Scratch& scratch)
      : base_group_(internal::GroupOf(curve)), key_group_(&of_key), s_(scratch) {}

  Result<void> Run(const Digest256& digest, ByteView r, ByteView s) {
    s_.r.Set(r);
    s_.s.Set(s);
    // n is prime and 0 < s < n: there is an inverse.
    if (mpz_invert(s_.s.get(), s_.s.get(), s_.order.get()) == 0) {
      return Refuse(Errc::kCryptoSignatureInvalid);
    }
    s_.u.Set(digest);
    SIGNET_TRY(Multiply(s_.u, *base_group_, *s_.of_base));
    mpz_set(s_.u.get(), s_.r.get());
    SIGNET_TRY(Multiply(s_.u, *key_group_, *s_.of_key));
    if (!Succeeded(EC_POINT_add(base_group_, s_.of_base.get(), s_.of_base.get(), s_.of_key.get(),
                                s_.context.get()))) {
      return Failure("ECDSA");
    }
    if (EC_POINT_is_at_infinity(base_group_, s_.of_base.get()) != 0) {
      return Refuse(Errc::kCryptoSignatureInvalid);
    }
    return CompareX();
  }

 private:
  // `out` = (factor / s) times the generator of `group`. `factor` is used up.
  Result<void> Multiply(Mpz& factor, const EC_GROUP& group, EC_POINT& out) {
    mpz_mul(factor.get(), factor.get(), s_.s.get());
    mpz_mod(factor.get(), factor.get(), s_.order.get());
    const P256Number bytes = factor.Bytes32();
    if (BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), s_.number.get()) == nullptr ||
        !Succeeded(
            EC_POINT_mul(&group, &out, s_.number.get(), nullptr, nullptr, s_.context.get()))) {
      return Failure("ECDSA");
    }
    return {};
  }

  // x = X / Z^2 without the division: X is r Z^2, or (r + n) Z^2 where r + n is still below p.
  Result<void> CompareX() {
    if (!Succeeded(EC_POINT_get_Jprojective_coordinates_GFp(
            base_group_, s_.of_base.get(), s_.x.get(), nullptr, s_.z.get(), s_.context.get())) ||
        !Load(*s_.x, s_.big_x) || !Load(*s_.z, s_.z_square)) {
      return Failure("ECDSA");
    }
    mpz_mul(s_.z_square.get(), s_.z_square.get(), s_.z_square.get());
    mpz_mod(s_.z_square.get(), s_.z_square.get(), s_.field.get());
    if (IsX(s_.r)) return {};
    mpz_add(s_.r.get(), s_.r.get(), s_.order.get());
    if (mpz_cmp(s_.r.get(), s_.field.get()) < 0 && IsX(s_.r)) return {};
    return Refuse(Errc::kCryptoSignatureInvalid);
  }

  static bool Load(const BIGNUM& from, Mpz& to) {
    P256Number bytes{};
    if (BN_bn2binpad(&from, bytes.data(), static_cast<int>(bytes.size())) < 0) return false;
    to.Set(bytes);
    return true;
  }

  bool IsX(const Mpz& x) {
    mpz_mul(s_.candidate.get(), x.get(), s_.z_square.get());
    mpz_mod(s_.candidate.get(), s_.candidate.get(), s_.field.get());
    return mpz_cmp(s_.candidate.get(), s_.big_x.get()) == 0;
  }

  const EC_GROUP* base_group_;
  const EC_GROUP* key_group_;
  Scratch& s_;
};

}  // namespace

Result<void> KeyTable::Verify(ByteView message, ByteView signature) const {
  SIGNET_TRY_ASSIGN(const internal::EcSignature parts,
                    internal::SplitSignature(*impl_->curve, signature));
  // Made again where there was no memory for it the last time.
  thread_local std::optional<Scratch> scratch;
  if (!scratch.has_value() || !scratch->ready) scratch.emplace(*impl_->curve);
  if (!scratch->ready) return Refuse(Errc::kCryptoFailure, "ECDSA");
  return TableVerification(*impl_->curve, *impl_->group, *scratch)
      .Run(Sha256(message), parts.r, parts.s);
}

}  // namespace signet::crypto
