// Reps whose capacity the commits of a handler freed, until waiting leads have been given to them.
// Not thread-safe; blocks on the store.
#ifndef BATON_INTAKE_FREED_REPS_H_
#define BATON_INTAKE_FREED_REPS_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/lead.h"
#include "store/roster_store.h"

namespace baton::intake {

class FreedReps {
 public:
  explicit FreedReps(store::RosterStore& roster) : roster_(roster) {}  // outlives this

  // A lead of `owner` (empty: nobody's) is now `after`.
  void Note(const core::WorkspaceId& workspace, const core::RepId& owner,
            const core::LeadRecord& after);
  // Drains their queues and forgets them. What fails is logged, and the clock's drains find it.
  void Drain();

 private:
  store::RosterStore& roster_;
  absl::flat_hash_map<core::WorkspaceId, std::vector<core::RepId>> reps_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_FREED_REPS_H_
