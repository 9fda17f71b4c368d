// Compact JWS. The input is taken as a token, as the JSON of a header, and as the JSON of claims.
#include <string>

#include "property.h"
#include "protocol/codec/base64url.h"
#include "protocol/jose/jws.h"
#include "protocol/jose/testdata/rfc_vectors.h"

namespace {

using signet::AsBytes;
using signet::Errc;
using signet::Result;
using signet::fuzz::CheckSameVerdict;
using signet::fuzz::Property;
namespace jose = signet::jose;
namespace codec = signet::codec;
namespace crypto = signet::crypto;

void CheckSplit(std::string_view token) {
  const auto parts = jose::SplitCompactJws(token);
  CheckSameVerdict(parts, jose::SplitCompactJws(token));
  if (!parts) {
    Property((parts.error().code == Errc::kJoseTooLong) == (token.size() > signet::kMaxTokenBytes));
    return;
  }
  // No byte of an accepted token escaped the grammar.
  std::string joined(parts->header);
  joined.append(1, '.').append(parts->payload);
  Property(joined == parts->signing_input);
  Property(joined.append(1, '.').append(parts->signature) == token);
  // Two tokens in one are never one.
  Property(!jose::SplitCompactJws(joined + "," + joined));
  Property(!jose::SplitCompactJws(joined + "." + joined));
}

void CheckHeader(const jose::JwsReader& reader) {
  const jose::JwsHeader& header = reader.header();
  for (const char* name : {"jwk", "jku", "x5c", "x5u", "crit", "enc", "zip", "b64"}) {
    Property(!reader.header_json().Find(name));
  }
  Property(reader.header_json().Find("alg")->AsString() == header.alg_name);
  Property(reader.header_json().Find("typ").has_value() == header.typ.has_value());
  Property(reader.header_json().Find("kid").has_value() == header.kid.has_value());
  if (header.kid) {
    Property(!header.kid->empty() && header.kid->size() <= signet::kMaxKidBytes);
    for (const char c : *header.kid) Property(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
  const auto alg = jose::CheckAlg(header, crypto::kAllAlgs);
  Property(alg.has_value() == header.alg.has_value());
  if (alg) Property(crypto::NameOf(*alg) == header.alg_name);
  Property(!jose::CheckAlg(header, {}));
}

// A token that `reader` has accepted.
void CheckAccepted(const jose::JwsReader& reader, std::string_view token) {
  Property(reader.claims().is_object());
  // One token has one spelling (ATTACKS 10).
  Property(codec::Base64UrlEncode(reader.signature()) == reader.parts().signature);
  Property(codec::Base64UrlEncode(*codec::Base64UrlDecode(reader.parts().payload)) ==
           reader.parts().payload);
  Property(reader.parts().signing_input.data() == token.data());
  CheckHeader(reader);
  // Nobody but the RFC has signed with this key.
  const auto key = jose::ParseJwk(jose::vectors::kRfc7515A3Jwk);
  if (jose::VerifyJws(reader, crypto::Alg::kES256, *key)) {
    Property(jose::vectors::kRfc7515A3.starts_with(reader.parts().signing_input));
  }
}

void CheckToken(jose::JwsReader& warm, std::string_view token) {
  CheckSplit(token);
  jose::JwsReader fresh;
  const Result<void> verdict = fresh.Read(token);
  // A reader that has read another token decides the same.
  CheckSameVerdict(verdict, warm.Read(token));
  if (verdict) CheckAccepted(fresh, token);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  jose::JwsReader warm;
  Property(warm.Read(jose::vectors::kRfc7515A3).has_value());
  CheckToken(warm, text);
  const std::string encoded = codec::Base64UrlEncode(AsBytes(text));
  CheckToken(warm, encoded + ".e30.AA");
  CheckToken(warm, "eyJhbGciOiJFUzI1NiJ9." + encoded + ".AA");
  const bool is_wit = jose::IsMediaType(text, "wit+jwt");
  if (text.find('/') == std::string_view::npos) {
    Property(jose::IsMediaType("application/" + std::string(text), "wit+jwt") == is_wit);
  }
  Property(!(is_wit && jose::IsMediaType(text, "wpt+jwt")));
  return 0;
}
