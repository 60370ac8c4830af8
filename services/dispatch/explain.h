// The explanation of a lead, for programs and for people. Pure functions.
#ifndef BATON_DISPATCH_EXPLAIN_H_
#define BATON_DISPATCH_EXPLAIN_H_

#include <optional>
#include <string>

#include "baton/v1/lead_service.pb.h"
#include "core/lead.h"
#include "dispatch/decision_mapping.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// Why a lead waits that has this outlook, and what would end that, in sentences.
std::string WaitingFor(const core::LeadRecord& record, const store::WaitingOutlook& outlook);

// The constraint that stands in the way: ExplainLeadResponse.blocked_by.
std::string BlockedBy(const store::WaitingOutlook& outlook);

// `decisions`: those to show. `outlook`: of a lead that waits; nullopt of any other.
::baton::v1::ExplainLeadResponse Explain(const core::LeadRecord& current,
                                         const DecisionPair& decisions,
                                         const std::optional<store::WaitingOutlook>& outlook);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_EXPLAIN_H_
