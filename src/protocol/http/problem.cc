#include "protocol/http/problem.h"

#include "protocol/codec/json.h"

namespace signet::http {

std::string ProblemJson(const Error& error, int status) {
  const ErrorInfo& info = InfoOf(error.code);
  std::string out = "{\"type\":";
  codec::AppendJsonString(std::string(kProblemTypePrefix).append(info.name), out);
  out.append(",\"title\":");
  codec::AppendJsonString(info.text, out);
  out.append(",\"status\":").append(std::to_string(status));
  out.append(",\"code\":");
  codec::AppendJsonString(info.name, out);
  if (error.rule() != "-") {
    out.append(",\"rule\":");
    codec::AppendJsonString(error.rule(), out);
  }
  out.push_back('}');
  return out;
}

}  // namespace signet::http
