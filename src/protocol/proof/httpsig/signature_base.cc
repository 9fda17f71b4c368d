#include "protocol/proof/httpsig/signature_base.h"

#include "protocol/proof/httpsig/internal/component_value.h"

namespace signet::proof::httpsig {

namespace {
// One call for the memory of a usual base, which holds a WIT.
constexpr std::size_t kUsualBaseBytes = 2048;
}  // namespace

Result<std::string> BuildSignatureBase(const std::vector<Component>& components,
                                       std::string_view params_text, const MessageView& message) {
  std::string out;
  out.reserve(kUsualBaseBytes);
  ParsedParts parsed;
  for (const Component& component : components) {
    SIGNET_TRY(AppendIdentifier(component, out));
    out.append(": ");
    SIGNET_TRY(AppendComponentValue(component, message, parsed, out));
    out.append("\n");
  }
  return out.append("\"@signature-params\": ").append(params_text);
}

}  // namespace signet::proof::httpsig
