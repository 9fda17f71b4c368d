#include "protocol/verify/response_verifier.h"

#include <utility>

#include "protocol/proof/httpsig/wimse_verify.h"
#include "protocol/verify/wit_step.h"

namespace signet::verify {
namespace {

namespace httpsig = proof::httpsig;

// True if one of the signatures has our tag. A field that does not parse counts as ours: what would
// be ignored here might be what an intermediary left of our signature.
bool HoldsWimseSignature(const http::Fields& fields) {
  if (!httpsig::HasSignatureFields(fields)) return false;
  const auto signatures = httpsig::ReadSignatures(fields);
  if (!signatures.has_value()) return true;
  for (const httpsig::SignatureEntry& entry : *signatures) {
    if (entry.parameters.tag == httpsig::kWimseTag) return true;
  }
  return false;
}

class ResponseProcess {
 public:
  ResponseProcess(const http::Response& response, const http::Request& request,
                  const ResponseRules& rules, const trust::TrustSnapshot& trust, WallTime now,
                  VerifyContext& context)
      : response_(response),
        request_(request),
        rules_(rules),
        trust_(trust),
        now_(now),
        context_(context) {}

  ResponseDecision Run() {
    Result<void> outcome = Check();
    if (!outcome.has_value()) decision_.error = std::move(outcome).error();
    return std::move(decision_);
  }

 private:
  Result<void> Refused(Error error) {
    decision_.checks.Fail(error);
    return std::unexpected(std::move(error));
  }

  Result<void> Check() {
    if (!rules_.expected_server.has_value() && !rules_.waive_expected_server) {
      return Refused(Error(Errc::kVerifyConfiguration, "no server is expected").At("TLS-4"));
    }
    if (!HoldsWimseSignature(response_.fields)) {
      if (rules_.signature_required) {
        return Refused(Error(Errc::kHttpsigResponseUnsigned, "no signature with our tag"));
      }
      decision_.checks.Pass("SIG-12");
      return {};
    }
    SIGNET_TRY(VerifyServer());
    const trust::OriginTrust* origin = trust_.Find(wit_->subject().origin_text());
    const crypto::AlgSet of_profile = credential::InfoOf(rules_.wit.profile).algs;
    const httpsig::SignatureRules rules{
        .revision = rules_.revision,
        .leeway = rules_.wit.leeway,
        .max_lifetime = httpsig::kMaxSignatureLifetime,
        .max_created_age = std::nullopt,
        .algs = origin != nullptr ? origin->AllowedAlgs(of_profile) : crypto::AlgSet{}};
    SIGNET_TRY(httpsig::VerifyResponseSignature(response_, request_, rules_.request_nonce, *wit_,
                                                rules, now_, decision_.checks,
                                                &context_.key_tables));
    decision_.is_signed = true;
    context_.key_tables.CountProof(wit_->confirmation_key());
    return {};
  }

  Result<void> VerifyServer() {
    const http::FieldOccurrence wit = response_.fields.Find(credential::kWitField);
    if (wit.count > 1) return Refused(Error(Errc::kWitDuplicate, "two or more fields"));
    if (wit.count == 0) return Refused(Error(Errc::kWitMissing, "no field in the response"));
    decision_.checks.Pass("WIT-6");
    WitFound found;
    Result<void> outcome = VerifyMessageWit(wit.value, trust_, rules_.wit, rules_.policy_generation,
                                            now_, context_.cache, context_.wit_reader,
                                            decision_.checks, found, &context_.key_tables);
    decision_.wit_hash = found.hash;
    wit_ = std::move(found.wit);
    if (wit_ != nullptr) decision_.server = wit_->subject();
    SIGNET_TRY(std::move(outcome));
    if (rules_.expected_server.has_value() && !(wit_->subject() == *rules_.expected_server)) {
      return Refused(Error(Errc::kVerifyServerUnexpected, "signed by another workload"));
    }
    decision_.checks.Pass("TLS-4");
    return {};
  }

  const http::Response& response_;
  const http::Request& request_;
  const ResponseRules& rules_;
  const trust::TrustSnapshot& trust_;
  WallTime now_;
  VerifyContext& context_;
  std::shared_ptr<const credential::VerifiedWit> wit_;
  ResponseDecision decision_;
};

}  // namespace

ResponseDecision VerifyResponse(const http::Response& response, const http::Request& request,
                                const ResponseRules& rules, const trust::TrustSnapshot& trust,
                                WallTime now, VerifyContext& context) {
  return ResponseProcess(response, request, rules, trust, now, context).Run();
}

}  // namespace signet::verify
