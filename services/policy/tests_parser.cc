#include "policy/tests_parser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/account_match.h"
#include "core/facts.h"
#include "core/requirement.h"
#include "policy/map_reader.h"
#include "policy/match_parser.h"
#include "policy/policy_keys.h"
#include "policy/test_account_parser.h"
#include "policy/unique_names.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr char kSource[] = "policy-test";
constexpr core::DurationMs kAgoMax = 3650 * core::kDayMs;
constexpr int32_t kTimesMax = 1000;  // as of an event's count
constexpr int32_t kScoreMax = 1'000'000;
// In the order of core::Consent.
constexpr std::array<std::string_view, 3> kConsents = {"unknown", "granted", "withdrawn"};

std::optional<core::AttributeValue> ReadAttribute(const YamlNode& node, const std::string& path,
                                                  core::AttributeType type, ErrorList& errors) {
  switch (type) {
    case core::AttributeType::kBool:
      return ReadBool(node, path, errors);
    case core::AttributeType::kInt:
      return ReadInt(node, path, std::numeric_limits<int64_t>::min(),
                     std::numeric_limits<int64_t>::max(), errors);
    case core::AttributeType::kDouble:
      return ReadDouble(node, path, errors);
    case core::AttributeType::kString:
      return ReadText(node, path, core::kAttributeBytesMax, errors);
    case core::AttributeType::kStringList:
      break;
  }
  std::vector<std::string> items;
  const absl::Span<const YamlNode> nodes = ReadList(node, path, errors);
  for (size_t i = 0; i < nodes.size(); ++i) {
    items.push_back(
        ReadText(nodes[i], ItemPath(path, i), core::kAttributeBytesMax, errors).value_or(""));
  }
  return items;
}

// The value of a declared name; `section`: where names are declared. nullopt after an error.
std::optional<core::AttributeValue> ReadDeclared(const YamlEntry& entry, const std::string& path,
                                                 const core::AttributeTypes& types,
                                                 absl::string_view section, ErrorList& errors) {
  const std::string& name = entry.key.text;
  const auto declared = types.find(name);
  if (declared != types.end()) {
    return ReadAttribute(entry.value, absl::StrCat(path, ".", Printable(name)), declared->second,
                         errors);
  }
  std::vector<std::string> known;
  for (const auto& [known_name, type] : types) known.push_back(known_name);
  AddError(entry.key,
           absl::StrCat(section == "attributes" ? "attribute " : "property ", Quoted(name), " in ",
                        path, " is not declared in spec.", section, DidYouMean(name, known)),
           errors);
  return std::nullopt;
}

// Properties of an activity, as many as an event may have.
void ReadProperties(const YamlNode& node, const std::string& path, const core::Policy& policy,
                    core::LeadEvent& event, ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, absl::StrCat(path, " must be a mapping of properties to values"), errors);
    return;
  }
  size_t bytes = 0;
  for (const YamlEntry& entry : node.entries) {
    auto value = ReadDeclared(entry, path, policy.event_properties, "event_properties", errors);
    if (!value.has_value()) continue;
    const auto* text = std::get_if<std::string>(&*value);
    bytes += entry.key.text.size() + (text == nullptr ? 0 : text->size());
    event.properties[entry.key.text] = *std::move(value);
  }
  if (node.entries.size() <= core::kPropertiesMax && bytes <= core::kPropertyBytesMax) return;
  AddError(
      node,
      absl::StrCat(path, " has more than an activity may have: ", core::kPropertiesMax,
                   " properties, names and texts together ", core::kPropertyBytesMax, " bytes"),
      errors);
}

