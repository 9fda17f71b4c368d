#include "protocol/proof/httpsig/wimse_sign.h"

#include <algorithm>

#include "protocol/codec/uri.h"
#include "protocol/credential/profile.h"
#include "protocol/proof/httpsig/internal/field_lines.h"
#include "protocol/proof/httpsig/signature_base.h"
#include "protocol/proof/httpsig/signature_fields.h"
#include "protocol/proof/own_wit_sign.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::proof::httpsig {
namespace {

namespace sfv = codec::sfv;

constexpr std::string_view kContentDigestField = "Content-Digest";

std::unexpected<Error> Wrong(std::string detail) {
  return Refuse(Errc::kHttpsigSignInput, std::move(detail));
}

Result<void> CheckOptions(const crypto::PrivateKey& key, const SignOptions& options) {
  if (options.expires <= options.now || options.expires > options.now + kMaxSignatureLifetime) {
    return Wrong("expires is not within 300 seconds from now");
  }
  if (options.nonce.size() > kMaxNonceBytes) return Wrong("the nonce has more than 256 bytes");
  if (options.allow_foreign_wit) return {};
  return CheckOwnWit(key, options.wit, Errc::kHttpsigSignInput);
}

// The label of ours: one that no other signature of the message has. Recipients go by the tag, so
// the name means nothing [SIG-8].
Result<std::string> FreeLabel(const http::Fields& fields) {
  const Result<std::vector<SignatureEntry>> entries = ReadSignatures(fields);
  if (!entries.has_value()) {
    return Wrong("the signatures there: " + std::string(entries.error().name()));
  }
  const auto taken = [&](const std::string& label) {
    return std::ranges::find(*entries, label, &SignatureEntry::label) != entries->end();
  };
  for (const SignatureEntry& entry : *entries) {
    // Two would make the message invalid for everybody [SIG-8, SIG-16].
    if (entry.parameters.tag == kWimseTag) return Wrong("a WIMSE signature is there already");
  }
  std::string label(kWimseLabel);
  for (std::size_t i = 2; taken(label); ++i) {
    label = std::string(kWimseLabel) + "-" + std::to_string(i);
  }
  return label;
}

// Components must be such as a recipient reads.
Result<void> AddExtra(const std::vector<Component>& extra, std::vector<Component>& out) {
  for (const Component& component : extra) {
    SIGNET_TRY_ASSIGN(const std::string identifier, IdentifierOf(component));
    const std::string_view line = identifier;
    const Result<sfv::Item> item = sfv::ParseItem(std::span(&line, 1));
    if (!item.has_value()) return Refuse(Errc::kHttpsigComponentInvalid, "an extra component");
    SIGNET_TRY_ASSIGN(Component parsed, ParseComponent(*item));
    if (std::ranges::find(out, parsed) == out.end()) out.push_back(std::move(parsed));
  }
  return {};
}

// One signing: adds to `fields`, which are those of the message's copy, what is to be sent.
class Signing {
 public:
  Signing(const crypto::PrivateKey& key, const SignOptions& options, http::Fields& fields)
      : key_(key), options_(options), fields_(fields) {}

  Result<void> Prepare(ByteView body, Random& random) {
    SIGNET_TRY(CheckOptions(key_, options_));
    SIGNET_TRY_ASSIGN(label_, FreeLabel(fields_));
    out_.fields.reserve(4);  // the message's copy borrows them
    SIGNET_TRY(AddWit());
    SIGNET_TRY(AddContentDigest(body));
    out_.nonce = options_.nonce.empty() ? RandomId(random) : std::string(options_.nonce);
    parameters_.created = ToNumericDate(options_.now);
    parameters_.expires = ToNumericDate(options_.expires);
    parameters_.nonce = out_.nonce;
    parameters_.tag = kWimseTag;
    return {};
  }

  SignatureParameters& parameters() { return parameters_; }

  Result<SignedMessage> Finish(std::vector<Component> components,
                               std::span<const std::string_view> field_names,
                               const MessageView& message) {
    for (const std::string_view name : field_names) {
      if (fields_.Find(name).count > 0) components.push_back(Plain(name));
    }
    SIGNET_TRY(AddExtra(options_.extra, components));
    if (components.size() > kMaxCoveredComponents) {
      return Refuse(Errc::kHttpsigComponentInvalid, "too many components");
    }
    SIGNET_TRY_ASSIGN(const std::string params, WriteSignatureParams(components, parameters_));
    SIGNET_TRY_ASSIGN(const std::string base, BuildSignatureBase(components, params, message));
    SIGNET_TRY_ASSIGN(Bytes signature, key_.Sign(AsBytes(base)));
    SIGNET_TRY_ASSIGN(const std::string value, sfv::Serialize(sfv::BareItem(std::move(signature))));
    out_.fields.push_back({std::string(kSignatureInputField), label_ + "=" + params});
    out_.fields.push_back({std::string(kSignatureField), label_ + "=" + value});
    return std::move(out_);
  }

