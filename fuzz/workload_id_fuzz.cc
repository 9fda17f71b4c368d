// Workload Identifiers: what is accepted is the input itself, and a URI with scheme, host and path
// only.
#include <string>

#include "property.h"
#include "protocol/codec/uri.h"
#include "protocol/identity/id_set.h"
#include "protocol/identity/workload_id.h"

namespace {

using signet::Errc;
using signet::fuzz::Property;
using signet::identity::IdRules;
using signet::identity::IdSet;
using signet::identity::Origin;
using signet::identity::Scheme;
using signet::identity::WorkloadId;

void CheckAccepted(const WorkloadId& id, std::string_view text, const IdRules& rules) {
  Property(id.text() == text);
  const std::string name(NameOf(id.scheme()));
  Property(name + "://" + std::string(id.trust_domain()) + std::string(id.path()) == text);
  Property(!id.trust_domain().empty());
  Property(id.scheme() == Scheme::kSpiffe || id.path().size() > 1);

  // The general grammar sees the same parts and none of those that ID-2 forbids.
  const auto uri = signet::codec::ParseUri(text);
  Property(uri.has_value() && uri->scheme == name && uri->host == id.trust_domain() &&
           uri->authority == uri->host && uri->path == id.path() && !uri->query && !uri->fragment);

  const auto origin = Origin::Parse(id.origin_text(), rules);
  Property(origin.has_value() && *origin == id.origin());
  Property(origin->trust_domain() == id.trust_domain());

  // Whole segments: neither a longer last segment nor another scheme matches.
  IdSet set;
  Property(set.AddSubtree(*origin, id.path()).has_value());
  Property(set.Contains(id));
  if (text.size() + 2 <= signet::kMaxIdentifierBytes && !id.path().empty()) {
    Property(set.Contains(WorkloadId::Parse(id.text() + "/x", rules).value()));
    const auto longer = WorkloadId::Parse(id.text() + "x", rules);
    Property(longer.has_value() && !set.Contains(*longer));
  }
}

void Check(std::string_view text, const IdRules& rules) {
  const auto got = WorkloadId::Parse(text, rules);
  signet::fuzz::CheckSameVerdict(got, WorkloadId::Parse(text, rules));
  if (got) {
    CheckAccepted(*got, text, rules);
  } else {
    Property((got.error().code == Errc::kIdTooLong) == (text.size() > signet::kMaxIdentifierBytes));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  Check(text, {});
  Check(text, {.allow_ip_trust_domain = true});
  // The waiver for addresses only ever adds.
  if (WorkloadId::Parse(text)) {
    Property(WorkloadId::Parse(text, {.allow_ip_trust_domain = true}).has_value());
  }
  return 0;
}
