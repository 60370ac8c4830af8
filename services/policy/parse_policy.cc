#include "policy/parse_policy.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/errors.h"
#include "core/text.h"
#include "policy/map_reader.h"
#include "policy/policy_keys.h"
#include "policy/rules_parser.h"
#include "policy/tests_parser.h"
#include "policy/values.h"
#include "policy/yaml_tree.h"

namespace baton::policy {
namespace {

constexpr std::array<std::string_view, 1> kApiVersions = {"baton.dev/v1"};
constexpr std::array<std::string_view, 1> kKinds = {"HandoffPolicy"};
// In the order of core::AttributeType.
constexpr std::array<std::string_view, 5> kTypeWords = {"bool", "int", "double", "string",
                                                        "list(string)"};
constexpr std::array<std::string_view, 3> kComputedSubjects = {"fit", "intent", "consent"};
constexpr size_t kOwnerBytesMax = 256;
constexpr size_t kMessageBytesMax = 440;

bool IsAttributeName(const std::string& name) {
  return core::IsValidId(name) && name.find('-') == std::string::npos &&
         !absl::ascii_isdigit(static_cast<unsigned char>(name[0]));
}

void ParseMetadata(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const MapReader metadata(node, "metadata", kMetadataKeys, errors);
  if (const YamlNode* workspace = metadata.Find("workspace"); workspace != nullptr) {
    policy.workspace =
        core::WorkspaceId::Trusted(ReadId(*workspace, "metadata.workspace", errors).value_or(""));
  }
  if (const YamlNode* name = metadata.Find("name"); name != nullptr) {
    policy.name = ReadId(*name, "metadata.name", errors).value_or("");
  }
  if (const YamlNode* owner = metadata.Find("owner"); owner != nullptr) {
    ReadText(*owner, "metadata.owner", kOwnerBytesMax, errors);
  }
}

// Names and types of section `section`.
void ParseTypes(const YamlNode& node, absl::string_view section,
                std::map<std::string, core::AttributeType>& types, ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, absl::StrCat(section, " must be a mapping of names to types"), errors);
    return;
  }
  if (node.entries.size() > kAttributesDeclaredMax) {
    AddError(node,
             absl::StrCat(section, " declares ", node.entries.size(), " names, at most ",
                          kAttributesDeclaredMax, " are allowed"),
             errors);
  }
  for (const auto& [key, value] : node.entries) {
    if (!IsAttributeName(key.text)) {
      AddError(key,
               absl::StrCat("attribute ", Quoted(key.text), " must be 1 to 64 characters of ",
                            "A-Z, a-z, 0-9 and _, not beginning with a digit"),
               errors);
    }
    const std::optional<size_t> type =
        ReadWord(value, absl::StrCat("the type of ", Quoted(key.text)), kTypeWords, errors);
    // A name whose type is wrong is declared all the same, so that its uses are not errors too.
    types[key.text] =
        type.has_value() ? static_cast<core::AttributeType>(*type) : core::AttributeType::kString;
  }
}

// What is declared without being written: the attributes that every workspace has.
void AddStandardAttributes(core::Policy& policy) {
  policy.attributes = {{"company", core::AttributeType::kString},
                       {"email", core::AttributeType::kString}};
}

// Beyond kExplainSteps, to write down what each test of the definition found, and to look at the
// last routing rules once more.
int64_t StepsToExplain(const core::Policy& policy) {
  int64_t dearest = core::kRouteExplainSteps;
  for (const core::RouteRule& rule : policy.routing) {
    dearest = std::max(dearest, rule.when.explain_cost());
  }
  const int64_t written = policy.definition.explain_cost() - policy.definition.cost();
  return std::max<int64_t>(0, written + dearest - kExplainSteps);
}

// Of all conditions together.
int64_t StepsOf(const core::Policy& policy) {
  int64_t steps = policy.definition.cost();
  for (const core::FitRule& rule : policy.fit) steps += rule.when.cost();
  for (const core::IntentRule& rule : policy.intent) {
    const bool often = rule.when.reads_event();
    steps += kIntentSteps;
    steps += often ? kEventTimes * (rule.when.cost() + kEventSteps) : rule.when.cost();
  }
  for (const core::DisqualifyRule& rule : policy.disqualify) steps += rule.when.cost();
  for (const core::RouteRule& rule : policy.routing) steps += rule.when.cost();
  for (const core::Sla& sla : policy.slas) steps += sla.applies.cost();
  int64_t dearest = 0;  // a lead is judged for one queue
  for (const auto& [id, queue] : policy.queues) {
    dearest = std::max(dearest, queue.requirement.cost());
  }
  return steps + dearest + StepsToExplain(policy);
}

void ParseAttributes(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  ParseTypes(node, "attributes", policy.attributes, errors);
  for (const auto& [key, value] : node.entries) {
    const auto computed = std::find(kComputedSubjects.begin(), kComputedSubjects.end(), key.text);
    if (computed == kComputedSubjects.end()) continue;
    AddError(key, absl::StrCat("'", key.text, "' is what Baton computes and cannot be declared"),
             errors);
  }
}

void ParseRepAttributes(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  ParseTypes(node, "rep_attributes", policy.rep_attributes, errors);
}

