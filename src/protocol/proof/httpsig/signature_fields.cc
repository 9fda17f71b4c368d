#include "protocol/proof/httpsig/signature_fields.h"

#include <algorithm>
#include <span>

#include "protocol/proof/httpsig/internal/field_lines.h"

namespace signet::proof::httpsig {
namespace {

namespace sfv = codec::sfv;

std::unexpected<Error> Malformed(const char* why) { return Refuse(Errc::kHttpsigMalformed, why); }

template <typename T>
Result<void> SetTyped(sfv::BareItem& value, std::optional<T>& member) {
  T* const typed = std::get_if<T>(&value);
  if (typed == nullptr) return Refuse(Errc::kHttpsigParameterType, "a parameter of another type");
  member = std::move(*typed);
  return {};
}

// RFC 9421 section 2.3 and the registry: a known parameter has one type. Others are for somebody
// else; they are signed as they stand.
Result<void> SetParameter(std::string_view key, sfv::BareItem& value, SignatureParameters& out) {
  if (key == "created") return SetTyped(value, out.created);
  if (key == "expires") return SetTyped(value, out.expires);
  if (key == "nonce") return SetTyped(value, out.nonce);
  if (key == "alg") return SetTyped(value, out.alg);
  if (key == "keyid") return SetTyped(value, out.keyid);
  if (key == "tag") return SetTyped(value, out.tag);
  if (key == "wimse-aud") return SetTyped(value, out.wimse_aud);
  if (key == "wimse-req-nonce") return SetTyped(value, out.wimse_req_nonce);
  if (key == "wimse-sign-response") return SetTyped(value, out.wimse_sign_response);
  return {};
}

Result<std::vector<Component>> ReadComponents(std::vector<sfv::Item> items) {
  if (items.size() > kMaxCoveredComponents) {
    return Refuse(Errc::kHttpsigComponentInvalid, "too many components");
  }
  std::vector<Component> out;
  out.reserve(items.size());
  for (sfv::Item& item : items) {
    SIGNET_TRY_ASSIGN(Component component, ParseComponent(std::move(item)));
    // Compared as parsed: another order of the parameters is no other component (ATTACKS 13).
    if (std::ranges::find(out, component) != out.end()) {
      return Refuse(Errc::kHttpsigComponentInvalid, "a component twice");
    }
    out.push_back(std::move(component));
  }
  return out;
}

Result<SignatureEntry> ReadEntry(std::string label, sfv::Member member) {
  auto* const list = std::get_if<sfv::InnerList>(&member);
  if (list == nullptr) return Malformed("a member of Signature-Input that is no inner list");
  if (list->parameters.repeated()) return Malformed("a signature parameter twice");
  SignatureEntry out;
  out.label = std::move(label);
  // What was received, serialized again: the text in the field may have other white space (RFC 9421
  // section 2.3).
  SIGNET_TRY_ASSIGN(out.params_text, sfv::Serialize(*list));
  SIGNET_TRY_ASSIGN(out.components, ReadComponents(std::move(list->items)));
  for (auto& [key, value] : std::move(list->parameters).TakeEntries()) {
    SIGNET_TRY(SetParameter(key, value, out.parameters));
  }
  return out;
}

Result<sfv::Dictionary> ReadDictionary(std::span<const std::string_view> lines) {
  SIGNET_TRY_ASSIGN(sfv::Dictionary out, sfv::ParseDictionary(lines));
  if (out.repeated()) return Malformed("a label twice");
  if (out.entries().size() > kMaxSignatures) return Malformed("too many signatures");
  return out;
}

const Bytes* SignatureOf(const sfv::Member& member) {
  const auto* const item = std::get_if<sfv::Item>(&member);
  return item == nullptr ? nullptr : std::get_if<Bytes>(&item->value);
}

template <typename T>
void SetIfThere(std::string_view key, const std::optional<T>& value, sfv::Parameters& out) {
  if (value.has_value()) out.Set(key, *value);
}

}  // namespace

Result<std::vector<SignatureEntry>> ReadSignatures(const http::Fields& fields) {
  SIGNET_TRY_ASSIGN(sfv::Dictionary inputs, ReadDictionary(LinesOf(kSignatureInputField, fields)));
  SIGNET_TRY_ASSIGN(const sfv::Dictionary signatures,
                    ReadDictionary(LinesOf(kSignatureField, fields)));
  if (inputs.entries().size() != signatures.entries().size()) {
    return Malformed("a label of only one of the fields");
  }
  std::vector<SignatureEntry> out;
  out.reserve(inputs.entries().size());
  for (auto& [label, member] : std::move(inputs).TakeEntries()) {
    const sfv::Member* const signature = signatures.Find(label);
    if (signature == nullptr) return Malformed("a label of only one of the fields");
    const Bytes* const bytes = SignatureOf(*signature);
    if (bytes == nullptr) return Malformed("a signature that is no byte sequence");
    SIGNET_TRY_ASSIGN(SignatureEntry entry, ReadEntry(std::move(label), std::move(member)));
    entry.signature = *bytes;
    out.push_back(std::move(entry));
  }
  return out;
}

Result<SignatureEntry> ReadSignatureInput(std::string_view field_value, std::string_view label) {
  SIGNET_TRY_ASSIGN(const sfv::Dictionary inputs, ReadDictionary(std::span(&field_value, 1)));
  const sfv::Member* const member = inputs.Find(label);
  if (member == nullptr) return Refuse(Errc::kHttpsigMissing, "no signature with this label");
  return ReadEntry(std::string(label), *member);
}

Result<std::string> WriteSignatureParams(const std::vector<Component>& components,
                                         const SignatureParameters& parameters) {
  std::string out = "(";
  for (const Component& component : components) {
    SIGNET_TRY_ASSIGN(const std::string identifier, IdentifierOf(component));
    if (out.size() > 1) out += " ";
    out += identifier;
  }
  sfv::InnerList list;
  SetIfThere("created", parameters.created, list.parameters);
  SetIfThere("expires", parameters.expires, list.parameters);
  SetIfThere("nonce", parameters.nonce, list.parameters);
  SetIfThere("alg", parameters.alg, list.parameters);
  SetIfThere("keyid", parameters.keyid, list.parameters);
  SetIfThere("tag", parameters.tag, list.parameters);
  SetIfThere("wimse-aud", parameters.wimse_aud, list.parameters);
  SetIfThere("wimse-req-nonce", parameters.wimse_req_nonce, list.parameters);
  SetIfThere("wimse-sign-response", parameters.wimse_sign_response, list.parameters);
  SIGNET_TRY_ASSIGN(const std::string empty_list, sfv::Serialize(list));
  return out.append(std::string_view(empty_list).substr(1));  // without its "("
}

}  // namespace signet::proof::httpsig
