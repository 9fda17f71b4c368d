// Audiences, against a plain reading of the rule. The input is entry, aud and path, each ended by a
// line end; the path is what is left.
#include <string>

#include "property.h"
#include "protocol/proof/audience.h"

namespace {

using signet::fuzz::Property;

std::string_view TakeLine(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

std::string WithoutQuery(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '?' || c == '#') break;
    out += c;
  }
  return out;
}

// scheme://authority and what follows; empty if it is no such text.
std::pair<std::string, std::string> Split(const std::string& text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos || scheme == 0) return {};
  std::size_t end = scheme + 3;
  while (end < text.size() && text[end] != '/') ++end;
  if (end == scheme + 3) return {};
  return {text.substr(0, end), text.substr(end)};
}

bool Expected(const std::string& entry, const std::string& aud, std::string_view path) {
  const auto [own, own_path] = Split(entry);
  if (own.empty() || (own_path != "" && own_path != "/")) return aud == entry;
  const auto [origin, aud_path] = Split(aud);
  if (origin != own) return false;
  const std::string wanted = path.empty() ? "/" : std::string(path);
  return aud_path == wanted || (aud_path.empty() && wanted == "/");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = signet::fuzz::AsText(data, size);
  const std::string_view entry = TakeLine(rest);
  const std::string_view aud = TakeLine(rest);
  signet::proof::AudienceSet set;
  Property(!set.Accepts(aud, rest));
  const auto added = set.Add(entry);
  Property(set.empty() == !added.has_value());
  if (!added.has_value()) {
    signet::fuzz::CheckRefusal(added.error());
    Property(!set.Accepts(aud, rest));
    return 0;
  }
  Property(set.Accepts(aud, rest) == Expected(WithoutQuery(entry), WithoutQuery(aud), rest));
  // Query and fragment decide nothing.
  Property(set.Accepts(std::string(aud) + "?a#b", rest) == set.Accepts(aud, rest));
  return 0;
}
