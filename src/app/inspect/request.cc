#include "app/inspect/request.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/http_text.h"
#include "app/inspect/http_message.h"
#include "app/inspect/token.h"
#include "app/tool_text.h"
#include "protocol/credential/profile.h"
#include "protocol/http/message.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/httpsig/wimse_verify.h"
#include "protocol/proof/wpt_verify.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kOldProofField =
    credential::InfoOf(credential::WptRevision::k01).proof_field;

class RequestInspection {
 public:
  RequestInspection(std::string_view text, WallTime now) : read_(ParseMessage(text)), now_(now) {}

  Inspection Run() {
    out_.kind = "http-request";
    out_.title = "HTTP request";
    DescribeRequest();
    if (read_.fault.has_value()) out_.findings.push_back(*read_.fault);
    TakeWit();
    TakeProof();
    if (wit_.has_value() && wpt_.has_value()) CompareTokens();
    InspectSignatures(read_, wit_, wpt_.has_value(), now_, out_);
    out_.unverified =
        "Nothing was verified: neither who issued the WIT, nor the audience, nor that the proof is "
        "used once. To verify: signet http verify FILE --trust ORIGIN=KEYS --audience URI";
    return std::move(out_);
  }

 private:
  const http::Request& request() const { return read_.request; }
  // Signed requests may have an Authorization field for other credentials.
  [[nodiscard]] bool IsSigned() const {
    return proof::httpsig::HasSignatureFields(request().fields);
  }

  void DescribeRequest() {
    RowGroup group{"request", {}};
    group.rows.push_back({"line", PrintableStart(request().method, 20) + " " +
                                      PrintableStart(request().target, 200)});
    group.rows.push_back({"host", PrintableStart(request().authority, 200)});
    group.rows.push_back({"fields", fmt::format("{}", request().fields.lines().size())});
    group.rows.push_back({"body", fmt::format("{} bytes", request().body.size())});
    out_.groups.push_back(std::move(group));
    out_.json["method"] = request().method;
    out_.json["target"] = request().target;
    out_.json["host"] = request().authority;
    out_.json["body_bytes"] = request().body.size();
  }

  void TakeWit() {
    const http::FieldOccurrence field = request().fields.Find(credential::kWitField);
    if (field.count == 0) {
      out_.findings.emplace_back(Errc::kWitMissing, "no Workload-Identity-Token field");
      return;
    }
    if (field.count > 1) {
      out_.findings.emplace_back(Errc::kWitDuplicate, fmt::format("{} fields", field.count));
    }
    wit_ = field.value;
    out_.parts.push_back(InspectToken(field.value, TokenKind::kWit, now_));
  }

  void TakeProof() {
    const http::FieldOccurrence auth = request().fields.Find(credential::kAuthorizationField);
    const http::FieldOccurrence old = request().fields.Find(kOldProofField);
    if (auth.count > 1) {
      out_.findings.emplace_back(Errc::kWptAuthorizationDuplicate,
                                 fmt::format("{} fields", auth.count));
    }
    if (auth.count == 0 && old.count == 0) {
      if (!IsSigned()) out_.findings.emplace_back(Errc::kWptMissing, "no Authorization field");
      return;
    }
    if (auth.count > 0) {
      Result<std::string_view> token = proof::WptOfAuthorization(auth.value);
      if (token.has_value()) {
        wpt_ = *token;
      } else if (old.count == 0 && !IsSigned()) {
        out_.findings.push_back(std::move(token).error());
      }
    }
    if (wpt_.has_value() && old.count > 0) {
      out_.findings.emplace_back(Errc::kWptBothForms, "Authorization and Workload-Proof-Token");
    } else if (!wpt_.has_value() && old.count > 0) {
      wpt_ = old.value;
      out_.notes.emplace_back(
          "The proof is in Workload-Proof-Token: revision 01 only [WPT-4]. Revision 02 does not "
          "look there.");
    }
    if (wpt_.has_value()) out_.parts.push_back(InspectToken(*wpt_, TokenKind::kWpt, now_));
  }

  // What two tokens say of each other needs no anchor.
  void CompareTokens() {
    jose::JwsReader wit;
    jose::JwsReader wpt;
    if (!wit.Read(*wit_).has_value() || !wpt.Read(*wpt_).has_value()) return;
    CompareKeys(wit, wpt);
    CompareHash(wpt, "wth", *wit_, Errc::kWptWthMismatch);
    const http::FieldOccurrence txn = request().fields.Find(credential::kTxnTokenField);
    const bool has_tth = wpt.claims().Find("tth").has_value();
    if (txn.count > 0 && !has_tth) {
      out_.findings.emplace_back(Errc::kWptTthMissing, "a Txn-Token without tth");
    } else if (txn.count == 0 && has_tth) {
      out_.findings.emplace_back(Errc::kWptTthWithoutToken, "tth without a Txn-Token");
    } else if (txn.count > 0) {
      CompareHash(wpt, "tth", txn.value, Errc::kWptTthMismatch);
    }
  }

  void CompareKeys(const jose::JwsReader& wit, const jose::JwsReader& wpt) {
    const auto cnf = wit.claims().Find("cnf");
    const auto jwk = cnf.has_value() ? cnf->Find("jwk") : std::nullopt;
    if (!jwk.has_value()) return;
    const Result<jose::Jwk> key = jose::ParseJwk(*jwk, {.require_alg = true});
    if (!key.has_value() || !key->alg.has_value()) return;
    if (wpt.header().alg_name != crypto::NameOf(*key->alg)) {
      out_.findings.emplace_back(Errc::kWptAlgMismatch, "alg is not cnf.jwk.alg");
      return;
    }
    if (jose::VerifyJws(wpt, *key->alg, *key).has_value()) {
      out_.notes.emplace_back(
          "The proof is signed with the key that the WIT names. That says nothing yet: anybody "
          "can write a WIT.");
    } else {
      out_.findings.emplace_back(Errc::kWptSignatureInvalid, "not signed with cnf.jwk of the WIT");
    }
  }

  void CompareHash(const jose::JwsReader& wpt, std::string_view claim, std::string_view token,
                   Errc code) {
    const auto hash = wpt.claims().Find(claim);
    if (!hash.has_value() || !hash->is_string()) return;
    if (hash->AsString() != proof::TokenHash(token).view()) {
      out_.findings.emplace_back(code, std::string(claim) + " is another token's hash");
    }
  }

  MessageText read_;
  WallTime now_;
  std::optional<std::string_view> wit_;
  std::optional<std::string_view> wpt_;
  Inspection out_;
};

}  // namespace

Inspection InspectRequest(std::string_view text, WallTime now) {
  return RequestInspection(text, now).Run();
}

}  // namespace signet::app
