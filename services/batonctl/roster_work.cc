#include "batonctl/roster_work.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "core/roster.h"
#include "events/rfc3339.h"
#include "policy/values.h"

namespace baton::batonctl {
namespace {

using policy::KeyTable;
using policy::MapReader;
using policy::YamlNode;

constexpr KeyTable kAbsenceTable = {"absence", kAbsenceKeys};
constexpr KeyTable kRampUpTable = {"ramp_up", kRampUpKeys};
constexpr size_t kWordBytesMax = 1024;

void ReadTime(const MapReader& map, const char* key, google::protobuf::Timestamp* time) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return;
  const std::optional<core::TimeMs> at_ms = events::ParseRfc3339(node->text);
  if (at_ms.has_value() && *at_ms >= 0) {
    *time = TimestampOf(*at_ms);
  } else {
    policy::AddError(*node,
                     absl::StrCat(map.PathOf(key), " must be a time from 1970 on, as ",
                                  "2026-12-24T00:00:00Z, this is ", policy::Quoted(node->text)),
                     map.errors());
  }
}

int32_t ReadNumber(const MapReader& map, const char* key, int64_t min, int64_t max) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return 0;
  return static_cast<int32_t>(
      policy::ReadInt(*node, map.PathOf(key), min, max, map.errors()).value_or(min));
}

void ReadFileSkills(const MapReader& map, const YamlNode& node, v1::Rep& rep) {
  if (node.kind != YamlNode::Kind::kMap) {
    for (const std::string& skill :
         policy::ReadIdList(node, map.PathOf("skills"), core::kSkillsMax, map.errors())) {
      rep.add_skills(skill);
    }
    return;
  }
  for (const auto& [key, value] : node.entries) {
    const auto skill = policy::ReadId(key, "the name of a skill", map.errors());
    const auto level = policy::ReadInt(value, absl::StrCat("the level of ", key.text), 1,
                                       core::kSkillLevelMax, map.errors());
    if (!skill.has_value() || !level.has_value()) continue;
    rep.add_skills(*skill);
    (*rep.mutable_skill_levels())[*skill] = static_cast<int32_t>(*level);
  }
}

void ReadFileAbsences(const MapReader& map, const YamlNode& node, v1::Rep& rep) {
  const std::string path = map.PathOf("absences");
  const absl::Span<const YamlNode> items = policy::ReadList(node, path, map.errors());
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader item(items[i], policy::ItemPath(path, i), kAbsenceTable, map.errors());
    v1::Absence& absence = *rep.add_absences();
    ReadTime(item, "from", absence.mutable_start_time());
    ReadTime(item, "until", absence.mutable_end_time());
    if (const YamlNode* delegate = item.Find("delegate"); delegate != nullptr) {
      absence.set_delegate(
          policy::ReadId(*delegate, item.PathOf("delegate"), map.errors()).value_or(""));
    }
  }
}

// true, 3, 2.5 or text.
v1::AttributeValue AttributeOf(const std::string& text, bool is_text) {
  v1::AttributeValue value;
  int64_t whole = 0;
  double number = 0;
  if (!is_text && (text == "true" || text == "false")) {
    value.set_bool_value(text == "true");
  } else if (!is_text && absl::SimpleAtoi(text, &whole)) {
    value.set_int_value(whole);
  } else if (!is_text && absl::SimpleAtod(text, &number)) {
    value.set_double_value(number);
  } else {
    value.set_string_value(text);
  }
  return value;
}

void ReadFileAttributes(const MapReader& map, const YamlNode& node, v1::Rep& rep) {
  const std::string path = map.PathOf("attributes");
  if (node.kind != YamlNode::Kind::kMap) {
    policy::AddError(node, absl::StrCat(path, " must be a mapping of names to values"),
                     map.errors());
    return;
  }
  for (const auto& [key, value] : node.entries) {
    v1::AttributeValue& attribute = (*rep.mutable_attributes())[key.text];
    const std::string value_path = absl::StrCat(path, ".", policy::Printable(key.text));
    if (value.kind != YamlNode::Kind::kList) {
      const auto text = policy::ReadText(value, value_path, kWordBytesMax, map.errors());
      attribute = AttributeOf(text.value_or(""), value.quoted);
      continue;
    }
    attribute.mutable_list_value();
    for (const YamlNode& item : policy::ReadList(value, value_path, map.errors())) {
      const auto text = policy::ReadText(item, value_path, kWordBytesMax, map.errors());
      attribute.mutable_list_value()->add_values(text.value_or(""));
    }
  }
}

