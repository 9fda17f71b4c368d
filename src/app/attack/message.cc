#include "app/attack/message.h"

#include <algorithm>

#include "protocol/codec/base64url.h"
#include "protocol/credential/profile.h"
#include "protocol/crypto/digest.h"
#include "protocol/http/message.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app::attack {
namespace {

constexpr seconds kLifetime{60};

// What must be covered where it is present, in the order in which it is written.
constexpr std::string_view kCoveredFields[] = {"content-type", "content-digest", "authorization",
                                               "txn-token", "workload-identity-token"};

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string LowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// "?" and the query, "?" alone without one (RFC 9421 section 2.2.7).
std::string QueryOf(const Message& message) {
  const std::size_t mark = message.target.find('?');
  return mark == std::string::npos ? "?" : message.target.substr(mark);
}

std::string FieldValue(const Message& message, std::string_view name, bool binary) {
  std::string out;
  bool first = true;
  for (const http1::Header& field : message.headers) {
    if (LowerCase(field.name) != name) continue;
    if (!first) out += ", ";
    first = false;
    const std::string_view value = http::TrimOws(field.value);
    out += binary ? ":" + codec::Base64Encode(AsBytes(value)) + ":" : std::string(value);
  }
  return out;
}

// By the name between the quotes, whatever parameters follow it.
std::string ValueOf(const Message& message, std::string_view component) {
  const std::size_t end = component.find('"', 1);
  const std::string name = LowerCase(component.substr(1, end - 1));
  const bool binary = component.substr(end).find(";bs") != std::string_view::npos;
  if (name == "@method") return message.method;
  if (name == "@path") return PathOf(message).empty() ? "/" : std::string(PathOf(message));
  if (name == "@query") return QueryOf(message);
  if (name == "@request-target") return message.target;
  if (name == "@authority") return LowerCase(message.host);
  if (name == "@scheme") return "https";
  return FieldValue(message, name, binary);
}

// A further member of a dictionary field.
void AddMember(Message& message, std::string_view field, const std::string& member) {
  std::string* const there = FieldOf(message, field);
  if (there == nullptr) {
    AddField(message, field, member);
  } else {
    *there += ", " + member;
  }
}

}  // namespace

Message BareCall(const Loot& loot) {
  Message out{.method = loot.call.method,
              .target = loot.call.target,
              .headers = {},
              .body = loot.call.body,
              .host = loot.call.authority};
  if (!out.body.empty()) AddField(out, "Content-Type", "application/json");
  return out;
}

void AddField(Message& message, std::string_view name, std::string_view value) {
  message.headers.push_back({std::string(name), std::string(value)});
}

std::string* FieldOf(Message& message, std::string_view name) {
  for (http1::Header& field : message.headers) {
    if (http::EqualsIgnoreCase(field.name, name)) return &field.value;
  }
  return nullptr;
}

void RemoveField(Message& message, std::string_view name) {
  std::erase_if(message.headers, [&](const http1::Header& field) {
    return http::EqualsIgnoreCase(field.name, name);
  });
}

std::string_view PathOf(const Message& message) {
  return std::string_view(message.target).substr(0, message.target.find('?'));
}

std::string HashOf(std::string_view token) {
  return codec::Base64UrlEncode(crypto::Sha256(AsBytes(token)));
}

Result<std::string> ProofDraft::Seal(const SignFunction& sign) const {
  return SealToken(header.dump(), claims.dump(), sign);
}

ProofDraft GoodProof(const Loot& loot, std::string_view wit, std::string_view alg) {
  return {.header = {{"alg", alg}, {"typ", "wpt+jwt"}},
          .claims = {{"aud", loot.call.audience},
                     {"exp", ToNumericDate(loot.now + kLifetime)},
                     {"jti", proof::RandomId(*loot.random)},
                     {"wth", HashOf(wit)}}};
}

Message WithTokens(const Loot& loot, std::string_view wit, std::string_view wpt) {
  Message out = BareCall(loot);
  AddField(out, credential::kWitField, wit);
  AddField(out, credential::kAuthorizationField, "WPT " + std::string(wpt));
  return out;
}

