#include "policy/rules_parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "policy/condition_parser.h"
#include "policy/map_reader.h"
#include "policy/policy_keys.h"
#include "policy/unique_names.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr std::array<std::string_view, 2> kOwners = {"account", "lead"};  // core::OwnerOf
constexpr int64_t kPointsMax = 1000;
constexpr int64_t kIntentCapMax = 1'000'000;  // where core clamps a score
constexpr core::DurationMs kHalfLifeMin = core::kHourMs;
constexpr core::DurationMs kHalfLifeMax = 3650 * core::kDayMs;

int32_t ReadPoints(const MapReader& rule) {
  const YamlNode* points = rule.Find("points");
  if (points == nullptr) return 0;
  return static_cast<int32_t>(
      ReadInt(*points, rule.PathOf("points"), -kPointsMax, kPointsMax, rule.errors()).value_or(0));
}

void ParseFit(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const ConditionParser conditions(policy, Names::kNoMore, errors);
  UniqueNames names("rule");
  const std::string path = "scoring.fit";
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader rule(items[i], ItemPath(path, i), kFitRuleKeys, errors);
    policy.fit.push_back({names.Read(rule.Find("name"), rule.PathOf("name"), errors),
                          conditions.OfRule(rule), ReadPoints(rule)});
  }
}

void ParseIntent(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const ConditionParser conditions(policy, Names::kEvent, errors);
  UniqueNames names("rule");
  const std::string path = "scoring.intent";
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], ItemPath(path, i), kIntentRuleKeys, errors);
    core::IntentRule rule;
    rule.name = names.Read(map.Find("name"), map.PathOf("name"), errors);
    rule.activity = ReadActivity(map.Find("activity"), map.PathOf("activity"), errors);
    rule.points = ReadPoints(map);
    rule.half_life_ms = ReadDurationOr(map, "half_life", kHalfLifeMin, kHalfLifeMax, 0);
    const bool has_condition = map.Find("when") != nullptr || map.Find("match") != nullptr;
    if (has_condition) rule.when = conditions.OfRule(map);
    if (const YamlNode* max = map.Find("max"); max != nullptr) {
      rule.max = static_cast<int32_t>(
          ReadInt(*max, map.PathOf("max"), 1, kIntentCapMax, errors).value_or(0));
      if (rule.points < 0) {
        AddError(*max,
                 absl::StrCat(map.PathOf("max"), " limits points above zero; this rule has ",
                              rule.points),
                 errors);
      }
    }
    policy.intent.push_back(std::move(rule));
  }
}

void ParseDisqualify(const YamlNode& node, const ConditionParser& conditions, core::Policy& policy,
                     ErrorList& errors) {
  UniqueNames names("rule");
  const std::string path = "definition.disqualify";
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], ItemPath(path, i), kDisqualifyRuleKeys, errors);
    core::DisqualifyRule rule;
    rule.name = names.Read(map.Find("name"), map.PathOf("name"), errors);
    rule.when = conditions.OfRule(map);
    if (const YamlNode* code = map.Find("reason"); code != nullptr) {
      rule.reason = code->text;
      const core::Reason* reason = core::FindReason(policy.reasons, code->text);
      if (reason == nullptr || reason->reason_class != core::ReasonClass::kReject) {
        AddError(*code,
                 absl::StrCat(map.PathOf("reason"), " must be a reason of class reject (",
                              core::CodesOfClass(policy.reasons, core::ReasonClass::kReject),
                              "); this is ", Quoted(code->text)),
                 errors);
      }
    }
    policy.disqualify.push_back(std::move(rule));
  }
}

// The queue that `node` names.
core::QueueId ReadQueue(const YamlNode& node, const std::string& path, const std::string& target,
                        const core::Policy& policy, ErrorList& errors) {
  const std::optional<std::string> id = ReadId(node, path, errors);
  core::QueueId queue = core::QueueId::Trusted(id.value_or(""));
  if (id.has_value() && policy.queues.count(queue) == 0) {
    std::vector<std::string> known;
    for (const auto& [queue_id, settings] : policy.queues) known.push_back(queue_id.str());
    AddError(node,
             absl::StrCat("queue '", *id, "' of ", target, " is not among spec.queues",
                          DidYouMean(*id, known)),
             errors);
  }
  return queue;
}

