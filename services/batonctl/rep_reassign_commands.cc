// batonctl rep reassign|offboard: all leads of a rep go to others.
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

struct ReassignArguments {
  std::string rep, queue, note, reason, to;
  bool preview = false;
};

Table StagesTable(const std::map<std::string, int64_t>& stages) {
  Table table({"STAGE BEFORE", "LEADS"});
  for (const auto& [stage, leads] : stages) table.AddRow({stage, absl::StrCat(leads)});
  return table;
}

// What all calls did together.
struct ReassignmentTotal {
  v1::Reassignment whole;
  std::map<std::string, int64_t> stages;

  void Add(const v1::Reassignment& part) {
    for (const std::string& lead : part.leads()) whole.add_leads(lead);
    for (const auto& [stage, leads] : part.stages()) {
      stages[stage] += leads;
      (*whole.mutable_stages())[stage] += leads;
    }
    whole.set_remaining_leads(part.remaining_leads());
  }
};

template <typename Request>
absl::Status StartReassignment(const Session& session, const ReassignArguments& arguments,
                               Request& request) {
  const absl::StatusOr<std::string> name = session.Name("reps", arguments.rep);
  if (!name.ok()) return name.status();
  request.set_name(*name);
  request.set_note(arguments.note);
  request.set_validate_only(arguments.preview);
  if (!arguments.to.empty()) {
    const absl::StatusOr<std::string> successor = session.Name("reps", arguments.to);
    if (!successor.ok()) return successor.status();
    request.set_successor(*successor);
  }
  if (arguments.queue.empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> queue = session.Name("queues", arguments.queue);
  if (!queue.ok()) return queue.status();
  request.set_queue(*queue);
  return absl::OkStatus();
}

// Calls until nothing is left, or until a call moves nothing.
template <typename Response, typename Request>
absl::Status FinishReassignment(Session& session, const ReassignArguments& arguments,
                                const Request& request) {
  ReassignmentTotal total;
  while (true) {
    const auto response = Ask<Response>(session.server(), request);
    if (!response.ok()) return response.status();
    const v1::Reassignment& part = response->reassignment();
    total.Add(part);
    if (arguments.preview || part.remaining_leads() == 0 || part.leads().empty()) break;
    session.Note(absl::StrCat(total.whole.leads_size(), " leads have left, ",
                              part.remaining_leads(), " are left to do."));
  }
  const std::string of = absl::StrCat(" of rep ", ShortName(request.name()));
  session.Note(arguments.preview
                   ? absl::StrCat(total.whole.remaining_leads(), " leads", of, " would leave.")
                   : absl::StrCat(total.whole.leads_size(), " leads", of, " have left, ",
                                  total.whole.remaining_leads(), " remain."));
  return session.Print(total.whole, StagesTable(total.stages),
                       {total.whole.leads().begin(), total.whole.leads().end()});
}

absl::Status ReassignAll(Session& session, const ReassignArguments& arguments) {
  v1::ReassignLeadsRequest request;
  request.set_reason(arguments.reason);
  if (absl::Status status = StartReassignment(session, arguments, request); !status.ok())
    return status;
  return FinishReassignment<v1::ReassignLeadsResponse>(session, arguments, request);
}

absl::Status Offboard(Session& session, const ReassignArguments& arguments) {
  v1::OffboardRepRequest request;
  if (absl::Status status = StartReassignment(session, arguments, request); !status.ok())
    return status;
  return FinishReassignment<v1::OffboardRepResponse>(session, arguments, request);
}

CLI::App& AddReassignment(CLI::App& group, const std::shared_ptr<ReassignArguments>& arguments,
                          const std::string& name, const std::string& about) {
  CLI::App& command = *group.add_subcommand(name, about);
  command.add_option("REP", arguments->rep, "id of the rep")->required();
  command.add_option("--queue", arguments->queue, "to this queue; default: each lead's own");
  command.add_option("--to", arguments->to,
                     "a rep who gets those that rep can take; default: nobody in particular");
  command.add_option("--note", arguments->note, "free text");
  command.add_flag("--preview", arguments->preview, "only say what would be done");
  return command;
}

}  // namespace

void AddRepReassign(CLI::App& reps, Session& session) {
  auto arguments = std::make_shared<ReassignArguments>();
  CLI::App& reassign =
      AddReassignment(reps, arguments, "reassign",
                      "Takes all leads from a rep; they keep their place in the queue");
  reassign.add_option("--reason", arguments->reason, "code, such as REASSIGNED, WRONG_TERRITORY");
  OnRun(reassign, session, [&session, arguments] { return ReassignAll(session, *arguments); });

  CLI::App& offboard = AddReassignment(reps, arguments, "offboard",
                                       "A rep leaves: offline, and all leads go to others");
  OnRun(offboard, session, [&session, arguments] { return Offboard(session, *arguments); });
}

}  // namespace baton::batonctl
