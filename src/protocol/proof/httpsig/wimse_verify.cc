#include "protocol/proof/httpsig/wimse_verify.h"

#include <algorithm>

#include "protocol/proof/content_digest.h"
#include "protocol/proof/httpsig/internal/field_lines.h"
#include "protocol/proof/httpsig/signature_base.h"

namespace signet::proof::httpsig {
namespace {

template <typename T>
Result<T> At(std::string_view rule, Result<T> result) {
  if (result.has_value()) return result;
  return std::unexpected(std::move(result).error().At(rule));
}

// What is expected of the message beside the rules.
struct RequestExpectation {
  std::string_view path;
  const AudienceSet& audiences;
};
struct ResponseExpectation {
  std::string_view request_nonce;
};

}  // namespace

bool VerifiedSignature::Covers(std::string_view field) const {
  return std::ranges::any_of(
      components_, [field](const Component& component) { return component.IsPlain(field); });
}

bool HasSignatureFields(const http::Fields& fields) {
  return fields.Find(kSignatureField).count > 0 || fields.Find(kSignatureInputField).count > 0;
}

// One verification; its methods are the steps of the header, in its order.
class SignatureVerification {
 public:
  SignatureVerification(const MessageView& message, const credential::VerifiedWit& wit,
                        const SignatureRules& rules, WallTime now, CheckList& checks,
                        crypto::KeyTableView* tables)
      : message_(message), wit_(wit), rules_(rules), now_(now), checks_(checks), tables_(tables) {}

  Result<VerifiedSignature> Run(const RequestExpectation& expected) {
    SIGNET_TRY(RunStart());
    SIGNET_TRY(Step("SIG-1", CheckRequestCoverage()));
    SIGNET_TRY(Step("SIG-5", CheckAudience(expected)));
    return RunEnd();
  }

  Result<VerifiedSignature> Run(const ResponseExpectation& expected) {
    SIGNET_TRY(RunStart());
    SIGNET_TRY(Step("SIG-2", CheckResponseCoverage()));
    SIGNET_TRY(Step("SIG-6", CheckRequestNonce(expected)));
    return RunEnd();
  }

 private:
  Result<void> RunStart() {
    SIGNET_TRY(Step("SIG-8", FindSignature()));
    SIGNET_TRY(Step("SIG-4", CheckParameters()));
    return Step("SIG-7", CheckAlgorithm());
  }

  Result<VerifiedSignature> RunEnd() {
    SIGNET_TRY(Step("SIG-14", CheckTimes()));
    SIGNET_TRY(Step("SIG-9", CheckNonce(), /*record_pass=*/false));
    out_.replay_position_ = checks_.size();
    SIGNET_TRY(Step("SIG-3", CheckContent()));
    SIGNET_TRY(Step("SIG-10", CheckSignature()));
    out_.sign_response_ = Parameters().wimse_sign_response.value_or(false);
    out_.replay_ =
        MakeReplayEntry(ProofKind::kHttpSignature, wit_.subject(), wit_.confirmation_thumbprint(),
                        out_.nonce(), out_.expires_ + rules_.leeway);
    out_.components_ = std::move(entry_.components);
    return std::move(out_);
  }

  // Every refusal of a step is reported as that step.
  Result<void> Step(std::string_view rule, Result<void> outcome, bool record_pass = true) {
    outcome = At(rule, std::move(outcome));
    if (!outcome.has_value()) {
      checks_.Fail(outcome.error());
    } else if (record_pass) {
      checks_.Pass(rule);
    }
    return outcome;
  }

  // By tag, never by label.
  Result<void> FindSignature() {
    SIGNET_TRY_ASSIGN(std::vector<SignatureEntry> entries, ReadSignatures(Fields()));
    const auto has_tag = [](const SignatureEntry& entry) {
      return entry.parameters.tag == kWimseTag;
    };
    const auto count = std::ranges::count_if(entries, has_tag);
    if (count == 0) return Refuse(Errc::kHttpsigMissing, "no signature with the WIMSE tag");
    if (count > 1) return Refuse(Errc::kHttpsigDuplicate, "several signatures with the WIMSE tag");
    entry_ = std::move(*std::ranges::find_if(entries, has_tag));
    return {};
  }

