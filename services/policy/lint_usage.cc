// Queues that nobody serves or that nothing is routed to, declarations without use, missing tests.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/requirement.h"
#include "core/sla_hours.h"
#include "policy/lint_rules.h"

namespace baton::policy {
namespace {

// All values within `node`, without keys.
void CollectTexts(const YamlNode& node, std::vector<std::string>& texts) {
  if (node.kind == YamlNode::Kind::kScalar) texts.push_back(node.text);
  for (const YamlNode& item : node.items) CollectTexts(item, texts);
  for (const auto& [key, value] : node.entries) CollectTexts(value, texts);
}

std::vector<std::string> TextsOf(const LintReport& report,
                                 const std::vector<std::string>& sections) {
  std::vector<std::string> texts;
  const YamlNode& spec = report.At({});
  for (const auto& [key, value] : spec.entries) {
    const bool wanted = std::find(sections.begin(), sections.end(), key.text) != sections.end();
    if (wanted) CollectTexts(value, texts);
  }
  return texts;
}

bool Names(const std::vector<std::string>& texts, const std::string& name) {
  return std::find(texts.begin(), texts.end(), name) != texts.end();
}

void LintQueueRouted(LintReport& report) {
  const std::vector<std::string> texts = TextsOf(report, {"routing", "queues", "sla"});
  for (const auto& [id, queue] : report.policy().queues) {
    if (Names(texts, id.str())) continue;
    report.Add("queue-never-routed", Severity::kWarning, report.KeyAt({"queues", id.str()}),
               absl::StrCat("nothing sends leads to queue '", id.str(), "'"),
               "Route leads to it, or remove it.");
  }
}

bool HasSkills(const LintRep& rep, const std::vector<std::string>& skills) {
  return std::all_of(skills.begin(), skills.end(), [&](const std::string& skill) {
    return std::find(rep.skills.begin(), rep.skills.end(), skill) != rep.skills.end();
  });
}

// The reps that serve `queue`.
std::vector<const LintRep*> RepsOf(const std::vector<LintRep>& reps, const std::string& queue) {
  std::vector<const LintRep*> members;
  for (const LintRep& rep : reps) {
    if (std::find(rep.queues.begin(), rep.queues.end(), queue) != rep.queues.end()) {
      members.push_back(&rep);
    }
  }
  return members;
}

bool AnyHas(const std::vector<const LintRep*>& reps, const std::vector<std::string>& skills) {
  return std::any_of(reps.begin(), reps.end(),
                     [&](const LintRep* rep) { return HasSkills(*rep, skills); });
}

bool AnyMayMeet(const std::vector<const LintRep*>& reps, const core::Condition& requirement,
                const core::Policy& policy) {
  return std::any_of(reps.begin(), reps.end(), [&](const LintRep* rep) {
    return core::MayMeet(rep->attributes, requirement, *policy.vocabulary);
  });
}

void LintReps(LintReport& report) {
  if (!report.input().reps.has_value()) return;
  const std::vector<LintRep>& reps = *report.input().reps;
  const core::Policy& policy = report.policy();
  for (const auto& [id, queue] : policy.queues) {
    const std::vector<const LintRep*> members = RepsOf(reps, id.str());
    if (members.empty()) {
      report.Add("queue-without-reps", Severity::kWarning, report.KeyAt({"queues", id.str()}),
                 absl::StrCat("no rep serves queue '", id.str(), "', so its leads wait for ever"),
                 "Give reps the queue, or route its leads elsewhere.");
    } else if (!AnyHas(members, queue.skills)) {
      report.Add("queue-without-skills", Severity::kWarning, report.KeyAt({"queues", id.str()}),
                 absl::StrCat("no rep of queue '", id.str(), "' has all the skills it requires: ",
                              absl::StrJoin(queue.skills, ", ")),
                 "Give reps the skills, or do not require them.");
    } else if (!AnyMayMeet(members, queue.requirement, policy)) {
      report.Add("queue-without-fitting-reps", Severity::kWarning,
                 report.At({"queues", id.str(), "requires"}),
                 absl::StrCat("no rep of queue '", id.str(), "' can meet what it requires, ",
                              "whatever the lead"),
                 "Give reps the attributes, or do not require them.");
    }
  }
  for (size_t i = 0; i < policy.routing.size(); ++i) {
    const core::RouteRule& rule = policy.routing[i];
    const auto queue = policy.queues.find(rule.to.queue);
    const std::vector<const LintRep*> members = RepsOf(reps, rule.to.queue.str());
    if (queue == policy.queues.end() || !AnyHas(members, queue->second.skills)) continue;
    std::vector<std::string> skills = queue->second.skills;
    skills.insert(skills.end(), rule.to.skills.begin(), rule.to.skills.end());
    if (AnyHas(members, skills)) continue;
    report.Add("route-without-skills", Severity::kWarning,
               report.At({"routing", absl::StrCat(i), "to"}),
               absl::StrCat("no rep of queue '", rule.to.queue.str(), "' has the skills that rule ",
                            Quoted(rule.name), " asks for: ", absl::StrJoin(rule.to.skills, ", ")),
               "Give reps the skills, or do not ask for them.");
  }
}

void CollectSlots(const core::Condition& condition, std::set<int>& slots) {
  for (size_t i = 0; i < condition.size(); ++i) {
    for (const auto& use : condition.program(i).Variables()) slots.insert(use.slot);
  }
}

// Of what the conditions of the policy read.
std::set<int> SlotsOf(const core::Policy& policy) {
  std::set<int> slots;
  CollectSlots(policy.definition, slots);
  for (const core::FitRule& rule : policy.fit) CollectSlots(rule.when, slots);
  for (const core::IntentRule& rule : policy.intent) CollectSlots(rule.when, slots);
  for (const core::DisqualifyRule& rule : policy.disqualify) CollectSlots(rule.when, slots);
  for (const core::RouteRule& rule : policy.routing) CollectSlots(rule.when, slots);
  for (const auto& [id, queue] : policy.queues) CollectSlots(queue.requirement, slots);
  for (const core::Sla& sla : policy.slas) CollectSlots(sla.applies, slots);
  return slots;
}

void LintEventProperties(LintReport& report) {
  const std::set<int> slots = SlotsOf(report.policy());
  for (const auto& property : report.policy().vocabulary->event_properties()) {
    if (slots.count(property.slot) > 0) continue;
    report.Add("unused-property", Severity::kNote,
               report.KeyAt({"event_properties", property.name}),
               absl::StrCat("no rule of scoring.intent reads property ", Quoted(property.name)),
               "Remove it if no rule is meant to.");
  }
}

void LintAttributes(LintReport& report) {
  const core::Policy& policy = report.policy();
  const std::set<int> slots = SlotsOf(policy);
  const std::vector<std::string> texts = TextsOf(report, {"routing", "queues", "scoring"});
  const bool has_zone =
      std::any_of(policy.slas.begin(), policy.slas.end(),
                  [](const core::Sla& sla) { return sla.hours == core::SlaCalendar::kLead; });
  for (const auto& [key, type] : report.At({"attributes"}).entries) {
    const std::string name = absl::StrCat("lead.", key.text);
    const std::optional<int> slot = policy.vocabulary->environment().SlotOf(name);
    const bool named = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
      return absl::StrContains(text, name);
    });
    if (has_zone && key.text == core::kTimeZoneAttribute) continue;
    if (named || (slot.has_value() && slots.count(*slot) > 0)) continue;
    report.Add("unused-attribute", Severity::kNote, key,
               absl::StrCat("no rule reads attribute ", Quoted(key.text)),
               "Remove it if it is not there for people to see.");
  }
}

