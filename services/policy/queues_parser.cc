// The section queues (rules_parser.h).
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "policy/condition_parser.h"
#include "policy/map_reader.h"
#include "policy/policy_keys.h"
#include "policy/rules_parser.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr core::DurationMs kQueueTimeMin = core::kSecondMs;
constexpr core::DurationMs kQueueTimeMax = 30 * core::kDayMs;

// In the order of core::QueueMode and core::Strategy.
constexpr std::array<std::string_view, 3> kQueueModes = {"offer", "direct", "pull"};
constexpr std::array<std::string_view, 4> kStrategies = {"weighted_fair", "least_loaded",
                                                         "longest_idle", "owner_first"};

// A queue that another one names, looked up when all are known.
struct Mention {
  const YamlNode& node;
  std::string path;
  core::QueueId by;
  core::QueueId queue;
};

std::optional<core::QueueId> ReadMention(const YamlNode& node, const std::string& path,
                                         const core::QueueId& by, std::vector<Mention>& mentions,
                                         ErrorList& errors) {
  const std::optional<std::string> id = ReadId(node, path, errors);
  if (!id.has_value()) return std::nullopt;
  mentions.push_back({node, path, by, core::QueueId::Trusted(*id)});
  return core::QueueId::Trusted(*id);
}

void ParseWiden(const YamlNode& node, const std::string& path, core::QueuePolicy& queue,
                std::vector<Mention>& mentions, ErrorList& errors) {
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  if (items.size() > core::kWideningsMax) {
    AddError(node, absl::StrCat(path, " has at most ", core::kWideningsMax, " steps"), errors);
    return;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], ItemPath(path, i), kWidenKeys, errors);
    core::Widening step;
    step.after_ms = ReadDurationOr(map, "after", kQueueTimeMin, kQueueTimeMax, 0);
    if (const YamlNode* to = map.Find("to"); to != nullptr) {
      step.to =
          ReadMention(*to, map.PathOf("to"), queue.id, mentions, errors).value_or(core::QueueId());
    }
    const bool in_order = queue.widen.empty() || queue.widen.back().after_ms < step.after_ms;
    if (step.after_ms > 0 && !in_order) {
      AddError(*map.Find("after"),
               absl::StrCat(map.PathOf("after"), " must be later than that of the step before"),
               errors);
    }
    queue.widen.push_back(std::move(step));
  }
}

// How long leads wait, and where they go then.
void ParseWaiting(const MapReader& map, core::QueuePolicy& queue, std::vector<Mention>& mentions) {
  ErrorList& errors = map.errors();
  if (const YamlNode* widen = map.Find("widen"); widen != nullptr) {
    ParseWiden(*widen, map.PathOf("widen"), queue, mentions, errors);
  }
  queue.max_wait_ms = ReadDurationOr(map, "max_wait", kQueueTimeMin, kQueueTimeMax, 0);
  const YamlNode* escalate_to = map.Find("escalate_to");
  if (escalate_to == nullptr) return;
  queue.escalate_to =
      ReadMention(*escalate_to, map.PathOf("escalate_to"), queue.id, mentions, errors)
          .value_or(core::QueueId());
  if (map.Find("max_wait") == nullptr) {
    AddError(*escalate_to,
             absl::StrCat(map.PathOf("escalate_to"), " needs a max_wait after which to escalate"),
             errors);
  }
}

void ParseAge(const YamlNode& node, const std::string& path, core::Ageing& age, ErrorList& errors) {
  const MapReader map(node, path, kAgeKeys, errors);
  age.every_ms = ReadDurationOr(map, "every", core::kMinuteMs, kQueueTimeMax, 0);
  const auto read = [&map, &errors](const char* key, int32_t otherwise) {
    const YamlNode* value = map.Find(key);
    if (value == nullptr) return otherwise;
    return static_cast<int32_t>(
        ReadInt(*value, map.PathOf(key), 1, core::kPriorityMax, errors).value_or(otherwise));
  };
  age.by = read("by", age.by);
  age.max = read("max", age.max);
}

void ParseStrategy(const MapReader& map, core::QueuePolicy& queue) {
  queue.count_owned = ReadBoolOr(map, "count_owned", true);
  queue.credit_returned = ReadBoolOr(map, "credit_returned", false);
  if (const YamlNode* age = map.Find("age"); age != nullptr) {
    ParseAge(*age, map.PathOf("age"), queue.age, map.errors());
  }
  const YamlNode* strategy = map.Find("strategy");
  if (strategy == nullptr) return;
  queue.strategy = static_cast<core::Strategy>(
      ReadWord(*strategy, map.PathOf("strategy"), kStrategies, map.errors()).value_or(0));
  if (queue.mode == core::QueueMode::kPull) {
    AddError(*strategy,
             absl::StrCat("reps claim the leads of ", map.path(),
                          " themselves, so no strategy chooses; remove it"),
             map.errors());
  }
}