  Result<void> CheckParameters() {
    const SignatureParameters& parameters = Parameters();
    if (!parameters.created.has_value() || !parameters.expires.has_value() ||
        !parameters.nonce.has_value()) {
      return Refuse(Errc::kHttpsigParameterMissing, "created, expires or nonce");
    }
    const std::optional<WallTime> created = WallTimeFromNumericDate(*parameters.created);
    const std::optional<WallTime> expires = WallTimeFromNumericDate(*parameters.expires);
    if (!created.has_value() || !expires.has_value()) {
      return Refuse(Errc::kHttpsigParameterType, "a time outside the years 1970 to 9999");
    }
    created_ = *created;
    out_.expires_ = *expires;
    return {};
  }

  // Key and algorithm come from the WIT alone; a second opinion in the message would let an
  // attacker choose (RFC 9421 section 7.3.6).
  Result<void> CheckAlgorithm() const {
    if (Parameters().keyid.has_value() || Parameters().alg.has_value()) {
      return Refuse(Errc::kHttpsigParameterForbidden, "keyid or alg");
    }
    if (!rules_.algs.Has(wit_.confirmation_alg())) {
      return Refuse(Errc::kHttpsigAlg, "cnf.jwk.alg is not acceptable here");
    }
    return {};
  }

  Result<void> CheckRequestCoverage() const {
    SIGNET_TRY(CheckNotEmpty());
    for (const std::string_view name : InfoOf(rules_.revision).derived) {
      SIGNET_TRY(CheckCovered(name));
    }
    for (const std::string_view name : kRequestFields) {
      if (Fields().Find(name).count > 0) SIGNET_TRY(CheckCovered(name));
    }
    return {};
  }

  Result<void> CheckResponseCoverage() const {
    SIGNET_TRY(CheckNotEmpty());
    SIGNET_TRY(CheckCovered("@status"));
    for (const std::string_view name : InfoOf(rules_.revision).derived) {
      SIGNET_TRY(CheckCovered(name, /*of_request=*/true));
    }
    for (const std::string_view name : kResponseFields) {
      const bool always = http::EqualsIgnoreCase(name, credential::kWitField);
      if (always || Fields().Find(name).count > 0) SIGNET_TRY(CheckCovered(name));
    }
    return {};
  }

  Result<void> CheckNotEmpty() const {
    if (!entry_.components.empty()) return {};
    return Refuse(Errc::kHttpsigComponentInvalid, "no component is covered");
  }

  // By parsed identity: `;bs` or `;req` of a field is another component (ATTACKS 13).
  Result<void> CheckCovered(std::string_view name, bool of_request = false) const {
    const bool covered = std::ranges::any_of(entry_.components, [=](const Component& component) {
      return of_request ? component.IsOfRequest(name) : component.IsPlain(name);
    });
    if (covered) return {};
    return Refuse(Errc::kHttpsigComponentMissing, "not covered: " + std::string(name));
  }

  Result<void> CheckAudience(const RequestExpectation& expected) const {
    const std::optional<std::string>& aud = Parameters().wimse_aud;
    if (!aud.has_value()) return Refuse(Errc::kHttpsigParameterMissing, "wimse-aud");
    if (!expected.audiences.Accepts(*aud, expected.path)) {
      return Refuse(Errc::kHttpsigAudMismatch, "wimse-aud is none of the configured audiences");
    }
    return {};
  }

  // Always, also of a response that nobody demanded to be signed.
  Result<void> CheckRequestNonce(const ResponseExpectation& expected) const {
    const std::optional<std::string>& nonce = Parameters().wimse_req_nonce;
    if (!nonce.has_value()) return Refuse(Errc::kHttpsigReqNonceMissing, "no wimse-req-nonce");
    if (expected.request_nonce.empty() || *nonce != expected.request_nonce) {
      return Refuse(Errc::kHttpsigReqNonceMismatch, "wimse-req-nonce is of another request");
    }
    return {};
  }

