// The section sla (rules_parser.h).
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "policy/condition_parser.h"
#include "policy/map_reader.h"
#include "policy/policy_keys.h"
#include "policy/rules_parser.h"
#include "policy/unique_names.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr core::DurationMs kTargetMin = core::kSecondMs;
constexpr core::DurationMs kTargetMax = 365 * core::kDayMs;
constexpr size_t kWordBytesMax = 32;

// In the order of the enumerations of core/policy.h.
constexpr std::array<std::string_view, 5> kMetrics = {"assign", "accept", "first_touch", "decision",
                                                      "cadence"};
constexpr std::array<std::string_view, 4> kBreaches = {"notify", "reassign", "return", "pause_rep"};
constexpr std::array<std::string_view, 2> kOnReassign = {"keep", "restart"};

// "60%"
std::optional<int32_t> ReadPercent(const YamlNode& node, const std::string& path, int32_t max,
                                   ErrorList& errors) {
  int32_t percent = 0;
  const std::string_view text = node.text;
  const bool valid = node.kind == YamlNode::Kind::kScalar && text.size() > 1 &&
                     text.back() == '%' &&
                     absl::SimpleAtoi(core::ToAbsl(text.substr(0, text.size() - 1)), &percent) &&
                     percent >= 1 && percent <= max;
  if (valid) return percent;
  AddError(
      node,
      absl::StrCat(path, " must be a part of the target from 1% to ", max, "%, as 60%; this ",
                   "is ", node.kind == YamlNode::Kind::kScalar ? Quoted(text) : Describe(node)),
      errors);
  return std::nullopt;
}

// Who is told: a word that Baton passes on.
std::string ReadNotify(const YamlNode& node, const std::string& path, ErrorList& errors) {
  const std::string& text = node.text;
  const bool valid = node.kind == YamlNode::Kind::kScalar && !text.empty() &&
                     text.size() <= kWordBytesMax &&
                     std::all_of(text.begin(), text.end(), [](unsigned char c) {
                       return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
                     });
  if (valid) return text;
  AddError(node,
           absl::StrCat(path, " must be a word of 1 to ", kWordBytesMax,
                        " characters of a-z, 0-9 and _, as rep or manager"),
           errors);
  return "";
}

void ParseTiers(const YamlNode& node, const std::string& path, core::Sla& sla, ErrorList& errors) {
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  if (items.size() > core::kSlaTiersMax) {
    AddError(node, absl::StrCat(path, " has at most ", core::kSlaTiersMax, " tiers"), errors);
    return;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], ItemPath(path, i), kSlaTierKeys, errors);
    core::SlaTier tier;
    if (const YamlNode* notify = map.Find("notify"); notify != nullptr) {
      tier.notify = ReadNotify(*notify, map.PathOf("notify"), errors);
    }
    const YamlNode* at = map.Find("at");
    if (at == nullptr) continue;
    const auto percent = ReadPercent(*at, map.PathOf("at"), core::kSlaPercentMax, errors);
    tier.percent = percent.value_or(tier.percent);
    const int32_t before = sla.tiers.empty() ? 0 : sla.tiers.back().percent;
    if (percent.has_value() && tier.percent <= before) {
      AddError(*at, absl::StrCat(map.PathOf("at"), " must be more than that of the tier before"),
               errors);
    } else if (percent.has_value() && tier.percent == sla.warn_percent) {
      AddError(*at, absl::StrCat(map.PathOf("at"), " is the same as warn: choose one of them"),
               errors);
    }
    sla.tiers.push_back(std::move(tier));
  }
}

void ReadCalendar(const YamlNode& node, const std::string& path, const core::Policy& policy,
                  core::Sla& sla, ErrorList& errors) {
  if (node.text == "queue" || node.text == "rep" || node.text == "lead") {
    sla.hours = node.text == "queue" ? core::SlaCalendar::kQueue
                : node.text == "rep" ? core::SlaCalendar::kRep
                                     : core::SlaCalendar::kLead;
    const auto zone = policy.attributes.find("time_zone");
    const bool declared =
        zone != policy.attributes.end() && zone->second == core::AttributeType::kString;
    if (sla.hours != core::SlaCalendar::kLead || declared) return;
    AddError(node,
             absl::StrCat(path, ": lead needs the attribute time_zone: string, which says where ",
                          "the lead is; declare it in spec.attributes"),
             errors);
    return;
  }
  sla.hours = core::SlaCalendar::kNamed;
  sla.calendar = node.text;
  if (policy.calendars.count(node.text) != 0) return;
  std::vector<std::string> known = {"queue", "rep", "lead"};
  for (const auto& [name, calendar] : policy.calendars) known.push_back(name);
  AddError(node,
           absl::StrCat(path, " must be queue, rep, lead or one of spec.calendars, this is ",
                        node.kind == YamlNode::Kind::kScalar ? Quoted(node.text) : Describe(node),
                        DidYouMean(node.text, known)),
           errors);
}

