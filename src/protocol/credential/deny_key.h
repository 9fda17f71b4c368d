// How a deny list names one credential: by what its issuer signed, without the signature. A holder
// can write an ECDSA signature in a second way (s and n - s), and would walk past a list of hashes
// of the whole (ATTACKS 10).
//
// Floor 5. Pure; thread-safe.
#pragma once

#include <string_view>

#include "protocol/base/bytes.h"

namespace signet::credential {

// SHA-256 of header and payload of a token, with the dot between them: an entry of DenyList::wits.
[[nodiscard]] Digest256 WitDenyKey(std::string_view token);

// SHA-256 of the TBSCertificate of a certificate that ReadCertificate accepts: an entry of
// DenyList::wics. Of anything else, the digest of the whole.
[[nodiscard]] Digest256 WicDenyKey(ByteView certificate_der);

}  // namespace signet::credential
