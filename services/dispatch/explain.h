// The explanation of a lead, for programs and for people. Pure functions.
#ifndef BATON_DISPATCH_EXPLAIN_H_
#define BATON_DISPATCH_EXPLAIN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "baton/v1/lead_service.pb.h"
#include "core/lead.h"
#include "dispatch/decision_mapping.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// The queue a lead waits in, as it is now.
struct WaitingRoom {
  bool paused = false;
  core::QueueMode mode = core::QueueMode::kOffer;
  std::vector<core::Member> members;  // ordered by rep id
  std::vector<core::Member> owners;   // of the lead, in its order
};
// From the roster; of `queues` and `reps` only what concerns the lead and its queue.
WaitingRoom MakeWaitingRoom(const core::LeadRecord& record,
                            absl::Span<const store::QueueState> queues,
                            absl::Span<const store::RepState> reps);

// Why a QUEUED lead waits and what would end that, in sentences.
std::string WaitingFor(const core::LeadRecord& record, const WaitingRoom& room);

// The constraint that stands in the way: ExplainLeadResponse.blocked_by.
std::string BlockedBy(const core::LeadRecord& record, const WaitingRoom& room);

// `decisions`: those to show. `room`: where the lead waits; nullopt unless it is QUEUED.
::baton::v1::ExplainLeadResponse Explain(const core::LeadRecord& current,
                                         const DecisionPair& decisions,
                                         const std::optional<WaitingRoom>& room);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_EXPLAIN_H_
