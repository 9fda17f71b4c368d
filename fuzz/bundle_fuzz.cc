// Trust bundles. The first byte chooses the format. What is accepted is consistent, selects what it
// names, and replaces itself.
#include <set>

#include "property.h"
#include "protocol/jose/jwk.h"
#include "protocol/trust/bundle.h"
#include "protocol/trust/snapshot.h"

namespace {

using signet::Errc;
using signet::Result;
using signet::fuzz::Property;
using signet::trust::Bundle;
using signet::trust::BundleFormat;
using signet::trust::BundleKey;
using signet::trust::KeyUse;

void CheckKey(const BundleKey& key, BundleFormat format) {
  Property(key.thumbprint == signet::jose::Thumbprint(key.key));
  if (key.use == KeyUse::kX509) {
    Property(!key.certificate.empty() && key.kid.empty() && key.algs.empty());
    Property(format != BundleFormat::kRaw);
    return;
  }
  // A JWT-SVID key may come without alg and then verifies nothing by itself; a WIT key never does.
  Property(key.certificate.empty() && (!key.algs.empty() || key.use == KeyUse::kJwtSvid));
  Property(!key.algs.empty() || (format == BundleFormat::kSpiffe && !key.alg.has_value()));
  Property(key.kid.size() <= signet::kMaxKidBytes);
  Property(format != BundleFormat::kSpiffe || !key.kid.empty());
  Property(format == BundleFormat::kSpiffe || key.use == KeyUse::kWit);
}

void CheckSelection(const Bundle& bundle) {
  const auto origin = signet::identity::Origin::Parse("wimse://trust.example.com");
  std::vector<signet::trust::OriginConfig> origins;
  origins.push_back(
      {.origin = *origin, .bundle = bundle, .extra_x509 = {}, .issuers = {}, .algs = {}});
  const auto snapshot = signet::trust::TrustSnapshot::Make(std::move(origins), 1);
  const auto* trust = (*snapshot)->Find("wimse://trust.example.com");
  for (const BundleKey& key : bundle.keys) {
    if (key.use == KeyUse::kX509) continue;
    Property(trust->IsWitKey(key.thumbprint) || key.use == KeyUse::kJwtSvid);
    if (key.kid.empty()) continue;
    const auto selected = trust->SelectWitKey(key.kid, signet::crypto::Alg::kES256);
    Property(selected.has_value() == (key.use == KeyUse::kWit));
    if (selected.has_value()) Property((*selected)->thumbprint == key.thumbprint);
  }
}

void CheckUpdates(const Bundle& bundle) {
  const auto same = signet::trust::CheckBundleUpdate(bundle, bundle);
  Property(same.has_value() && same->added.empty() && same->removed.empty());
  Bundle empty;
  empty.sequence = bundle.sequence.has_value() ? std::optional(*bundle.sequence + 1) : std::nullopt;
  const auto emptied = signet::trust::CheckBundleUpdate(bundle, empty);
  Property(emptied.has_value() && emptied->removed.size() == bundle.keys.size());
  if (!bundle.sequence.has_value()) return;
  const auto back = signet::trust::CheckBundleUpdate(empty, bundle);
  Property(!back.has_value() && back.error().code == Errc::kBundleRollback);
  empty.sequence.reset();
  const auto lost = signet::trust::CheckBundleUpdate(bundle, empty);
  Property(!lost.has_value() && lost.error().code == Errc::kBundleSequenceLost);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = static_cast<BundleFormat>(data[0] % 3);
  const std::string_view text = signet::fuzz::AsText(data + 1, size - 1);
  const Result<Bundle> got = signet::trust::ParseBundle(text, format);
  signet::fuzz::CheckSameVerdict(got, signet::trust::ParseBundle(text, format));
  if (!got.has_value()) return 0;
  std::set<std::string> kids;
  for (const BundleKey& key : got->keys) {
    CheckKey(key, format);
    Property(key.kid.empty() || kids.insert(key.kid).second);
  }
  CheckSelection(*got);
  CheckUpdates(*got);
  return 0;
}
