#include <array>
#include <memory>

#include "bench/harness.h"
#include "bench/messages.h"
#include "protocol/base/check.h"
#include "protocol/codec/json.h"
#include "protocol/codec/sfv.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jws.h"

namespace signet::bench {
namespace {

using codec::JsonDocument;

// The payload of a token, decoded.
std::string PayloadOf(std::string_view token) {
  const Result<jose::JwsParts> parts = jose::SplitCompactJws(token);
  SIGNET_CHECK(parts.has_value());
  const Result<Bytes> bytes = codec::Base64UrlDecode(parts->payload);
  SIGNET_CHECK(bytes.has_value());
  return std::string(AsText(*bytes));
}

Subject Json(std::string text) {
  return {.ours = Repeat([text = std::move(text), doc = std::make_shared<JsonDocument>()] {
            SIGNET_CHECK(doc->Parse(text).has_value());
          })};
}

template <typename Parse>
Subject Sfv(std::string text, Parse parse) {
  return {.ours = Repeat([text = std::move(text), parse] {
            const std::array<std::string_view, 1> lines{text};
            SIGNET_CHECK(parse(lines).has_value());
          })};
}

std::string SignatureInput() {
  for (const auto& [name, value] : SignedRequest(CastOf(crypto::Alg::kES256), 1).lines) {
    if (name == "Signature-Input") return value;
  }
  return {};
}

void AddSfv() {
  using namespace codec::sfv;
  using Lines = std::array<std::string_view, 1>;
  AddRow("sfv/parse/item", [] {
    return Sfv("application;q=0.5;charset=\"utf-8\";n=42",
               [](const Lines& lines) { return ParseItem(lines); });
  });
  AddRow("sfv/parse/dictionary", [] {
    return Sfv("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, a=1, b=?0, c=(1 2 3);x",
               [](const Lines& lines) { return ParseDictionary(lines); });
  });
  AddRow("sfv/parse/signature_input", [] {
    return Sfv(SignatureInput(), [](const Lines& lines) { return ParseDictionary(lines); });
  });
}

}  // namespace

void AddParsers() {
  AddSfv();
  AddRow("json/wit", [] { return Json(PayloadOf(CastOf(crypto::Alg::kES256).wit())); });
  AddRow("json/wpt", [] { return Json(PayloadOf(CastOf(crypto::Alg::kES256).Wpt("proof-1"))); });
  AddRow("base64url/416", [] {
    const std::string text(416, 'x');
    Bytes out(codec::Base64UrlDecodedSize(text.size()));
    return Subject{.ours = Repeat([text, out]() mutable {
                     SIGNET_CHECK(codec::Base64UrlDecodeInto(text, out).has_value());
                   })};
  });
  AddRow("id/parse", [] {
    return Subject{.ours = Repeat([] {
                     SIGNET_CHECK(identity::WorkloadId::Parse(testing::kCaller).has_value());
                   })};
  });
}

}  // namespace signet::bench
