// FaultHook: how a test makes the n-th write, sync or rename of a run fail.
#pragma once

#include <functional>
#include <string_view>

namespace signet::runtime {

// Called before each system call that can lose data, with its name ("open", "write", "fsync",
// "rename", "truncate"). A non-zero result is the errno the call fails with, instead of being
// made. Empty in production.
using FaultHook = std::function<int(std::string_view step)>;

}  // namespace signet::runtime