// Attributes of a lead, and with `consent` the consent among them.
void ReadLead(const YamlNode& node, const std::string& path, const core::Policy& policy,
              core::LeadEvent& event, core::Consent* consent, ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, absl::StrCat(path, " must be a mapping of attributes to values"), errors);
    return;
  }
  for (const YamlEntry& entry : node.entries) {
    const std::string& name = entry.key.text;
    if (consent != nullptr && name == "consent") {
      const std::optional<size_t> word =
          ReadWord(entry.value, absl::StrCat(path, ".consent"), kConsents, errors);
      *consent = static_cast<core::Consent>(word.value_or(0));
      continue;
    }
    auto attribute = ReadDeclared(entry, path, policy.attributes, "attributes", errors);
    if (attribute.has_value()) event.attributes[name] = *std::move(attribute);
  }
}

// Of an event that is an activity, or not.
void ReadActivityDetails(const MapReader& map, bool is_activity, const core::Policy& policy,
                         core::LeadEvent& event) {
  for (const char* key : {"times", "properties"}) {
    const YamlNode* node = map.Find(key);
    if (node == nullptr || is_activity) continue;
    AddError(*node, absl::StrCat(map.PathOf(key), " is of an activity"), map.errors());
  }
  if (const YamlNode* times = map.Find("times"); times != nullptr) {
    event.activity_count = static_cast<int32_t>(
        ReadInt(*times, map.PathOf("times"), 1, kTimesMax, map.errors()).value_or(1));
  }
  if (const YamlNode* properties = map.Find("properties"); properties != nullptr) {
    ReadProperties(*properties, map.PathOf("properties"), policy, event, map.errors());
  }
}

// demo_request, or {activity: page_view, times: 3, ago: 2d}, {lead: {...}}, {consent: withdrawn}.
core::LeadEvent ReadEvent(const YamlNode& node, const std::string& path, const core::Policy& policy,
                          core::TimeMs now_ms, ErrorList& errors) {
  core::LeadEvent event;
  event.occurred_at_ms = now_ms;
  event.type = core::EventType::kActivity;
  if (node.kind == YamlNode::Kind::kScalar) {
    event.activity = ReadActivity(&node, path, errors);
    return event;
  }
  const MapReader map(node, path, kTestEventKeys, errors);
  if (node.kind != YamlNode::Kind::kMap) return event;
  const YamlNode* activity = map.Find("activity");
  const YamlNode* lead = map.Find("lead");
  const YamlNode* consent = map.Find("consent");
  const int kinds =
      (activity != nullptr ? 1 : 0) + (lead != nullptr ? 1 : 0) + (consent != nullptr ? 1 : 0);
  if (kinds != 1) {
    AddError(node,
             absl::StrCat(path, " is one of an activity, lead (attributes that changed) and ",
                          "consent; this has ", kinds, " of them"),
             errors);
  }
  if (activity != nullptr) event.activity = ReadActivity(activity, map.PathOf("activity"), errors);
  if (lead != nullptr) {
    event.type = core::EventType::kUpdated;
    ReadLead(*lead, map.PathOf("lead"), policy, event, nullptr, errors);
  }
  if (consent != nullptr) {
    constexpr absl::Span<const std::string_view> kAnswers(kConsents.data() + 1, 2);
    const std::optional<size_t> word = ReadWord(*consent, map.PathOf("consent"), kAnswers, errors);
    event.type = core::EventType::kConsent;
    event.consent = static_cast<core::Consent>(word.value_or(0) + 1);
  }
  ReadActivityDetails(map, activity != nullptr, policy, event);
  event.occurred_at_ms -= ReadDurationOr(map, "ago", 0, kAgoMax, 0);
  return event;
}

void ReadEvents(const YamlNode& node, const std::string& path, const core::Policy& policy,
                PolicyTest& test, ErrorList& errors) {
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  if (items.size() > kTestEventsMax) {
    AddError(node,
             absl::StrCat(path, " has ", items.size(), " events, at most ", kTestEventsMax,
                          " are allowed"),
             errors);
    return;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    core::LeadEvent event = ReadEvent(items[i], ItemPath(path, i), policy, test.now_ms, errors);
    event.id = absl::StrCat("event-", absl::Dec(i, absl::kZeroPad2));  // of one instant in order
    event.source = kSource;
    test.events.push_back(std::move(event));
  }
}

