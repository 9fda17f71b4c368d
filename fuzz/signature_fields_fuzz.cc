// Signatures of a message and the values of what they cover. The input is a request and, after a
// NUL, a response: first line, field lines, an empty line, trailers, each line with LF.
#include <algorithm>
#include <string>
#include <vector>

#include "property.h"
#include "protocol/proof/httpsig/signature_base.h"
#include "protocol/proof/httpsig/signature_fields.h"
#include "tests/support/naive_signature_base.h"

namespace {

namespace http = signet::http;
using namespace signet::proof::httpsig;
using signet::Errc;
using signet::Result;
using signet::fuzz::Property;
using signet::testing::NaiveBase;
using signet::testing::StoredMessage;

// A message and its trailers; views borrow it.
struct FuzzMessage {
  StoredMessage main;
  StoredMessage trailers;
};

FuzzMessage Read(std::string_view text, bool response) {
  FuzzMessage out;
  StoredMessage* to = &out.main;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(first ? ' ' : ':');
    const std::string name(line.substr(0, colon));
    const std::string value(colon == std::string_view::npos ? "" : line.substr(colon + 1));
    if (first && response) {
      out.main.status = 100 + static_cast<int>(line.size() % 500);
    } else if (first) {
      out.main.method = name;
      out.main.target = value;
    } else if (line.empty()) {
      to = &out.trailers;
    } else {
      to->lines.emplace_back(name, value);
    }
    first = false;
  }
  out.main.authority = std::string(http::TrimOws(out.main.FieldsView().Find("host").value));
  return out;
}

// Written out and read again, it is the same; no two components are.
void CheckEntry(const SignatureEntry& entry) {
  Property(entry.components.size() <= kMaxCoveredComponents);
  const auto again = ReadSignatureInput(entry.label + "=" + entry.params_text, entry.label);
  Property(again.has_value());
  Property(again->params_text == entry.params_text);
  Property(again->components == entry.components);
  std::string list = "(";
  for (std::size_t i = 0; i < entry.components.size(); ++i) {
    const Component& component = entry.components[i];
    Property(component.identifier == again->components[i].identifier);
    list += (i == 0 ? "" : " ") + IdentifierOf(component).value();
    Property(std::count(entry.components.begin(), entry.components.end(), component) == 1);
    // Without its text, it is the same component in our order.
    Component bare = component;
    bare.identifier.clear();
    Property(bare == component && IdentifierOf(bare).has_value());
  }
  Property(entry.params_text.starts_with(list + ")"));
}

bool IsBaseText(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); });
}

// What the second implementation can do too.
bool IsSimple(const Component& component) {
  return !component.sf && !component.bs && !component.tr && !component.key.has_value() &&
         !component.query_name.has_value();
}
bool IsPlainText(const StoredMessage& message) {
  return std::all_of(message.lines.begin(), message.lines.end(),
                     [](const auto& line) { return IsBaseText(line.second); });
}

// Line ends of `text` are those between its lines, as many as there are components.
void CheckBase(const SignatureEntry& entry, const std::string& base) {
  std::string_view rest = base;
  for (const Component& component : entry.components) {
    const std::size_t end = rest.find('\n');
    Property(end != std::string_view::npos);
    Property(rest.starts_with(IdentifierOf(component).value() + ": ") &&
             IsBaseText(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
  Property(rest == "\"@signature-params\": " + entry.params_text);
}

void CompareWithNaive(const SignatureEntry& entry, const Result<std::string>& base,
                      const FuzzMessage& request, const FuzzMessage* response) {
  const StoredMessage& main = response != nullptr ? response->main : request.main;
  const std::string& authority = request.main.authority;
  const bool comparable =
      std::all_of(entry.components.begin(), entry.components.end(), IsSimple) &&
      request.main.target.starts_with('/') &&
      http::ParseTarget(request.main.method, request.main.target).has_value() &&
      !authority.empty() && authority.front() != ':' && authority.back() != ':' &&
      IsPlainText(main) && IsPlainText(request.main) &&
      authority.find_first_of(" \t") == std::string::npos && !request.main.method.empty() &&
      std::all_of(request.main.method.begin(), request.main.method.end(),
                  [](char c) { return c > 0x20 && c < 0x7f; });
  if (!comparable) return;
  const auto naive =
      NaiveBase(entry.params_text, main, response != nullptr ? &request.main : nullptr);
  Property(base.has_value() == naive.has_value());
  if (base.has_value()) Property(*base == *naive);
}

void CheckMessage(const FuzzMessage& request, const FuzzMessage* response) {
  http::Request request_view = request.main.View();
  request_view.trailers = request.trailers.FieldsView();
  http::Response response_view;
  if (response != nullptr) {
    response_view = response->main.ResponseView();
    response_view.trailers = response->trailers.FieldsView();
  }
  const MessageView view{.request = &request_view,
                         .response = response != nullptr ? &response_view : nullptr};
  const http::Fields& fields = response != nullptr ? response_view.fields : request_view.fields;
  const auto entries = ReadSignatures(fields);
  signet::fuzz::CheckSameVerdict(entries, ReadSignatures(fields));
  if (!entries.has_value()) return;
  Property(entries->size() <= kMaxSignatures);
  for (const SignatureEntry& entry : *entries) {
    CheckEntry(entry);
    const auto base = BuildSignatureBase(entry.components, entry.params_text, view);
    if (base.has_value()) {
      CheckBase(entry, *base);
    } else {
      Property(base.error().code == Errc::kHttpsigUnresolvable);
      signet::fuzz::CheckRefusal(base.error());
    }
    CompareWithNaive(entry, base, request, response);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  const std::size_t end = std::min(text.find('\0'), text.size());
  const FuzzMessage request = Read(text.substr(0, end), false);
  CheckMessage(request, nullptr);
  if (end == text.size()) return 0;
  const FuzzMessage response = Read(text.substr(end + 1), true);
  CheckMessage(request, &response);
  return 0;
}
