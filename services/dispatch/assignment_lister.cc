#include "dispatch/assignment_lister.h"

#include <algorithm>
#include <utility>

#include "dispatch/require_workspace.h"
#include "dispatch/unreadable.h"

namespace baton::dispatch {

absl::StatusOr<std::vector<OpenLead>> AssignmentLister::Open(const Scope& scope) {
  std::vector<store::RepState> reps;
  if (scope.rep.empty()) {
    if (absl::Status known = RequireWorkspace(workspaces_, scope.workspace); !known.ok()) {
      return known;
    }
    auto all = roster_.ListReps(scope.workspace);
    if (!all.ok()) return all.status();
    reps = *std::move(all);
  } else {
    auto one = roster_.GetRep(scope.workspace, scope.rep);
    if (!one.ok()) return one.status();
    reps.push_back(*std::move(one));
  }
  std::vector<OpenLead> open;
  for (const store::RepState& state : reps) {
    for (const core::LeadId& lead : state.open) open.push_back({state.rep.id, lead});
  }
  std::sort(open.begin(), open.end());
  return open;
}

absl::StatusOr<std::vector<core::LeadRecord>> AssignmentLister::Load(
    const Scope& scope, absl::Span<const OpenLead> open) {
  std::vector<core::LeadRecord> records;
  if (open.empty()) return records;
  std::vector<core::LeadKey> keys;
  for (const OpenLead& item : open) keys.push_back({scope.workspace, item.lead});
  auto loaded = leads_.Load(keys);
  if (!loaded.ok()) return loaded.status();
  for (size_t i = 0; i < open.size(); ++i) {
    if (IsUnreadable(loaded->records[i])) continue;
    core::LeadRecord& record = *loaded->records[i];
    const bool in_scope = core::IsOwned(record.stage) && record.rep == open[i].rep &&
                          (scope.queue.empty() || record.queue == scope.queue);
    if (in_scope) records.push_back(std::move(record));
  }
  return records;
}

}  // namespace baton::dispatch
