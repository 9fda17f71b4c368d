// Run: good calls, every attack, a good call again, and what came of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/attack/catalogue.h"
#include "app/attack/transport.h"
#include "protocol/base/result.h"

namespace signet::app::attack {

// Sends a message over a connection of this kind.
using SendFunction = std::function<Result<http1::ClientResponse>(const Message&, Via)>;

struct Outcome {
  Attack attack;
  std::string skipped;  // why it was not made; empty if it was
  Refused expected;
  Refused got;
  std::optional<Message> sent;
  bool accepted = false;  // the listener did what the attacker wanted
  bool as_expected = false;
};

struct RunOptions {
  bool any_code = false;  // being refused is enough: for other implementations
};

// What an answer, or its absence, says.
[[nodiscard]] Refused RefusedOf(const Result<http1::ClientResponse>& response);

// Makes one attack. `loot.now` is set by the caller. An attack that cannot be built is skipped.
[[nodiscard]] Outcome TryAttack(const Attack& attack, const Loot& loot,
                                const Connectivity& connectivity, const SendFunction& send,
                                const RunOptions& options);

// Makes the good call of each binding, of those in `wanted` or, if that is empty, of all; fills
// accept and the captured calls. A wanted one that fails, or none at all, is an error: the refusals
// of a listener that serves nobody prove nothing.
// Errors: the refusal of the good call by its code; kIoRead; those of Send
[[nodiscard]] Result<void> MakeGoodCalls(Loot& loot, verify::BindingSet wanted,
                                         const Connectivity& connectivity,
                                         const SendFunction& send);

// A good call of the first accepted binding, as above.
[[nodiscard]] Result<http1::ClientResponse> MakeGoodCall(const Loot& loot,
                                                         const SendFunction& send);

struct Report {
  std::string target;
  verify::BindingSet accept;
  std::vector<Outcome> outcomes;
  std::optional<std::int64_t> side_effects;  // by attacks; nullopt: nobody counted

  [[nodiscard]] std::size_t tried() const;
  [[nodiscard]] std::size_t refused() const;  // as they should be
  // True if something was tried, all of it was refused as expected, and nothing was done.
  [[nodiscard]] bool good() const;
};

}  // namespace signet::app::attack