void LintDeclarations(LintReport& report) {
  const core::Policy& policy = report.policy();
  const std::vector<std::string> texts = TextsOf(report, {"routing", "queues", "scoring", "sla"});
  for (const auto& [id, calendar] : policy.calendars) {
    const bool of_rep =
        report.input().reps.has_value() &&
        std::any_of(report.input().reps->begin(), report.input().reps->end(),
                    [&name = id](const LintRep& rep) { return rep.calendar == name; });
    if (of_rep || Names(texts, id)) continue;
    report.Add("unused-calendar", Severity::kNote, report.KeyAt({"calendars", id}),
               absl::StrCat("no part of the policy uses calendar '", id, "'"),
               "Remove it if no rep has it.");
  }
  for (size_t i = core::StandardReasons().size(); i < policy.reasons.size(); ++i) {
    const std::string& code = policy.reasons[i].code;
    const bool used =
        std::any_of(policy.disqualify.begin(), policy.disqualify.end(),
                    [&](const core::DisqualifyRule& rule) { return rule.reason == code; });
    if (used) continue;
    const size_t index = i - core::StandardReasons().size();
    report.Add("unused-reason", Severity::kNote,
               report.At({"reasons", "extend", absl::StrCat(index)}),
               absl::StrCat("no rule gives reason ", code), "Remove it if reps do not need it.");
  }
}

