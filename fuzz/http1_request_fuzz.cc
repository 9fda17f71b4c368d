// HTTP/1.1 requests as bytes.
//
// Properties: the verdict does not depend on how the bytes were cut; an accepted head has exactly
// one Host, never Content-Length together with Transfer-Encoding, at most one Content-Length, and
// passes the checks that the verifier makes of field lines.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "platform/http1/parser.h"
#include "property.h"
#include "protocol/base/limits.h"

namespace {

using signet::fuzz::Property;
using signet::http1::FindHeadEnd;
using signet::http1::RequestParser;

constexpr std::size_t kMaxBody = 4096;

struct Outcome {
  bool head = false;
  bool whole = false;
  std::string body;
};

// Gives the body in pieces of `step` bytes.
Outcome Parse(std::string_view head, std::string_view rest, std::size_t step) {
  Outcome out;
  RequestParser parser(kMaxBody, signet::kMaxFieldLines);
  if (!parser.ParseHead(head).has_value()) return out;
  out.head = true;
  std::string pending;
  while (!parser.done()) {
    const std::string_view piece = rest.substr(0, step);
    rest.remove_prefix(piece.size());
    pending.append(piece);
    const auto took = parser.ParseBody(pending, out.body);
    if (!took.has_value()) return out;
    Property(*took <= pending.size());
    pending.erase(0, *took);
    if (piece.empty() && !parser.done()) return out;
  }
  out.whole = true;
  return out;
}

void CheckHead(std::string_view head) {
  RequestParser parser(kMaxBody, signet::kMaxFieldLines);
  if (!parser.ParseHead(head).has_value()) return;
  const auto& fields = parser.fields();
  const std::size_t lengths = fields.Find("Content-Length").count;
  const std::size_t codings = fields.Find("Transfer-Encoding").count;
  Property(lengths <= 1 && codings <= 1 && lengths + codings <= 1);
  if (parser.version() == 11) Property(fields.Find("Host").count == 1);
  Property(fields.lines().size() <= signet::kMaxFieldLines);
  for (const auto& line : fields.lines()) {
    Property(line.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = signet::fuzz::AsText(data, size);
  const std::size_t end = FindHeadEnd(input, 0);
  if (end == std::string_view::npos) return 0;
  Property(end <= input.size());
  const std::string_view head = input.substr(0, end);
  const std::string_view rest = input.substr(end);
  CheckHead(head);
  const Outcome at_once = Parse(head, rest, rest.size() + 1);
  const Outcome cut = Parse(head, rest, 1);
  Property(at_once.head == cut.head && at_once.whole == cut.whole);
  if (at_once.whole) Property(at_once.body == cut.body && at_once.body.size() <= kMaxBody);
  return 0;
}