// Whom the lead might belong to.
void ReadOwnership(const MapReader& map, const core::Policy& policy, PolicyTest& test) {
  test.last_owner = ReadRep(map, "last_owner");
  const YamlNode* account = map.Find("account");
  if (account == nullptr) return;
  test.account = ReadTestAccount(*account, map.PathOf("account"), map.errors());
  if (core::AsksForAccounts(policy)) return;
  AddError(*account,
           absl::StrCat(map.PathOf("account"),
                        " is looked at by nothing: no condition names "
                        "account.*, no rule sends leads to the owner of an account and no queue "
                        "has strategy owner_first"),
           map.errors());
}

// given.lead is what is known from the first event on.
void ReadGiven(const YamlNode& node, const std::string& path, const core::Policy& policy,
               PolicyTest& test, ErrorList& errors) {
  const MapReader map(node, path, kTestGivenKeys, errors);
  if (const YamlNode* now = map.Find("now"); now != nullptr) {
    test.now_ms = ReadTime(*now, map.PathOf("now"), errors).value_or(kTestNowMs);
  }
  if (const YamlNode* events = map.Find("events"); events != nullptr) {
    ReadEvents(*events, map.PathOf("events"), policy, test, errors);
  }
  ReadOwnership(map, policy, test);
  core::LeadEvent captured;
  captured.id = "captured";  // before those of the events
  captured.source = kSource;
  captured.type = core::EventType::kCaptured;
  captured.occurred_at_ms = test.now_ms;
  for (const core::LeadEvent& event : test.events) {
    captured.occurred_at_ms = std::min(captured.occurred_at_ms, event.occurred_at_ms);
  }
  if (const YamlNode* lead = map.Find("lead"); lead != nullptr) {
    ReadLead(*lead, map.PathOf("lead"), policy, captured, &captured.consent, errors);
  }
  test.events.insert(test.events.begin(), std::move(captured));
}

template <typename T>
Expected<T> At(const YamlNode& node, T value) {
  return {std::move(value), node.line, node.column};
}

std::optional<Expected<int32_t>> ReadExpectedInt(const MapReader& map, std::string_view key,
                                                 int32_t min, int32_t max) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<int64_t> value =
      ReadInt(*node, map.PathOf(std::string(key)), min, max, map.errors());
  return At(*node, static_cast<int32_t>(value.value_or(0)));
}

// A word that must be one of `known`.
std::optional<Expected<std::string>> ReadExpectedName(const MapReader& map, std::string_view key,
                                                      const std::vector<std::string>& known,
                                                      const std::string& what) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != YamlNode::Kind::kScalar ||
      std::find(known.begin(), known.end(), node->text) == known.end()) {
    const bool is_text = node->kind == YamlNode::Kind::kScalar;
    AddError(*node,
             absl::StrCat(map.PathOf(std::string(key)), " must be ", what, "; this is ",
                          is_text ? Quoted(node->text) : Describe(*node),
                          is_text ? DidYouMean(node->text, known) : ""),
             map.errors());
  }
  return At(*node, node->text);
}

// The id of a rep; "" for false, which is nobody.
std::optional<Expected<std::string>> ReadExpectedOwner(const MapReader& map) {
  const YamlNode* node = map.Find("owner");
  if (node == nullptr) return std::nullopt;
  if (node->kind == YamlNode::Kind::kScalar && node->text == "false") {
    return At(*node, std::string());
  }
  return At(*node, ReadRep(map, "owner").str());
}

