// JsonText: a JSON object whose members a test sets, repeats and removes before it is signed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signet::testing {

// `text` in quotes; the caller gives nothing that needs an escape, or its own escapes.
inline std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class JsonText {
 public:
  JsonText() = default;
  JsonText(std::initializer_list<std::pair<std::string, std::string>> members)
      : members_(members) {}

  // `json` is the member's value as JSON text: a number, an object, a quoted string.
  JsonText& Set(std::string_view name, std::string json) {
    const auto found = std::ranges::find(members_, name, &Member::first);
    if (found != members_.end()) {
      found->second = std::move(json);
    } else {
      members_.emplace_back(name, std::move(json));
    }
    return *this;
  }
  JsonText& Set(std::string_view name, std::int64_t number) {
    return Set(name, std::to_string(number));
  }
  JsonText& Set(std::string_view name, const JsonText& object) { return Set(name, object.Text()); }
  JsonText& SetString(std::string_view name, std::string_view text) {
    return Set(name, Quoted(text));
  }
  // A second member of the same name, which Set would replace.
  JsonText& Append(std::string_view name, std::string json) {
    members_.emplace_back(name, std::move(json));
    return *this;
  }
  JsonText& Remove(std::string_view name) {
    std::erase_if(members_, [name](const Member& member) { return member.first == name; });
    return *this;
  }

  [[nodiscard]] std::string Text() const {
    std::string out = "{";
    for (const Member& member : members_) {
      if (out.size() > 1) out += ",";
      out += Quoted(member.first) + ":" + member.second;
    }
    return out + "}";
  }

 private:
  using Member = std::pair<std::string, std::string>;
  std::vector<Member> members_;
};

}  // namespace signet::testing
