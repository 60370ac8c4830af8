// Where the commits of a handler left a lead waiting that a rep may now be able to take: reps who
// lost a lead, and queues in which one waits its turn. Not thread-safe; blocks on the store.
#ifndef BATON_INTAKE_TO_DRAIN_H_
#define BATON_INTAKE_TO_DRAIN_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "store/lead_store.h"
#include "store/roster_store.h"

namespace baton::intake {

class ToDrain {
 public:
  explicit ToDrain(store::RosterStore& roster) : roster_(roster) {}  // outlives this

  // What was committed of a lead of `owner` (empty: nobody's).
  void Note(const core::RepId& owner, const store::CommitResult& committed);
  // Drains what was noted and forgets it. What fails is logged, and the clock's drains find it.
  void Drain();

 private:
  struct Noted {
    std::vector<core::RepId> reps;
    std::vector<core::QueueId> queues;
  };

  store::RosterStore& roster_;
  absl::flat_hash_map<core::WorkspaceId, Noted> noted_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_TO_DRAIN_H_
