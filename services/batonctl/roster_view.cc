#include "batonctl/roster_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "batonctl/format.h"
#include "batonctl/roster_file.h"

namespace baton::batonctl {

namespace {

std::string DurationText(const google::protobuf::Duration& duration) {
  return absl::FormatDuration(absl::Seconds(duration.seconds()) +
                              absl::Nanoseconds(duration.nanos()));
}

// What is particular about the rep: "9 a day, dach, Europe/Vienna, 2 absences, ramp-up".
std::string WorkText(const v1::Rep& rep) {
  std::vector<std::string> parts;
  if (rep.daily_cap() > 0) parts.push_back(absl::StrCat(rep.daily_cap(), " a day"));
  if (!rep.calendar().empty()) parts.push_back(rep.calendar());
  if (!rep.time_zone().empty()) parts.push_back(rep.time_zone());
  if (rep.absences_size() > 0) {
    parts.push_back(absl::StrCat(rep.absences_size(), " absences"));
  }
  if (rep.has_ramp_up()) parts.push_back("ramp-up");
  return absl::StrJoin(parts, ", ");
}

}  // namespace

Table RepsTable(const std::vector<v1::Rep>& reps) {
  Table table({"REP", "NAME", "PRESENCE", "OPEN", "CAPACITY", "WEIGHT", "QUEUES", "SKILLS", "WORK"},
              {"DAILY CAP", "CALENDAR", "TIME ZONE", "ETAG"});
  for (const v1::Rep& rep : reps) {
    std::vector<std::string> queues;
    for (const std::string& queue : rep.queues()) queues.push_back(ShortName(queue));
    std::vector<std::string> skills;
    for (const std::string& skill : rep.skills()) {
      const auto level = rep.skill_levels().find(skill);
      skills.push_back(level == rep.skill_levels().end() ? skill
                                                         : absl::StrCat(skill, "=", level->second));
    }
    table.AddRow({ShortName(rep.name()), rep.display_name(), PresenceText(rep.presence()),
                  absl::StrCat(rep.open_leads()), absl::StrCat(rep.capacity()),
                  absl::StrCat(rep.weight()), absl::StrJoin(queues, ","),
                  absl::StrJoin(skills, ","), WorkText(rep),
                  rep.daily_cap() == 0 ? "" : absl::StrCat(rep.daily_cap()), rep.calendar(),
                  rep.time_zone(), rep.etag()});
  }
  return table;
}

Table QueuesTable(const std::vector<v1::Queue>& queues) {
  Table table({"QUEUE", "NAME", "MODE", "STATE", "WAITING", "OLDEST SINCE", "REPS"},
              {"STRATEGY", "ACCEPT WITHIN", "SKILLS", "ESCALATES TO", "ETAG"});
  for (const v1::Queue& queue : queues) {
    const v1::QueueRules& rules = queue.rules();
    table.AddRow(
        {ShortName(queue.name()), queue.display_name(), queue.mode(),
         queue.paused() ? "paused" : "open", absl::StrCat(queue.waiting_leads()),
         FormatTime(queue.oldest_wait_time()), absl::StrCat(queue.members_size()), rules.strategy(),
         rules.has_accept_within() ? DurationText(rules.accept_within()) : "",
         absl::StrJoin(rules.skills(), ","), ShortName(rules.escalate_to()), queue.etag()});
  }
  return table;
}

namespace {

// What the active policy says of the queue, as far as it says something.
void AddRules(const v1::QueueRules& rules, Table& table) {
  table.AddRow({"strategy", rules.strategy()});
  if (rules.has_accept_within()) {
    table.AddRow({"accept within", DurationText(rules.accept_within())});
  }
  if (rules.skills_size() > 0) table.AddRow({"skills", absl::StrJoin(rules.skills(), ", ")});
  for (const v1::Widening& widening : rules.widen()) {
    table.AddRow({absl::StrCat("after ", DurationText(widening.after())),
                  absl::StrCat("waits on in ", ShortName(widening.to()))});
  }
  if (rules.has_max_wait()) {
    table.AddRow({absl::StrCat("after ", DurationText(rules.max_wait())),
                  rules.escalate_to().empty()
                      ? "is announced as waiting too long"
                      : absl::StrCat("goes to ", ShortName(rules.escalate_to()))});
  }
  if (rules.has_age()) {
    table.AddRow({"priority grows",
                  absl::StrCat("by ", rules.age().by(), " every ",
                               DurationText(rules.age().every()), ", below ", rules.age().max())});
  }
}

}  // namespace

Table QueueDetails(const v1::Queue& queue) {
  Table table({"", ""});
  table.AddRow({"queue", ShortName(queue.name())});
  table.AddRow({"display name", queue.display_name()});
  table.AddRow({"etag", queue.etag()});
  table.AddRow({"mode", queue.mode()});
  AddRules(queue.rules(), table);
  table.AddRow({"state", queue.paused() ? "paused" : "open"});
  table.AddRow({"waiting leads", absl::StrCat(queue.waiting_leads())});
  table.AddRow({"oldest waits since", FormatTime(queue.oldest_wait_time())});
  for (const v1::QueueMember& member : queue.members()) {
    table.AddRow({absl::StrCat("rep ", ShortName(member.rep())),
                  absl::StrFormat("owed %.3f leads", member.owed())});
  }
  return table;
}

}  // namespace baton::batonctl
