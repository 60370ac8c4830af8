// Erasing a person: what is done, what stays, and which events are still taken in afterwards. Pure.
//
// Nothing stays of the person. So that versions and generations go on, and what was said of the
// person before is not taken for news when it is read again, a record of stage ERASED stays, in
// which there is nothing but numbers (the store keeps it under a keyed hash of the lead's id).
#ifndef BATON_CORE_ERASURE_H_
#define BATON_CORE_ERASURE_H_

#include <optional>
#include <string>
#include <string_view>

#include "core/plan.h"
#include "core/policy.h"
#include "core/sales_event.h"

namespace baton::core {

enum class ErasureCause { kRequest, kRetention };
std::string_view ErasureCauseName(ErasureCause cause);  // "request", "retention"

struct Erasure {
  ErasureCause why = ErasureCause::kRequest;
  std::string actor;       // "user/dpo", "clock"; <= 80 bytes
  std::string request_id;  // empty: none
};

// Erases a lead that Exists(record): the change kErased, the lead's last one, names the queue, the
// owner and the generation that it had. Whoever owns it is free.
Plan DecideErasure(const LeadRecord& record, const Erasure& erasure, TimeMs now_ms);

// What is left of an erased record: key, revision, version, cycle, generation, which offsets have
// been read, and when it was erased.
LeadRecord Remains(const LeadRecord& record, TimeMs erased_at_ms);

// The lead of a person who comes back, before the first event: as new, but versions and generations
// go on.
LeadRecord Returned(const LeadRecord& erased);

// The event is of the time before the erasure: it happened, or its log took it, not later. So is
// every event of an erased lead by a policy whose retention lets nobody return.
bool IsOfErased(const LeadEvent& event, const LeadRecord& record, const Policy* policy);
// Likewise of an event of sales; of an erased lead each is, because nobody owns it.
bool IsOfErased(const SalesEvent& event, const LeadRecord& record);

// When the policy wants the lead erased; nullopt: never, or not as it is now. `closed` counts from
// the end of the cycle (for leads that were closed before it was noted: from the latest thing known
// of it), `inactive` from the latest event, touch or end of a cycle.
std::optional<TimeMs> EraseAt(const LeadRecord& record, const Retention& retention);

}  // namespace baton::core

#endif  // BATON_CORE_ERASURE_H_
