// The command groups. Each function adds its commands to `app`; a command that was chosen leaves
// what it does in session.action. `session` must outlive the parsing and the action.
#ifndef BATON_BATONCTL_COMMANDS_H_
#define BATON_BATONCTL_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "batonctl/session.h"

namespace baton::batonctl {

void AddAllCommands(CLI::App& app, Session& session);  // those below, and their examples
void AddVerbs(CLI::App& app, Session& session);        // get, list, watch: kinds.h
void AddDescribeCommand(CLI::App& app, Session& session);
void AddDocumentCommands(CLI::App& app, Session& session);  // apply, diff
void AddExplainCommand(CLI::App& app, Session& session);
void AddConfigCommands(CLI::App& app, Session& session);
void AddTopicsCommands(CLI::App& app, Session& session);
void AddWorkspaceCommands(CLI::App& app, Session& session);
void AddPolicyCommands(CLI::App& app, Session& session);
// Commands of the group policy.
void AddPolicyTest(CLI::App& policies, Session& session);
void AddPolicyLint(CLI::App& policies, Session& session);
void AddPolicyDiff(CLI::App& policies, Session& session);
void AddPolicyRevisionCommands(CLI::App& policies, Session& session);
void AddPolicyShadow(CLI::App& policies, Session& session);
void AddPolicySimulate(CLI::App& policies, Session& session);
void AddLeadCommands(CLI::App& app, Session& session);
void AddLeadSubmit(CLI::App& leads, Session& session);  // one command of the group lead
void AddLeadErase(CLI::App& leads, Session& session);   // likewise
void AddAssignmentCommands(CLI::App& app, Session& session);
void AddAssignmentList(CLI::App& assignments, Session& session);   // of the group assignment
void AddAssignmentWatch(CLI::App& assignments, Session& session);  // of the group assignment
void AddRepCommands(CLI::App& app, Session& session);
void AddAccountCommands(CLI::App& app, Session& session);
void AddRepReassign(CLI::App& reps, Session& session);  // of the group rep
void AddTableCommands(CLI::App& app, Session& session);
void AddQueueCommands(CLI::App& app, Session& session);
void AddWebhookCommands(CLI::App& app, Session& session);
void AddReportCommands(CLI::App& app, Session& session);
void AddReportAlignment(CLI::App& reports, Session& session);  // of the group report
void AddDlqCommands(CLI::App& app, Session& session);
void AddMappingCommands(CLI::App& app, Session& session);
void AddDevIdentityCommand(CLI::App& app, Session& session);
void AddVerifyCommand(CLI::App& app, Session& session);
void AddHealthCommand(CLI::App& app, Session& session);
void AddCompletionCommand(CLI::App& app, Session& session);
void AddManCommand(CLI::App& app, Session& session);

// A group: `batonctl lead ...`.
inline CLI::App& AddGroup(CLI::App& app, const std::string& name, const std::string& about) {
  return *app.add_subcommand(name, about)->require_subcommand(1);
}

// Makes `run` what `command` does.
inline void OnRun(CLI::App& command, Session& session, std::function<absl::Status()> run) {
  command.callback([&session, run = std::move(run)] { session.action = run; });
}

// The same of a command that takes --request-id; the others refuse it.
inline void OnChange(CLI::App& command, Session& session, std::function<absl::Status()> run) {
  command.callback([&session, run = std::move(run)] {
    session.takes_request_id = true;
    session.action = run;
  });
}

// `--limit` of lists.
inline constexpr int kListLimitDefault = 1000;
inline constexpr int kListLimitMax = 1'000'000;
inline void AddLimit(CLI::App& command, int& limit) {
  command.add_option("--limit", limit, "at most so many")
      ->check(CLI::Range(1, kListLimitMax))
      ->capture_default_str();
}
// Says on stderr that a list has more than what was printed.
inline void NoteMore(const Session& session, const std::string& next_page_token) {
  if (!next_page_token.empty()) session.Note("There are more; see them with a higher --limit.");
}

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_COMMANDS_H_
