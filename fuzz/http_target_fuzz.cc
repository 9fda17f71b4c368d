// Request targets: the parts, put together, are the target. The first byte chooses the method.
#include <algorithm>
#include <array>
#include <string>

#include "property.h"
#include "protocol/http/message.h"

namespace {

using signet::fuzz::Property;
using signet::http::Target;
using signet::http::TargetForm;

std::string Recompose(const Target& target) {
  std::string out;
  switch (target.form) {
    case TargetForm::kAsterisk:
      return "*";
    case TargetForm::kAuthority:
      return std::string(target.authority);
    case TargetForm::kAbsolute:
      out.append(target.scheme).append("://").append(target.authority);
      [[fallthrough]];
    case TargetForm::kOrigin:
      out.append(target.path);
      if (target.query) out.append("?").append(*target.query);
      return out;
  }
  return out;
}

void CheckForm(std::string_view method, const Target& target) {
  Property((method == "CONNECT") == (target.form == TargetForm::kAuthority));
  if (target.form == TargetForm::kAsterisk) Property(method == "OPTIONS");
  if (target.form == TargetForm::kOrigin) Property(target.path.starts_with('/'));
  if (target.form == TargetForm::kAbsolute) {
    Property(!target.scheme.empty() && !target.authority.empty());
    Property(target.path.empty() || target.path.starts_with('/'));
    Property(target.authority.find('@') == std::string_view::npos);
  }
  Property(target.path.find('?') == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array<std::string_view, 4> kMethods = {"GET", "CONNECT", "OPTIONS", "connect"};
  const std::string_view method = kMethods[data[0] % kMethods.size()];
  const std::string_view text = signet::fuzz::AsText(data + 1, size - 1);

  const auto got = signet::http::ParseTarget(method, text);
  signet::fuzz::CheckSameVerdict(got, signet::http::ParseTarget(method, text));
  signet::http::Request request;
  request.method = method;
  request.target = text;
  Property(signet::http::CheckRequest(request).has_value() == got.has_value());
  if (!got) return 0;

  Property(Recompose(*got) == text);
  Property(std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
  Property(text.find('#') == std::string_view::npos);
  CheckForm(method, *got);
  return 0;
}
