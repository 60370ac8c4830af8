// batonctl policy approve|revoke|activate|rollback|withdraw|delete|list|history
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "baton/v1/policy_service.pb.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/policy_names.h"
#include "batonctl/policy_view.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

struct RevisionArguments {
  std::string name;
  std::string role;
  std::string etag;
  std::string reason;
  int64_t expect_revision = -1;  // -1: any
  int limit = kListLimitDefault;
};

absl::Status PrintOne(const Session& session, const v1::Policy& policy) {
  NoteNextStep(session, policy);
  return session.Print(policy, RevisionTable({policy}), {policy.name()});
}

// Sends a request about one revision and prints what became of it.
template <typename Response, typename Request>
absl::Status Change(Session& session, const Request& request) {
  const auto response = Ask<Response>(session.server(), request);
  return response.ok() ? PrintOne(session, response->policy()) : response.status();
}

absl::Status Approve(Session& session, const RevisionArguments& arguments) {
  const auto name = RevisionName(session, arguments.name);
  if (!name.ok()) return name.status();
  ActAs(session, arguments.role);
  v1::ApprovePolicyRevisionRequest request;
  request.set_name(*name);
  request.set_role(arguments.role == "marketing" ? v1::APPROVER_ROLE_MARKETING
                                                 : v1::APPROVER_ROLE_SALES);
  request.set_etag(arguments.etag);
  return Change<v1::ApprovePolicyRevisionResponse>(session, request);
}

absl::Status Revoke(Session& session, const RevisionArguments& arguments) {
  const auto name = RevisionName(session, arguments.name);
  if (!name.ok()) return name.status();
  v1::RevokePolicyApprovalRequest request;
  request.set_name(*name);
  return Change<v1::RevokePolicyApprovalResponse>(session, request);
}

// The etag of an activation that replaces what is active now.
absl::StatusOr<std::string> ActivationEtag(Session& session, const std::string& name,
                                           int64_t expected_revision) {
  const std::string policies = name.substr(0, name.find('@'));
  v1::GetPolicyRequest request;
  request.set_name(absl::StrCat(policies.substr(0, policies.rfind('/')), "/-"));
  const auto active = Ask<v1::GetPolicyResponse>(session.server(), request);
  const bool none = core::ErrorReason(active.status()) == "POLICY_NOT_FOUND";
  if (!active.ok() && !none) return active.status();
  const int64_t found = none ? 0 : active->policy().revision();
  if (expected_revision >= 0 && expected_revision != found) {
    return core::Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                       absl::StrCat("revision ", found, " is active, not ", expected_revision));
  }
  return none ? "0" : active->policy().activation_etag();
}

// What is routed to a queue without reps waits there, and nothing else says so. Where the queues
// cannot be listed nothing is said: the revision is active all the same.
void NoteQueuesWithoutReps(Session& session, const std::string& policy) {
  v1::ListQueuesRequest request;
  request.set_parent(policy.substr(0, policy.find("/policies/")));
  const auto response = AskPages<v1::ListQueuesResponse>(
      session.server(), request, kListLimitMax,
      +[](const v1::ListQueuesResponse& page) { return page.queues_size(); });
  if (!response.ok()) return;
  std::vector<std::string> without;
  for (const v1::Queue& queue : response->queues()) {
    if (queue.members_size() == 0) without.push_back(ShortName(queue.name()));
  }
  if (without.empty()) return;
  session.Note(absl::StrCat("No rep is in ", without.size() == 1 ? "queue " : "the queues ",
                            absl::StrJoin(without, ", "),
                            ": what is routed there waits. Reps join by batonctl rep apply."));
}

absl::Status Activate(Session& session, const RevisionArguments& arguments) {
  const auto name = RevisionName(session, arguments.name);
  if (!name.ok()) return name.status();
  ActAs(session, arguments.role);
  const auto etag = ActivationEtag(session, *name, arguments.expect_revision);
  if (!etag.ok()) return etag.status();
  v1::ActivatePolicyRevisionRequest request;
  request.set_name(*name);
  request.set_etag(*etag);
  absl::Status done = Change<v1::ActivatePolicyRevisionResponse>(session, request);
  if (done.ok()) NoteQueuesWithoutReps(session, *name);
  return done;
}

absl::Status Rollback(Session& session, const RevisionArguments& arguments) {
  const auto name = RevisionName(session, arguments.name);
  if (!name.ok()) return name.status();
  ActAs(session, arguments.role);
  const auto etag = ActivationEtag(session, *name, arguments.expect_revision);
  if (!etag.ok()) return etag.status();
  v1::RollbackPolicyRequest request;
  request.set_name(*name);
  request.set_etag(*etag);
  request.set_reason(arguments.reason);
  absl::Status done = Change<v1::RollbackPolicyResponse>(session, request);
  if (done.ok()) NoteQueuesWithoutReps(session, *name);
  return done;
}

