#include "protocol/proof/httpsig/signature_base.h"

#include "protocol/proof/httpsig/internal/component_value.h"

namespace signet::proof::httpsig {

Result<std::string> BuildSignatureBase(const std::vector<Component>& components,
                                       std::string_view params_text, const MessageView& message) {
  std::string out;
  ParsedParts parsed;
  for (const Component& component : components) {
    SIGNET_TRY_ASSIGN(const std::string identifier, IdentifierOf(component));
    SIGNET_TRY_ASSIGN(const std::string value, ComponentValue(component, message, parsed));
    out.append(identifier).append(": ").append(value).append("\n");
  }
  return out.append("\"@signature-params\": ").append(params_text);
}

}  // namespace signet::proof::httpsig
