// Writes the members of a JWK in the order they are given.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/json.h"

namespace signet::jose::internal {

// Borrows `out`, which is empty.
class JwkWriter {
 public:
  explicit JwkWriter(std::string& out) : out_(out) { out_.push_back('{'); }

  // `text` needs no escapes.
  void AddPlain(std::string_view name, std::string_view text) {
    AddName(name);
    out_.append(1, '"').append(text).append(1, '"');
  }
  void AddText(std::string_view name, std::string_view text) {
    AddName(name);
    codec::AppendJsonString(text, out_);
  }
  void AddBytes(std::string_view name, ByteView bytes) {
    AddName(name);
    out_.push_back('"');
    codec::Base64UrlAppend(bytes, out_);
    out_.push_back('"');
  }
  void Close() { out_.push_back('}'); }

 private:
  void AddName(std::string_view name) {
    if (out_.size() > 1) out_.push_back(',');
    out_.append(1, '"').append(name).append("\":");
  }
  std::string& out_;
};

}  // namespace signet::jose::internal
