#include "batonctl/roster_document.h"

#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "batonctl/format.h"
#include "batonctl/roster_file.h"
#include "batonctl/yaml_text.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

// With all digits, unlike what tables show.
std::string ExactTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime(absl::RFC3339_full,
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                          absl::UTCTimeZone());
}

ordered_json IdsOf(const google::protobuf::RepeatedPtrField<std::string>& names) {
  ordered_json ids = ordered_json::array();
  for (const std::string& name : names) ids.push_back(ShortName(name));
  return ids;
}

// [german, french], or {german: 4, french: 1} where levels count.
ordered_json SkillsJson(const v1::Rep& rep) {
  if (rep.skill_levels().empty()) return IdsOf(rep.skills());
  ordered_json skills = ordered_json::object();
  for (const std::string& skill : rep.skills()) {
    const auto level = rep.skill_levels().find(skill);
    skills[skill] = level == rep.skill_levels().end() ? 1 : level->second;
  }
  return skills;
}

ordered_json AttributeJson(const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return value.bool_value();
    case v1::AttributeValue::kIntValue:
      return value.int_value();
    case v1::AttributeValue::kDoubleValue:
      return value.double_value();
    case v1::AttributeValue::kStringValue:
      return value.string_value();
    case v1::AttributeValue::kListValue:
      return ordered_json(std::vector<std::string>(value.list_value().values().begin(),
                                                   value.list_value().values().end()));
    case v1::AttributeValue::KIND_NOT_SET:
      break;
  }
  return nullptr;
}

void AddText(ordered_json& entry, const char* key, const std::string& text) {
  if (!text.empty()) entry[key] = text;
}

void AddWork(const v1::Rep& rep, ordered_json& entry) {
  if (rep.daily_cap() > 0) entry["daily_cap"] = rep.daily_cap();
  AddText(entry, "calendar", rep.calendar());
  AddText(entry, "time_zone", rep.time_zone());
  for (const v1::Absence& absence : rep.absences()) {
    ordered_json one = {{"from", ExactTime(absence.start_time())},
                        {"until", ExactTime(absence.end_time())}};
    AddText(one, "delegate", ShortName(absence.delegate()));
    entry["absences"].push_back(std::move(one));
  }
  if (rep.has_ramp_up()) {
    entry["ramp_up"] = {{"start", ExactTime(rep.ramp_up().start_time())},
                        {"days", rep.ramp_up().days()},
                        {"from_percent", rep.ramp_up().from_percent()}};
  }
  const std::map<std::string, v1::AttributeValue> attributes(rep.attributes().begin(),
                                                             rep.attributes().end());
  for (const auto& [name, value] : attributes) entry["attributes"][name] = AttributeJson(value);
}

// "demo" for "workspaces/demo/reps/ada".
template <typename Resource>
std::string WorkspaceOf(const std::vector<Resource>& resources, const std::string& otherwise) {
  if (resources.empty()) return otherwise;
  const std::vector<std::string> parts = absl::StrSplit(resources.front().name(), '/');
  return parts.size() > 1 ? parts[1] : otherwise;
}

std::string DocumentYaml(const char* kind, const std::string& workspace, ordered_json spec) {
  return ToYaml({{"apiVersion", "baton.dev/v1"},
                 {"kind", kind},
                 {"metadata", {{"workspace", workspace}}},
                 {"spec", std::move(spec)}});
}

}  // namespace

ordered_json RepEntryJson(const v1::Rep& rep) {
  ordered_json entry = {{"id", ShortName(rep.name())}};
  AddText(entry, "display_name", rep.display_name());
  entry["queues"] = IdsOf(rep.queues());
  entry["weight"] = rep.weight();
  entry["capacity"] = rep.capacity();
  if (!rep.skills().empty()) entry["skills"] = SkillsJson(rep);
  AddWork(rep, entry);
  AddText(entry, "presence", PresenceText(rep.presence()));
  return entry;
}

ordered_json QueueEntryJson(const v1::Queue& queue) {
  ordered_json entry = {{"id", ShortName(queue.name())}};
  AddText(entry, "display_name", queue.display_name());
  entry["paused"] = queue.paused();
  return entry;
}

ordered_json AccountEntryJson(const v1::Account& account) {
  ordered_json entry = {{"id", ShortName(account.name())}};
  AddText(entry, "display_name", account.display_name());
  if (!account.domains().empty()) {
    entry["domains"] = std::vector<std::string>(account.domains().begin(), account.domains().end());
  }
  AddText(entry, "group", account.group());
  AddText(entry, "owner", ShortName(account.owner()));
  if (account.customer()) entry["customer"] = true;
  AddText(entry, "customer_owner", ShortName(account.customer_owner()));
  if (account.open_opportunity()) entry["open_opportunity"] = true;
  AddText(entry, "opportunity_owner", ShortName(account.opportunity_owner()));
  return entry;
}

std::string RosterYaml(const std::string& workspace, const std::vector<v1::Rep>& reps,
                       const std::vector<v1::Queue>& queues) {
  ordered_json spec = ordered_json::object();
  for (const v1::Rep& rep : reps) spec["reps"].push_back(RepEntryJson(rep));
  for (const v1::Queue& queue : queues) spec["queues"].push_back(QueueEntryJson(queue));
  return DocumentYaml("Roster", WorkspaceOf(reps, WorkspaceOf(queues, workspace)), std::move(spec));
}

std::string AccountsYaml(const std::string& workspace, const std::vector<v1::Account>& accounts) {
  ordered_json spec = {{"accounts", ordered_json::array()}};
  for (const v1::Account& account : accounts) {
    spec["accounts"].push_back(AccountEntryJson(account));
  }
  return DocumentYaml("Accounts", WorkspaceOf(accounts, workspace), std::move(spec));
}

}  // namespace baton::batonctl
