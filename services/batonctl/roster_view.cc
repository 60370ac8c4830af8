#include "batonctl/roster_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "batonctl/format.h"
#include "batonctl/roster_file.h"

namespace baton::batonctl {

Table RepsTable(const std::vector<v1::Rep>& reps) {
  Table table({"REP", "NAME", "PRESENCE", "OPEN", "CAPACITY", "WEIGHT", "QUEUES", "SKILLS"});
  for (const v1::Rep& rep : reps) {
    std::vector<std::string> queues;
    for (const std::string& queue : rep.queues()) queues.push_back(ShortName(queue));
    table.AddRow({ShortName(rep.name()), rep.display_name(), PresenceText(rep.presence()),
                  absl::StrCat(rep.open_leads()), absl::StrCat(rep.capacity()),
                  absl::StrCat(rep.weight()), absl::StrJoin(queues, ","),
                  absl::StrJoin(rep.skills(), ",")});
  }
  return table;
}

Table QueuesTable(const std::vector<v1::Queue>& queues) {
  Table table({"QUEUE", "NAME", "MODE", "STATE", "WAITING", "OLDEST SINCE", "REPS"});
  for (const v1::Queue& queue : queues) {
    table.AddRow({ShortName(queue.name()), queue.display_name(), queue.mode(),
                  queue.paused() ? "paused" : "open", absl::StrCat(queue.waiting_leads()),
                  FormatTime(queue.oldest_wait_time()), absl::StrCat(queue.members_size())});
  }
  return table;
}

Table QueueDetails(const v1::Queue& queue) {
  Table table({"", ""});
  table.AddRow({"queue", ShortName(queue.name())});
  table.AddRow({"display name", queue.display_name()});
  table.AddRow({"etag", queue.etag()});
  table.AddRow({"mode", queue.mode()});
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
