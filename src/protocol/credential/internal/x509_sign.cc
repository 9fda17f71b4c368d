#include "protocol/credential/internal/x509_sign.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/credential/internal/oids.h"
#include "protocol/credential/wic_issue.h"

namespace signet::credential::internal {
namespace {

using codec::DerWriter;

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

bool IsHostName(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  std::size_t label = 0;
  char before = '.';
  for (const char c : host) {
    if (c == '.') {
      if (before == '.' || before == '-') return false;
      label = 0;
    } else {
      const bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      if (!known || ++label > kMaxLabelBytes || (c == '-' && before == '.')) return false;
    }
    before = c;
  }
  return before != '.' && before != '-';
}

ByteView WithoutLeadingZeros(ByteView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

// The signature as X.509 has it: ECDSA as two numbers (RFC 3279 section 2.2.3), the others as is.
Bytes ToX509Signature(const SignatureAlgorithm& algorithm, Bytes raw) {
  if (algorithm.field_bytes == 0) return raw;
  DerWriter out(raw.size() + 32);
  const ByteView view = raw;
  out.PrependUnsigned(WithoutLeadingZeros(view.subspan(algorithm.field_bytes)));
  out.PrependUnsigned(WithoutLeadingZeros(view.first(algorithm.field_bytes)));
  out.Wrap(codec::kDerSequence, 0);
  return {out.View().begin(), out.View().end()};
}

}  // namespace

Result<const SignatureAlgorithm*> SigningAlgorithm(const crypto::PrivateKey& key) {
  const SignatureAlgorithm* const found = FindSignatureAlgorithm(key.alg());
  if (found == nullptr) {
    return Refuse(Errc::kWicIssueInput, "this algorithm does not sign certificates here");
  }
  return found;
}

Result<void> CheckDnsNames(std::span<const std::string> names) {
  if (names.size() > kMaxWicDnsNames) return Refuse(Errc::kWicIssueInput, "too many DNS names");
  if (!std::ranges::all_of(names, IsHostName)) {
    return Refuse(Errc::kWicIssueInput, "a DNS name is no lower-case host name");
  }
  return {};
}

Result<void> CheckUri(std::string_view uri) {
  const auto visible = [](char c) { return c > ' ' && c <= '~'; };
  if (uri.empty() || uri.size() > kMaxIdentifierBytes || !std::ranges::all_of(uri, visible)) {
    return Refuse(Errc::kWicIssueInput, "the identifier is no visible ASCII of 1 to 2048 bytes");
  }
  return {};
}

void PrependAlgorithm(const SignatureAlgorithm& algorithm, DerWriter& out) {
  const std::size_t mark = out.Mark();
  if (algorithm.null_parameters) out.PrependElement(codec::kDerNull, {});
  out.PrependElement(codec::kDerOid, algorithm.oid);
  out.Wrap(codec::kDerSequence, mark);
}

void WrapExtension(ByteView oid, bool critical, std::size_t mark, DerWriter& out) {
  out.Wrap(codec::kDerOctetString, mark);
  const std::uint8_t yes = 0xff;
  if (critical) out.PrependElement(codec::kDerBoolean, ByteView(&yes, 1));
  out.PrependElement(codec::kDerOid, oid);
  out.Wrap(codec::kDerSequence, mark);
}

void PrependSubjectAltName(std::string_view uri, std::span<const std::string> dns_names,
                           bool critical, DerWriter& out) {
  const std::size_t mark = out.Mark();
  for (std::size_t i = dns_names.size(); i > 0; --i) {
    out.PrependElement(codec::DerContext(2), AsBytes(dns_names[i - 1]));
  }
  out.PrependElement(codec::DerContext(6), AsBytes(uri));
  out.Wrap(codec::kDerSequence, mark);
  WrapExtension(kOidSubjectAltName, critical, mark, out);
}

std::size_t NamesCapacity(std::string_view uri, std::span<const std::string> dns_names) {
  std::size_t out = uri.size() + 32;
  for (const std::string& name : dns_names) out += name.size() + 4;
  return out;
}

Result<Bytes> SignAndWrap(const crypto::PrivateKey& key, const SignatureAlgorithm& algorithm,
                          ByteView signed_part) {
  SIGNET_TRY_ASSIGN(Bytes raw, key.Sign(signed_part));
  const Bytes signature = ToX509Signature(algorithm, std::move(raw));
  DerWriter out(signed_part.size() + signature.size() + 64);
  out.PrependBits(signature);
  PrependAlgorithm(algorithm, out);
  out.Prepend(signed_part);
  out.Wrap(codec::kDerSequence, 0);
  return Bytes(out.View().begin(), out.View().end());
}

}  // namespace signet::credential::internal
