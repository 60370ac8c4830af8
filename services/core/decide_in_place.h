// DecideEvents for who has a great many events to decide and gives its records away.
#ifndef BATON_CORE_DECIDE_IN_PLACE_H_
#define BATON_CORE_DECIDE_IN_PLACE_H_

#include "absl/types/span.h"
#include "core/account_match.h"
#include "core/plan.h"

namespace baton::core {

// The plan that DecideEvents makes of such a record (decide.h), which is used up: plan.after is
// made of it without a copy.
Plan DecideEventsInPlace(LeadRecord&& record, absl::Span<const LeadEvent> events,
                         const Policy* policy, TimeMs now_ms, const AccountView* account);

}  // namespace baton::core

#endif  // BATON_CORE_DECIDE_IN_PLACE_H_
