// A workload's key, asked over its control channel: it signs, and never leaves its process.
#pragma once

#include "app/attack/loot.h"
#include "app/demo/control.h"
#include "protocol/base/result.h"
#include "protocol/crypto/private_key.h"

namespace signet::app::demo {

// The child's side: {"cmd":"sign","bytes"} -> {"signature"}, both in base64url.
[[nodiscard]] Json AnswerSign(const Json& command, const crypto::PrivateKey& key);

// The parent's side. `process` outlives the holder. Errors: those of MakeHolder
[[nodiscard]] Result<attack::Holder> HolderIn(RoleProcess& process);

}  // namespace signet::app::demo