// What a queue requires of reps for the lead; "" for false, which is nothing.
std::optional<Expected<std::string>> ReadExpectedRequirement(const MapReader& map) {
  const YamlNode* node = map.Find("requires");
  if (node == nullptr) return std::nullopt;
  const std::optional<std::string> text =
      ReadText(*node, map.PathOf("requires"), core::kRequirementBytesMax, map.errors());
  return At(*node, text == "false" ? std::string() : text.value_or(""));
}

std::vector<std::string> RejectCodes(const core::Policy& policy) {
  std::vector<std::string> codes = {"false"};
  for (const core::Reason& reason : policy.reasons) {
    if (reason.reason_class == core::ReasonClass::kReject) codes.push_back(reason.code);
  }
  return codes;
}

void ReadExpect(const YamlNode& node, const std::string& path, const core::Policy& policy,
                PolicyTest& test, ErrorList& errors) {
  const MapReader map(node, path, kTestExpectKeys, errors);
  if (node.kind != YamlNode::Kind::kMap) return;
  if (node.entries.empty()) {
    AddError(node,
             absl::StrCat(path, " expects nothing; name mql, queue, rule, owner, requires, ",
                          "priority, score or disqualified"),
             errors);
  }
  if (const YamlNode* mql = map.Find("mql"); mql != nullptr) {
    test.mql = At(*mql, ReadBool(*mql, map.PathOf("mql"), errors).value_or(true));
  }
  std::vector<std::string> queues, rules;
  for (const auto& [id, queue] : policy.queues) queues.push_back(id.str());
  for (const core::RouteRule& rule : policy.routing) rules.push_back(rule.name);
  test.queue = ReadExpectedName(map, "queue", queues, "one of spec.queues");
  test.rule = ReadExpectedName(map, "rule", rules, "the name of a rule of spec.routing");
  test.owner = ReadExpectedOwner(map);
  test.requirement = ReadExpectedRequirement(map);
  test.priority = ReadExpectedInt(map, "priority", 0, core::kPriorityMax);
  test.disqualified = ReadExpectedName(map, "disqualified", RejectCodes(policy),
                                       "a reason of class reject, or false");
  if (test.disqualified.has_value() && test.disqualified->value == "false") {
    test.disqualified->value.clear();
  }
  if (const YamlNode* score = map.Find("score"); score != nullptr) {
    const MapReader scores(*score, map.PathOf("score"), kTestScoreKeys, errors);
    test.fit = ReadExpectedInt(scores, "fit", -kScoreMax, kScoreMax);
    test.intent = ReadExpectedInt(scores, "intent", -kScoreMax, kScoreMax);
  }
  for (const std::string_view key : {"queue", "rule", "owner", "requires", "priority"}) {
    const YamlNode* route = map.Find(key);
    if (route == nullptr || !test.mql.has_value() || test.mql->value) continue;
    AddError(*route,
             absl::StrCat(map.PathOf(std::string(key)), " is of an MQL, but ", map.PathOf("mql"),
                          " is false"),
             errors);
  }
}

}  // namespace

std::vector<PolicyTest> ParseTests(const YamlNode& node, const core::Policy& policy,
                                   ErrorList& errors) {
  std::vector<PolicyTest> tests;
  UniqueNames names("test");
  const absl::Span<const YamlNode> items = ReadList(node, "tests", errors);
  if (items.size() > kTestsMax) {
    AddError(
        node,
        absl::StrCat("tests has ", items.size(), " items, at most ", kTestsMax, " are allowed"),
        errors);
    return tests;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], ItemPath("tests", i), kPolicyTestKeys, errors);
    PolicyTest test;
    test.line = items[i].line;
    test.column = items[i].column;
    test.name = names.Read(map.Find("name"), map.PathOf("name"), errors);
    if (const YamlNode* given = map.Find("given"); given != nullptr) {
      ReadGiven(*given, map.PathOf("given"), policy, test, errors);
    }
    if (const YamlNode* expect = map.Find("expect"); expect != nullptr) {
      ReadExpect(*expect, map.PathOf("expect"), policy, test, errors);
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace baton::policy
