// What holds of the check list of every verification.
#pragma once

#include "property.h"
#include "protocol/base/check_list.h"

namespace signet::fuzz {

// An accepted token passed every check; a refused one failed exactly one, the last, and that is the
// one reported.
template <typename T>
void CheckListAgrees(const Result<T>& result, const CheckList& checks) {
  Property(checks.size() > 0);
  for (const Check& check : checks) {
    const bool last = &check == checks.end() - 1;
    Property(check.ok() == (result.has_value() || !last));
    if (check.ok()) continue;
    Property(*check.code == result.error().code);
    Property(check.rule == result.error().rule());
  }
}

}  // namespace signet::fuzz
