#include "protocol/identity/handle_map.h"

namespace signet::identity {

void HandleMap::Set(std::string handle, WorkloadId expected) {
  map_.insert_or_assign(std::move(handle), std::move(expected));
}

Result<WorkloadId> HandleMap::Expected(std::string_view handle) const {
  const auto it = map_.find(handle);
  if (it == map_.end()) return Refuse(Errc::kIdNotMapped);
  return it->second;
}

}  // namespace signet::identity
