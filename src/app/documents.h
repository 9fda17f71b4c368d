// Rules and the documents they come from: docs/requirements.tsv and docs/documents.tsv, compiled
// in.
//
// Pure; thread-safe. All views have static storage duration.
#pragma once

#include <span>
#include <string_view>

namespace signet::app {

// One document, by the prefix of its rules.
struct Document {
  std::string_view prefix;    // "WPT"
  std::string_view title;     // "WIMSE Workload Proof Token (draft-ietf-wimse-wpt)"
  std::string_view revision;  // "-02, August 2026; -01 as a setting"; "-" if it has none
};

// One requirement.
struct Rule {
  std::string_view id;        // "WPT-5.6"
  std::string_view level;     // letters: M must, N must not, S should, s should not, O may, D ours
  std::string_view document;  // short name, "draft-ietf-wimse-wpt"
  std::string_view chapter;   // of our list of requirements
  std::string_view text;
};

[[nodiscard]] std::span<const Rule> AllRules();

// The requirement with exactly this id; nullptr if there is none.
[[nodiscard]] const Rule* FindRule(std::string_view id);

// The document of a rule id, by its prefix: "CRED" of CRED-AZ, "X5" of X5-1, "Q" of Q24a. nullptr
// if no document has such rules.
[[nodiscard]] const Document* FindDocument(std::string_view rule_id);

// The section of its document that holds a rule, as "2" or "5.1.4"; empty where it has no one
// section.
[[nodiscard]] std::string_view SectionOf(std::string_view rule_id);

// "must", "must not", "should", ... for the first letter of Rule::level.
[[nodiscard]] std::string_view LevelText(std::string_view level);

}  // namespace signet::app