// owner, fallback and wait belong together; without them there is a queue.
void ParseOwner(const MapReader& map, core::RouteTarget& target) {
  ErrorList& errors = map.errors();
  const YamlNode* owner = map.Find("owner");
  const char* const needed = owner == nullptr ? "queue" : "fallback";
  if (map.node().kind == YamlNode::Kind::kMap && map.Find(needed) == nullptr) {
    AddError(map.node(), absl::StrCat("'", needed, "' is missing in ", map.path()), errors);
  }
  if (owner == nullptr) {
    for (const char* key : {"fallback", "wait"}) {
      if (const YamlNode* node = map.Find(key); node != nullptr) {
        AddError(*node,
                 absl::StrCat(map.PathOf(key), " is for a target with an owner, as to: {owner: ",
                              "account, fallback: NAME, wait: 30m}"),
                 errors);
      }
    }
    return;
  }
  const size_t whose = ReadWord(*owner, map.PathOf("owner"), kOwners, errors).value_or(0);
  target.owner = static_cast<core::OwnerOf>(whose + 1);
  target.owner_wait_ms = ReadDurationOr(map, "wait", core::kSecondMs, 30 * core::kDayMs, 0);
  if (const YamlNode* queue = map.Find("queue"); queue != nullptr) {
    AddError(*queue,
             absl::StrCat(map.path(), " names an owner: say fallback: NAME instead of queue"),
             errors);
  }
}

core::RouteTarget ParseTarget(const YamlNode& node, const std::string& path,
                              const core::Policy& policy, ErrorList& errors) {
  core::RouteTarget target;
  const MapReader map(node, path, kRouteTargetKeys, errors);
  ParseOwner(map, target);
  for (const char* key : {"queue", "fallback"}) {
    const YamlNode* queue = map.Find(key);
    if (queue == nullptr) continue;
    target.queue = ReadQueue(*queue, map.PathOf(key), path, policy, errors);
  }
  if (const YamlNode* priority = map.Find("priority"); priority != nullptr) {
    target.priority = static_cast<int32_t>(
        ReadInt(*priority, map.PathOf("priority"), 0, core::kPriorityMax, errors).value_or(0));
  }
  if (const YamlNode* skills = map.Find("skills"); skills != nullptr) {
    target.skills = ReadSkillList(*skills, map.PathOf("skills"), errors);
  }
  return target;
}

core::RouteRule ParseRoute(const YamlNode& node, const std::string& path, UniqueNames& names,
                           const ConditionParser& conditions, const core::Policy& policy,
                           ErrorList& errors) {
  const MapReader map(node, path, kRouteRuleKeys, errors);
  core::RouteRule rule;
  rule.is_default = ReadBoolOr(map, "default", false);
  if (!rule.is_default) rule.when = conditions.OfRule(map);
  if (const YamlNode* to = map.Find("to"); to != nullptr) {
    rule.to = ParseTarget(*to, map.PathOf("to"), policy, errors);
  }
  const YamlNode* name = map.Find("name");
  rule.name =
      name == nullptr && rule.is_default ? "default" : names.Read(name, map.PathOf("name"), errors);
  if (name != nullptr && !rule.is_default && rule.name == "default") {
    AddError(*name, "only the default rule is called 'default'", errors);
  }
  if (rule.is_default) {
    for (const char* key : {"match", "when"}) {
      if (map.Find(key) == nullptr) continue;
      AddError(*map.Find(key),
               absl::StrCat(path, " is the default and matches always; give it no ", key), errors);
    }
  } else if (node.kind == YamlNode::Kind::kMap && name == nullptr) {
    AddError(node, absl::StrCat("'name' is missing in ", path), errors);
  }
  return rule;
}

}  // namespace

void ParseScoring(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const MapReader scoring(node, "scoring", kScoringKeys, errors);
  if (const YamlNode* fit = scoring.Find("fit"); fit != nullptr) ParseFit(*fit, policy, errors);
  if (const YamlNode* intent = scoring.Find("intent"); intent != nullptr) {
    ParseIntent(*intent, policy, errors);
  }
}

void ParseDefinition(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const MapReader definition(node, "definition", kDefinitionKeys, errors);
  const ConditionParser conditions(policy, Names::kScores, errors);
  if (const YamlNode* mql = definition.Find("mql"); mql != nullptr) {
    policy.definition =
        mql->kind == YamlNode::Kind::kScalar
            ? conditions.OfText(*mql, "definition.mql")
            : conditions.OfRule(MapReader(*mql, "definition.mql", kMqlKeys, errors));
  }
  if (const YamlNode* rules = definition.Find("disqualify"); rules != nullptr) {
    ParseDisqualify(*rules, conditions, policy, errors);
  }
}

void ParseRouting(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const ConditionParser conditions(policy, Names::kScores, errors);
  UniqueNames names("rule");
  const absl::Span<const YamlNode> items = ReadList(node, "routing", errors);
  for (size_t i = 0; i < items.size(); ++i) {
    policy.routing.push_back(
        ParseRoute(items[i], ItemPath("routing", i), names, conditions, policy, errors));
    if (policy.routing.back().is_default && i + 1 < items.size()) {
      AddError(items[i],
               absl::StrCat(ItemPath("routing", i), " is the default, so no rule after ",
                            "it can match; move it to the end"),
               errors);
    }
  }
  if (node.kind == YamlNode::Kind::kList && (items.empty() || !policy.routing.back().is_default)) {
    AddError(node,
             "routing needs a last rule {default: true, to: {queue: NAME}}, so that each "
             "qualified lead has somewhere to go",
             errors);
  }
}

}  // namespace baton::policy