// What each rep of the queue needs: a condition, or skills and perhaps a condition.
void ParseRequires(const YamlNode& node, const std::string& path, const core::Policy& policy,
                   core::QueuePolicy& queue, ErrorList& errors) {
  const ConditionParser conditions(policy, Names::kRep, errors);
  if (node.kind == YamlNode::Kind::kScalar) {
    queue.requirement = conditions.OfText(node, path);
    return;
  }
  const MapReader map(node, path, kRequiresKeys, errors);
  const YamlNode* skills = map.Find("skills");
  const YamlNode* when = map.Find("when");
  if (skills != nullptr) queue.skills = ReadSkillList(*skills, map.PathOf("skills"), errors);
  if (when != nullptr) queue.requirement = conditions.OfText(*when, map.PathOf("when"));
  if (node.kind == YamlNode::Kind::kMap && skills == nullptr && when == nullptr) {
    AddError(node, absl::StrCat("'skills' or 'when' is missing in ", path), errors);
  }
}

// The name of one of the policy's calendars; "" after an error.
std::string ReadKnown(const YamlNode& node, const std::string& path,
                      const std::map<std::string, core::Calendar>& calendars, ErrorList& errors) {
  const std::optional<std::string> name = ReadId(node, path, errors);
  if (!name.has_value() || calendars.count(*name) != 0) return name.value_or("");
  std::vector<std::string> known;
  for (const auto& [one, calendar] : calendars) known.push_back(one);
  AddError(node,
           absl::StrCat("calendar '", *name, "' of ", path, " is not among spec.calendars",
                        DidYouMean(*name, known)),
           errors);
  return "";
}

void ParseQueue(const YamlNode& key, const YamlNode& node, std::vector<Mention>& mentions,
                core::Policy& policy, ErrorList& errors) {
  const std::string path =
      absl::StrCat("queues.", Printable(core::Shortened(key.text, core::kIdLengthMax)));
  const std::optional<std::string> id = ReadId(key, "the name of a queue", errors);
  const MapReader map(node, path, kQueueKeys, errors);
  core::QueuePolicy queue;
  queue.id = core::QueueId::Trusted(id.value_or(""));
  if (const YamlNode* mode = map.Find("mode"); mode != nullptr) {
    queue.mode = static_cast<core::QueueMode>(
        ReadWord(*mode, map.PathOf("mode"), kQueueModes, errors).value_or(0));
  }
  queue.accept_within_ms =
      ReadDurationOr(map, "accept_within", kQueueTimeMin, kQueueTimeMax, queue.accept_within_ms);
  queue.retry_after_ms =
      ReadDurationOr(map, "retry_after", kQueueTimeMin, kQueueTimeMax, queue.retry_after_ms);
  const YamlNode* accept_within = map.Find("accept_within");
  if (accept_within != nullptr && queue.mode != core::QueueMode::kOffer) {
    AddError(
        *accept_within,
        absl::StrCat(
            path, queue.mode == core::QueueMode::kDirect ? " assigns directly" : " is claimed from",
            ", so there is nothing to accept within a time; use mode offer or ", "remove it"),
        errors);
  }
  if (const YamlNode* calendar = map.Find("calendar"); calendar != nullptr) {
    queue.calendar = ReadKnown(*calendar, map.PathOf("calendar"), policy.calendars, errors);
  }
  if (const YamlNode* silent = map.Find("away_after"); silent != nullptr) {
    queue.away_after = static_cast<int32_t>(
        ReadInt(*silent, map.PathOf("away_after"), 0, core::kAwayAfterMax, errors).value_or(0));
  }
  ParseStrategy(map, queue);
  ParseWaiting(map, queue, mentions);
  if (const YamlNode* needs = map.Find("requires"); needs != nullptr) {
    ParseRequires(*needs, map.PathOf("requires"), policy, queue, errors);
  }
  if (id.has_value()) policy.queues.emplace(queue.id, std::move(queue));
}

// True if leads that escalate from `queue` come back to it.
bool EscalatesInACircle(const core::QueueId& queue, const core::Policy& policy) {
  core::QueueId at = queue;
  for (size_t steps = 0; steps <= policy.queues.size(); ++steps) {
    const auto found = policy.queues.find(at);
    if (found == policy.queues.end() || found->second.escalate_to.empty()) return false;
    at = found->second.escalate_to;
    if (at == queue) return true;
  }
  return false;
}

void CheckMention(const Mention& mention, const core::Policy& policy, ErrorList& errors) {
  if (policy.queues.count(mention.queue) == 0) {
    std::vector<std::string> known;
    for (const auto& [id, settings] : policy.queues) known.push_back(id.str());
    AddError(mention.node,
             absl::StrCat("queue '", mention.queue.str(), "' of ", mention.path,
                          " is not among spec.queues", DidYouMean(mention.queue.str(), known)),
             errors);
  } else if (mention.queue == mention.by) {
    AddError(mention.node, absl::StrCat(mention.path, " is the queue itself; name another one"),
             errors);
  } else if (policy.queues.at(mention.by).escalate_to == mention.queue &&
             EscalatesInACircle(mention.by, policy)) {
    AddError(mention.node,
             absl::StrCat(mention.path, " leads back to ", mention.by.str(),
                          ": leads would escalate in a circle"),
             errors);
  }
}

}  // namespace

void ParseQueues(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap || node.entries.empty()) {
    AddError(node, "queues must be a mapping of at least one queue", errors);
    return;
  }
  std::vector<Mention> mentions;
  for (const auto& [key, value] : node.entries) ParseQueue(key, value, mentions, policy, errors);
  for (const Mention& mention : mentions) CheckMention(mention, policy, errors);
}

}  // namespace baton::policy
