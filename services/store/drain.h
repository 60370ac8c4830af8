// Hands waiting leads to reps who have just become able to take them: after a lead left a rep,
// after a rep or queue was changed, after a lead was left to wait its turn. Every role that brings
// that about calls this, and the clock calls it again from time to time for what was missed.
// Thread-safe.
#ifndef BATON_STORE_DRAIN_H_
#define BATON_STORE_DRAIN_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/lead.h"
#include "store/roster_store.h"

namespace baton::store {

inline constexpr int kDrainCallsMax = 10;  // calls of Drain for one queue at a time

// Whether a rep who owned a lead (or nobody did: empty) has room again, now that it is `after`.
inline bool FreedCapacity(const core::RepId& owner, const core::LeadRecord& after) {
  return !owner.empty() && (after.rep != owner || !core::IsOwned(after.stage));
}

// Drains one queue until nothing more can be placed, with at most kDrainCallsMax calls. Returns
// what was assigned by all of them, and else what the last one said.
absl::StatusOr<Drained> DrainQueue(RosterStore& roster, const core::WorkspaceId& workspace,
                                   const core::QueueId& queue);

// Drains `queues`, each queue of `reps`, and those in which leads wait that belong to one of them,
// once. Reps that do not exist are passed over; what is stored of a rep or a queue and cannot be
// read holds up no other. Returns the number of leads assigned, or the first error; what was
// assigned stays assigned.
absl::StatusOr<int> DrainQueuesOf(RosterStore& roster, const core::WorkspaceId& workspace,
                                  absl::Span<const core::RepId> reps,
                                  absl::Span<const core::QueueId> queues = {});

}  // namespace baton::store

#endif  // BATON_STORE_DRAIN_H_