void ParseEventProperties(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  ParseTypes(node, "event_properties", policy.event_properties, errors);
  for (const auto& [key, value] : node.entries) {
    if (policy.event_properties[key.text] != core::AttributeType::kStringList) continue;
    AddError(value,
             absl::StrCat("the type of ", Quoted(key.text), " must be one of bool, int, double, ",
                          "string: a property of an activity is no list"),
             errors);
  }
}

void CheckCaps(const YamlNode& spec, const core::Policy& policy, ErrorList& errors) {
  if (policy.rules() > kRulesMax) {
    AddError(spec,
             absl::StrCat("the policy has ", policy.rules(), " rules, at most ", kRulesMax,
                          " are allowed"),
             errors);
  }
  if (const int64_t steps = StepsOf(policy); steps > kStepsMax) {
    AddError(spec,
             absl::StrCat("the conditions of the policy take up to ", steps,
                          " steps for one lead, at most ", kStepsMax,
                          " are allowed; have fewer items looked at inside each other, fewer ",
                          "intent rules, which count ", kIntentSteps, " steps each, and fewer ",
                          "rules that read event, whose conditions count ", kEventTimes, " times"),
             errors);
  }
  if (policy.queues.size() > kQueuesMax) {
    AddError(spec,
             absl::StrCat("the policy has ", policy.queues.size(), " queues, at most ", kQueuesMax,
                          " are allowed"),
             errors);
  }
}

// Sections in the order in which they need each other.
void ParseSpec(const YamlNode& node, const GivenTables& tables, ParsedPolicy& parsed,
               ErrorList& errors) {
  core::Policy& policy = parsed.policy;
  const MapReader spec(node, "spec", kSpecKeys, errors);
  AddStandardAttributes(policy);
  using Section = void (*)(const YamlNode&, core::Policy&, ErrorList&);
  using Sections = absl::Span<const std::pair<std::string_view, Section>>;
  const auto parse_all = [&](Sections sections) {
    for (const auto& [key, parse] : sections) {
      if (const YamlNode* section = spec.Find(key); section != nullptr) {
        parse(*section, policy, errors);
      }
    }
  };
  parse_all({{"attributes", ParseAttributes},
             {"rep_attributes", ParseRepAttributes},
             {"event_properties", ParseEventProperties},
             {"reasons", ParseReasons},
             {"recycle", ParseRecycle},
             {"retention", ParseRetention},
             {"calendars", ParseCalendars}});
  if (const YamlNode* section = spec.Find("tables"); section != nullptr) {
    ParseTables(*section, tables, policy, errors);
  }
  policy.vocabulary =
      std::make_shared<const core::Vocabulary>(policy.attributes, policy.calendars, policy.tables,
                                               policy.event_properties, policy.rep_attributes);
  parse_all({{"scoring", ParseScoring},
             {"definition", ParseDefinition},
             {"queues", ParseQueues},
             {"routing", ParseRouting},
             {"sla", ParseSlas}});
  if (const YamlNode* tests = spec.Find("tests"); tests != nullptr) {
    parsed.tests = ParseTests(*tests, policy, errors);
  }
  CheckCaps(node, policy, errors);
}

}  // namespace

ParsedPolicy ParsePolicy(std::string_view yaml, std::string_view file_name,
                         const GivenTables& tables) {
  ErrorList errors(file_name);
  ParsedPolicy parsed;
  parsed.policy.reasons = core::StandardReasons();
  if (const std::optional<YamlNode> root = ParseYaml(yaml, errors); root.has_value()) {
    const MapReader document(*root, "", kDocumentKeys, errors);
    if (const YamlNode* version = document.Find("apiVersion"); version != nullptr) {
      ReadWord(*version, "apiVersion", kApiVersions, errors);
    }
    if (const YamlNode* kind = document.Find("kind"); kind != nullptr) {
      ReadWord(*kind, "kind", kKinds, errors);
    }
    if (const YamlNode* metadata = document.Find("metadata"); metadata != nullptr) {
      ParseMetadata(*metadata, parsed.policy, errors);
    }
    if (const YamlNode* spec = document.Find("spec"); spec != nullptr) {
      ParseSpec(*spec, tables, parsed, errors);
    }
  }
  parsed.errors = std::move(errors).Take();
  return parsed;
}

ParsedPolicy CheckPolicy(std::string_view yaml, std::string_view file_name,
                         const GivenTables& tables) {
  ParsedPolicy parsed = ParsePolicy(yaml, file_name, tables);
  if (!parsed.ok()) return parsed;
  ErrorList errors(file_name);
  AddMismatches(parsed.tests, RunTests(parsed.policy, parsed.tests), errors);
  parsed.errors = std::move(errors).Take();
  return parsed;
}

absl::Status InvalidPolicy(const std::vector<DocumentError>& errors) {
  std::string message;
  size_t shown = 0;
  for (const DocumentError& error : errors) {
    const std::string line = ToString(error);
    if (shown > 0 && message.size() + line.size() + 1 > kMessageBytesMax) break;
    absl::StrAppend(&message, shown == 0 ? "" : "\n", core::Shortened(line, kMessageBytesMax));
    ++shown;
  }
  if (shown < errors.size()) {
    absl::StrAppend(&message, "\n", errors.size() - shown, " more errors");
  }
  return core::Error(absl::StatusCode::kInvalidArgument, "INVALID_POLICY", message,
                     {{"errors", absl::StrCat(errors.size())}});
}

}  // namespace baton::policy
