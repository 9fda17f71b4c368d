#include "protocol/verify/verifier.h"

#include "protocol/codec/base64url.h"
#include "protocol/crypto/digest.h"

namespace signet::verify {
namespace {

using credential::VerifiedWit;
using credential::WptRevision;
using http::FieldOccurrence;

credential::WitRules WitRulesOf(const Policy& policy) {
  return {.profile = policy.profile,
          .leeway = policy.leeway,
          .max_lifetime = policy.max_wit_lifetime,
          .expected_issuer = policy.expected_issuer,
          .allow_eddsa = policy.allow_eddsa,
          .id_rules = policy.id_rules};
}

Error ReplayError(const proof::ReplayOutcome& outcome) {
  switch (outcome.verdict) {
    case proof::ReplayVerdict::kReplayed:
      return Error(Errc::kWptReplayed, "this jti of this sender was used before");
    case proof::ReplayVerdict::kSenderQuota:
      return Error(Errc::kReplaySenderQuota, "the sender's quota of live proofs is used up");
    case proof::ReplayVerdict::kFull:
      return Error(Errc::kReplayFull, "the replay store is full");
    case proof::ReplayVerdict::kWarmingUp:
      return Error(Errc::kReplayWarmingUp, "proofs from before the restart may still live");
    case proof::ReplayVerdict::kFresh:
    case proof::ReplayVerdict::kUnavailable:
      break;
  }
  return Error(Errc::kReplayUnavailable, "the replay store cannot be used");
}

}  // namespace

// One decision; its methods run in this order, and the first that refuses ends it.
class DecisionProcess {
 public:
  DecisionProcess(const Policy& policy, const http::Request& request, Channel channel,
                  const trust::TrustSnapshot& trust, proof::ReplayGuard* replay, WallTime now,
                  VerifyContext& context)
      : policy_(policy),
        request_(request),
        channel_(channel),
        trust_(trust),
        replay_(replay),
        now_(now),
        context_(context) {
    decision_.revision = policy.wpt_revision;
    decision_.trust_generation = trust.generation();
  }

  Decision Run() {
    Result<void> outcome = CheckChannel();
    if (outcome.has_value()) outcome = ReadRequest();
    if (outcome.has_value()) outcome = FindWit();
    if (outcome.has_value()) outcome = VerifyWitOfRequest();
    if (outcome.has_value()) outcome = FindProof();
    if (outcome.has_value()) outcome = VerifyProof();
    if (outcome.has_value()) outcome = CheckCaller();
    if (outcome.has_value()) outcome = SpendProof();
    if (outcome.has_value()) {
      decision_.verdict = Verdict::kAllow;
      decision_.http_status = 200;
    } else {
      decision_.error = std::move(outcome).error();
    }
    return std::move(decision_);
  }

 private:
  const credential::WptRevisionInfo& revision() const {
    return credential::InfoOf(policy_.wpt_revision);
  }

  // A refusal that a step below has not entered into the check list yet.
  Result<void> Refused(Error error, int status) {
    decision_.checks.Fail(error);
    return Status(std::move(error), status);
  }
  Result<void> Status(Error error, int status) {
    decision_.http_status = status;
    decision_.challenge_wpt = status == 401 && revision().challenge;
    return std::unexpected(std::move(error));
  }
  // WPT-8: a refusal for a reason of the proof; revision 01 answers as for the WIT.
  Result<void> ProofRefused(Error error) {
    return Refused(std::move(error), revision().rejected_status);
  }

  Result<void> CheckChannel() {
    if (channel_ != Channel::kProtected && !policy_.waive_protected_channel) {
      return Refused(Error(Errc::kVerifyChannel, "the channel is not protected"), 400);
    }
    decision_.checks.Pass("WIT-10");
    return {};
  }

  Result<void> ReadRequest() {
    Result<void> checked = http::CheckRequest(request_);
    if (!checked.has_value()) {
      const int status = InfoOf(checked.error().code).http_status;
      return Refused(std::move(checked).error(), status);
    }
    Result<http::Target> target = http::ParseTarget(request_.method, request_.target);
    if (!target.has_value()) return Refused(std::move(target).error(), 400);
    path_ = target->path;
    if (!policy_.accept.Has(Binding::kWpt)) {
      return Refused(Error(Errc::kVerifyBindingNotAccepted, "this listener takes no WPT"), 400);
    }
    return {};
  }

  Result<void> FindWit() {
    const FieldOccurrence wit = request_.fields.Find(credential::kWitField);
    if (wit.count > 1) return Refused(Error(Errc::kWitDuplicate, "two or more fields"), 400);
    if (wit.count == 0) {
      const bool nothing = request_.fields.Find(credential::kAuthorizationField).count == 0 &&
                           request_.fields.Find(revision().proof_field).count == 0;
      if (nothing) {
        return ProofRefused(Error(Errc::kVerifyNoCredentials, "neither WIT nor proof"));
      }
      // Credentials of another scheme are no workload credentials either: the challenge says what
      // is wanted [WPT-8].
      const int status = MayHoldProof() ? 400 : revision().rejected_status;
      return Refused(Error(Errc::kWitMissing, "no field"), status);
    }
    decision_.checks.Pass("WIT-6");
    wit_text_ = wit.value;
    return {};
  }

