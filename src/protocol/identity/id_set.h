// IdSet: which identifiers a rule names: exact ones, and whole-segment prefixes where an operator
// asks for them [ID-10].
//
// Floor 2. Immutable after building; thread-safe. There is no raw prefix and no wildcard inside a
// segment: "wimse://a/service/pay" never matches "wimse://a/service/payroll" (ATTACKS 20).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/identity/workload_id.h"

namespace signet::identity {

class IdSet {
 public:
  // Matches nobody: the default refuses.
  IdSet() = default;

  // Named waiver: every identifier, of whichever trusted domain, matches.
  [[nodiscard]] static IdSet AnyAuthenticated();

  void Add(WorkloadId id);
  // Every identifier of this origin whose path begins with the segments of `prefix_path`
  // ("/service/pay"; "" for the whole origin).
  // Errors: kIdPathCharacter and the other path errors if `prefix_path` is not canonical
  [[nodiscard]] Result<void> AddSubtree(const Origin& origin, std::string_view prefix_path);

  [[nodiscard]] bool Contains(const WorkloadId& id) const;
  [[nodiscard]] bool matches_everyone() const { return any_; }

 private:
  bool any_ = false;
  std::set<std::string, std::less<>> exact_;
  std::vector<std::string> subtrees_;  // origin and prefix path, without a trailing slash
};

}  // namespace signet::identity
