// What an inspection found out, before it is printed.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/tool_report.h"
#include "protocol/base/error.h"

namespace signet::app {

// Rows under a heading. All text is printable already.
struct RowGroup {
  std::string title;
  std::vector<Row> rows;
};

struct Inspection {
  std::string kind;   // "wit", "wpt", "jwt", "jwk", ...: the same in --json
  std::string title;  // for people
  std::vector<RowGroup> groups;
  // What is wrong, in the order in which a verifier would refuse it. Empty does not mean genuine.
  std::vector<Error> findings;
  std::vector<std::string> notes;  // worth knowing, not wrong
  std::string unverified;          // what was not looked at, and how to
  nlohmann::ordered_json json = nlohmann::ordered_json::object();  // contents, secrets taken out
  std::vector<Inspection> parts;                                   // tokens of a request
};

}  // namespace signet::app
