// Limits on what peers send, checked before anything is allocated or recursed into.
//
// Floor 0. Ours where no document gives a number; docs/limits.md lists them all.
#pragma once

#include <cstddef>

namespace signet {

// A compact token, in bytes (ATTACKS 5).
inline constexpr std::size_t kMaxTokenBytes = 8 * 1024;
// JSON of a token: nesting (the outermost object counts as 1) and members of one object or array.
inline constexpr std::size_t kMaxTokenJsonDepth = 8;
inline constexpr std::size_t kMaxTokenJsonMembers = 64;

// A trust bundle or a configuration file.
inline constexpr std::size_t kMaxBundleBytes = 1024 * 1024;
inline constexpr std::size_t kMaxBundleJsonDepth = 16;
inline constexpr std::size_t kMaxBundleJsonMembers = 16 * 1024;

// `kid`: an opaque map key, never a path or a query (ATTACKS 3).
inline constexpr std::size_t kMaxKidBytes = 128;
// `jti` of a proof: room for any sensible encoding of 128 to 512 random bits.
inline constexpr std::size_t kMaxJtiBytes = 256;
// A Workload Identifier [ID-3].
inline constexpr std::size_t kMaxIdentifierBytes = 2048;
// An audience or another URI of a request.
inline constexpr std::size_t kMaxUriBytes = 8 * 1024;

// A request: header section, count of field lines, body.
inline constexpr std::size_t kMaxHeaderBytes = 32 * 1024;
inline constexpr std::size_t kMaxFieldLines = 128;
inline constexpr std::size_t kMaxBodyBytes = 1024 * 1024;

}  // namespace signet
