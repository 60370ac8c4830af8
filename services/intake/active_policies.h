// The active policies of the workspaces of a batch.
#ifndef BATON_INTAKE_ACTIVE_POLICIES_H_
#define BATON_INTAKE_ACTIVE_POLICIES_H_

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "agreement/policy_cache.h"

namespace baton::intake {

using ActivePolicies =
    absl::flat_hash_map<core::WorkspaceId, absl::StatusOr<agreement::ActivePolicy>>;

// works: LeadWork or SalesWork. One round trip at most.
template <typename Work>
absl::StatusOr<ActivePolicies> PoliciesOf(const std::vector<Work>& works,
                                          agreement::PolicyCache& cache) {
  std::vector<core::WorkspaceId> workspaces;
  for (const Work& work : works) workspaces.push_back(work.key.workspace);
  std::sort(workspaces.begin(), workspaces.end());
  workspaces.erase(std::unique(workspaces.begin(), workspaces.end()), workspaces.end());
  auto active = cache.Active(workspaces);
  if (!active.ok()) return active.status();
  ActivePolicies policies;
  for (size_t i = 0; i < workspaces.size(); ++i) {
    policies.emplace(workspaces[i], std::move((*active)[i]));
  }
  return policies;
}

}  // namespace baton::intake

#endif  // BATON_INTAKE_ACTIVE_POLICIES_H_
