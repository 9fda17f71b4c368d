#include "protocol/identity/id_set.h"

#include <algorithm>

namespace signet::identity {

IdSet IdSet::AnyAuthenticated() {
  IdSet set;
  set.any_ = true;
  return set;
}

void IdSet::Add(WorkloadId id) { exact_.insert(id.text()); }

Result<void> IdSet::AddSubtree(const Origin& origin, std::string_view prefix_path) {
  std::string subtree = origin.text();
  if (!prefix_path.empty()) {
    // Without it the prefix would run on in the trust domain.
    if (prefix_path.front() != '/') return Refuse(Errc::kIdPathCharacter, "no leading slash");
    if (prefix_path.size() > kMaxIdentifierBytes) return Refuse(Errc::kIdTooLong);
    subtree.append(prefix_path);
    // The origin has been judged by its own rules already.
    SIGNET_TRY(WorkloadId::Parse(subtree, {.allow_ip_trust_domain = true}));
  }
  subtrees_.push_back(std::move(subtree));
  return {};
}

bool IdSet::Contains(const WorkloadId& id) const {
  if (any_) return true;
  const std::string& text = id.text();
  if (exact_.contains(text)) return true;
  return std::any_of(subtrees_.begin(), subtrees_.end(), [&text](const std::string& subtree) {
    return text.starts_with(subtree) &&
           (text.size() == subtree.size() || text[subtree.size()] == '/');
  });
}

}  // namespace signet::identity
