#include "app/tool_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/inspect/key.h"
#include "app/tool_input.h"
#include "app/tool_text.h"

namespace signet::app {

void AddWitVerifyOptions(CLI::App& command, WitVerifyOptions& options) {
  command
      .add_option("--trust", options.trust,
                  "Keys of a trust domain, as wimse://example.com=FILE; may be repeated")
      ->required()
      ->type_name("ORIGIN=FILE")
      ->allow_extra_args(false);
  command.add_option("--bundle-format", options.bundle_format, "Format of the --trust files")
      ->check(CLI::IsMember({"raw", "spiffe", "wimse"}))
      ->capture_default_str();
  command.add_option("--profile", options.profile, "Rules by which the WIT is read")
      ->check(CLI::IsMember({"wimse", "spiffe"}))
      ->capture_default_str();
  command.add_option("--max-lifetime", options.max_lifetime, "Longest lifetime of a WIT, as 24h")
      ->type_name("TIME");
  command.add_option("--issuer", options.issuer, "Demand this iss")->type_name("URI");
  command.add_option("--leeway", options.leeway, "Difference between clocks that is tolerated")
      ->type_name("TIME")
      ->capture_default_str();
}

Result<WitVerification> PrepareWitVerification(const WitVerifyOptions& options) {
  WitVerification out;
  SIGNET_TRY_ASSIGN(out.trust, LoadTrust(options.trust, *FormatFromName(options.bundle_format)));
  out.rules.profile = *credential::WitProfileFromName(options.profile);
  SIGNET_TRY_ASSIGN(out.rules.leeway, ParseDuration(options.leeway));
  if (!options.max_lifetime.empty()) {
    SIGNET_TRY_ASSIGN(const seconds limit, ParseDuration(options.max_lifetime));
    out.rules.max_lifetime = limit;
  }
  if (!options.issuer.empty()) out.rules.expected_issuer = options.issuer;
  return out;
}

std::optional<crypto::Alg> ConfirmedAlgOf(std::string_view wit) {
  jose::JwsReader reader;
  if (!reader.Read(wit).has_value()) return std::nullopt;
  const auto cnf = reader.claims().Find("cnf");
  const auto jwk = cnf.has_value() ? cnf->Find("jwk") : std::nullopt;
  const auto alg = jwk.has_value() ? jwk->Find("alg") : std::nullopt;
  const auto name = alg.has_value() ? alg->AsString() : std::nullopt;
  return name.has_value() ? crypto::AlgFromName(*name) : std::nullopt;
}

void DescribeVerifiedWit(const credential::VerifiedWit& wit, WallTime now, Verdict& verdict) {
  const std::string_view alg = crypto::NameOf(wit.confirmation_alg());
  verdict.rows.push_back({"subject", wit.subject().text()});
  verdict.rows.push_back({"expires", DateAndRelativeText(wit.exp(), now)});
  if (!wit.issuer().empty()) verdict.rows.push_back({"issuer", Printable(wit.issuer())});
  verdict.rows.push_back({"signed by", wit.kid().empty() ? "the only key of its origin"
                                                         : "key " + Printable(wit.kid())});
  verdict.rows.push_back(
      {"confirms", fmt::format("{}, {}, thumbprint {}", KeyTypeText(wit.confirmation_key()), alg,
                               wit.confirmation_thumbprint())});
  verdict.rows.push_back({"hash", wit.hash() + "  (wth of its proofs)"});
  using Json = nlohmann::ordered_json;
  const auto optional = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  verdict.result["sub"] = wit.subject().text();
  verdict.result["exp"] = ToNumericDate(wit.exp());
  verdict.result["kid"] = optional(wit.kid());
  verdict.result["iss"] = optional(wit.issuer());
  verdict.result["jti"] = optional(wit.jti());
  verdict.result["cnf_alg"] = alg;
  verdict.result["cnf_thumbprint"] = wit.confirmation_thumbprint();
  verdict.result["hash"] = wit.hash();
}

void AddPemOutputOptions(CLI::App& command, PemOutput& output) {
  command.add_option("--out", output.out, "Write to this file instead of standard output")
      ->type_name("FILE");
  command.add_flag("--force", output.force, "Replace the file if it exists");
}

}  // namespace signet::app
