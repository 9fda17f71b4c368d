#include "platform/net/tls_peer.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

#include <arpa/inet.h>

#include "platform/net/tls_openssl.h"
#include "protocol/base/limits.h"

namespace signet::net {
namespace {

constexpr std::size_t kMaxAnchors = 64;
constexpr int kAuthLevel = 2;  // as the security level of the contexts

using StackPtr =
    std::unique_ptr<STACK_OF(X509),
                    decltype([](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); })>;

Result<X509Ptr> ParseLeaf(ByteView der) {
  X509Ptr leaf = ParseCertificate(der);
  if (leaf == nullptr) return Refuse(Errc::kTlsPeerUntrusted, "unreadable certificate");
  return leaf;
}

// The certificates behind the leaf, for OpenSSL to build a path from.
Result<StackPtr> ParseIntermediates(std::span<const Bytes> chain_der) {
  StackPtr stack(sk_X509_new_null());
  if (stack == nullptr) return Refuse(Errc::kCryptoFailure, "out of memory");
  for (const Bytes& der : chain_der.subspan(1)) {
    X509Ptr certificate = ParseCertificate(der);
    if (certificate == nullptr) return Refuse(Errc::kTlsPeerUntrusted, "unreadable certificate");
    if (sk_X509_push(stack.get(), certificate.get()) <= 0) {
      return Refuse(Errc::kCryptoFailure, "out of memory");
    }
    static_cast<void>(certificate.release());
  }
  return stack;
}

}  // namespace

struct TrustAnchors::Impl {
  X509StorePtr store;
};

TrustAnchors::TrustAnchors(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TrustAnchors::~TrustAnchors() = default;

Result<std::shared_ptr<const TrustAnchors>> TrustAnchors::Make(
    std::span<const Bytes> certificates_der) {
  if (certificates_der.empty() || certificates_der.size() > kMaxAnchors) {
    return Refuse(Errc::kTlsConfiguration, "1 to 64 trust anchors are wanted");
  }
  auto impl = std::make_unique<Impl>();
  impl->store.reset(X509_STORE_new());
  if (impl->store == nullptr) return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  for (const Bytes& der : certificates_der) {
    const X509Ptr anchor = ParseCertificate(der);
    if (anchor == nullptr) return Refuse(Errc::kTlsConfiguration, "unreadable trust anchor");
    if (X509_check_ca(anchor.get()) != 1) {
      return Refuse(Errc::kTlsConfiguration, "a trust anchor may not sign certificates");
    }
    if (X509_STORE_add_cert(impl->store.get(), anchor.get()) != 1) {
      return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
    }
  }
  return std::shared_ptr<const TrustAnchors>(new TrustAnchors(std::move(impl)));
}

Result<void> VerifyPath(std::span<const Bytes> chain_der, const TrustAnchors& anchors, WallTime now,
                        PeerPurpose purpose) {
  if (chain_der.empty()) return Refuse(Errc::kTlsPeerMissing, "no certificate");
  if (chain_der.size() > kMaxChainCertificates) {
    return Refuse(Errc::kTlsPeerUntrusted, "too many certificates");
  }
  SIGNET_TRY_ASSIGN(const X509Ptr leaf, ParseLeaf(chain_der[0]));
  // Whoever may sign certificates speaks for many and is none of them [TLS-3].
  if (X509_check_ca(leaf.get()) != 0) {
    return Refuse(Errc::kTlsPeerUntrusted, "the peer shows the certificate of an authority");
  }
  SIGNET_TRY_ASSIGN(const StackPtr intermediates, ParseIntermediates(chain_der));
  const X509StoreCtxPtr store(X509_STORE_CTX_new());
  if (store == nullptr || X509_STORE_CTX_init(store.get(), anchors.impl().store.get(), leaf.get(),
                                              intermediates.get()) != 1) {
    return Refuse(Errc::kTlsPeerUntrusted, TakeOpenSslReason());
  }
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(store.get());
  const int wanted =
      purpose == PeerPurpose::kServer ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
  if (X509_VERIFY_PARAM_set_purpose(param, wanted) != 1) {
    return Refuse(Errc::kTlsPeerUntrusted, TakeOpenSslReason());
  }
  // A bundle may hold an intermediate as an anchor of its own.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(ToNumericDate(now)));
  X509_VERIFY_PARAM_set_auth_level(param, kAuthLevel);
  // OpenSSL counts the certificates between leaf and anchor.
  X509_VERIFY_PARAM_set_depth(param, static_cast<int>(kMaxPathCertificates) - 2);
  if (X509_verify_cert(store.get()) != 1) {
    const int error = X509_STORE_CTX_get_error(store.get());
    ERR_clear_error();
    return Refuse(Errc::kTlsPeerUntrusted, X509_verify_cert_error_string(error));
  }
  return {};
}

Result<std::string> ReadUriSan(ByteView leaf_der) {
  SIGNET_TRY_ASSIGN(const X509Ptr leaf, ParseLeaf(leaf_der));
  int critical = 0;
  const GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(leaf.get(), NID_subject_alt_name, &critical, nullptr)));
  ERR_clear_error();
  if (names == nullptr) {
    return Refuse(Errc::kTlsPeerUnexpected,
                  critical == -1 ? "no subjectAltName" : "unusable subjectAltName");
  }
  std::optional<std::string> found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    if (found) return Refuse(Errc::kTlsPeerUnexpected, "more than one URI in the certificate");
    const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
    found.emplace(AsText(
        ByteView(ASN1_STRING_get0_data(uri), static_cast<std::size_t>(ASN1_STRING_length(uri)))));
  }
  if (!found) return Refuse(Errc::kTlsPeerUnexpected, "no URI in the certificate");
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  if (found->empty() || found->size() > kMaxIdentifierBytes ||
      !std::all_of(found->begin(), found->end(), printable)) {
    return Refuse(Errc::kTlsPeerUnexpected, "the URI of the certificate is no identifier");
  }
  return *std::move(found);
}

