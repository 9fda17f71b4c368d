// Operations on trust bundles: bundle.parse, bundle.update.
#include "app/check/check.h"
#include "protocol/trust/bundle.h"

namespace signet::app {
namespace {

Result<trust::BundleFormat> ReadFormat(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::string name, input.String("format"));
  if (name == "spiffe") return trust::BundleFormat::kSpiffe;
  if (name == "wimse") return trust::BundleFormat::kWimse;
  return Refuse(Errc::kUsageBadMember, "format: spiffe or wimse");
}

// The trust domain that the bundle is for: it is never in the bundle itself, so all that can be
// asked of it is that it is one.
Result<void> ReadTrustDomain(CheckInput& input, trust::BundleFormat format) {
  SIGNET_TRY_ASSIGN(const std::string name, input.String("trust_domain"));
  const std::string scheme = format == trust::BundleFormat::kSpiffe ? "spiffe://" : "wimse://";
  SIGNET_TRY_ASSIGN(const identity::Origin origin, identity::Origin::Parse(scheme + name));
  (void)origin;
  return {};
}

nlohmann::ordered_json KeysJson(const trust::Bundle& bundle) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const trust::BundleKey& key : bundle.keys) {
    nlohmann::ordered_json alg;
    for (int i = 0; i < crypto::kAlgCount; ++i) {
      const auto one = static_cast<crypto::Alg>(i);
      if (key.algs == crypto::AlgSet{one}) alg = crypto::NameOf(one);
    }
    out.push_back({{"kid", OrNull(key.kid)},
                   {"use", key.use_name},
                   {"alg", alg},
                   {"thumbprint", key.thumbprint}});
  }
  return out;
}

}  // namespace

Result<CheckOutcome> CheckBundleParse(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string text, input.JsonText("bundle"));
  SIGNET_TRY_ASSIGN(const trust::BundleFormat format, ReadFormat(input));
  SIGNET_TRY(ReadTrustDomain(input, format));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const trust::Bundle bundle, trust::ParseBundle(text, format));
  CheckOutcome out;
  out.result["sequence"] = bundle.sequence.has_value() ? nlohmann::ordered_json(*bundle.sequence)
                                                       : nlohmann::ordered_json();
  out.result["refresh_hint_s"] = bundle.refresh_hint.has_value()
                                     ? nlohmann::ordered_json(bundle.refresh_hint->count())
                                     : nlohmann::ordered_json();
  out.result["keys"] = KeysJson(bundle);
  return out;
}

Result<CheckOutcome> CheckBundleUpdate(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string old_text, input.JsonText("old"));
  SIGNET_TRY_ASSIGN(const std::string new_text, input.JsonText("new"));
  SIGNET_TRY_ASSIGN(const trust::BundleFormat format, ReadFormat(input));
  SIGNET_TRY(ReadTrustDomain(input, format));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const trust::Bundle current, trust::ParseBundle(old_text, format));
  SIGNET_TRY_ASSIGN(const trust::Bundle next, trust::ParseBundle(new_text, format));
  SIGNET_TRY_ASSIGN(const trust::BundleChange change, trust::CheckBundleUpdate(current, next));
  return CheckOutcome{.result = {{"added", change.added}, {"removed", change.removed}},
                      .refusal = std::nullopt};
}

}  // namespace signet::app
