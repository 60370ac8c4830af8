// What is refused at a cap, worded once for every implementation: who is at it, what it is, which
// setting says so. All functions are pure. `count` is what there is now.
#ifndef BATON_STORE_QUOTAS_H_
#define BATON_STORE_QUOTAS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/account.h"
#include "core/errors.h"
#include "core/ids.h"
#include "core/policy.h"
#include "core/roster.h"
#include "core/work.h"
#include "store/policy_store.h"
#include "store/roster_store.h"
#include "store/store.h"
#include "store/table_store.h"
#include "store/webhook_store.h"

namespace baton::store {

// When a caller at a cap may try again: caps are raised by people, so not soon.
inline constexpr absl::Duration kCapRetryAfter = absl::Seconds(30);

// `reason` is TOO_MANY_REPS, TOO_MANY_QUEUES ...
inline absl::Status CapReached(const char* reason, const core::WorkspaceId& workspace,
                               const core::Cap& cap) {
  return core::WithRetryAfter(
      core::QuotaError(reason, absl::StrCat("workspaces/", workspace.str()), cap), kCapRetryAfter);
}

inline absl::Status TooManyWorkspaces(int64_t count, const StoreLimits& limits) {
  return core::WithRetryAfter(
      core::QuotaError("TOO_MANY_WORKSPACES", "installation",
                       {"workspaces", count, limits.workspaces_max, "limits.workspaces_max"}),
      kCapRetryAfter);
}

inline absl::Status TooManyReps(const core::WorkspaceId& workspace, int64_t count,
                                const StoreLimits& limits) {
  return CapReached(
      "TOO_MANY_REPS", workspace,
      {"reps", count, limits.reps_per_workspace_max, "limits.reps_per_workspace_max"});
}

inline absl::Status TooManyRepsInQueue(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_REPS", workspace,
                    {"reps in a queue", count, core::kRepsPerQueueMax, ""});
}

inline absl::Status TooManyQueues(const core::WorkspaceId& workspace, int64_t count,
                                  const StoreLimits& limits) {
  return CapReached("TOO_MANY_QUEUES", workspace,
                    {"queues with settings", count, limits.queues_per_workspace_max,
                     "limits.queues_per_workspace_max"});
}

inline absl::Status TooManyCalendars(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_CALENDARS", workspace,
                    {"calendars and zones of reps", count, core::kHoursMax, ""});
}

inline absl::Status TooManyAccounts(const core::WorkspaceId& workspace, int64_t count,
                                    const StoreLimits& limits) {
  return CapReached("TOO_MANY_ACCOUNTS", workspace,
                    {"accounts, deleted ones included", count, limits.accounts_per_workspace_max,
                     "limits.accounts_per_workspace_max"});
}

inline absl::Status TooManyAccountsInGroup(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_ACCOUNTS", workspace,
                    {"accounts in the group", count, core::kAccountsPerGroupMax, ""});
}

inline absl::Status TooManyDrafts(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_DRAFTS", workspace, {"policy drafts", count, kDraftsMax, ""});
}

inline absl::Status TooManyRevisions(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_REVISIONS", workspace,
                    {"policy revisions", count, kRevisionsMax, ""});
}

inline absl::Status TooManyApprovals(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_APPROVALS", workspace,
                    {"approvals of a policy revision", count, kApprovalsMax, ""});
}

// OK, or what a new policy has more of than the limits of its workspace allow.
inline absl::Status CheckSizeOf(const core::Policy& policy, const StoreLimits& limits) {
  const auto rules = static_cast<int64_t>(policy.rules());
  const auto queues = static_cast<int64_t>(policy.queues.size());
  if (rules > limits.rules_per_workspace_max) {
    return CapReached("TOO_MANY_RULES", policy.workspace,
                      {"rules in this policy", rules, limits.rules_per_workspace_max,
                       "limits.rules_per_workspace_max"});
  }
  if (queues > limits.queues_per_workspace_max) {
    return CapReached("TOO_MANY_QUEUES", policy.workspace,
                      {"queues in this policy", queues, limits.queues_per_workspace_max,
                       "limits.queues_per_workspace_max"});
  }
  return absl::OkStatus();
}

inline absl::Status TooManyTables(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_TABLES", workspace, {"lookup tables", count, kStoredTablesMax, ""});
}

inline absl::Status TooManyTableBytes(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_TABLES", workspace,
                    {"bytes of lookup tables", count, kStoredTableBytesMax, ""});
}

inline absl::Status TooManyWebhooks(const core::WorkspaceId& workspace, int64_t count) {
  return CapReached("TOO_MANY_WEBHOOKS", workspace, {"webhooks", count, kWebhooksMax, ""});
}

}  // namespace baton::store

#endif  // BATON_STORE_QUOTAS_H_