Result<void> CheckPeerIdentifier(ByteView leaf_der, std::string_view expected) {
  SIGNET_TRY_ASSIGN(const std::string uri, ReadUriSan(leaf_der));
  if (expected.empty() || uri != expected) {
    return Refuse(Errc::kTlsPeerUnexpected, "another identifier than the expected one");
  }
  return {};
}

Result<void> CheckPeerHost(ByteView leaf_der, const std::string& host) {
  // OpenSSL takes a leading dot for "any subdomain", and a C string ends at NUL.
  if (host.empty() || host.front() == '.' || host.find('\0') != std::string::npos) {
    return Refuse(Errc::kTlsPeerUnexpected, "no host name to expect");
  }
  SIGNET_TRY_ASSIGN(const X509Ptr leaf, ParseLeaf(leaf_der));
  std::array<unsigned char, 16> address{};
  const bool is_ip = ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
                     ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
  const int matched = is_ip ? X509_check_ip_asc(leaf.get(), host.c_str(), 0)
                            : X509_check_host(leaf.get(), host.data(), host.size(),
                                              X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                                              nullptr);
  ERR_clear_error();
  if (matched != 1) {
    return Refuse(Errc::kTlsPeerUnexpected, "the certificate is for another host");
  }
  return {};
}

Result<WallTime> ReadNotAfter(ByteView leaf_der) {
  const X509Ptr leaf = ParseCertificate(leaf_der);
  if (leaf == nullptr) return Refuse(Errc::kTlsConfiguration, "unreadable certificate");
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(leaf.get()), &parts) != 1) {
    return Refuse(Errc::kTlsConfiguration, "unreadable validity");
  }
  const auto time = WallTimeFromNumericDate(::timegm(&parts));
  if (!time) return Refuse(Errc::kTlsConfiguration, "validity out of range");
  return *time;
}

PeerVerifier ExpectIdentifier(std::shared_ptr<const TrustAnchors> anchors, std::string identifier,
                              PeerPurpose purpose, const Clock& clock) {
  return [anchors = std::move(anchors), identifier = std::move(identifier), purpose,
          &clock](std::span<const Bytes> chain) -> Result<void> {
    if (anchors == nullptr) return Refuse(Errc::kTlsPeerUntrusted, "no trust anchors");
    SIGNET_TRY(VerifyPath(chain, *anchors, clock.Now(), purpose));
    return CheckPeerIdentifier(chain[0], identifier);
  };
}

PeerVerifier ExpectHost(std::shared_ptr<const TrustAnchors> anchors, std::string host,
                        std::string identifier, const Clock& clock) {
  return [anchors = std::move(anchors), host = std::move(host), identifier = std::move(identifier),
          &clock](std::span<const Bytes> chain) -> Result<void> {
    if (anchors == nullptr) return Refuse(Errc::kTlsPeerUntrusted, "no trust anchors");
    SIGNET_TRY(VerifyPath(chain, *anchors, clock.Now(), PeerPurpose::kServer));
    SIGNET_TRY(CheckPeerHost(chain[0], host));
    if (identifier.empty()) return {};
    return CheckPeerIdentifier(chain[0], identifier);
  };
}

PeerVerifier ExpectMemberOf(AnchorsOf anchors_of, PeerPurpose purpose, const Clock& clock) {
  return [anchors_of = std::move(anchors_of), purpose,
          &clock](std::span<const Bytes> chain) -> Result<void> {
    if (chain.empty()) return Refuse(Errc::kTlsPeerMissing, "no certificate");
    SIGNET_TRY_ASSIGN(const std::string identifier, ReadUriSan(chain[0]));
    const std::shared_ptr<const TrustAnchors> anchors = anchors_of(identifier);
    if (anchors == nullptr) {
      return Refuse(Errc::kTlsPeerUntrusted, "no trust anchors for the peer's identifier");
    }
    return VerifyPath(chain, *anchors, clock.Now(), purpose);
  };
}

}  // namespace signet::net
