// Tables of key multiples, all built: as they are in a process that has run for a while.
#pragma once

#include <memory>
#include <span>

#include "service/proxy/key_tables.h"

namespace signet::bench {

[[nodiscard]] std::unique_ptr<proxy::KeyTables> BuiltTables(
    std::span<const crypto::PublicKey> keys);

}  // namespace signet::bench