  Result<void> CheckTimes() const {
    const WallTime expires = out_.expires_;
    if (now_ - rules_.leeway >= expires) return Refuse(Errc::kHttpsigExpired, "expires has passed");
    if (expires < created_) return Refuse(Errc::kHttpsigExpired, "expires is before created");
    if (created_ > now_ + kMaxCreatedAhead) {
      return Refuse(Errc::kHttpsigCreatedAhead, "created is in the future");
    }
    if (rules_.max_created_age.has_value() &&
        created_ < now_ - *rules_.max_created_age - rules_.leeway) {
      return Refuse(Errc::kHttpsigTooOld, "created is too long ago");
    }
    if (expires - created_ > rules_.max_lifetime + rules_.leeway) {
      return Refuse(Errc::kHttpsigLifetimeTooLong, "expires is too long after created");
    }
    return {};
  }

  Result<void> CheckNonce() {
    const std::string& nonce = *Parameters().nonce;
    if (nonce.empty() || nonce.size() > kMaxNonceBytes) {
      return Refuse(Errc::kHttpsigNonceInvalid, "nonce has not 1 to 256 bytes");
    }
    out_.nonce_ = BoundedText<kMaxNonceBytes>(nonce);
    return {};
  }

  // A digest that is there is a statement about the content, also about none.
  Result<void> CheckContent() const {
    const ByteView body =
        message_.response != nullptr ? message_.response->body : message_.request->body;
    const std::vector<std::string_view> lines = LinesOf("content-digest", Fields());
    if (body.empty() && lines.empty()) return {};
    return VerifyContentDigest(lines, body);
  }

  Result<void> CheckSignature() const {
    SIGNET_TRY_ASSIGN(const std::string base,
                      BuildSignatureBase(entry_.components, entry_.params_text, message_));
    Result<void> verified =
        wit_.confirmation_key().Verify(wit_.confirmation_alg(), AsBytes(base), entry_.signature,
                                       crypto::TableOf(tables_, wit_.confirmation_key()));
    if (verified.has_value() || verified.error().code == Errc::kCryptoFailure) return verified;
    return Refuse(Errc::kHttpsigSignatureInvalid, std::string(verified.error().name()));
  }

  [[nodiscard]] const SignatureParameters& Parameters() const { return entry_.parameters; }
  [[nodiscard]] const http::Fields& Fields() const {
    return message_.response != nullptr ? message_.response->fields : message_.request->fields;
  }

  const MessageView& message_;
  const credential::VerifiedWit& wit_;
  const SignatureRules& rules_;
  WallTime now_;
  CheckList& checks_;
  crypto::KeyTableView* tables_;
  SignatureEntry entry_;
  WallTime created_;
  VerifiedSignature out_;
};

Result<VerifiedSignature> VerifyRequestSignature(const http::Request& request,
                                                 std::string_view request_path,
                                                 const credential::VerifiedWit& wit,
                                                 const AudienceSet& audiences,
                                                 const SignatureRules& rules, WallTime now,
                                                 CheckList& checks, crypto::KeyTableView* tables) {
  const MessageView message{.request = &request};
  return SignatureVerification(message, wit, rules, now, checks, tables)
      .Run(RequestExpectation{.path = request_path, .audiences = audiences});
}

Result<VerifiedSignature> VerifyResponseSignature(const http::Response& response,
                                                  const http::Request& request,
                                                  std::string_view request_nonce,
                                                  const credential::VerifiedWit& wit,
                                                  const SignatureRules& rules, WallTime now,
                                                  CheckList& checks, crypto::KeyTableView* tables) {
  const MessageView message{.request = &request, .response = &response};
  return SignatureVerification(message, wit, rules, now, checks, tables)
      .Run(ResponseExpectation{.request_nonce = request_nonce});
}

}  // namespace signet::proof::httpsig
