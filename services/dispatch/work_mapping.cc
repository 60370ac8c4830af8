#include "dispatch/work_mapping.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "core/facts.h"
#include "dispatch/proto_mapping.h"

namespace baton::dispatch {
namespace {

namespace v1 = ::baton::v1;

constexpr int32_t kPercentMax = 99;

// 0 and a violation unless `time` is there and from 1970 on.
core::TimeMs ReadTime(const std::string& field, bool given, const google::protobuf::Timestamp& time,
                      Violations& violations) {
  const auto read = FromTimestamp(field, time);
  if (!given) {
    violations.Add(field, "must be given");
  } else if (!read.ok()) {
    violations.Add(read.status());
  } else if (*read < 0) {
    violations.Add(field, "must not be before 1970");
  } else {
    return *read;
  }
  return 0;
}

core::Absence ReadAbsence(const RepName& name, const std::string& field, const v1::Absence& message,
                          Violations& violations) {
  core::Absence absence;
  absence.from_ms = ReadTime(absl::StrCat(field, ".start_time"), message.has_start_time(),
                             message.start_time(), violations);
  absence.until_ms = ReadTime(absl::StrCat(field, ".end_time"), message.has_end_time(),
                              message.end_time(), violations);
  if (absence.from_ms != 0 && absence.until_ms != 0 && absence.until_ms <= absence.from_ms) {
    violations.Add(absl::StrCat(field, ".end_time"), "must be behind start_time");
  }
  if (message.delegate().empty()) return absence;
  const std::string delegate_field = absl::StrCat(field, ".delegate");
  const auto delegate = ParseRep(delegate_field, message.delegate());
  if (!delegate.ok()) {
    violations.Add(delegate.status());
  } else if (delegate->workspace != name.workspace) {
    violations.Add(delegate_field, "must be of the rep's workspace");
  } else if (delegate->rep == name.rep) {
    violations.Add(delegate_field, "must be another rep");
  } else {
    absence.delegate = delegate->rep;
  }
  return absence;
}

void ReadAbsences(const RepName& name, const v1::Rep& message, core::WorkRules& work,
                  Violations& violations) {
  if (static_cast<size_t>(message.absences_size()) > core::kAbsencesMax) {
    violations.Add("rep.absences", absl::StrCat("must be at most ", core::kAbsencesMax));
    return;
  }
  for (int i = 0; i < message.absences_size(); ++i) {
    work.absences.push_back(
        ReadAbsence(name, absl::StrCat("rep.absences[", i, "]"), message.absences(i), violations));
  }
  std::stable_sort(work.absences.begin(), work.absences.end(),
                   [](const core::Absence& one, const core::Absence& other) {
                     return one.from_ms < other.from_ms;
                   });
}

void ReadRamp(const v1::RampUp& message, core::RampUp& ramp, Violations& violations) {
  ramp.start_ms = ReadTime("rep.ramp_up.start_time", message.has_start_time(), message.start_time(),
                           violations);
  ramp.days = message.days();
  ramp.from_percent = message.from_percent();
  if (ramp.days < 1 || ramp.days > core::kRampDaysMax) {
    violations.Add("rep.ramp_up.days", absl::StrCat("must be 1 to ", core::kRampDaysMax));
  }
  if (ramp.from_percent < 1 || ramp.from_percent > kPercentMax) {
    violations.Add("rep.ramp_up.from_percent", absl::StrCat("must be 1 to ", kPercentMax));
  }
}

void ReadAttributes(const v1::Rep& message, core::Rep& rep, Violations& violations) {
  if (static_cast<size_t>(message.attributes_size()) > core::kRepAttributesMax) {
    violations.Add("rep.attributes", absl::StrCat("must be at most ", core::kRepAttributesMax));
    return;
  }
  for (const auto& [name, value] : message.attributes()) {
    if (!core::IsValidId(name)) {
      violations.Add("rep.attributes", "names must be 1 to 64 characters of [A-Za-z0-9_-]");
      continue;
    }
    auto read = FromProto(absl::StrCat("rep.attributes.", name), value);
    if (read.ok()) {
      rep.attributes.emplace(name, *std::move(read));
    } else {
      violations.Add(read.status());
    }
  }
}

}  // namespace

void AddWork(const core::WorkspaceId& workspace, const core::Rep& rep, v1::Rep& message) {
  for (const auto& [skill, level] : core::SkillLevels(rep.skills)) {
    message.add_skills(skill);
    if (level > 1) (*message.mutable_skill_levels())[skill] = level;
  }
  const core::WorkRules& work = rep.work;
  message.set_daily_cap(work.daily_cap);
  message.set_calendar(work.calendar);
  message.set_time_zone(work.zone);
  for (const core::Absence& absence : work.absences) {
    v1::Absence& added = *message.add_absences();
    *added.mutable_start_time() = ToTimestamp(absence.from_ms);
    *added.mutable_end_time() = ToTimestamp(absence.until_ms);
    if (!absence.delegate.empty()) added.set_delegate(FormatRep(workspace, absence.delegate));
  }
  if (work.ramp.days > 0) {
    v1::RampUp& ramp = *message.mutable_ramp_up();
    *ramp.mutable_start_time() = ToTimestamp(work.ramp.start_ms);
    ramp.set_days(work.ramp.days);
    ramp.set_from_percent(work.ramp.from_percent);
  }
  for (const auto& [name, value] : rep.attributes) {
    (*message.mutable_attributes())[name] = ToProto(value);
  }
}

void ReadSkills(const v1::Rep& message, core::Rep& rep, Violations& violations) {
  std::map<std::string, int32_t> levels;
  for (const std::string& skill : message.skills()) levels[skill] = 1;
  for (const auto& [skill, level] : message.skill_levels()) {
    levels[skill] = level;
    if (level < 1 || level > core::kSkillLevelMax) {
      violations.Add("rep.skill_levels", absl::StrCat("each must be 1 to ", core::kSkillLevelMax));
    }
  }
  if (levels.size() > core::kSkillsMax) {
    violations.Add("rep.skills", absl::StrCat("must be at most ", core::kSkillsMax));
  }
  if (!std::all_of(levels.begin(), levels.end(),
                   [](const auto& item) { return core::IsValidId(item.first); })) {
    violations.Add("rep.skills", "each must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  if (violations.empty()) rep.skills = core::SkillWords(levels);
}

void ReadWork(const RepName& name, const v1::Rep& message, core::Rep& rep, Violations& violations) {
  core::WorkRules& work = rep.work;
  work.daily_cap = message.daily_cap();
  if (work.daily_cap < 0 || work.daily_cap > core::kDailyCapMax) {
    violations.Add("rep.daily_cap", absl::StrCat("must be 0 to ", core::kDailyCapMax));
  }
  work.calendar = message.calendar();
  if (!work.calendar.empty() && !core::IsValidId(work.calendar)) {
    violations.Add("rep.calendar", "must be the name of a calendar of the policy");
  }
  work.zone = message.time_zone();
  if (!work.zone.empty()) {
    const absl::Status zone = core::CheckZone(work.zone);
    if (!zone.ok()) violations.Add("rep.time_zone", zone.message());
  }
  ReadAbsences(name, message, work, violations);
  if (message.has_ramp_up()) ReadRamp(message.ramp_up(), work.ramp, violations);
  ReadAttributes(message, rep, violations);
}

}  // namespace baton::dispatch