Result<Message> GoodWptCall(const Loot& loot, const Holder& holder) {
  SIGNET_TRY_ASSIGN(const std::string wpt,
                    GoodProof(loot, holder.wit, holder.alg).Seal(holder.sign));
  return WithTokens(loot, holder.wit, wpt);
}

void SignatureDraft::Set(std::string_view name, std::string value) {
  for (auto& [there, old] : parameters) {
    if (there != name) continue;
    old = std::move(value);
    return;
  }
  parameters.emplace_back(std::string(name), std::move(value));
}

void SignatureDraft::Drop(std::string_view name) {
  std::erase_if(parameters, [&](const auto& parameter) { return parameter.first == name; });
}

void SignatureDraft::DropComponent(std::string_view component) {
  std::erase(components, std::string(component));
}

void SignatureDraft::ReplaceComponent(std::string_view component, const std::string& by) {
  std::ranges::replace(components, std::string(component), by);
}

std::string SignatureDraft::Text() const {
  std::string out = "(";
  for (const std::string& component : components) {
    if (out.size() > 1) out += ' ';
    out += component;
  }
  out += ')';
  for (const auto& [name, value] : parameters)
    out.append(";").append(name).append("=").append(value);
  return out;
}

Message UnsignedCall(const Loot& loot, std::string_view wit) {
  Message out = BareCall(loot);
  AddField(out, credential::kWitField, wit);
  if (!out.body.empty()) {
    AddField(out, "Content-Digest",
             "sha-256=:" + codec::Base64Encode(crypto::Sha256(AsBytes(out.body))) + ":");
  }
  return out;
}

SignatureDraft GoodSignature(const Loot& loot, const Message& message) {
  SignatureDraft out;
  out.components = {Quoted("@method"), Quoted("@path"), Quoted("@query")};
  for (const std::string_view name : kCoveredFields) {
    const bool there = std::ranges::any_of(message.headers, [&](const http1::Header& field) {
      return http::EqualsIgnoreCase(field.name, name);
    });
    if (there) out.components.push_back(Quoted(name));
  }
  out.Set("created", std::to_string(ToNumericDate(loot.now)));
  out.Set("expires", std::to_string(ToNumericDate(loot.now + kLifetime)));
  out.Set("nonce", Quoted(proof::RandomId(*loot.random)));
  out.Set("tag", Quoted("wimse-workload-to-workload"));
  out.Set("wimse-aud", Quoted(loot.call.audience));
  return out;
}

std::string SignatureBase(const Message& message, const SignatureDraft& draft) {
  std::string out;
  for (const std::string& component : draft.components) {
    out += component + ": " + ValueOf(message, component) + "\n";
  }
  return out + "\"@signature-params\": " + draft.Text();
}

Result<void> SignMessage(Message& message, const SignatureDraft& draft, const SignFunction& sign) {
  SIGNET_TRY_ASSIGN(const Bytes signature, sign(AsBytes(SignatureBase(message, draft))));
  AddMember(message, "Signature-Input", draft.label + "=" + draft.Text());
  AddMember(message, "Signature", draft.label + "=:" + codec::Base64Encode(signature) + ":");
  return {};
}

Result<Message> GoodSignedCall(const Loot& loot, const Holder& holder) {
  Message out = UnsignedCall(loot, holder.wit);
  SIGNET_TRY(SignMessage(out, GoodSignature(loot, out), holder.sign));
  return out;
}

Result<Message> WithWit(const Loot& loot, std::string_view wit, std::string_view alg,
                        const SignFunction& sign) {
  if (loot.accept.Has(verify::Binding::kWpt)) {
    SIGNET_TRY_ASSIGN(const std::string wpt, GoodProof(loot, wit, alg).Seal(sign));
    return WithTokens(loot, wit, wpt);
  }
  Message out = UnsignedCall(loot, wit);
  SIGNET_TRY(SignMessage(out, GoodSignature(loot, out), sign));
  return out;
}

}  // namespace signet::app::attack
