// PKCS#10 certificate requests as bytes, and /proc/PID/stat as text.
//
// Properties: the same verdict twice; the key of an accepted request stands in the request itself;
// OpenSSL verifies its signature too; nothing over the limit is accepted; names are visible ASCII;
// an accepted start time is written in the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "platform/net/unix_peer.h"
#include "property.h"
#include "protocol/credential/csr.h"

using signet::fuzz::Property;

namespace {

void CheckAgainstOpenSsl(const std::uint8_t* data, std::size_t size) {
  const unsigned char* at = data;
  const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> other(
      d2i_X509_REQ(nullptr, &at, static_cast<long>(size)), &X509_REQ_free);
  Property(other != nullptr && at == data + size);
  Property(X509_REQ_verify(other.get(), X509_REQ_get0_pubkey(other.get())) == 1);
  ERR_clear_error();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const signet::ByteView bytes(data, size);
  const auto csr = signet::credential::VerifyCsr(bytes);
  signet::fuzz::CheckSameVerdict(csr, signet::credential::VerifyCsr(bytes));
  if (csr.has_value()) {
    Property(size <= signet::credential::kMaxCsrBytes);
    const signet::ByteView x = csr->key.x();
    Property(std::search(bytes.begin(), bytes.end(), x.begin(), x.end()) != bytes.end());
    for (const auto* names : {&csr->uris, &csr->dns}) {
      for (const std::string& name : *names) {
        Property(std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; }));
      }
    }
    CheckAgainstOpenSsl(data, size);
  }

  const std::string_view text = signet::fuzz::AsText(data, size);
  const auto start = signet::net::ParseStartTime(text);
  if (start.has_value()) {
    Property(text.find(std::to_string(*start)) != std::string_view::npos);
  }
  return 0;
}
