#include "batonctl/lead_view.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

template <typename ProtoMap>
std::map<std::string, typename ProtoMap::mapped_type> Sorted(const ProtoMap& entries) {
  return {entries.begin(), entries.end()};
}

void AddIfSet(Table& table, const std::string& field, const std::string& value) {
  if (!value.empty()) table.AddRow({field, value});
}

}  // namespace

Table LeadsTable(const std::vector<v1::Lead>& leads) {
  Table table({"LEAD", "STAGE", "FIT", "INTENT", "QUEUE", "REP", "CYCLE", "REASON", "LAST EVENT"},
              {"ASSIGNMENT", "VERSION", "REVISION", "FIRST EVENT", "QUEUED"});
  for (const v1::Lead& lead : leads) {
    table.AddRow({ShortName(lead.name()), StageText(lead.stage()), absl::StrCat(lead.fit()),
                  absl::StrCat(lead.intent()), ShortName(lead.queue()), ShortName(lead.rep()),
                  absl::StrCat(lead.cycle()), lead.reason(), FormatTime(lead.last_event_time()),
                  ShortName(lead.assignment()), absl::StrCat(lead.version()),
                  absl::StrCat(lead.policy_revision()), FormatTime(lead.first_event_time()),
                  FormatTime(lead.queue_time())});
  }
  return table;
}

Table LeadDetails(const v1::Lead& lead) {
  Table table({"", ""});
  table.AddRow({"lead", ShortName(lead.name())});
  table.AddRow({"stage", StageText(lead.stage())});
  table.AddRow({"cycle", absl::StrCat(lead.cycle())});
  table.AddRow({"version", absl::StrCat(lead.version())});
  table.AddRow({"etag", lead.etag()});
  table.AddRow({"fit", absl::StrCat(lead.fit())});
  table.AddRow({"intent", absl::StrCat(lead.intent())});
  table.AddRow({"policy revision", absl::StrCat(lead.policy_revision())});
  AddIfSet(table, "queue", ShortName(lead.queue()));
  AddIfSet(table, "rep", ShortName(lead.rep()));
  AddIfSet(table, "assignment", ShortName(lead.assignment()));
  AddIfSet(table, "reason", lead.reason());
  table.AddRow({"consent", ConsentText(lead.consent())});
  AddIfSet(table, "first event", FormatTime(lead.first_event_time()));
  AddIfSet(table, "last event", FormatTime(lead.last_event_time()));
  AddIfSet(table, "queued", FormatTime(lead.queue_time()));
  AddIfSet(table, "revisit", FormatTime(lead.revisit_time()));
  AddIfSet(table, "paused", FormatTime(lead.pause_time()));
  AddIfSet(table, "goes on", FormatTime(lead.resume_time()));
  for (const v1::SlaClock& clock : lead.clocks()) {
    const std::string due = FormatTime(clock.due_time());
    table.AddRow({absl::StrCat("sla ", clock.sla()),
                  absl::StrCat(SlaStateText(clock.state()), due.empty() ? "" : ", due ", due)});
  }
  for (const auto& [name, value] : Sorted(lead.attributes())) {
    table.AddRow({absl::StrCat("attribute ", name), AttributeText(value)});
  }
  for (const auto& [name, count] : Sorted(lead.activity_counts())) {
    table.AddRow({absl::StrCat("activity ", name), absl::StrCat(count)});
  }
  for (const auto& [name, value] : Sorted(lead.attribution())) {
    table.AddRow({absl::StrCat("attribution ", name), value});
  }
  return table;
}

Table JourneyTable(const v1::GetLeadJourneyResponse& journey) {
  Table table({"TIME", "WHAT", "STAGE", "QUEUE", "REP", "REASON", "BY", "DETAILS"});
  for (const v1::JourneyEntry& entry : journey.entries()) {
    std::vector<std::string> details;
    for (const auto& [name, value] : Sorted(entry.details())) {
      details.push_back(absl::StrCat(name, "=", value));
    }
    if (!entry.change()) details.push_back(absl::StrCat("event ", entry.event_id()));
    table.AddRow({FormatTime(entry.time()), entry.type(), StageText(entry.stage()),
                  ShortName(entry.queue()), ShortName(entry.rep()), entry.reason(),
                  entry.change() ? entry.actor() : entry.source(), absl::StrJoin(details, ", ")});
  }
  return table;
}

Table AssignmentsTable(const std::vector<v1::Assignment>& assignments) {
  Table table({"ASSIGNMENT", "REP", "QUEUE", "STAGE", "FIT", "INTENT", "ASSIGNED", "ACCEPT BY"},
              {"LEAD", "GENERATION", "LEAD VERSION"});
  for (const v1::Assignment& assignment : assignments) {
    table.AddRow({ShortName(assignment.name()), ShortName(assignment.rep()),
                  ShortName(assignment.queue()), StageText(assignment.stage()),
                  absl::StrCat(assignment.fit()), absl::StrCat(assignment.intent()),
                  FormatTime(assignment.assign_time()), FormatTime(assignment.accept_deadline()),
                  ShortName(assignment.lead()), absl::StrCat(assignment.generation()),
                  absl::StrCat(assignment.lead_version())});
  }
  return table;
}

}  // namespace baton::batonctl
