#include "app/call/answer.h"

#include <fmt/format.h>

#include "app/tool_text.h"
#include "protocol/base/error.h"
#include "protocol/codec/json.h"
#include "protocol/http/problem.h"

namespace signet::app {
namespace {

std::string TextMember(const codec::JsonValue& object, std::string_view name) {
  const auto value = object.Find(name);
  if (!value.has_value()) return {};
  return std::string(value->AsString().value_or(""));
}

}  // namespace

bool IsSuccess(int status) { return status >= 200 && status < 300; }

std::optional<ProblemDetails> ProblemOf(const http1::ClientResponse& response) {
  const std::string* type = http1::FindHeader(response.headers, "Content-Type");
  if (type == nullptr || !type->starts_with(http::kProblemContentType)) return std::nullopt;
  codec::JsonDocument document;
  if (!document.Parse(response.body).has_value() || !document.root().is_object()) {
    return std::nullopt;
  }
  const codec::JsonValue root = document.root();
  ProblemDetails out{.code = TextMember(root, "code"),
                     .rule = TextMember(root, "rule"),
                     .title = TextMember(root, "title")};
  const std::string uri = TextMember(root, "type");
  if (out.code.empty() && uri.starts_with(http::kProblemTypePrefix)) {
    out.code = uri.substr(http::kProblemTypePrefix.size());
  }
  return out;
}

std::string RefusalText(const http1::ClientResponse& response) {
  const std::optional<ProblemDetails> problem = ProblemOf(response);
  if (!problem.has_value() || problem->code.empty()) {
    return fmt::format("signet: the server answered {} without problem details", response.status);
  }
  std::string text = "signet: " + Printable(problem->code);
  if (!problem->rule.empty()) text += fmt::format(" [{}]", Printable(problem->rule));
  if (!problem->title.empty()) text += ": " + Printable(problem->title);
  if (FindErrorByName(problem->code) != nullptr) {
    text += fmt::format("\n  more:   signet explain {}", problem->code);
  }
  return text;
}

nlohmann::ordered_json AnswerJson(const http1::ClientResponse& response) {
  nlohmann::ordered_json out = {{"ok", IsSuccess(response.status)}, {"status", response.status}};
  out["headers"] = nlohmann::ordered_json::array();
  for (const http1::Header& header : response.headers) {
    out["headers"].push_back({header.name, header.value});
  }
  out["body"] = response.body;
  out["problem"] = nullptr;
  if (const auto problem = ProblemOf(response); problem.has_value()) {
    out["problem"] = {{"code", problem->code}, {"rule", problem->rule}, {"title", problem->title}};
  }
  return out;
}

}  // namespace signet::app
