#include "core/suppression.h"

#include <utility>

#include "core/handback.h"
#include "core/reasons.h"
#include "core/sla.h"

namespace baton::core {

void Suppress(const std::string& cause, TimeMs now_ms, Plan& plan) {
  LeadRecord& lead = plan.after;
  const RepId rep = std::exchange(lead.rep, RepId());
  lead.stage = Stage::kRejected;
  lead.closed_at_ms = now_ms;
  lead.reason = kDoNotContact;
  CancelClocks(lead);
  CancelTimer(lead);
  plan.placement = Placement::kRelease;
  Change change;
  change.type = ChangeType::kRejected;
  change.stage = lead.stage;
  change.queue = lead.queue;
  change.rep = rep;
  change.generation = lead.generation;
  change.reason = lead.reason;
  change.actor = "policy";
  change.cause = cause;
  change.details = {{"fault", std::string(ReasonFaultName(ReasonFault::kConsent))}};
  plan.changes.push_back(std::move(change));
}

void SuppressOffer(const std::string& cause, TimeMs now_ms, Plan& plan) {
  const bool offers = plan.placement == Placement::kOffer;
  if (offers && plan.after.facts.consent == Consent::kWithdrawn) Suppress(cause, now_ms, plan);
}

}  // namespace baton::core
