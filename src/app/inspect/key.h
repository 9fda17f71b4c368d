// Inspecting keys, sets of keys and identifiers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/inspect/report.h"
#include "protocol/base/time.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/public_key.h"
#include "protocol/trust/bundle.h"

namespace signet::app {

// "EC P-256", "RSA 2048 bits", "OKP Ed25519".
[[nodiscard]] std::string KeyTypeText(const crypto::PublicKey& key);

// A JWK, public or private, from its JSON text.
[[nodiscard]] Inspection InspectJwk(std::string_view text, WallTime now);
// A PEM key, or the key of a PEM certificate.
[[nodiscard]] Inspection InspectPem(std::string_view text);
// A JWK Set or bundle; without `format` its members tell which.
[[nodiscard]] Inspection InspectBundle(std::string_view text,
                                       std::optional<trust::BundleFormat> format, WallTime now);
// A Workload Identifier.
[[nodiscard]] Inspection InspectIdentifier(std::string_view text);

// One row and one JSON object for a key of a bundle.
[[nodiscard]] Row BundleKeyRow(const trust::BundleKey& key);
[[nodiscard]] nlohmann::ordered_json BundleKeyJson(const trust::BundleKey& key);
[[nodiscard]] std::string_view NameOf(trust::BundleFormat format);

}  // namespace signet::app
