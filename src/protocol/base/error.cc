#include "protocol/base/error.h"

#include <algorithm>
#include <array>

#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr auto kInfos = std::to_array<ErrorInfo>({
#define SIGNET_ERROR(symbol, id, name, rule, severity, http, oauth, grpc, text, fix) \
  ErrorInfo{Errc::symbol, #symbol, name, rule, Severity::severity, http, oauth, grpc, text, fix},
#include "protocol/base/errors.def"
#undef SIGNET_ERROR
});

constexpr bool IdsAscend() {
  return std::is_sorted(kInfos.begin(), kInfos.end(),
                        [](const ErrorInfo& a, const ErrorInfo& b) { return a.code <= b.code; });
}
static_assert(IdsAscend(), "errors.def must be in ascending order of ids, each once");

}  // namespace

const ErrorInfo& InfoOf(Errc code) {
  const auto* const it =
      std::lower_bound(kInfos.begin(), kInfos.end(), code,
                       [](const ErrorInfo& info, Errc wanted) { return info.code < wanted; });
  SIGNET_CHECK(it != kInfos.end() && it->code == code);
  return *it;
}

const ErrorInfo* FindErrorByName(std::string_view name) {
  const auto* const it = std::find_if(kInfos.begin(), kInfos.end(),
                                      [name](const ErrorInfo& i) { return i.name == name; });
  return it == kInfos.end() ? nullptr : it;
}

ErrorList AllErrors() { return {kInfos.data(), kInfos.size()}; }

Error::Error(Errc error_code, std::string error_detail)
    : code(error_code), detail(std::move(error_detail)) {
  if (detail.size() > kMaxErrorDetailBytes) detail.resize(kMaxErrorDetailBytes);
  // A detail ends up in terminals and log files: no control characters, whoever wrote it.
  std::replace_if(detail.begin(), detail.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
}

}  // namespace signet
