// Signature algorithms by their JOSE names.
//
// Floor 2. Pure; thread-safe. "none", symmetric and encryption algorithms have no enumerator, so
// nothing can be asked to verify with one (ATTACKS 1, 2).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace signet::crypto {

enum class Alg : std::uint8_t {
  kES256,
  kES384,
  kES512,
  kEdDSA,    // RFC 8037; here with Ed25519 keys only
  kEd25519,  // RFC 9864; the same signatures under another name, never treated as equal [WPT-1]
  kRS256,
  kRS384,
  kRS512,
  kPS256,
  kPS384,
  kPS512,
};
inline constexpr int kAlgCount = 11;

// The JOSE name, as "ES256".
[[nodiscard]] std::string_view NameOf(Alg alg);

// The algorithm with exactly this name, compared byte by byte (BCP-1: "noNE" is nothing).
[[nodiscard]] std::optional<Alg> AlgFromName(std::string_view name);

// True for names of JOSE that are symmetric or encryption algorithms, or "none" in any case: worth
// another message than "unknown".
[[nodiscard]] bool IsNoneName(std::string_view name);
[[nodiscard]] bool IsSymmetricOrEncryptionName(std::string_view name);

// A set of algorithms.
class AlgSet {
 public:
  constexpr AlgSet() = default;
  constexpr AlgSet(std::initializer_list<Alg> algs) {
    for (const Alg alg : algs) Add(alg);
  }
  constexpr void Add(Alg alg) { bits_ = static_cast<std::uint16_t>(bits_ | Bit(alg)); }
  [[nodiscard]] constexpr bool Has(Alg alg) const { return (bits_ & Bit(alg)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr AlgSet And(AlgSet other) const {
    AlgSet out;
    out.bits_ = static_cast<std::uint16_t>(bits_ & other.bits_);
    return out;
  }
  constexpr bool operator==(const AlgSet&) const = default;

 private:
  static constexpr std::uint16_t Bit(Alg alg) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(alg));
  }
  std::uint16_t bits_ = 0;
};

// Everything this build can verify.
inline constexpr AlgSet kAllAlgs{Alg::kES256,   Alg::kES384, Alg::kES512, Alg::kEdDSA,
                                 Alg::kEd25519, Alg::kRS256, Alg::kRS384, Alg::kRS512,
                                 Alg::kPS256,   Alg::kPS384, Alg::kPS512};
// What SPIFFE allows [WSVID-1]: no EdDSA under either name.
inline constexpr AlgSet kSpiffeAlgs{Alg::kES256, Alg::kES384, Alg::kES512, Alg::kRS256, Alg::kRS384,
                                    Alg::kRS512, Alg::kPS256, Alg::kPS384, Alg::kPS512};

}  // namespace signet::crypto
