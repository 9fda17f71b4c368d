#include "app/attack/report.h"

#include <fmt/format.h>

#include "app/tool_text.h"

namespace signet::app::attack {
namespace {

constexpr std::size_t kNameColumn = 28;
constexpr std::size_t kShownOfValue = 8;
constexpr std::size_t kLongValue = 48;

std::string Name(const Attack& attack) { return fmt::format("{:<{}} ", attack.name, kNameColumn); }

std::string NumberText(const Attack& attack) { return fmt::format("attack {}", attack.number); }

// Parameters of a signature are no secret; what is long in other fields may be a token.
std::string ShortValue(const http1::Header& field) {
  const bool readable = http1::FindHeader({{"Signature-Input", {}}}, field.name) != nullptr ||
                        field.value.size() <= kLongValue;
  const bool credential = http1::FindHeader({{"Authorization", {}},
                                             {"Workload-Identity-Token", {}},
                                             {"Txn-Token", {}},
                                             {"Signature", {}}},
                                            field.name) != nullptr;
  if (readable && !credential) return Printable(field.value);
  return fmt::format("{}... ({} bytes)", Printable(field.value.substr(0, kShownOfValue)),
                     field.value.size());
}

}  // namespace

std::string RefusedText(const Refused& refused) {
  const std::string status = refused.status == 0 ? "-" : std::to_string(refused.status);
  const std::string code = refused.code.empty() ? "(no code)" : Printable(refused.code);
  return fmt::format("{:<4} {:<29} {}", status, code, Printable(refused.rule));
}

std::string ShortText(const Message& message) {
  std::string out = fmt::format("{} {}\nHost: {}", Printable(message.method),
                                Printable(message.target), Printable(message.host));
  for (const http1::Header& field : message.headers) {
    out += fmt::format("\n{}: {}", Printable(field.name), ShortValue(field));
  }
  return out + fmt::format("\n({} bytes of content)", message.body.size());
}

void PrintOutcome(const Context& context, const Outcome& outcome, bool verbose) {
  if (context.json) return;
  if (!outcome.skipped.empty()) {
    context.Print(Name(outcome.attack) + context.Paint('d', "skipped: " + outcome.skipped));
    return;
  }
  context.Print(Name(outcome.attack) +
                context.Paint(outcome.as_expected ? 'g' : 'r', RefusedText(outcome.got)));
  if (outcome.accepted) context.Print(context.Paint('r', "    it was ACCEPTED"));
  if (!outcome.as_expected) {
    context.Print(context.Paint('r', "    expected: " + RefusedText(outcome.expected)));
  }
  if (!verbose) return;
  context.Print(context.Paint(
      'd', fmt::format("    {} ({})", outcome.attack.what, NumberText(outcome.attack))));
  if (!outcome.sent.has_value()) return;
  std::string text = ShortText(*outcome.sent);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 7) {
    text.replace(at, 1, "\n      ");
  }
  context.Print(context.Paint('d', "      " + text));
}

void PrintSummary(const Context& context, const Report& report) {
  if (context.json) return;
  const std::size_t skipped = report.outcomes.size() - report.tried();
  const std::string effects = report.side_effects.has_value()
                                  ? fmt::format("{} side effects", *report.side_effects)
                                  : std::string("side effects not counted");
  const std::string text = report.refused() == report.tried()
                               ? fmt::format("{} attacks refused", report.refused())
                               : fmt::format("{} of {} attacks refused as they should be",
                                             report.refused(), report.tried());
  context.Print("");
  context.Print(context.Paint(report.good() ? 'g' : 'r',
                              fmt::format("{}, {} skipped, {}", text, skipped, effects)));
}

nlohmann::ordered_json RefusedJson(const Refused& refused) {
  nlohmann::ordered_json status = refused.status;
  if (refused.status == 0) status = nullptr;
  return {{"status", status}, {"code", refused.code}, {"rule", refused.rule}};
}

nlohmann::ordered_json ListJson(const std::vector<Attack>& attacks) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Attack& attack : attacks) {
    out.push_back({{"name", attack.name},
                   {"group", attack.group},
                   {"what", attack.what},
                   {"attack", attack.number},
                   {"binding", BindingText(attack)},
                   {"expected", RefusedJson(RefusedWith(attack.expected))}});
  }
  return out;
}

nlohmann::ordered_json ReportJson(const Report& report) {
  nlohmann::ordered_json attacks = nlohmann::ordered_json::array();
  for (const Outcome& outcome : report.outcomes) {
    const bool skipped = !outcome.skipped.empty();
    nlohmann::ordered_json entry = {{"name", outcome.attack.name},
                                    {"group", outcome.attack.group},
                                    {"attack", outcome.attack.number},
                                    {"ok", !skipped && outcome.as_expected},
                                    {"skipped", nullptr},
                                    {"got", nullptr},
                                    {"expected", RefusedJson(outcome.expected)}};
    if (skipped) {
      entry["skipped"] = outcome.skipped;
    } else {
      entry["got"] = RefusedJson(outcome.got);
    }
    attacks.push_back(std::move(entry));
  }
  nlohmann::ordered_json accept = nlohmann::ordered_json::array();
  for (const auto binding :
       {verify::Binding::kWpt, verify::Binding::kHttpSignature, verify::Binding::kMutualTls}) {
    if (report.accept.Has(binding)) accept.push_back(verify::NameOf(binding));
  }
  nlohmann::ordered_json effects;
  if (report.side_effects.has_value()) effects = *report.side_effects;
  return {{"ok", report.good()},
          {"target", report.target},
          {"accept", std::move(accept)},
          {"attacks", std::move(attacks)},
          {"attacks_tried", report.tried()},
          {"attacks_refused", report.refused()},
          {"side_effects", std::move(effects)}};
}

void PrintList(const Context& context, const std::vector<Attack>& attacks) {
  std::string_view group;
  for (const Attack& attack : attacks) {
    if (attack.group != group) {
      if (!group.empty()) context.Print("");
      context.Print(context.Paint('b', attack.group));
      group = attack.group;
    }
    const Refused expected = RefusedWith(attack.expected);
    context.Print(fmt::format("  {:<{}} {:>2}  {}\n  {:<{}}     {} {} [{}]", attack.name,
                              kNameColumn - 2, attack.number, attack.what, "", kNameColumn - 2,
                              expected.status == 0 ? "-" : std::to_string(expected.status),
                              expected.code, expected.rule));
  }
}

}  // namespace signet::app::attack