// What breaking it leads to, and who has to have it for that.
void ParseBreach(const MapReader& map, const core::Policy& policy, core::Sla& sla) {
  ErrorList& errors = map.errors();
  if (const YamlNode* breach = map.Find("breach"); breach != nullptr) {
    sla.breach = static_cast<core::SlaBreach>(
        ReadWord(*breach, map.PathOf("breach"), kBreaches, errors).value_or(0));
    if (sla.metric == core::SlaMetric::kAssign && sla.breach != core::SlaBreach::kNotify) {
      AddError(*breach,
               absl::StrCat(map.PathOf("breach"), ": a lead that waits has no rep; metric assign ",
                            "can only notify (a queue's max_wait and escalate_to move it)"),
               errors);
    }
  }
  const YamlNode* to = map.Find("return_to");
  if (to == nullptr) return;
  sla.return_to = core::QueueId::Trusted(ReadId(*to, map.PathOf("return_to"), errors).value_or(""));
  if (sla.breach != core::SlaBreach::kReturn) {
    AddError(*to, absl::StrCat(map.PathOf("return_to"), " is for breach: return"), errors);
  } else if (!sla.return_to.empty() && policy.queues.count(sla.return_to) == 0) {
    std::vector<std::string> known;
    for (const auto& [id, queue] : policy.queues) known.push_back(id.str());
    AddError(*to,
             absl::StrCat("queue '", sla.return_to.str(), "' of ", map.PathOf("return_to"),
                          " is not among spec.queues", DidYouMean(sla.return_to.str(), known)),
             errors);
  }
}

// touches belongs to metric cadence.
void ParseTouches(const MapReader& map, core::Sla& sla) {
  const YamlNode* touches = map.Find("touches");
  const bool wanted = sla.metric == core::SlaMetric::kCadence;
  if (touches == nullptr) {
    if (wanted) {
      AddError(map.node(),
               absl::StrCat("'touches' is missing in ", map.path(), ": how many a cadence wants"),
               map.errors());
    }
    return;
  }
  if (!wanted) {
    AddError(*touches, absl::StrCat(map.PathOf("touches"), " is for metric cadence"), map.errors());
    return;
  }
  sla.touches = static_cast<int32_t>(
      ReadInt(*touches, map.PathOf("touches"), 1, core::kSlaTouchesMax, map.errors()).value_or(1));
}

core::Sla ParseSlaItem(const MapReader& map, const ConditionParser& conditions,
                       const core::Policy& policy, UniqueNames& names) {
  ErrorList& errors = map.errors();
  core::Sla sla;
  sla.name = names.Read(map.Find("name"), map.PathOf("name"), errors);
  if (const YamlNode* applies = map.Find("applies"); applies != nullptr) {
    sla.applies = conditions.OfText(*applies, map.PathOf("applies"));
  }
  if (const YamlNode* metric = map.Find("metric"); metric != nullptr) {
    sla.metric = static_cast<core::SlaMetric>(
        ReadWord(*metric, map.PathOf("metric"), kMetrics, errors).value_or(2));
  }
  sla.target_ms = ReadDurationOr(map, "target", kTargetMin, kTargetMax, kTargetMax);
  if (const YamlNode* calendar = map.Find("calendar"); calendar != nullptr) {
    ReadCalendar(*calendar, map.PathOf("calendar"), policy, sla, errors);
  }
  if (const YamlNode* warn = map.Find("warn"); warn != nullptr) {
    sla.warn_percent = ReadPercent(*warn, map.PathOf("warn"), 99, errors).value_or(0);
  }
  if (const YamlNode* tiers = map.Find("tiers"); tiers != nullptr) {
    ParseTiers(*tiers, map.PathOf("tiers"), sla, errors);
  }
  ParseBreach(map, policy, sla);
  ParseTouches(map, sla);
  sla.restarts =
      sla.metric == core::SlaMetric::kAccept || sla.metric == core::SlaMetric::kFirstTouch;
  if (const YamlNode* on = map.Find("on_reassign"); on != nullptr) {
    sla.restarts = ReadWord(*on, map.PathOf("on_reassign"), kOnReassign, errors).value_or(0) == 1;
  }
  return sla;
}

}  // namespace

void ParseSlas(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const ConditionParser conditions(policy, Names::kScores, errors);
  UniqueNames names("service level");
  const absl::Span<const YamlNode> items = ReadList(node, "sla", errors);
  if (items.size() > core::kSlasMax) {
    AddError(node,
             absl::StrCat("sla has ", items.size(), " service levels, at most ", core::kSlasMax,
                          " are allowed"),
             errors);
    return;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], ItemPath("sla", i), kSlaKeys, errors);
    policy.slas.push_back(ParseSlaItem(map, conditions, policy, names));
  }
}

}  // namespace baton::policy