absl::Status Withdraw(Session& session, const RevisionArguments& arguments) {
  const auto name = RevisionName(session, arguments.name);
  if (!name.ok()) return name.status();
  v1::WithdrawPolicyRevisionRequest request;
  request.set_name(*name);
  return Change<v1::WithdrawPolicyRevisionResponse>(session, request);
}

absl::Status Delete(Session& session, const RevisionArguments& arguments) {
  const auto name = RevisionName(session, arguments.name);
  if (!name.ok()) return name.status();
  ActAs(session, arguments.role);
  v1::DeletePolicyRevisionRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::DeletePolicyRevisionResponse>(session.server(), request);
  if (response.ok()) session.Note(absl::StrCat("Deleted ", *name, "."));
  return response.status();
}

// `table_of` shows the revisions.
absl::Status ListRevisions(Session& session, const RevisionArguments& arguments,
                           Table (*table_of)(const std::vector<v1::Policy>&)) {
  const auto parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListPolicyRevisionsRequest request;
  request.set_parent(*parent);
  const auto response = AskPages<v1::ListPolicyRevisionsResponse>(
      session.server(), request, arguments.limit,
      +[](const v1::ListPolicyRevisionsResponse& page) { return page.policies_size(); });
  if (!response.ok()) return response.status();
  std::vector<std::string> names;
  for (const v1::Policy& policy : response->policies()) names.push_back(policy.name());
  NoteMore(session, response->next_page_token());
  return session.Print(*response,
                       table_of({response->policies().begin(), response->policies().end()}), names);
}

// A command about one revision.
CLI::App& AddOnRevision(CLI::App& group, Session& session, const char* name, const char* about,
                        const std::shared_ptr<RevisionArguments>& arguments,
                        absl::Status (*run)(Session&, const RevisionArguments&)) {
  CLI::App& command = *group.add_subcommand(name, about);
  command.add_option("NAME", arguments->name, "NAME@REVISION, or only @REVISION")->required();
  OnRun(command, session, [&session, arguments, run] { return run(session, *arguments); });
  return command;
}

void AddExpectRevision(CLI::App& command, const std::shared_ptr<RevisionArguments>& arguments) {
  command
      .add_option("--expect-revision", arguments->expect_revision,
                  "refuse unless this revision is the active one; 0: none")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace

void AddPolicyRevisionCommands(CLI::App& group, Session& session) {
  auto arguments = std::make_shared<RevisionArguments>();
  CLI::App& approve = AddOnRevision(group, session, "approve",
                                    "Approves a draft for marketing or sales", arguments, Approve);
  AddAs(approve, arguments->role, {"marketing", "sales"})->required();
  approve.add_option("--etag", arguments->etag, "refuse unless the document has this etag");
  AddOnRevision(group, session, "revoke", "Takes your approval of a draft back", arguments, Revoke);

  CLI::App& activate =
      AddOnRevision(group, session, "activate", "Makes a draft active that both roles approved",
                    arguments, Activate);
  AddAs(activate, arguments->role, {"marketing", "sales", "admin"});
  AddExpectRevision(activate, arguments);

  CLI::App& rollback =
      AddOnRevision(group, session, "rollback", "Makes a revision active again that was so before",
                    arguments, Rollback);
  AddAs(rollback, arguments->role, {"marketing", "sales"});
  AddExpectRevision(rollback, arguments);
  rollback.add_option("--reason", arguments->reason, "why; kept in the history")->required();

  AddOnRevision(group, session, "withdraw", "Closes a draft that nobody shall approve", arguments,
                Withdraw);
  CLI::App& remove = AddOnRevision(group, session, "delete",
                                   "Forgets a withdrawn or superseded revision", arguments, Delete);
  AddAs(remove, arguments->role, {"admin"});

  const auto add_list = [&](const char* name, const char* about,
                            Table (*table_of)(const std::vector<v1::Policy>&)) {
    CLI::App& command = *group.add_subcommand(name, about);
    AddLimit(command, arguments->limit);
    OnRun(command, session,
          [&session, arguments, table_of] { return ListRevisions(session, *arguments, table_of); });
  };
  add_list("list", "Lists the revisions, the newest first", RevisionTable);
  add_list("history", "Shows who made, approved and activated what, and when", HistoryTable);
}

}  // namespace baton::batonctl
