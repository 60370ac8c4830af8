#include "core/handback.h"

#include <algorithm>

#include "core/sla.h"

namespace baton::core {

void AddPassed(const RepId& rep, LeadRecord& lead) {
  std::vector<RepId>& passed = lead.passed;
  if (std::find(passed.begin(), passed.end(), rep) != passed.end()) return;
  if (passed.size() >= kPassedMax) passed.erase(passed.begin());
  passed.push_back(rep);
}

void ReturnToQueue(LeadRecord& lead) {
  lead.stage = Stage::kQueued;
  lead.rep = RepId();
  lead.accepted_at_ms = 0;
  ResumeClocks(lead);
  CancelTimer(lead);
}

int32_t AwayAfter(const Policy* policy, const QueueId& queue) {
  if (policy == nullptr) return 0;
  const auto found = policy->queues.find(queue);
  return found == policy->queues.end() ? 0 : found->second.away_after;
}

void CancelTimer(LeadRecord& lead) {
  lead.due_at_ms = 0;
  lead.timer = TimerKind::kNone;
}

}  // namespace baton::core
