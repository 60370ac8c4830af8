// What applying a document changes: each of its resources as it is and as it would be.
#ifndef BATON_BATONCTL_ROSTER_CHANGES_H_
#define BATON_BATONCTL_ROSTER_CHANGES_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "batonctl/account_file.h"
#include "batonctl/roster_file.h"
#include "batonctl/session.h"

namespace baton::batonctl {

struct PlannedChange {
  std::string kind, id;                  // "rep", "ada"
  nlohmann::ordered_json before, after;  // as documents say it; before is null if it is not there
  std::function<absl::Status()> apply;

  bool changes() const { return before != after; }
};

// The request that makes what the entry says of a rep or an account.
absl::StatusOr<v1::UpdateRepRequest> RepUpdate(const Session& session, const RosterEntry& entry);
absl::StatusOr<v1::UpdateAccountRequest> AccountUpdate(const Session& session,
                                                       const AccountEntry& entry);
// Of a queue; a usage error if the entry says nothing of it.
absl::StatusOr<v1::UpdateQueueRequest> QueueUpdate(const Session& session, const QueueEntry& entry,
                                                   const std::string& etag);

// Asks the server for each resource of the document: queues, then reps.
absl::StatusOr<std::vector<PlannedChange>> PlanRoster(Session& session, const RosterFile& roster);
absl::StatusOr<std::vector<PlannedChange>> PlanAccounts(Session& session,
                                                        const AccountFile& accounts);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ROSTER_CHANGES_H_