 private:
  void Add(std::string_view name, std::string value) {
    const SignedField& added = out_.fields.emplace_back(std::string(name), std::move(value));
    fields_.Add(added.name, added.value);
  }

  Result<void> AddWit() {
    const http::FieldOccurrence wit = fields_.Find(credential::kWitField);
    if (wit.count > 1 || (wit.count == 1 && wit.value != options_.wit)) {
      return Wrong("another WIT is in the message");
    }
    if (wit.count == 0) Add(credential::kWitField, std::string(options_.wit));
    return {};
  }

  Result<void> AddContentDigest(ByteView body) {
    const std::vector<std::string_view> lines = LinesOf(kContentDigestField, fields_);
    if (!lines.empty()) return VerifyContentDigest(lines, body);
    if (!body.empty()) Add(kContentDigestField, ContentDigestOf(body, options_.digest));
    return {};
  }

  const crypto::PrivateKey& key_;
  const SignOptions& options_;
  http::Fields& fields_;
  std::string label_;
  SignatureParameters parameters_;
  SignedMessage out_;
};

// "wimse=(...);created;expires;tag=..." with parameters as RFC 9421 section 5.1 asks for them: no
// nonce, because a value there would be the one to use.
std::string AcceptSignature(const std::vector<Component>& components) {
  sfv::InnerList list;
  for (const Component& component : components) {
    sfv::Item item{.value = component.name};
    if (component.req) item.parameters.Set("req", true);
    list.items.push_back(std::move(item));
  }
  list.parameters.Set("created", true);
  list.parameters.Set("expires", true);
  list.parameters.Set("tag", std::string(kWimseTag));
  return std::string(kWimseLabel) + "=" + sfv::Serialize(list).value();
}

}  // namespace

Result<SignedMessage> SignRequest(const crypto::PrivateKey& key, const http::Request& request,
                                  const SignOptions& options,
                                  const RequestSignOptions& request_options, Random& random) {
  const std::string_view audience = codec::WithoutQueryAndFragment(request_options.audience);
  if (audience.empty()) return Wrong("the audience is empty");
  http::Request sent = request;
  Signing signing(key, options, sent.fields);
  SIGNET_TRY(signing.Prepare(request.body, random));
  signing.parameters().wimse_aud = std::string(audience);
  // False is the same as absent [SIG-5a].
  if (request_options.sign_response) signing.parameters().wimse_sign_response = true;
  std::vector<Component> components;
  for (const std::string_view name : InfoOf(options.revision).derived) {
    components.push_back(Plain(name));
  }
  return signing.Finish(std::move(components), kRequestFields, {.request = &sent});
}

Result<SignedMessage> SignResponse(const crypto::PrivateKey& key, const http::Response& response,
                                   const http::Request& request, std::string_view request_nonce,
                                   const SignOptions& options, Random& random) {
  if (request_nonce.empty()) return Wrong("the nonce of the request is empty");
  http::Response sent = response;
  Signing signing(key, options, sent.fields);
  SIGNET_TRY(signing.Prepare(response.body, random));
  signing.parameters().wimse_req_nonce = std::string(request_nonce);
  std::vector<Component> components{Plain("@status")};
  for (const std::string_view name : InfoOf(options.revision).derived) {
    components.push_back(OfRequest(name));
  }
  return signing.Finish(std::move(components), kResponseFields,
                        {.request = &request, .response = &sent});
}

std::string AcceptSignatureForRequests(SignatureRevision revision) {
  std::vector<Component> components;
  for (const std::string_view name : InfoOf(revision).derived) components.push_back(Plain(name));
  for (const std::string_view name : kRequestFields) components.push_back(Plain(name));
  return AcceptSignature(components);
}

std::string AcceptSignatureForResponses(SignatureRevision revision) {
  std::vector<Component> components{Plain("@status")};
  for (const std::string_view name : InfoOf(revision).derived) {
    components.push_back(OfRequest(name));
  }
  for (const std::string_view name : kResponseFields) components.push_back(Plain(name));
  return AcceptSignature(components);
}

}  // namespace signet::proof::httpsig
