#include "app/documents.h"

#include <algorithm>
#include <array>

namespace signet::app {
namespace {

// Written by CMake from docs/*.tsv into the build folder.
constexpr Rule kRules[] = {
#include <signet_rules.inc>
};
constexpr Document kDocuments[] = {
#include <signet_documents.inc>
};

struct Place {
  std::string_view rule;
  std::string_view section;
};

// Sections of the revisions that documents.tsv names. A step (WPT-5.6) has its procedure's section.
constexpr auto kPlaces = std::to_array<Place>({
    {"ID-1", "4.1"},
    {"ID-2", "4.1"},
    {"ID-3", "4.1"},
    {"ID-4", "4.2"},
    {"ID-5", "4.4"},
    {"ID-6", "4.4"},
    {"ID-7", "4.2"},
    {"ID-8", "7.1"},
    {"ID-9", "4.2"},
    {"ID-10", "7.6"},
    {"ID-11", "7.3"},
    {"ID-12", "4.5"},
    {"ID-13", "7.2"},
    {"ID-14", "5"},
    {"ID-15", "4.6"},
    {"WIT-1", "5.1"},
    {"WIT-2", "5.1"},
    {"WIT-3", "5.1"},
    {"WIT-4", "4"},
    {"WIT-5", "5.3"},
    {"WIT-6", "5.1.1"},
    {"WIT-7", "5.1.2"},
    {"WIT-8", "9.2.1"},
    {"WIT-9", "5.2"},
    {"WIT-10", "9.2.2"},
    {"WIT-11", "9.4"},
    {"WIT-12", "5.1.4"},
    {"WIT-13", "9.2.5"},
    {"WIC-1", "6.1"},
    {"WIC-2", "6.1"},
    {"WIC-3", "9.3.1"},
    {"TA-1", "3"},
    {"TA-2", "5.1.3"},
    {"TA-3", "3"},
    {"CRED-AZ", "7"},
    {"WPT-1", "2"},
    {"WPT-2", "2"},
    {"WPT-3", "2"},
    {"WPT-4", "2"},
    {"WPT-5", "2"},
    {"WPT-6", "2"},
    {"WPT-7", "3.1.7"},
    {"WPT-8", "2.1"},
    {"WPT-10", "2.2"},
    {"WPT-11", "3.1.5"},
    {"TD-1", "4"},
    {"TD-2", "4.1"},
    {"TD-3", "4.2"},
    {"TD-4", "5.1"},
    {"TD-5", "5.3"},
    {"TD-6", "5.4"},
    {"TD-7", "6.1"},
    {"TLS-1", "3.2"},
    {"TLS-2", "3.2"},
    {"TLS-3", "3.2"},
    {"TLS-4", "3.2.1"},
    {"TLS-5", "3.2.1"},
    {"SPID-1", "2"},
    {"RFC7515-2", "2"},
    {"RFC7515-4", "4"},
    {"RFC7515-4.1.9", "4.1.9"},
    {"RFC7515-4.1.11", "4.1.11"},
    {"RFC7515-5.2", "5.2"},
    {"RFC7517-4", "4"},
    {"RFC7519-4", "4"},
    {"RFC7519-7.2", "7.2"},
    {"RFC7638-3", "3"},
    {"RFC8037-2", "2"},
});

bool IsPrefixOf(std::string_view prefix, std::string_view rule) {
  if (!rule.starts_with(prefix)) return false;
  const std::string_view rest = rule.substr(prefix.size());
  return rest.empty() || rest[0] == '-' || (rest[0] >= '0' && rest[0] <= '9');
}

}  // namespace

std::span<const Rule> AllRules() { return kRules; }

const Rule* FindRule(std::string_view id) {
  const auto found = std::ranges::find(kRules, id, &Rule::id);
  return found == std::end(kRules) ? nullptr : found;
}

const Document* FindDocument(std::string_view rule_id) {
  const Document* best = nullptr;
  for (const Document& document : kDocuments) {
    if (!IsPrefixOf(document.prefix, rule_id)) continue;
    if (best == nullptr || document.prefix.size() > best->prefix.size()) best = &document;
  }
  return best;
}

std::string_view SectionOf(std::string_view rule_id) {
  for (const std::string_view id : {rule_id, rule_id.substr(0, rule_id.find('.'))}) {
    const auto found = std::ranges::find(kPlaces, id, &Place::rule);
    if (found != kPlaces.end()) return found->section;
  }
  return {};
}

std::string_view LevelText(std::string_view level) {
  switch (level.empty() ? '-' : level[0]) {
    case 'M':
      return "must";
    case 'N':
      return "must not";
    case 'S':
      return "should";
    case 's':
      return "should not";
    case 'O':
      return "may";
    case 'D':
      return "our choice where the documents are silent";
    default:
      return "definition";
  }
}

}  // namespace signet::app