  // False if the one Authorization field is of another scheme.
  bool MayHoldProof() const {
    const FieldOccurrence field = request_.fields.Find(revision().proof_field);
    if (policy_.wpt_revision == WptRevision::k01 || field.count != 1) return true;
    const Result<std::string_view> token = proof::WptOfAuthorization(field.value);
    return token.has_value() || token.error().code != Errc::kWptSchemeMismatch;
  }

  Result<void> VerifyWitOfRequest() {
    if (wit_text_.size() > kMaxTokenBytes) {
      return Refused(Error(Errc::kJoseTooLong, "the WIT is over 8 KiB").At("WIT-12.a"), 400);
    }
    const WitCacheKey key{.wit_digest = crypto::Sha256(AsBytes(wit_text_)),
                          .trust_generation = trust_.generation(),
                          .policy_generation = policy_.generation,
                          .profile = policy_.profile};
    decision_.wit_hash = codec::Base64UrlEncode(key.wit_digest);
    wit_ = context_.cache.Find(key);
    const credential::WitRules rules = WitRulesOf(policy_);
    if (wit_ != nullptr) return UseCachedWit(key, rules);
    Result<VerifiedWit> wit = credential::VerifyWit(wit_text_, trust_, rules, now_,
                                                    context_.wit_reader, decision_.checks);
    if (!wit.has_value()) return Status(std::move(wit).error(), 400);  // WIT-9
    wit_ = std::make_shared<const VerifiedWit>(*std::move(wit));
    context_.cache.Insert(key, wit_);
    decision_.subject = wit_->subject();
    return {};
  }

  // Everything but the time was decided when it was put into the cache, under the same trust.
  Result<void> UseCachedWit(const WitCacheKey& key, const credential::WitRules& rules) {
    for (const std::string_view rule :
         {"WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-1", "WIT-12.d", "WIT-2"}) {
      decision_.checks.Pass(rule);
    }
    decision_.subject = wit_->subject();
    Result<void> time = credential::CheckWitTime(*wit_, rules, now_);
    if (!time.has_value()) {
      context_.cache.Erase(key);
      return Refused(std::move(time).error(), 400);
    }
    decision_.checks.Pass("WIT-8");
    const trust::OriginTrust* origin = trust_.Find(wit_->subject().origin_text());
    if (rules.expected_issuer.has_value() || !wit_->issuer().empty() ||
        (origin != nullptr && origin->has_issuer_list())) {
      decision_.checks.Pass("TA-2");
    }
    for (const std::string_view rule : {"WIT-12.e", "WIT-3", "WIT-11"}) {
      decision_.checks.Pass(rule);
    }
    if (credential::InfoOf(policy_.profile).kid_required) decision_.checks.Pass("WSVID-1");
    for (const std::string_view rule : {"WIC-3", "WIT-12.f"}) decision_.checks.Pass(rule);
    return {};
  }

  // WPT-5.1 in revision 02; the old field in 01. Never one for the other [WPT-4].
  Result<void> FindProof() {
    return policy_.wpt_revision == WptRevision::k01 ? FindProofInOldField()
                                                    : FindProofInAuthorization();
  }

  Result<void> FindProofInAuthorization() {
    const FieldOccurrence field = request_.fields.Find(credential::kAuthorizationField);
    if (field.count > 1) {
      return Refused(Error(Errc::kWptAuthorizationDuplicate, "two or more fields"), 400);
    }
    if (field.count == 0) return ProofRefused(Error(Errc::kWptMissing, "no Authorization field"));
    Result<std::string_view> token = proof::WptOfAuthorization(field.value);
    if (!token.has_value()) return ProofRefused(std::move(token).error());
    decision_.checks.Pass("WPT-5.1");
    proof_text_ = *token;
    return {};
  }

  Result<void> FindProofInOldField() {
    const FieldOccurrence field = request_.fields.Find(revision().proof_field);
    if (field.count > 1) return ProofRefused(Error(Errc::kWptFieldDuplicate, "two or more fields"));
    const FieldOccurrence authorization = request_.fields.Find(credential::kAuthorizationField);
    if (authorization.count > 1) {
      return Refused(Error(Errc::kWptAuthorizationDuplicate, "two or more fields"), 400);
    }
    const std::size_t scheme_end = authorization.value.find_first_of(" \t");
    const std::string_view scheme = authorization.value.substr(0, scheme_end);
    if (authorization.count == 1 && http::EqualsIgnoreCase(scheme, "WPT")) {
      return ProofRefused(field.count == 0
                              ? Error(Errc::kWptFieldMissing, "the proof is in the new field")
                              : Error(Errc::kWptBothForms, "a proof in both fields"));
    }
    if (field.count == 0) return ProofRefused(Error(Errc::kWptFieldMissing, "no field"));
    const bool access =
        http::EqualsIgnoreCase(scheme, "Bearer") || http::EqualsIgnoreCase(scheme, "DPoP");
    if (access && scheme_end != std::string_view::npos) {
      access_token_ = http::TrimOws(authorization.value.substr(scheme_end));
    }
    decision_.checks.Pass("WPT-4");
    proof_text_ = field.value;
    return {};
  }

