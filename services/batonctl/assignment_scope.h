// Whose assignments: a rep's, a queue's or the whole workspace's.
#ifndef BATON_BATONCTL_ASSIGNMENT_SCOPE_H_
#define BATON_BATONCTL_ASSIGNMENT_SCOPE_H_

#include <string>

#include "batonctl/commands.h"
#include "batonctl/session.h"

namespace baton::batonctl {

struct AssignmentScope {
  std::string rep;    // empty: any
  std::string queue;  // empty: any
};

// The options --rep and --queue, of which one may be given.
inline void AddScope(CLI::App& command, AssignmentScope& scope) {
  CLI::Option* rep = command.add_option("--rep", scope.rep, "only of this rep");
  command.add_option("--queue", scope.queue, "only of this queue")->excludes(rep);
}

// The resource name of the scope.
inline absl::StatusOr<std::string> ScopeName(const Session& session, const AssignmentScope& scope) {
  if (!scope.rep.empty()) return session.Name("reps", scope.rep);
  if (!scope.queue.empty()) return session.Name("queues", scope.queue);
  return session.Workspace();
}

// Shows the current assignments and each change as it comes, after `resume_token` if there is one.
// Ends when interrupted, or with an error: the first connection failed, or the server refuses.
absl::Status WatchAssignments(Session& session, const AssignmentScope& scope,
                              const std::string& resume_token);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ASSIGNMENT_SCOPE_H_
