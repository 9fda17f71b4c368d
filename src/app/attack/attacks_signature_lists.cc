// Attacks on the fields of HTTP signatures themselves: two readers of the same list may not see
// different things in it.
#include <iterator>

#include "app/attack/catalogue.h"

namespace signet::app::attack {
namespace {

template <typename Change>
Result<Message> Signed(const Loot& loot, const Change& change) {
  Message message = UnsignedCall(loot, loot.caller.wit);
  SignatureDraft draft = GoodSignature(loot, message);
  change(draft);
  SIGNET_TRY(SignMessage(message, draft, loot.caller.sign));
  return message;
}

Result<Message> EmptyList(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.components.clear(); });
}
Result<Message> ComponentTwice(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.components.emplace_back("\"@method\""); });
}
Result<Message> ComponentTwiceInAnotherOrder(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) {
    d.components.emplace_back("\"workload-identity-token\";bs;tr");
    d.components.emplace_back("\"workload-identity-token\";tr;bs");
  });
}
Result<Message> UnknownParameter(const Loot& loot) {
  return Signed(loot,
                [](SignatureDraft& d) { d.ReplaceComponent("\"@method\"", "\"@method\";x"); });
}
Result<Message> UnknownComponent(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.components.emplace_back("\"@everything\""); });
}
Result<Message> UpperCase(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) {
    d.ReplaceComponent("\"workload-identity-token\"", "\"Workload-Identity-Token\"");
  });
}
Result<Message> ByteSequence(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) {
    d.ReplaceComponent("\"workload-identity-token\"", "\"workload-identity-token\";bs");
  });
}
Result<Message> OfRequest(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.ReplaceComponent("\"@path\"", "\"@path\";req"); });
}
Result<Message> AbsentField(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.components.emplace_back("\"x-not-there\""); });
}
// A dictionary with a key twice: by its own rules the last counts, so both would "parse".
Result<Message> SameLabel(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodSignedCall(loot, loot.caller));
  const std::string input = *FieldOf(out, "Signature-Input");
  AddField(out, "Signature-Input", input);
  return out;
}
Result<Message> NoSignature(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodSignedCall(loot, loot.caller));
  RemoveField(out, "Signature");
  return out;
}
Result<Message> NoInput(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodSignedCall(loot, loot.caller));
  RemoveField(out, "Signature-Input");
  return out;
}
Result<Message> OtherLabel(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodSignedCall(loot, loot.caller));
  std::string& signature = *FieldOf(out, "Signature");
  signature.insert(0, "x");
  return out;
}
// A member that is no inner list.
Result<Message> NoList(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodSignedCall(loot, loot.caller));
  *FieldOf(out, "Signature-Input") = "wimse=\"@method\"";
  return out;
}
Result<Message> NoDictionary(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodSignedCall(loot, loot.caller));
  *FieldOf(out, "Signature-Input") += ",";
  return out;
}

using enum Errc;
constexpr unsigned kSig = kNeedsSignature;
constexpr Expectation kNotUsable{400, kHttpsigComponentInvalid, "SIG-8"};
constexpr Expectation kMalformed{400, kHttpsigMalformed};

constexpr Attack kSignatureListAttacks[] = {
    {"sig-empty-list",
     "signatures",
     "no component is covered",
     13,
     kSig,
     {400, kHttpsigComponentInvalid},
     EmptyList},
    {"sig-component-twice", "signatures", "a component twice", 12, kSig, kNotUsable,
     ComponentTwice},
    {"sig-component-reordered", "signatures", "a component twice, its parameters in another order",
     13, kSig, kNotUsable, ComponentTwiceInAnotherOrder},
    {"sig-component-parameter", "signatures", "an unknown parameter of a component", 13, kSig,
     kNotUsable, UnknownParameter},
    {"sig-component-unknown", "signatures", "an unknown derived component", 13, kSig, kNotUsable,
     UnknownComponent},
    {"sig-component-case", "signatures", "a component in upper case", 13, kSig, kNotUsable,
     UpperCase},
    {"sig-component-bs",
     "signatures",
     "a field covered as bytes (;bs) only",
     13,
     kSig,
     {400, kHttpsigComponentMissing},
     ByteSequence},
    {"sig-component-req",
     "signatures",
     "@path of another request (;req)",
     13,
     kSig,
     {400, kHttpsigComponentMissing},
     OfRequest},
    {"sig-component-absent",
     "signatures",
     "a field covered that is not there",
     13,
     kSig,
     {400, kHttpsigUnresolvable, "SIG-10"},
     AbsentField},
    {"sig-same-label", "signatures", "one label twice in Signature-Input", 12, kSig, kMalformed,
     SameLabel},
    {"sig-input-only", "signatures", "Signature-Input without Signature", 12, kSig, kMalformed,
     NoSignature},
    {"sig-signature-only", "signatures", "Signature without Signature-Input", 12, kSig, kMalformed,
     NoInput},
    {"sig-other-label", "signatures", "the two fields under different labels", 12, kSig, kMalformed,
     OtherLabel},
    {"sig-no-list", "signatures", "Signature-Input that is no list", 12, kSig, kMalformed, NoList},
    {"sig-no-dictionary",
     "signatures",
     "Signature-Input that does not parse",
     12,
     kSig,
     {400, kSfvMalformed, "SIG-8"},
     NoDictionary},
};

}  // namespace

std::vector<Attack> SignatureListAttacks() {
  return {std::begin(kSignatureListAttacks), std::end(kSignatureListAttacks)};
}

}  // namespace signet::app::attack
