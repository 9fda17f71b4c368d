#include "protocol/credential/csr_sign.h"

#include "protocol/credential/internal/oids.h"
#include "protocol/credential/internal/x509_sign.h"

namespace signet::credential {

using codec::DerWriter;

Result<Bytes> MakeCsr(const crypto::PrivateKey& key, const std::string& uri,
                      const std::vector<std::string>& dns_names) {
  SIGNET_TRY_ASSIGN(const internal::SignatureAlgorithm* const algorithm,
                    internal::SigningAlgorithm(key));
  SIGNET_TRY(internal::CheckUri(uri));
  SIGNET_TRY(internal::CheckDnsNames(dns_names));
  const Bytes spki = key.public_key().ToSpki();
  DerWriter out(spki.size() + internal::NamesCapacity(uri, dns_names) + 128);
  // Critical: the subject is empty.
  internal::PrependSubjectAltName(uri, dns_names, /*critical=*/true, out);
  out.Wrap(codec::kDerSequence, 0);
  out.Wrap(codec::kDerSet, 0);
  out.PrependElement(codec::kDerOid, internal::kOidExtensionRequest);
  out.Wrap(codec::kDerSequence, 0);
  out.Wrap(codec::DerContextConstructed(0), 0);
  out.Prepend(spki);
  out.PrependElement(codec::kDerSequence, {});  // subject
  out.PrependUnsigned({});                      // version 1
  out.Wrap(codec::kDerSequence, 0);
  return internal::SignAndWrap(key, *algorithm, out.View());
}

}  // namespace signet::credential
