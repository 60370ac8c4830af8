#include "core/waiting.h"

#include <algorithm>
#include <string>
#include <utility>

namespace baton::core {
namespace {

constexpr DurationMs kUnknownHome = kMinuteMs;  // until its settings are asked for again

// nullptr: not known.
const QueuePolicy* HomeOf(const Policy* policy, const LeadRecord& lead) {
  if (policy == nullptr) return nullptr;
  const auto found = policy->queues.find(lead.home);
  return found == policy->queues.end() ? nullptr : &found->second;
}

// When the owners' time is over.
TimeMs OwnersUntil(const LeadRecord& lead) {
  return lead.home_since_ms + lead.judgment.route.owner_wait_ms;
}

const Widening* NextWidening(const QueuePolicy& home, const LeadRecord& lead) {
  const auto taken = static_cast<size_t>(lead.widened);
  return taken < home.widen.size() ? &home.widen[taken] : nullptr;
}

bool Escalates(const QueuePolicy& home, const LeadRecord& lead) {
  return home.max_wait_ms > 0 && !lead.escalated;
}

void SetWaitUntil(const QueuePolicy& home, LeadRecord& lead) {
  lead.wait_until_ms = 0;
  const auto not_after = [&lead](TimeMs at_ms) {
    if (lead.wait_until_ms == 0 || at_ms < lead.wait_until_ms) lead.wait_until_ms = at_ms;
  };
  if (lead.owners_only) not_after(OwnersUntil(lead));
  if (const Widening* next = NextWidening(home, lead); next != nullptr) {
    not_after(lead.home_since_ms + next->after_ms);
  }
  if (Escalates(home, lead)) not_after(lead.home_since_ms + home.max_wait_ms);
}

// What the wait leads to is kept until it is known.
void WaitForHome(TimeMs now_ms, LeadRecord& lead) {
  if (lead.wait_until_ms == 0) return;
  if (lead.wait_until_ms <= now_ms) lead.wait_until_ms = now_ms + kUnknownHome;
  if (lead.owners_only) lead.wait_until_ms = std::min(lead.wait_until_ms, OwnersUntil(lead));
}

// The lead is in lead.queue now, and was in `from`.
void Announce(const std::string& why, const QueueId& from, Plan& plan) {
  Change change;
  change.type = ChangeType::kQueued;
  change.stage = Stage::kQueued;
  change.queue = plan.after.queue;
  change.generation = plan.after.generation;
  change.actor = "clock";
  change.details = {{"why", why}, {"from", from.str()}};
  plan.changes.push_back(std::move(change));
}

// Finds out what lead.queue requires.
void Require(const Policy* policy, TimeMs now_ms, LeadRecord& lead) {
  if (policy == nullptr) return;
  const Route& route = lead.judgment.route;
  const auto queue = policy->queues.find(lead.queue);
  if (queue == policy->queues.end()) {
    lead.requirement.clear();
  } else if (lead.judgment.judged_at_ms == now_ms && route.queue == lead.queue) {
    lead.requirement = route.requirement;  // just found out
  } else {
    lead.requirement = RequirementIn(queue->second, *policy, lead.facts, lead.judgment, now_ms);
  }
}

void MoveTo(const QueueId& queue, const std::string& why, const Policy* policy, TimeMs now_ms,
            Plan& plan) {
  const QueueId from = std::exchange(plan.after.queue, queue);
  if (from == queue) return;
  Require(policy, now_ms, plan.after);
  Announce(why, from, plan);
}

void Enter(const Policy* policy, TimeMs now_ms, LeadRecord& lead) {
  lead.home = lead.queue;
  lead.home_since_ms = now_ms;
  lead.widened = 0;
  lead.escalated = false;
  const QueuePolicy* home = HomeOf(policy, lead);
  SetWaitUntil(home == nullptr ? QueuePolicy() : *home, lead);
}

}  // namespace

void EnterQueue(const Policy* policy, TimeMs now_ms, LeadRecord& lead) {
  lead.owners_only = !lead.owners.empty() && lead.judgment.route.owner_wait_ms > 0;
  Require(policy, now_ms, lead);
  Enter(policy, now_ms, lead);
}

void Outwait(const Policy* policy, TimeMs now_ms, Plan& plan) {
  LeadRecord& lead = plan.after;
  if (lead.owners_only && now_ms >= OwnersUntil(lead)) lead.owners_only = false;
  const QueuePolicy* known = HomeOf(policy, lead);
  if (known == nullptr) return WaitForHome(now_ms, lead);
  const QueuePolicy& home = *known;
  for (const Widening* next = NextWidening(home, lead);
       next != nullptr && now_ms >= lead.home_since_ms + next->after_ms;
       next = NextWidening(home, lead)) {
    ++lead.widened;
    MoveTo(next->to, "widened", policy, now_ms, plan);
  }
  if (Escalates(home, lead) && now_ms >= lead.home_since_ms + home.max_wait_ms) {
    if (!home.escalate_to.empty()) {
      MoveTo(home.escalate_to, "escalated", policy, now_ms, plan);
      lead.owners_only = false;
      return Enter(policy, now_ms, lead);
    }
    lead.escalated = true;
    Announce("max_wait", lead.queue, plan);
  }
  SetWaitUntil(home, lead);
}

}  // namespace baton::core
