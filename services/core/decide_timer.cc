#include <utility>

#include "core/decide.h"
#include "core/handback.h"
#include "core/sla.h"
#include "core/suppression.h"
#include "core/waiting.h"

namespace baton::core {
namespace {

std::optional<Plan> DecideDue(const LeadRecord& record, const Policy* policy, TimeMs due_at_ms,
                              TimeMs now_ms) {
  const bool is_clock = record.due_at_ms != due_at_ms && record.clock_at_ms == due_at_ms;
  if ((record.due_at_ms != due_at_ms && !is_clock) || now_ms < due_at_ms) return std::nullopt;
  Plan plan;
  plan.key = record.key;
  plan.expected_revision = record.revision;
  plan.after = record;
  plan.not_before_ms = due_at_ms;
  plan.may_use_reserve = true;
  if (is_clock) {
    DecideClocks(policy, now_ms, plan);
    return plan;
  }
  plan.placement = Placement::kOffer;
  ClockReview review;
  if (policy != nullptr) {
    review = ReviewClocks(*policy, now_ms, plan.after);
    plan.changes = std::move(review.changes);
    if (review.sets_away != nullptr && !record.rep.empty()) SetAway(*review.sets_away, plan);
  }
  if (record.timer == TimerKind::kOfferExpiry && record.stage == Stage::kOffered) {
    AddPassed(record.rep, plan.after);
    ReturnToQueue(plan.after);
    plan.silent_max = AwayAfter(policy, record.queue);
    plan.refund = plan.silent_max > 0;
    Change change;
    change.type = ChangeType::kOfferExpired;
    change.stage = Stage::kQueued;
    change.queue = record.queue;
    change.rep = record.rep;
    change.generation = record.generation;
    change.actor = "clock";
    if (plan.refund) change.details["charged"] = "false";
    plan.changes.push_back(std::move(change));
    if (policy != nullptr && ReturnWaiting(*policy, review, now_ms, plan)) {
      plan.after.passed = {record.rep};
    }
    return plan;
  }
  if (record.stage != Stage::kQueued) return std::nullopt;
  if (record.timer != TimerKind::kRetry && record.timer != TimerKind::kWait) return std::nullopt;
  if (record.timer == TimerKind::kRetry) plan.after.passed.clear();
  if (policy != nullptr) plan.policy_revision = policy->revision;
  ReturnToQueue(plan.after);
  if (policy != nullptr) ReturnWaiting(*policy, review, now_ms, plan);
  Outwait(policy, now_ms, plan);
  return plan;
}

}  // namespace

std::optional<Plan> DecideTimer(const LeadRecord& record, const Policy* policy, TimeMs due_at_ms,
                                TimeMs now_ms) {
  std::optional<Plan> plan = DecideDue(record, policy, due_at_ms, now_ms);
  if (plan.has_value()) SuppressOffer("", now_ms, *plan);
  return plan;
}

}  // namespace baton::core
