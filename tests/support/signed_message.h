// SignatureScene: a request, or a response with its request, in which a test changes any one thing
// before or after it is signed. The base is that of naive_signature_base.h and the fields are put
// together from text; only the signature itself comes from `crypto`.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/codec/base64url.h"
#include "tests/support/naive_signature_base.h"
#include "tests/support/tokens.h"

namespace signet::testing {

// One signature: identifiers and parameters as they stand in Signature-Input.
struct SignatureText {
  std::string label = "sig1";
  std::vector<std::string> components{};                          // "\"@method\";req"
  std::vector<std::pair<std::string, std::string>> parameters{};  // "nonce", "\"n\""; "" is true

  SignatureText& Cover(std::string_view name, std::string_view parameters_text = {}) {
    components.push_back(Quoted(name) + std::string(parameters_text));
    return *this;
  }
  SignatureText& Uncover(std::string_view identifier) {
    std::erase(components, std::string(identifier));
    return *this;
  }
  SignatureText& Set(std::string_view name, std::string value) {
    for (auto& parameter : parameters) {
      if (parameter.first == name) {
        parameter.second = std::move(value);
        return *this;
      }
    }
    parameters.emplace_back(name, std::move(value));
    return *this;
  }
  SignatureText& SetString(std::string_view name, std::string_view value) {
    return Set(name, Quoted(value));
  }
  SignatureText& Remove(std::string_view name) {
    std::erase_if(parameters, [&](const auto& parameter) { return parameter.first == name; });
    return *this;
  }
  [[nodiscard]] std::string List() const {
    std::string out = "(";
    for (const std::string& component : components) out += (out.size() > 1 ? " " : "") + component;
    out += ")";
    for (const auto& [name, value] : parameters) {
      out += ";" + name + (value.empty() ? "" : "=" + value);
    }
    return out;
  }
};

// Adds the two fields. A base that cannot be built is signed as nothing: what is refused for its
// list is refused before.
inline void AddSignature(const SignatureText& text, const crypto::PrivateKey& key,
                         StoredMessage& message, const StoredMessage* request = nullptr) {
  const std::string base = NaiveBase(text.List(), message, request).value_or("");
  const Result<Bytes> signature = key.Sign(AsBytes(base));
  SIGNET_CHECK(signature.has_value());
  message.lines.emplace_back("Signature-Input", text.label + "=" + text.List());
  message.lines.emplace_back("Signature",
                             text.label + "=:" + codec::Base64Encode(*signature) + ":");
}

inline std::string ContentDigestText(std::string_view body) {
  return "sha-256=:" + codec::Base64Encode(crypto::Sha256(AsBytes(body))) + ":";
}

inline constexpr std::string_view kRequestNonce = "request-nonce-1";

// The four parameters that both directions have, good for 60 seconds from kNow.
inline SignatureText WimseParameters(std::string_view nonce) {
  SignatureText out;
  out.Set("created", std::to_string(At(0)));
  out.Set("expires", std::to_string(At(60)));
  out.SetString("nonce", nonce);
  out.SetString("tag", "wimse-workload-to-workload");
  return out;
}

// A good request of kCaller, all that can be covered in it, and its signature.
struct RequestScene {
  std::string wit = WitMaker().Token();
  StoredMessage message{.method = "POST",
                        .target = "/v1/items?page=2",
                        .authority = "orders.example.com",
                        .lines = {{"Host", "orders.example.com"},
                                  {"Content-Type", "application/json"},
                                  {"Content-Digest", ContentDigestText("{\"a\":1}")},
                                  {"Authorization", "Bearer token-1"},
                                  {"Txn-Token", "txn-1"},
                                  {"Workload-Identity-Token", wit}},
                        .body = "{\"a\":1}"};
  SignatureText signature = Signature();
  crypto::PrivateKey key = KeyOf(kWorkloadJwk);
  std::function<void(StoredMessage&)> edit;  // after signing

  static SignatureText Signature() {
    SignatureText out = WimseParameters(kRequestNonce);
    for (const char* name : {"@method", "@path", "@query", "content-type", "content-digest",
                             "authorization", "txn-token", "workload-identity-token"}) {
      out.Cover(name);
    }
    return out.SetString("wimse-aud", "https://orders.example.com/v1/items");
  }
  // The smallest good request: GET, nothing but the WIT.
  void Shrink() {
    message.method = "GET";
    message.body.clear();
    for (const char* name : {"Content-Type", "Content-Digest", "Authorization", "Txn-Token"}) {
      message.Remove(name);
    }
    for (const char* name :
         {"\"content-type\"", "\"content-digest\"", "\"authorization\"", "\"txn-token\""}) {
      signature.Uncover(name);
    }
  }
  void UseRevision06() {
    signature.Uncover("\"@path\"").Uncover("\"@query\"").Cover("@request-target");
  }
  [[nodiscard]] StoredMessage Signed() const {
    StoredMessage out = message;
    AddSignature(signature, key, out);
    if (edit) edit(out);
    return out;
  }
};

// A good response to RequestScene's request.
struct ResponseScene {
  StoredMessage request = RequestScene().Signed();
  std::string wit = WitMaker().Token();
  StoredMessage message{.status = 200,
                        .lines = {{"Content-Type", "application/json"},
                                  {"Content-Digest", ContentDigestText("{\"b\":2}")},
                                  {"Workload-Identity-Token", wit}},
                        .body = "{\"b\":2}"};
  SignatureText signature = Signature();
  crypto::PrivateKey key = KeyOf(kWorkloadJwk);
  std::function<void(StoredMessage&)> edit;

  static SignatureText Signature() {
    SignatureText out = WimseParameters("response-nonce-1");
    out.Cover("@status").Cover("workload-identity-token");
    out.Cover("content-type").Cover("content-digest");
    out.Cover("@method", ";req").Cover("@path", ";req").Cover("@query", ";req");
    return out.SetString("wimse-req-nonce", kRequestNonce);
  }
  [[nodiscard]] StoredMessage Signed() const {
    StoredMessage out = message;
    AddSignature(signature, key, out, &request);
    if (edit) edit(out);
    return out;
  }
};

}  // namespace signet::testing
