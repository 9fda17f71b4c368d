#include "protocol/verify/verifier.h"

#include <utility>

#include "protocol/verify/transport_step.h"
#include "protocol/verify/wit_step.h"

namespace signet::verify {
namespace {

namespace httpsig = proof::httpsig;
using credential::VerifiedWit;
using credential::WptRevision;
using http::FieldOccurrence;

credential::WitRules WitRulesOf(const Policy& policy) {
  return {.profile = policy.profile,
          .leeway = policy.leeway,
          .max_lifetime = policy.max_wit_lifetime,
          .expected_issuer = policy.expected_issuer,
          .allow_eddsa = policy.allow_eddsa,
          .id_rules = policy.id_rules,
          .unchecked_confirmation_point = true};
}

// `replayed` is the code of this kind of proof.
Error ReplayError(const proof::ReplayOutcome& outcome, Errc replayed) {
  switch (outcome.verdict) {
    case proof::ReplayVerdict::kReplayed:
      return Error(replayed, "this identifier of this sender was used before");
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
  DecisionProcess(const Policy& policy, const http::Request& request, const Connection& connection,
                  const trust::TrustSnapshot& trust, proof::ReplayGuard* replay, WallTime now,
                  VerifyContext& context)
      : policy_(policy),
        request_(request),
        connection_(connection),
        trust_(trust),
        replay_(replay),
        now_(now),
        context_(context) {
    decision_.revision = policy.wpt_revision;
    decision_.trust_generation = trust.generation();
  }

  Decision Run() {
    Result<void> outcome = CheckChannel();
    if (outcome.has_value()) outcome = CheckPeerOfTransport();
    if (outcome.has_value()) outcome = ReadRequest();
    if (outcome.has_value()) {
      outcome = CertificateIsTheProof() ? UseCertificate() : VerifyApplicationProof();
    }
    if (outcome.has_value()) outcome = CheckCaller();
    if (outcome.has_value()) outcome = SpendProofs();
    if (outcome.has_value()) {
      decision_.verdict = Verdict::kAllow;
      decision_.http_status = 200;
      if (wit_ != nullptr) context_.key_tables.CountProof(wit_->confirmation_key());
    } else {
      Refuse(std::move(outcome).error());
    }
    return std::move(decision_);
  }

 private:
  const credential::WptRevisionInfo& revision() const {
    return credential::InfoOf(policy_.wpt_revision);
  }
  bool Demands(Binding binding) const { return policy_.demand.Has(binding); }
  bool AcceptsWpt() const { return policy_.accept.Has(Binding::kWpt); }
  bool AcceptsSignature() const { return policy_.accept.Has(Binding::kHttpSignature); }

  void Refuse(Error error) {
    // The library below had no memory: nothing was found out about the caller.
    if (error.code == Errc::kCryptoFailure) {
      decision_.verdict = Verdict::kUnavailable;
      decision_.http_status = 503;
      decision_.challenge_wpt = false;
    }
    decision_.error = std::move(error);
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
  // WPT-8: a refusal for a reason of the proof; revision 01 answers as for the WIT. SIG-14: where
  // only signatures are accepted there is nothing to challenge with.
  int ProofStatus() const { return AcceptsWpt() ? revision().rejected_status : 400; }

  Result<void> CheckChannel() {
    if (connection_.channel != Channel::kProtected && !policy_.waive_protected_channel) {
      return Refused(Error(Errc::kVerifyChannel, "the channel is not protected"), 400);
    }
    decision_.checks.Pass("WIT-10");
    return {};
  }

  Result<void> CheckPeerOfTransport() {
    const credential::VerifiedWic* peer = connection_.peer;
    if (peer == nullptr) return {};
    decision_.transport = peer->subject();
    const credential::WicRules rules{.profile = policy_.wic_profile, .id_rules = policy_.id_rules};
    Result<void> checked = CheckTransportPeer(*peer, trust_, rules, policy_.generation, now_,
                                              context_.wics, decision_.checks);
    if (!checked.has_value()) return Status(std::move(checked).error(), 400);
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
    return {};
  }

  bool CertificateIsTheProof() const {
    return policy_.accept.Has(Binding::kMutualTls) && connection_.peer != nullptr &&
           !Demands(Binding::kWpt) && !Demands(Binding::kHttpSignature) &&
           request_.fields.Find(credential::kWitField).count == 0 && !HoldsAnyProof();
  }
  bool HoldsAnyProof() const {
    return (AcceptsWpt() && MayHoldWpt()) ||
           (AcceptsSignature() && httpsig::HasSignatureFields(request_.fields));
  }

  Result<void> UseCertificate() {
    decision_.subject = connection_.peer->subject();
    decision_.bindings.Add(Binding::kMutualTls);
    decision_.checks.Pass("TLS-2");
    return {};
  }

  Result<void> VerifyApplicationProof() {
    if (!AcceptsWpt() && !AcceptsSignature()) {
      return Refused(connection_.peer == nullptr
                         ? Error(Errc::kWicMissing, "this listener takes client certificates")
                         : Error(Errc::kVerifyBindingNotAccepted, "this listener takes no tokens"),
                     400);
    }
    if (Demands(Binding::kMutualTls) && connection_.peer == nullptr) {
      return Refused(Error(Errc::kWicMissing, "a client certificate is demanded"), 400);
    }
    SIGNET_TRY(FindWit());
    SIGNET_TRY(VerifyWitOfRequest());
    const bool signed_too = AcceptsSignature() && httpsig::HasSignatureFields(request_.fields);
    const bool wpt_alone =
        !AcceptsSignature() || (!signed_too && !Demands(Binding::kHttpSignature));
    const bool wpt_wanted = Demands(Binding::kWpt) || (AcceptsWpt() && (wpt_alone || MayHoldWpt()));
    if (wpt_wanted) {
      SIGNET_TRY(FindWpt());
      SIGNET_TRY(VerifyWptOfRequest());
    }
    const bool optional = wpt_wanted && !Demands(Binding::kHttpSignature);
    if (optional && !signed_too) return {};
    return VerifySignatureOfRequest(optional);
  }

  Result<void> FindWit() {
    const FieldOccurrence wit = request_.fields.Find(credential::kWitField);
    if (wit.count > 1) return Refused(Error(Errc::kWitDuplicate, "two or more fields"), 400);
    if (wit.count == 0) {
      const bool nothing = request_.fields.Find(credential::kAuthorizationField).count == 0 &&
                           request_.fields.Find(revision().proof_field).count == 0 &&
                           !httpsig::HasSignatureFields(request_.fields);
      if (nothing) {
        Error error = Error(Errc::kVerifyNoCredentials, "neither WIT nor proof")
                          .At(AcceptsWpt() ? "WPT-8" : "SIG-8");
        return Refused(std::move(error), ProofStatus());
      }
      // Credentials of another scheme are no workload credentials either: the challenge says what
      // is wanted [WPT-8].
      const bool other = !MayHoldWpt() && !httpsig::HasSignatureFields(request_.fields);
      return Refused(Error(Errc::kWitMissing, "no field"), other ? ProofStatus() : 400);
    }
    decision_.checks.Pass("WIT-6");
    wit_text_ = wit.value;
    return {};
  }

  // False if there is no proof field, or one Authorization field that is of another scheme.
  bool MayHoldWpt() const {
    const FieldOccurrence field = request_.fields.Find(revision().proof_field);
    if (policy_.wpt_revision == WptRevision::k01) return MayHoldWptOf01(field);
    if (field.count != 1) return field.count > 1;
    const Result<std::string_view> token = proof::WptOfAuthorization(field.value);
    return token.has_value() || token.error().code != Errc::kWptSchemeMismatch;
  }
  bool MayHoldWptOf01(const FieldOccurrence& field) const {
    const FieldOccurrence authorization = request_.fields.Find(credential::kAuthorizationField);
    if (field.count > 0 || authorization.count > 1) return true;
    const std::string_view scheme =
        authorization.value.substr(0, authorization.value.find_first_of(" \t"));
    return authorization.count == 1 && http::EqualsIgnoreCase(scheme, "WPT");
  }

  Result<void> VerifyWitOfRequest() {
    WitFound found;
    Result<void> outcome = VerifyMessageWit(
        wit_text_, trust_, WitRulesOf(policy_), policy_.generation, now_, context_.cache,
        context_.wit_reader, decision_.checks, found, &context_.key_tables);
    decision_.wit_hash = found.hash;
    wit_ = std::move(found.wit);
    if (wit_ != nullptr) decision_.subject = wit_->subject();
    if (!outcome.has_value()) return Status(std::move(outcome).error(), 400);  // WIT-9
    return {};
  }

  // WPT-5.1 in revision 02; the old field in 01. Never one for the other [WPT-4].
  Result<void> FindWpt() {
    return policy_.wpt_revision == WptRevision::k01 ? FindWptInOldField()
                                                    : FindWptInAuthorization();
  }

  Result<void> FindWptInAuthorization() {
    const FieldOccurrence field = request_.fields.Find(credential::kAuthorizationField);
    if (field.count > 1) {
      return Refused(Error(Errc::kWptAuthorizationDuplicate, "two or more fields"), 400);
    }
    if (field.count == 0)
      return Refused(Error(Errc::kWptMissing, "no Authorization field"), ProofStatus());
    Result<std::string_view> token = proof::WptOfAuthorization(field.value);
    if (!token.has_value()) return Refused(std::move(token).error(), ProofStatus());
    decision_.checks.Pass("WPT-5.1");
    proof_text_ = *token;
    return {};
  }

  Result<void> FindWptInOldField() {
    const FieldOccurrence field = request_.fields.Find(revision().proof_field);
    if (field.count > 1)
      return Refused(Error(Errc::kWptFieldDuplicate, "two or more fields"), ProofStatus());
    const FieldOccurrence authorization = request_.fields.Find(credential::kAuthorizationField);
    if (authorization.count > 1) {
      return Refused(Error(Errc::kWptAuthorizationDuplicate, "two or more fields"), 400);
    }
    const std::size_t scheme_end = authorization.value.find_first_of(" \t");
    const std::string_view scheme = authorization.value.substr(0, scheme_end);
    if (authorization.count == 1 && http::EqualsIgnoreCase(scheme, "WPT")) {
      return Refused(field.count == 0
                         ? Error(Errc::kWptFieldMissing, "the proof is in the new field")
                         : Error(Errc::kWptBothForms, "a proof in both fields"),
                     ProofStatus());
    }
    if (field.count == 0) return Refused(Error(Errc::kWptFieldMissing, "no field"), ProofStatus());
    const bool access =
        http::EqualsIgnoreCase(scheme, "Bearer") || http::EqualsIgnoreCase(scheme, "DPoP");
    if (access && scheme_end != std::string_view::npos) {
      access_token_ = http::TrimOws(authorization.value.substr(scheme_end));
    }
    decision_.checks.Pass("WPT-4");
    proof_text_ = field.value;
    return {};
  }

  Result<void> VerifyWptOfRequest() {
    SIGNET_TRY_ASSIGN(const std::optional<std::string_view> txn, OneTxnToken("WPT-5.10"));
    const proof::WptExpectation expected{.audiences = policy_.audiences,
                                         .request_path = path_,
                                         .txn_token = txn,
                                         .access_token = access_token_,
                                         .fields = request_.fields,
                                         .context_fields = policy_.context_fields,
                                         .revision = policy_.wpt_revision,
                                         .leeway = policy_.leeway,
                                         .max_ahead = policy_.max_proof_ahead};
    Result<proof::VerifiedWpt> proof =
        proof::VerifyWpt(proof_text_, *wit_, expected, now_, context_.wpt_reader, decision_.checks,
                         &context_.key_tables);
    if (!proof.has_value()) {
      SIGNET_TRY(CheckConfirmationPoint(proof.error().code));
      return Status(std::move(proof).error(), revision().rejected_status);
    }
    decision_.proof_id = ProofId(proof->jti());
    decision_.bindings.Add(Binding::kWpt);
    wpt_ = *std::move(proof);
    return {};
  }

  // Of a proof whose signature was refused: with a key that is none, none could have been good.
  Result<void> CheckConfirmationPoint(Errc refusal) {
    const bool signature =
        refusal == Errc::kWptSignatureInvalid || refusal == Errc::kHttpsigSignatureInvalid;
    if (!signature || wit_->confirmation_key().HasValidPoint()) return {};
    Error error(Errc::kWitCnfKeyInvalid, "cnf.jwk: crypto.point_invalid");
    decision_.checks.FailInstead(error);
    return Status(std::move(error), 400);
  }

  Result<std::optional<std::string_view>> OneTxnToken(std::string_view rule) {
    const FieldOccurrence txn = request_.fields.Find(credential::kTxnTokenField);
    if (txn.count > 1) {
      Result<void> refused =
          Refused(Error(Errc::kHttpFieldDuplicate, "two or more Txn-Token fields").At(rule), 400);
      return std::unexpected(std::move(refused).error());
    }
    return txn.count == 1 ? std::optional(txn.value) : std::nullopt;
  }

  // `optional`: a WPT is there already, and the message may be signed by somebody else only
  // [SIG-8, SIG-16].
  Result<void> VerifySignatureOfRequest(bool optional) {
    // Whoever reads such a field takes the first line or the last; a signature over both, joined,
    // binds neither.
    SIGNET_TRY(OneTxnToken("SIG-1"));
    if (request_.fields.Find(credential::kAuthorizationField).count > 1) {
      return Refused(
          Error(Errc::kHttpFieldDuplicate, "two or more Authorization fields").At("SIG-1"), 400);
    }
    const trust::OriginTrust* origin = trust_.Find(wit_->subject().origin_text());
    const crypto::AlgSet of_profile = credential::InfoOf(policy_.profile).algs;
    const httpsig::SignatureRules rules{
        .revision = policy_.signature_revision,
        .leeway = policy_.leeway,
        .max_lifetime = policy_.max_signature_lifetime,
        .max_created_age = policy_.max_created_age,
        .algs = origin != nullptr ? origin->AllowedAlgs(of_profile) : crypto::AlgSet{}};
    CheckList checks;
    Result<httpsig::VerifiedSignature> proof = httpsig::VerifyRequestSignature(
        request_, path_, *wit_, policy_.audiences, rules, now_, checks, &context_.key_tables);
    if (!proof.has_value() && optional && proof.error().code == Errc::kHttpsigMissing) return {};
    signature_position_ = decision_.checks.size();
    for (const Check& check : checks) decision_.checks.InsertAt(decision_.checks.size(), check);
    if (!proof.has_value()) {
      SIGNET_TRY(CheckConfirmationPoint(proof.error().code));
      const int status = InfoOf(proof.error().code).http_status;
      return Status(std::move(proof).error(), status);
    }
    if (decision_.proof_id.empty()) decision_.proof_id = ProofId(proof->nonce());
    decision_.bindings.Add(Binding::kHttpSignature);
    signature_position_ += proof->replay_check_position();
    decision_.signature = *std::move(proof);
    return {};
  }

  // On the whole identifier of the verified credential [ID-9, ID-13].
  Result<void> CheckCaller() {
    if (!policy_.callers.Contains(*decision_.subject)) {
      return Refused(Error(Errc::kVerifyCallerNotAllowed, "not on the list of callers"), 403);
    }
    decision_.checks.Pass("CRED-AZ");
    return {};
  }

  // Last, and atomic: what is spent here is acted on [RPL-1]. The signature comes first, because
  // its place in the list of checks is behind that of the WPT.
  Result<void> SpendProofs() {
    if (policy_.waive_replay_protection) return {};
    if (decision_.signature.has_value()) {
      SIGNET_TRY(Spend(decision_.signature->replay_entry(), signature_position_, "SIG-9",
                       Errc::kHttpsigReplayed, 400));
    }
    if (!wpt_.has_value()) return {};
    return Spend(wpt_->replay_entry(), wpt_->replay_check_position(), "WPT-5.9", Errc::kWptReplayed,
                 revision().rejected_status);
  }

  Result<void> Spend(const proof::ReplayEntry& entry, std::size_t position, std::string_view rule,
                     Errc replayed, int status) {
    proof::ReplayOutcome outcome;
    if (replay_ != nullptr) outcome = replay_->TestAndInsert(entry, now_);
    if (outcome.verdict == proof::ReplayVerdict::kFresh) {
      decision_.checks.InsertAt(position, {rule, std::nullopt});
      return {};
    }
    Error error = ReplayError(outcome, replayed);
    decision_.checks.InsertAt(position, {error.rule(), error.code});
    decision_.first_seen = outcome.first_seen;
    if (error.code == replayed) return Status(std::move(error), status);
    decision_.verdict = Verdict::kUnavailable;
    return Status(std::move(error), 503);
  }

  const Policy& policy_;
  const http::Request& request_;
  const Connection& connection_;
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
  std::optional<proof::VerifiedWpt> wpt_;
  std::size_t signature_position_ = 0;
};

Result<Verifier> Verifier::Make(Policy policy) {
  SIGNET_TRY(CheckPolicy(policy));
  return Verifier(std::move(policy));
}

Decision Verifier::Decide(const http::Request& request, const Connection& connection,
                          const trust::TrustSnapshot& trust, proof::ReplayGuard* replay,
                          WallTime now, VerifyContext& context) const {
  return DecisionProcess(policy_, request, connection, trust, replay, now, context).Run();
}

}  // namespace signet::verify