void ReadFileRamp(const MapReader& map, const YamlNode& node, v1::Rep& rep) {
  const MapReader ramp(node, map.PathOf("ramp_up"), kRampUpTable, map.errors());
  v1::RampUp& message = *rep.mutable_ramp_up();
  ReadTime(ramp, "start", message.mutable_start_time());
  message.set_days(ReadNumber(ramp, "days", 1, core::kRampDaysMax));
  message.set_from_percent(ReadNumber(ramp, "from_percent", 1, 99));
}

}  // namespace

std::vector<std::string> ReadRosterWork(const MapReader& map, v1::Rep& rep) {
  std::vector<std::string> fields;
  const auto find = [&](const char* key) {
    const YamlNode* node = map.Find(key);
    if (node != nullptr) fields.emplace_back(key);
    return node;
  };
  if (const YamlNode* node = map.Find("skills"); node != nullptr) {
    ReadFileSkills(map, *node, rep);
    if (rep.skill_levels_size() > 0) fields.emplace_back("skill_levels");
  }
  if (find("daily_cap") != nullptr) {
    rep.set_daily_cap(ReadNumber(map, "daily_cap", 0, core::kDailyCapMax));
  }
  if (const YamlNode* node = find("calendar"); node != nullptr) {
    rep.set_calendar(policy::ReadId(*node, map.PathOf("calendar"), map.errors()).value_or(""));
  }
  if (const YamlNode* node = find("time_zone"); node != nullptr) {
    const absl::Status zone = core::CheckZone(node->text);
    if (!zone.ok()) policy::AddError(*node, std::string(zone.message()), map.errors());
    rep.set_time_zone(node->text);
  }
  if (const YamlNode* node = find("absences"); node != nullptr) ReadFileAbsences(map, *node, rep);
  if (const YamlNode* node = find("ramp_up"); node != nullptr) ReadFileRamp(map, *node, rep);
  if (const YamlNode* node = find("attributes"); node != nullptr) {
    ReadFileAttributes(map, *node, rep);
  }
  return fields;
}

void WorkOptions::AddTo(CLI::App& command, CLI::Option* exclude) {
  const auto add = [&](CLI::Option* option, const char* field) {
    given_.push_back({option->excludes(exclude), field});
  };
  add(command.add_option("--skill", skills_, "a skill, german or german=4 (levels 1 to 5); repeat")
          ->allow_extra_args(false),
      "skills");
  add(command.add_option("--daily-cap", daily_cap_, "leads given in one day; 0: no cap")
          ->check(CLI::Range(0, core::kDailyCapMax)),
      "daily_cap");
  add(command.add_option("--calendar", calendar_, "a calendar of the policy; '': at any time"),
      "calendar");
  add(command.add_option("--time-zone", time_zone_, "the rep's zone, as Europe/Vienna"),
      "time_zone");
  add(command
          .add_option("--absence", absences_,
                      "FROM,UNTIL or FROM,UNTIL,DELEGATE (times as 2026-12-24T00:00:00Z); repeat; "
                      "'' ends all")
          ->allow_extra_args(false),
      "absences");
  add(command.add_option("--ramp-up", ramp_up_,
                         "START,DAYS,PERCENT: a part of the share at first; '': no more"),
      "ramp_up");
  add(command.add_option("--attribute", attributes_, "NAME=VALUE, a list as NAME=[a,b]; repeat")
          ->allow_extra_args(false),
      "attributes");
}

