// AudienceSet: the audiences for which this recipient accepts proofs. They come from trusted
// configuration and from nothing in the request: neither Host nor X-Forwarded-Host [WPT-7, SIG-5].
//
// Floor 6. Immutable after building; thread-safe.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace signet::proof {

class AudienceSet {
 public:
  // Accepts nothing: the default refuses.
  AudienceSet() = default;

  // An entry is one of two kinds:
  //   "https://orders.example.com"   an authority of this recipient (scheme and authority, at most
  //                                  a final slash): the audience must be that origin with the
  //                                  path of the request;
  //   anything else                  an alias: a deployment's own value, or a whole target URI as
  //                                  callers see it before a gateway rewrites it. Accepted as it
  //                                  is, whatever the path of the request.
  // Query and fragment of an entry are ignored. Errors: kVerifyConfiguration (empty, too long, or
  // control characters)
  [[nodiscard]] Result<void> Add(std::string_view entry);

  // True if `aud`, without query and fragment, is for this recipient. Bytes are compared; the one
  // normalisation is that an empty path equals "/". `request_path` is the raw path of the request,
  // or empty where there is no request (only aliases and bare origins match then).
  [[nodiscard]] bool Accepts(std::string_view aud, std::string_view request_path) const;

  [[nodiscard]] bool empty() const { return aliases_.empty() && origins_.empty(); }

 private:
  std::set<std::string, std::less<>> aliases_;
  std::set<std::string, std::less<>> origins_;  // scheme://authority, no slash
};

}  // namespace signet::proof