  Result<void> VerifyProof() {
    const FieldOccurrence txn = request_.fields.Find(credential::kTxnTokenField);
    if (txn.count > 1) {
      return Refused(
          Error(Errc::kHttpFieldDuplicate, "two or more Txn-Token fields").At("WPT-5.10"), 400);
    }
    const proof::WptExpectation expected{
        .audiences = policy_.audiences,
        .request_path = path_,
        .txn_token = txn.count == 1 ? std::optional(txn.value) : std::nullopt,
        .access_token = access_token_,
        .fields = request_.fields,
        .context_fields = policy_.context_fields,
        .revision = policy_.wpt_revision,
        .leeway = policy_.leeway,
        .max_ahead = policy_.max_proof_ahead};
    Result<proof::VerifiedWpt> proof =
        proof::VerifyWpt(proof_text_, *wit_, expected, now_, context_.wpt_reader, decision_.checks);
    if (!proof.has_value()) return Status(std::move(proof).error(), revision().rejected_status);
    decision_.proof_id = proof->jti();
    proof_ = *std::move(proof);
    return {};
  }

  // On the whole identifier of the verified credential [ID-9, ID-13].
  Result<void> CheckCaller() {
    if (!policy_.callers.Contains(wit_->subject())) {
      return Refused(Error(Errc::kVerifyCallerNotAllowed, "not on the list of callers"), 403);
    }
    decision_.checks.Pass("CRED-AZ");
    return {};
  }

  // Last, and atomic: what is spent here is acted on [RPL-1].
  Result<void> SpendProof() {
    if (policy_.waive_replay_protection) return {};
    proof::ReplayOutcome outcome;
    if (replay_ != nullptr) outcome = replay_->TestAndInsert(proof_->replay_entry(), now_);
    const std::size_t position = proof_->replay_check_position();
    if (outcome.verdict == proof::ReplayVerdict::kFresh) {
      decision_.checks.InsertAt(position, {"WPT-5.9", std::nullopt});
      return {};
    }
    Error error = ReplayError(outcome);
    decision_.checks.InsertAt(position, {error.rule(), error.code});
    decision_.first_seen = outcome.first_seen;
    if (error.code == Errc::kWptReplayed) {
      return Status(std::move(error), revision().rejected_status);
    }
    decision_.verdict = Verdict::kUnavailable;
    return Status(std::move(error), 503);
  }

  const Policy& policy_;
  const http::Request& request_;
  Channel channel_;
  const trust::TrustSnapshot& trust_;
  proof::ReplayGuard* replay_;
  WallTime now_;
  VerifyContext& context_;

  Decision decision_;
  std::string_view path_;
  std::string_view wit_text_;
  std::string_view proof_text_;
  std::optional<std::string_view> access_token_;
  std::shared_ptr<const VerifiedWit> wit_;
  std::optional<proof::VerifiedWpt> proof_;
};

Result<void> CheckPolicy(const Policy& policy) {
  const auto wrong = [](std::string detail) {
    return Refuse(Errc::kVerifyConfiguration, std::move(detail));
  };
  if (policy.audiences.empty()) return wrong("no audience is configured [WPT-7]");
  if (policy.accept.empty()) return wrong("no binding is accepted");
  if (policy.leeway < seconds{0} || policy.leeway > seconds{300}) {
    return wrong("the leeway is not within 0 and 300 s");
  }
  if (policy.max_proof_ahead <= seconds{0} || policy.max_proof_ahead > seconds{3600}) {
    return wrong("max_proof_ahead is not within 1 s and 1 h");
  }
  if (policy.max_wit_lifetime.has_value() && *policy.max_wit_lifetime <= seconds{0}) {
    return wrong("max_wit_lifetime is not positive");
  }
  return {};
}

Result<Verifier> Verifier::Make(Policy policy) {
  SIGNET_TRY(CheckPolicy(policy));
  return Verifier(std::move(policy));
}

Decision Verifier::Decide(const http::Request& request, Channel channel,
                          const trust::TrustSnapshot& trust, proof::ReplayGuard* replay,
                          WallTime now, VerifyContext& context) const {
  return DecisionProcess(policy_, request, channel, trust, replay, now, context).Run();
}

}  // namespace signet::verify
