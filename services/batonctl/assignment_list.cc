// batonctl assignment list|get
#include <memory>

#include "absl/strings/str_cat.h"
#include "baton/v1/assignment_service.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "batonctl/assignment_scope.h"
#include "batonctl/commands.h"
#include "batonctl/format.h"
#include "batonctl/lead_view.h"

namespace baton::batonctl {
namespace {

struct AssignmentListArguments {
  AssignmentScope scope;
  int limit = kListLimitDefault;
  bool watch = false;
};

// An assignment is found among those of the rep who has its lead.
absl::Status GetAssignment(Session& session, const std::string& text) {
  const absl::StatusOr<std::string> name = session.Name("assignments", text);
  if (!name.ok()) return name.status();
  const std::string id = ShortName(*name);
  v1::GetLeadRequest lead_request;
  lead_request.set_name(absl::StrCat(name->substr(0, name->find("/assignments/")), "/leads/",
                                     id.substr(0, id.rfind('.'))));
  const auto lead = Ask<v1::GetLeadResponse>(session.server(), lead_request);
  if (!lead.ok()) return lead.status();
  v1::ListAssignmentsRequest request;
  request.set_parent(lead->lead().rep());
  if (lead->lead().assignment() == *name && !request.parent().empty()) {
    const auto all = AskPages<v1::ListAssignmentsResponse>(
        session.server(), request, kListLimitMax,
        +[](const v1::ListAssignmentsResponse& page) { return page.assignments_size(); });
    if (!all.ok()) return all.status();
    for (const v1::Assignment& assignment : all->assignments()) {
      if (assignment.name() != *name) continue;
      return session.Print(assignment, AssignmentsTable({assignment}), {assignment.name()});
    }
  }
  return absl::NotFoundError(absl::StrCat("assignment ", id, " is not a current one"));
}

absl::Status ListAssignments(Session& session, const AssignmentListArguments& arguments) {
  if (arguments.watch) return WatchAssignments(session, arguments.scope, "");
  const absl::StatusOr<std::string> parent = ScopeName(session, arguments.scope);
  if (!parent.ok()) return parent.status();
  v1::ListAssignmentsRequest request;
  request.set_parent(*parent);
  const auto response = AskPages<v1::ListAssignmentsResponse>(
      session.server(), request, arguments.limit,
      +[](const v1::ListAssignmentsResponse& page) { return page.assignments_size(); });
  if (!response.ok()) return response.status();
  std::vector<std::string> names;
  for (const v1::Assignment& assignment : response->assignments()) {
    names.push_back(assignment.name());
  }
  NoteMore(session, response->next_page_token());
  return session.Print(
      *response, AssignmentsTable({response->assignments().begin(), response->assignments().end()}),
      names);
}

}  // namespace

void AddAssignmentList(CLI::App& assignments, Session& session) {
  auto arguments = std::make_shared<AssignmentListArguments>();
  CLI::App& list = *assignments.add_subcommand("list", "Lists the current assignments");
  AddScope(list, arguments->scope);
  AddLimit(list, arguments->limit);
  list.add_flag("--watch", arguments->watch, "then show each change as it comes, until Ctrl-C");
  OnRun(list, session, [&session, arguments] { return ListAssignments(session, *arguments); });

  auto name = std::make_shared<std::string>();
  CLI::App& get = *assignments.add_subcommand("get", "Shows a current assignment");
  get.add_option("ASSIGNMENT", *name, "LEAD.GENERATION")->required();
  OnRun(get, session, [&session, name] { return GetAssignment(session, *name); });
}

}  // namespace baton::batonctl
