// How the tools answer: aligned rows, lists of checks, one verdict; the same as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/context.h"
#include "protocol/base/check_list.h"
#include "protocol/base/error.h"

namespace signet::app {

// A label and what it says. Both are printable already.
struct Row {
  std::string label;
  std::string value;
};

// "  label  value" lines, values aligned and wrapped; without a final newline.
[[nodiscard]] std::string RowsText(const std::vector<Row>& rows, std::size_t indent);

// One line for each check: rule, ok or the code that refused, what the rule says.
[[nodiscard]] std::string ChecksText(const Context& context, const CheckList& checks);
[[nodiscard]] nlohmann::ordered_json CheckListJson(const CheckList& checks);

// Code, rule, detail of a refusal as JSON members.
[[nodiscard]] nlohmann::ordered_json ErrorJson(const Error& error);
// "wit.expired [WIT-8]: The WIT has expired. (detail)".
[[nodiscard]] std::string ErrorLine(const Error& error);

// The outcome of a verification or another check with a verdict.
struct Verdict {
  std::optional<Error> error;  // nullopt: valid
  std::string headline;        // what is valid or refused, for people
  std::vector<Row> rows;       // what was learnt; shown if valid
  CheckList checks;
  nlohmann::ordered_json result = nlohmann::ordered_json::object();  // under "result" if valid
  std::vector<std::string> notes;
};

// Prints a verdict and sets the exit code. Under --json one object: ok, code, rule, detail,
// result, checks, notes.
void PrintVerdict(Context& context, const Verdict& verdict);

// Prints `text` or, under --json, `json` on one line.
void PrintEither(const Context& context, std::string_view text, const nlohmann::ordered_json& json);

}  // namespace signet::app