// Which table is meant is always written out.
void LintTables(LintReport& report) {
  const std::vector<std::string> texts =
      TextsOf(report, {"routing", "queues", "scoring", "definition", "sla"});
  for (const auto& [id, table] : report.policy().tables) {
    const bool used = std::any_of(texts.begin(), texts.end(), [&name = id](const auto& text) {
      return absl::StrContains(text, absl::StrCat("\"", name, "\"")) ||
             absl::StrContains(text, absl::StrCat("'", name, "'"));
    });
    if (used) continue;
    report.Add("unused-table", Severity::kWarning, report.KeyAt({"tables", id}),
               absl::StrCat("no condition looks into table '", id, "'"),
               "Remove it, or ask lookup or in_table of it.");
  }
}

// A level that counts in the hours of queues which have none counts every hour, nights too.
void LintSlaCalendars(LintReport& report) {
  const core::Policy& policy = report.policy();
  std::vector<std::string> without;
  for (const auto& [id, queue] : policy.queues) {
    if (queue.calendar.empty()) without.push_back(id.str());
  }
  for (size_t i = 0; i < policy.slas.size() && !without.empty(); ++i) {
    const core::SlaCalendar hours = policy.slas[i].hours;
    if (hours == core::SlaCalendar::kAlways || hours == core::SlaCalendar::kNamed) continue;
    report.Add("sla-without-calendar", Severity::kNote,
               report.At({"sla", absl::StrCat(i), "calendar"}),
               absl::StrCat("service level ", Quoted(policy.slas[i].name),
                            " counts every hour of leads in queues without calendar: ",
                            absl::StrJoin(without, ", ")),
               "Give the queues their calendar, unless their teams always work.");
  }
}

void LintTests(LintReport& report) {
  const core::Policy& policy = report.policy();
  const std::vector<PolicyTest>& tests = report.input().parsed.tests;
  if (tests.empty()) {
    report.Add("no-tests", Severity::kWarning, report.KeyAt({"routing"}),
               "the policy has no tests, so nothing says what its rules are meant to do",
               "Add tests: with a lead for each rule of routing.");
    return;
  }
  std::set<std::string> reached;
  for (const PolicyTest& test : tests) reached.insert(JudgeTest(policy, test).route.rule);
  for (size_t i = 0; i < policy.routing.size(); ++i) {
    const std::string& name = policy.routing[i].name;
    if (reached.count(name) > 0) continue;
    report.Add("untested-rule", Severity::kNote, report.At({"routing", absl::StrCat(i)}),
               absl::StrCat("no test has a lead that rule ", Quoted(name), " of routing matches"),
               "Add one.");
  }
}

}  // namespace

void LintUsage(LintReport& report) {
  LintQueueRouted(report);
  LintReps(report);
  LintAttributes(report);
  LintEventProperties(report);
  LintDeclarations(report);
  LintTables(report);
  LintSlaCalendars(report);
  LintTests(report);
}

}  // namespace baton::policy
