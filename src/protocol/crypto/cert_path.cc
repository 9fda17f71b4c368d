#include "protocol/crypto/cert_path.h"

#include <ctime>

#include "protocol/crypto/certificate_key.h"
#include "protocol/crypto/internal/openssl.h"

namespace signet::crypto {
namespace {

using internal::Deleter;
using internal::Made;
using internal::Succeeded;

using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using ContextPtr = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;
using StackPtr =
    std::unique_ptr<STACK_OF(X509),
                    decltype([](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); })>;

constexpr int kAuthLevel = 2;  // 112 bits

std::unexpected<Error> OutOfMemory() {
  ERR_clear_error();
  return Refuse(Errc::kCryptoFailure, "building a certificate path");
}

// One certificate and nothing behind it; `refusal` otherwise.
Result<X509Ptr> ParseOne(ByteView der, Errc refusal, const char* what) {
  if (der.size() > kMaxCertificateBytes) return Refuse(refusal, what);
  const unsigned char* at = der.data();
  X509Ptr out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (internal::RanOutOfMemory()) return OutOfMemory();
  if (out == nullptr || at != der.data() + der.size()) return Refuse(refusal, what);
  return out;
}

// The certificates behind the leaf, for OpenSSL to build a path from.
Result<StackPtr> ParseIntermediates(std::span<const Bytes> chain_der) {
  StackPtr stack(sk_X509_new_null());
  if (!Made(stack)) return OutOfMemory();
  for (const Bytes& der : chain_der.subspan(1)) {
    SIGNET_TRY_ASSIGN(X509Ptr certificate,
                      ParseOne(der, Errc::kWicMalformed, "an intermediate certificate"));
    if (sk_X509_push(stack.get(), certificate.get()) <= 0) return OutOfMemory();
    static_cast<void>(certificate.release());
  }
  return stack;
}

// OpenSSL takes the second of notAfter for past; RFC 5280 section 4.1.2.5 counts it as the last of
// the validity. Only this one error in this one second is lifted.
int LiftLastSecond(int ok, X509_STORE_CTX* context) {
  if (ok == 1 || X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED) return ok;
  const X509* const certificate = X509_STORE_CTX_get_current_cert(context);
  if (certificate == nullptr) return ok;
  const time_t now = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
  if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate), now) != 0) return ok;
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

Errc CodeOf(int verify_error) {
  switch (verify_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Errc::kWicExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Errc::kWicNotYetValid;
    case X509_V_ERR_INVALID_PURPOSE:
      return Errc::kWicExtKeyUsage;
    case X509_V_ERR_OUT_OF_MEM:
    case X509_V_ERR_STORE_LOOKUP:  // of a store in memory
    case X509_V_ERR_UNSPECIFIED:
      return Errc::kCryptoFailure;
    default:
      return Errc::kWicUntrusted;
  }
}

}  // namespace

struct PathAnchors::Impl {
  StorePtr store;
};

PathAnchors::PathAnchors(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PathAnchors::~PathAnchors() = default;

Result<std::shared_ptr<const PathAnchors>> PathAnchors::Make(
    std::span<const Bytes> certificates_der, std::size_t limit) {
  if (certificates_der.empty() || certificates_der.size() > limit) {
    return Refuse(Errc::kWicAnchor, "no trust anchor, or more than the limit");
  }
  auto impl = std::make_unique<Impl>();
  impl->store.reset(X509_STORE_new());
  if (!Made(impl->store)) return OutOfMemory();
  for (const Bytes& der : certificates_der) {
    SIGNET_TRY_ASSIGN(const X509Ptr anchor,
                      ParseOne(der, Errc::kWicAnchor, "unreadable trust anchor"));
    // 1: basicConstraints say so. Other numbers are guesses about old certificates.
    if (X509_check_ca(anchor.get()) != 1) {
      return Refuse(Errc::kWicAnchor, "a trust anchor may not sign certificates");
    }
    if (!Succeeded(X509_STORE_add_cert(impl->store.get(), anchor.get()))) return OutOfMemory();
  }
  return std::shared_ptr<const PathAnchors>(new PathAnchors(std::move(impl)));
}

Result<void> CheckChainLimits(std::span<const Bytes> chain_der) {
  if (chain_der.empty()) return Refuse(Errc::kWicMissing, "no certificate");
  if (chain_der.size() > kMaxChainCertificates) {
    return Refuse(Errc::kWicTooLarge, "too many certificates");
  }
  std::size_t total = 0;
  for (const Bytes& der : chain_der) {
    if (der.size() > kMaxCertificateBytes) {
      return Refuse(Errc::kWicTooLarge, "a certificate over 16 KiB");
    }
    total += der.size();
  }
  if (total > kMaxChainBytes) return Refuse(Errc::kWicTooLarge, "a chain over 64 KiB");
  return {};
}

Result<void> ValidatePath(std::span<const Bytes> chain_der, const PathAnchors& anchors,
                          WallTime now, CertUsage usage) {
  SIGNET_TRY(CheckChainLimits(chain_der));
  SIGNET_TRY_ASSIGN(const X509Ptr leaf,
                    ParseOne(chain_der[0], Errc::kWicMalformed, "the leaf certificate"));
  SIGNET_TRY_ASSIGN(const StackPtr intermediates, ParseIntermediates(chain_der));
  const ContextPtr context(X509_STORE_CTX_new());
  if (!Made(context) || !Succeeded(X509_STORE_CTX_init(context.get(), anchors.impl().store.get(),
                                                       leaf.get(), intermediates.get()))) {
    return OutOfMemory();
  }
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(context.get());
  const int purpose =
      usage == CertUsage::kServer ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
  // A bundle may hold an intermediate as an anchor of its own.
  if (!Succeeded(X509_VERIFY_PARAM_set_purpose(param, purpose)) ||
      !Succeeded(X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN))) {
    return OutOfMemory();
  }
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(ToNumericDate(now)));
  X509_VERIFY_PARAM_set_auth_level(param, kAuthLevel);
  // OpenSSL counts the certificates between leaf and anchor.
  X509_VERIFY_PARAM_set_depth(param, static_cast<int>(kMaxPathCertificates) - 2);
  X509_STORE_CTX_set_verify_cb(context.get(), LiftLastSecond);
  const bool valid = Succeeded(X509_verify_cert(context.get()));
  const int error = X509_STORE_CTX_get_error(context.get());
  if (internal::RanOutOfMemory()) return OutOfMemory();
  if (valid && error == X509_V_OK) return {};
  return Refuse(CodeOf(error), X509_verify_cert_error_string(error));
}

}  // namespace signet::crypto
