#include "protocol/proof/audience.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/codec/uri.h"

namespace signet::proof {
namespace {

// Length of "scheme://authority" in `uri`; 0 if it is no such URI.
std::size_t OriginLength(std::string_view uri) {
  const std::size_t colon = uri.find("://");
  if (colon == std::string_view::npos || colon == 0) return 0;
  const std::size_t slash = uri.find('/', colon + 3);
  const std::size_t end = slash == std::string_view::npos ? uri.size() : slash;
  return end == colon + 3 ? 0 : end;
}

}  // namespace

Result<void> AudienceSet::Add(std::string_view entry) {
  const std::string_view value = codec::WithoutQueryAndFragment(entry);
  const bool printable = std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7f; });
  if (value.empty() || value.size() > kMaxUriBytes || !printable) {
    return Refuse(Errc::kVerifyConfiguration, "an audience is empty, too long or not printable");
  }
  const std::size_t origin = OriginLength(value);
  const bool bare = origin != 0 && (origin == value.size() || value.substr(origin) == "/");
  if (bare) {
    origins_.emplace(value.substr(0, origin));
  } else {
    aliases_.emplace(value);
  }
  return {};
}

bool AudienceSet::Accepts(std::string_view aud, std::string_view request_path) const {
  const std::string_view value = codec::WithoutQueryAndFragment(aud);
  if (aliases_.contains(value)) return true;
  const std::size_t length = OriginLength(value);
  if (length == 0 || !origins_.contains(value.substr(0, length))) return false;
  const auto or_slash = [](std::string_view path) { return path.empty() ? "/" : path; };
  return or_slash(value.substr(length)) == or_slash(request_path);
}

}  // namespace signet::proof
