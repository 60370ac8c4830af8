#include "support/worst_policies.h"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "policy/parse_policy.h"

namespace baton::support {
namespace {

constexpr int64_t kRulesBesideDefault = static_cast<int64_t>(policy::kRulesMax) - 1;
constexpr int64_t kTestsMax = 90;  // of a definition: more are nested too deep

constexpr std::array<WorstPolicy, 20> kWorst = {{
    {"comparisons", WorstSection::kFit,
     R"(lead.text == "a" || lead.text == "b" || lead.text < "x")"},
    {"decay", WorstSection::kFit, ""},  // no condition: intent rules only
    {"lists", WorstSection::kFit, R"(lead.list.all(x, x != "a"))"},
    {"contains", WorstSection::kFit, R"(lead.text.contains("xxxxxxxxxxy"))"},
    {"patterns", WorstSection::kFit, R"(lead.text.matches("(x+x+)+y"))"},
    {"texts", WorstSection::kFit, R"(lead.text.upperAscii().replace("X", "yy").size() < 5)"},
    {"splits", WorstSection::kFit, R"(lead.text.split("").size() < 5)"},
    {"doubling", WorstSection::kFit,
     R"((lead.text + lead.text + lead.text + lead.text + lead.text) < "x")"},
    {"timestamps", WorstSection::kFit,
     R"(timestamp("2026-01-01T00:00:00Z").getFullYear("Europe/Berlin") == 5)"},
    {"counts", WorstSection::kFit, R"(count("activity0", duration("9600h")) < 5)"},
    {"business_minutes", WorstSection::kFit,
     R"(business_minutes(last("activity0"), now, "office") == -1)"},
    {"lookups", WorstSection::kFit, R"(lookup("keys", lead.key) == "x")"},
    {"errors", WorstSection::kFit, R"(lead.email == "a")"},
    {"events", WorstSection::kIntent, R"(event.path > "/")"},
    {"event_errors", WorstSection::kIntent, "event.path == lead.email"},
    {"definition", WorstSection::kDefinition, "has(lead.text)"},
    {"routes", WorstSection::kRouting, R"(lead.key == "a")"},
    {"long_routes", WorstSection::kRouting,
     "has(lead.text) && has(lead.text) && has(lead.text) && has(lead.text) && has(lead.text) && "
     "has(lead.text) && has(lead.text) && has(lead.text) && has(lead.text) && has(lead.text) && "
     R"(has(lead.text) && has(lead.text) && has(lead.text) && lead.key == "a")"},
    {"erring_routes", WorstSection::kRouting,
     R"(lead.email == "a" && lead.email == "b" && lead.email == "c" && lead.email == "d")"},
    {"looked_up_routes", WorstSection::kRouting, R"(lookup("keys", lead.key) == "x")"},
}};

std::shared_ptr<const core::LookupTable> Keys() {
  std::string csv = "key,value\n";
  for (int row = 0; row < 1000; ++row) absl::StrAppend(&csv, "k", row, ",v", row, "\n");
  return core::LookupTable::Parse(csv).table;
}

std::string FitRules(const WorstPolicy& worst, int64_t rules) {
  if (worst.section != WorstSection::kFit || rules == 0) return "";
  std::string yaml = "    fit:\n";
  for (int64_t i = 0; i < rules; ++i) {
    absl::StrAppend(&yaml, "      - {name: f", i, ", points: 1, when: '", core::ToAbsl(worst.when),
                    "'}\n");
  }
  return yaml;
}

std::string IntentRules(const WorstPolicy& worst, int64_t rules, int64_t rest) {
  std::string yaml;
  if (worst.section == WorstSection::kIntent) {
    for (int64_t i = 0; i < rules; ++i) {
      absl::StrAppend(&yaml, "      - {name: e", i, ", activity: activity", i % 16,
                      ", half_life: 7d, points: 1, when: '", core::ToAbsl(worst.when), "'}\n");
    }
  }
  for (int64_t i = 0; i < rest; ++i) {
    absl::StrAppend(&yaml, "      - {name: i", i, ", activity: activity", i % 64,
                    ", points: 1, half_life: ", 720 + i, "h}\n");
  }
  return yaml.empty() ? "" : "    intent:\n" + yaml;
}

std::string Routes(const WorstPolicy& worst, int64_t rules) {
  std::string yaml = "  routing:\n";
  for (int64_t i = 0; worst.section == WorstSection::kRouting && i < rules; ++i) {
    absl::StrAppend(&yaml, "    - {name: r", i, ", when: '", core::ToAbsl(worst.when),
                    "', to: {queue: q}}\n");
  }
  return yaml + "    - {default: true, to: {queue: q}}\n";
}

std::string Document(const WorstPolicy& worst, int64_t rules, const std::string& sha256) {
  std::string definition = "has(lead.text)";
  const bool is_of_definition = worst.section == WorstSection::kDefinition;
  for (int64_t i = 1; is_of_definition && i < rules; ++i) {
    absl::StrAppend(&definition, " && ", core::ToAbsl(worst.when));
  }
  const int64_t rest = kRulesBesideDefault - (is_of_definition ? 0 : rules);
  const std::string scoring = FitRules(worst, rules) + IntentRules(worst, rules, rest);
  return absl::StrCat(
      "apiVersion: baton.dev/v1\nkind: HandoffPolicy\nmetadata: {workspace: w, name: n}\nspec:\n",
      "  attributes: {text: string, list: list(string), key: string}\n",
      "  event_properties: {path: string}\n  tables: {keys: {sha256: ", sha256, "}}\n",
      "  calendars: {office: {zone: Europe/Berlin, hours: {mon-fri: [\"09:00-18:00\"]}}}\n",
      scoring.empty() ? "" : "  scoring:\n", scoring, "  definition: {mql: '", definition, "'}\n",
      Routes(worst, rules), "  queues: {q: {mode: direct}}\n");
}

// Steps of the first rule of the section.
int64_t CostOfFirst(WorstSection section, const core::Policy& made) {
  switch (section) {
    case WorstSection::kFit:
      return made.fit.front().when.cost();
    case WorstSection::kIntent:
      return policy::kEventTimes * (made.intent.front().when.cost() + policy::kEventSteps);
    case WorstSection::kRouting:
      return made.routing.front().when.cost();
    case WorstSection::kDefinition:
      break;
  }
  return made.definition.cost();
}

}  // namespace

absl::Span<const WorstPolicy> WorstPolicies() {
  return kWorst;
}

core::Policy Made(const WorstPolicy& worst) {
  policy::GivenTables tables;
  tables.tables.emplace("keys", Keys());
  const std::string& sha256 = tables.tables.at("keys")->sha256();
  const auto parsed_with = [&](int64_t rules) {
    return policy::ParsePolicy(Document(worst, rules, sha256), "worst", tables);
  };
  const auto legal = [](policy::ParsedPolicy parsed) {
    if (!parsed.ok()) throw std::invalid_argument(policy::ToString(parsed.errors.front()));
    return std::move(parsed.policy);
  };
  if (worst.when.empty()) return legal(parsed_with(0));
  if (worst.section == WorstSection::kDefinition) return legal(parsed_with(kTestsMax));
  const core::Policy one = legal(parsed_with(1));
  const int64_t steps = policy::kStepsMax - one.definition.cost();
  int64_t rules = std::min(kRulesBesideDefault, steps / CostOfFirst(worst.section, one));
  policy::ParsedPolicy parsed = parsed_with(rules);
  while (!parsed.ok() && rules > 1) {  // too long a document, or too long explanations
    rules -= std::max<int64_t>(rules / 16, 1);
    parsed = parsed_with(rules);
  }
  return legal(std::move(parsed));
}

core::Facts FullLead() {
  core::Facts facts;
  facts.attributes["text"].value = std::string(core::kAttributeBytesMax, 'x');
  facts.attributes["list"].value = std::vector<std::string>(128, "abcdefg");
  facts.attributes["key"].value = std::string("k7");
  for (size_t activity = 0; activity < core::kActivityTypesMax; ++activity) {
    core::DayCounts& days = facts.activities[absl::StrCat("activity", activity)];
    for (int day = 0; day < static_cast<int>(core::kActivityDaysMax); ++day) days[20'000 + day] = 3;
  }
  for (size_t i = 0; i < core::kTypesWithPropertiesMax; ++i) {
    core::Occasions& occasions = facts.occasions[absl::StrCat("activity", i)];
    for (int n = 0; n < static_cast<int>(core::kOccasionsMax); ++n) {
      occasions[{20'399 - n, {{"path", absl::StrCat(std::string(100, '/'), n)}}}] = 3;
    }
  }
  return facts;
}

}  // namespace baton::support