absl::Status WorkOptions::Read(v1::Rep& rep, std::vector<std::string>& fields) const {
  rep.set_daily_cap(daily_cap_);
  rep.set_calendar(calendar_);
  rep.set_time_zone(time_zone_);
  for (const Given& one : given_) {
    if (one.option->count() > 0) fields.emplace_back(one.field);
  }
  absl::Status status = ReadSkills(rep);
  status.Update(ReadAbsences(rep));
  status.Update(ReadRamp(rep));
  status.Update(ReadAttributes(rep));
  if (rep.skill_levels_size() > 0) fields.emplace_back("skill_levels");
  return status;
}

absl::Status WorkOptions::ReadSkills(v1::Rep& rep) const {
  for (const std::string& text : skills_) {
    const std::pair<std::string, std::string> sides = absl::StrSplit(text, absl::MaxSplits('=', 1));
    rep.add_skills(sides.first);
    if (sides.second.empty()) continue;
    int32_t level = 0;
    if (!absl::SimpleAtoi(sides.second, &level)) {
      return UsageError(absl::StrCat("--skill is german or german=4; this is ", text));
    }
    (*rep.mutable_skill_levels())[sides.first] = level;
  }
  return absl::OkStatus();
}

absl::Status WorkOptions::ReadAbsences(v1::Rep& rep) const {
  for (const std::string& text : absences_) {
    if (text.empty()) continue;
    const std::vector<std::string> parts = absl::StrSplit(text, ',');
    if (parts.size() != 2 && parts.size() != 3) {
      return UsageError(
          absl::StrCat("--absence is FROM,UNTIL or FROM,UNTIL,DELEGATE; this is ", text));
    }
    v1::Absence& absence = *rep.add_absences();
    const auto from = ParseTime("--absence", parts[0]);
    if (!from.ok()) return from.status();
    const auto until = ParseTime("--absence", parts[1]);
    if (!until.ok()) return until.status();
    *absence.mutable_start_time() = *from;
    *absence.mutable_end_time() = *until;
    if (parts.size() == 3) absence.set_delegate(parts[2]);
  }
  return absl::OkStatus();
}

absl::Status WorkOptions::ReadRamp(v1::Rep& rep) const {
  if (ramp_up_.empty()) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(ramp_up_, ',');
  int32_t days = 0, percent = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &days) ||
      !absl::SimpleAtoi(parts[2], &percent)) {
    return UsageError(absl::StrCat("--ramp-up is START,DAYS,PERCENT; this is ", ramp_up_));
  }
  const auto start = ParseTime("--ramp-up", parts[0]);
  if (!start.ok()) return start.status();
  *rep.mutable_ramp_up()->mutable_start_time() = *start;
  rep.mutable_ramp_up()->set_days(days);
  rep.mutable_ramp_up()->set_from_percent(percent);
  return absl::OkStatus();
}

absl::Status WorkOptions::ReadAttributes(v1::Rep& rep) const {
  for (const std::string& text : attributes_) {
    const size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0) {
      return UsageError(absl::StrCat("--attribute is NAME=VALUE; this is ", text));
    }
    v1::AttributeValue& value = (*rep.mutable_attributes())[text.substr(0, sign)];
    const std::string written = text.substr(sign + 1);
    if (written.size() < 2 || written.front() != '[' || written.back() != ']') {
      value = AttributeOf(written, /*is_text=*/false);
      continue;
    }
    const std::string items = written.substr(1, written.size() - 2);
    value.mutable_list_value();
    for (const absl::string_view item : absl::StrSplit(items, ',', absl::SkipEmpty())) {
      value.mutable_list_value()->add_values(std::string(item));
    }
  }
  return absl::OkStatus();
}

absl::Status NameDelegates(const Session& session, v1::Rep& rep) {
  for (v1::Absence& absence : *rep.mutable_absences()) {
    if (absence.delegate().empty()) continue;
    const absl::StatusOr<std::string> name = session.Name("reps", absence.delegate());
    if (!name.ok()) return name.status();
    absence.set_delegate(*name);
  }
  return absl::OkStatus();
}

}  // namespace baton::batonctl
