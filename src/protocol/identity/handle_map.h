// HandleMap: external handle (DNS name, host and port, ingress path) -> expected identifier
// [ID-14]. An identifier is never derived from a name: what is not in the map is refused.
//
// Floor 2. Immutable after building; thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "protocol/identity/workload_id.h"

namespace signet::identity {

class HandleMap {
 public:
  // `handle` is opaque and compared byte for byte, save that host names should be given in lower
  // case. Replaces an earlier entry.
  void Set(std::string handle, WorkloadId expected);

  // Errors: kIdNotMapped
  [[nodiscard]] Result<WorkloadId> Expected(std::string_view handle) const;

  [[nodiscard]] std::size_t size() const { return map_.size(); }

 private:
  std::map<std::string, WorkloadId, std::less<>> map_;
};

}  // namespace signet::identity
