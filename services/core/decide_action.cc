#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/action_checks.h"
#include "core/decide.h"
#include "core/errors.h"
#include "core/handback.h"
#include "core/sla.h"
#include "core/suppression.h"
#include "core/text.h"
#include "core/waiting.h"

namespace baton::core {
namespace {

std::string ActorOf(const LeadRecord& record, const Action& action) {
  if (!action.actor.empty()) return action.actor;
  return action.type == ActionType::kReassign ? "manager" : "rep/" + record.rep.str();
}

// The plan so far, with one change that says who did what to which assignment.
Plan StartPlan(const LeadRecord& record, const Action& action, ChangeType type) {
  Plan plan;
  plan.key = record.key;
  plan.expected_revision = record.revision;
  plan.may_use_reserve = true;
  plan.after = record;
  if (!action.traceparent.empty()) plan.after.traceparent = action.traceparent;
  Change change;
  change.type = type;
  change.queue = record.queue;
  change.rep = record.rep;
  change.generation = record.generation;
  change.actor = ActorOf(record, action);
  change.cause = action.request_id;
  if (!action.note.empty()) change.details["note"] = action.note;
  plan.changes.push_back(std::move(change));
  return plan;
}

Plan Accept(const LeadRecord& record, const Action& action, TimeMs now_ms) {
  Plan plan = StartPlan(record, action, ChangeType::kAccepted);
  plan.after.stage = Stage::kAccepted;
  plan.after.accepted_at_ms = now_ms;
  CancelTimer(plan.after);
  return plan;
}

// What the choice of the rep was charged in the ledger is given back.
void Refund(Plan& plan) {
  plan.refund = true;
  plan.changes.back().details["charged"] = "false";
}

// Back to a queue through nobody's fault: not charged, but passed over from now on.
Plan HandBack(const LeadRecord& record, const Action& action, ChangeType type) {
  Plan plan = StartPlan(record, action, type);
  ReturnToQueue(plan.after);
  AddPassed(record.rep, plan.after);
  plan.placement = Placement::kOffer;
  Refund(plan);
  return plan;
}

// It belongs to nobody any more, and its times begin anew.
Plan Reroute(const LeadRecord& record, const Action& action, const Policy* policy, TimeMs now_ms) {
  Plan plan = HandBack(record, action, ChangeType::kRerouted);
  if (policy != nullptr) plan.policy_revision = policy->revision;
  if (!action.queue.empty() && action.queue != record.queue) {
    plan.after.queue = action.queue;
    plan.after.passed = {record.rep};
    plan.changes.back().queue = action.queue;
  }
  plan.after.owners.clear();
  EnterQueue(policy, now_ms, plan.after);
  return plan;
}

// Taken from its owner: the one named is asked first. In the same queue its times go on.
Plan Reassign(const LeadRecord& record, const Action& action, const Policy* policy, TimeMs now_ms) {
  Plan plan = HandBack(record, action, ChangeType::kRerouted);
  LeadRecord& lead = plan.after;
  lead.owners.clear();
  lead.owners_only = false;
  if (!action.to.empty()) {
    lead.owners = {action.to};
    lead.passed.erase(std::remove(lead.passed.begin(), lead.passed.end(), action.to),
                      lead.passed.end());
    plan.changes.back().details["to"] = action.to.str();
  }
  if (action.queue.empty() || action.queue == record.queue) return plan;
  if (policy != nullptr) plan.policy_revision = policy->revision;
  lead.queue = action.queue;
  lead.passed = {record.rep};
  plan.changes.back().queue = action.queue;
  const std::vector<RepId> owners = std::exchange(lead.owners, {});
  EnterQueue(policy, now_ms, lead);
  lead.owners = owners;
  return plan;
}

// Waits on the customer, or goes on.
Plan Pause(const LeadRecord& record, const Action& action, const Policy* policy, TimeMs now_ms) {
  Plan plan = StartPlan(record, action, ChangeType::kPaused);
  const TimeMs until_ms = action.until_ms == 0 ? now_ms + kPauseMax : action.until_ms;
  const TimeMs since_ms = record.paused_at_ms == 0 ? now_ms : record.paused_at_ms;
  PauseClocks(policy, since_ms, until_ms, plan.after);
  plan.changes.back().details["resumeTime"] = FormatTime(until_ms);
  return plan;
}

Plan Resume(const LeadRecord& record, const Action& action) {
  Plan plan = StartPlan(record, action, ChangeType::kResumed);
  ResumeClocks(plan.after);
  return plan;
}

Plan LogTouch(const LeadRecord& record, const Action& action, TimeMs now_ms) {
  Plan plan = StartPlan(record, action, ChangeType::kTouched);
  LeadRecord& lead = plan.after;
  const TimeMs at_ms = action.touched_at_ms == 0 ? now_ms : std::min(action.touched_at_ms, now_ms);
  if (lead.stage == Stage::kAccepted) lead.stage = Stage::kWorking;
  lead.first_touch_at_ms = lead.touches == 0 ? at_ms : std::min(lead.first_touch_at_ms, at_ms);
  lead.last_touch_at_ms = lead.touches == 0 ? at_ms : std::max(lead.last_touch_at_ms, at_ms);
  ++lead.touches;
  auto& details = plan.changes.back().details;
  details["channel"] = action.channel;
  if (!action.direction.empty()) details["direction"] = action.direction;
  if (!action.touch_outcome.empty()) details["outcome"] = action.touch_outcome;
  details["touchTime"] = FormatTime(at_ms);
  return plan;
}

// Closes the cycle: the lead leaves its owner.
Plan Close(const LeadRecord& record, const Action& action, ChangeType type, Stage stage) {
  Plan plan = StartPlan(record, action, type);
  plan.after.stage = stage;
  plan.after.rep = RepId();
  plan.after.reason = action.reason;
  if (record.stage != Stage::kOffered) plan.after.last_owner = record.rep;
  ResumeClocks(plan.after);
  CancelTimer(plan.after);
  plan.placement = Placement::kRelease;
  return plan;
}

// True if a rep who returns a lead for this reason gets its charge back, by the policy of its
// queue.
bool IsCredited(const LeadRecord& record, const Reason& reason, const Policy* policy) {
  if (reason.fault != ReasonFault::kQuality && reason.fault != ReasonFault::kData) return false;
  if (policy == nullptr) return false;
  const auto queue = policy->queues.find(record.queue);
  return queue != policy->queues.end() && queue->second.credit_returned;
}

Plan Reject(const LeadRecord& record, const Action& action, const Reason& reason,
            const Policy* policy) {
  Plan plan = Close(record, action, ChangeType::kRejected, Stage::kRejected);
  auto& details = plan.changes.back().details;
  if (reason.fault != ReasonFault::kNone) details["fault"] = ReasonFaultName(reason.fault);
  if (!reason.counts_in_acceptance) details["counts"] = "false";
  if (IsCredited(record, reason, policy)) Refund(plan);
  return plan;
}

// Touches that the lead's service levels ask for before it may be said not to respond; 0: none.
int32_t CadenceOf(const LeadRecord& record, const Policy& policy) {
  int32_t most = 0;
  for (const SlaClock& clock : record.clocks) {
    const Sla* sla = FindSla(policy, clock.sla);
    if (sla != nullptr && sla->metric == SlaMetric::kCadence) most = std::max(most, sla->touches);
  }
  return most;
}

Plan Recycle(const LeadRecord& record, const Action& action, const Reason& reason,
             const Policy* policy, TimeMs now_ms) {
  Plan plan = Close(record, action, ChangeType::kRecycled, Stage::kRecycled);
  plan.after.revisit_at_ms =
      action.revisit_at_ms == 0 ? now_ms + reason.cool_down_ms : action.revisit_at_ms;
  plan.after.clock_at_ms = plan.after.revisit_at_ms;
  auto& details = plan.changes.back().details;
  details["revisitTime"] = FormatTime(plan.after.revisit_at_ms);
  const int32_t cadence = policy == nullptr ? 0 : CadenceOf(record, *policy);
  if (reason.code == kNoResponse && cadence > 0) details["cadence"] = absl::StrCat(cadence);
  return plan;
}

// What the opportunity is worth and when it closes, as far as the action says.
void SetDeal(const Action& action, Plan& plan) {
  LeadRecord& lead = plan.after;
  auto& details = plan.changes.back().details;
  if (!action.currency.empty()) {
    lead.amount_minor = action.amount_minor;
    lead.currency = action.currency;
    details["amountMinor"] = absl::StrCat(lead.amount_minor);
    details["currency"] = lead.currency;
  }
  if (action.close_date_ms != 0) {
    lead.close_date_ms = action.close_date_ms;
    details["closeTime"] = FormatTime(lead.close_date_ms);
  }
}

Plan ReportOutcome(const LeadRecord& record, const Action& action) {
  if (action.outcome == Stage::kLost) {
    return Close(record, action, ChangeType::kLost, Stage::kLost);
  }
  const ChangeType type = action.outcome == Stage::kSql   ? ChangeType::kSqlConfirmed
                          : action.outcome == Stage::kSqo ? ChangeType::kSqoOpened
                                                          : ChangeType::kWon;
  Plan plan = StartPlan(record, action, type);
  plan.after.stage = action.outcome;
  if (action.outcome != Stage::kSql) SetDeal(action, plan);
  // The rep stays the customer's owner, but the lead no longer fills the rep's capacity.
  if (action.outcome == Stage::kWon) {
    plan.after.last_owner = record.rep;
    ResumeClocks(plan.after);
    plan.placement = Placement::kRelease;
  }
  return plan;
}

Plan CarryOut(const LeadRecord& record, const Action& action, const Reason* reason,
              const Policy* policy, TimeMs now_ms) {
  switch (action.type) {
    case ActionType::kAccept:
      return Accept(record, action, now_ms);
    case ActionType::kDecline:
      return HandBack(record, action, ChangeType::kDeclined);
    case ActionType::kLogTouch:
      return LogTouch(record, action, now_ms);
    case ActionType::kReject:
      return Reject(record, action, *reason, policy);
    case ActionType::kRecycle:
      return Recycle(record, action, *reason, policy, now_ms);
    case ActionType::kReroute:
      return Reroute(record, action, policy, now_ms);
    case ActionType::kReassign:
      return Reassign(record, action, policy, now_ms);
    case ActionType::kReportOutcome:
      return ReportOutcome(record, action);
    case ActionType::kRelease:
      return HandBack(record, action, ChangeType::kReleased);
    case ActionType::kPause:
      return Pause(record, action, policy, now_ms);
    case ActionType::kResume:
      return Resume(record, action);
  }
  return {};
}

// Before the action's change, and of the assignment that it was done to, the plan says what became
// of the clocks.
void TellClocks(const LeadRecord& record, const Policy* policy, TimeMs now_ms, Plan& plan) {
  if (policy == nullptr || plan.after.clocks.empty()) return;
  std::vector<Change> said = StopClocks(*policy, now_ms, plan.after);
  const Change& done = plan.changes.back();
  for (Change& change : said) {
    change.stage = record.stage;
    change.queue = record.queue;
    change.rep = record.rep;
    change.generation = record.generation;
    change.cause = done.cause;
    change.actor = done.actor;
  }
  plan.changes.insert(plan.changes.begin(), said.begin(), said.end());
}

// What is known of the answer now; where the store then places the lead is not part of it.
void RememberAnswer(const Action& action, Plan& plan) {
  if (action.request_id.empty()) return;
  LeadRecord& lead = plan.after;
  if (lead.answered.size() >= kAnsweredRequestsMax) lead.answered.erase(lead.answered.begin());
  lead.answered.push_back({action.request_id, action.fingerprint, lead.stage, lead.rep,
                           lead.generation,
                           lead.version + static_cast<int64_t>(plan.changes.size()), action.actor});
}

// The request that was answered, and by whom it was made.
bool IsRepeated(const AnsweredRequest& answer, const Action& action) {
  const bool same_actor = answer.actor.empty() || answer.actor == action.actor;
  return same_actor && answer.fingerprint == action.fingerprint;
}

}  // namespace

absl::StatusOr<ActionDecision> DecideAction(const LeadRecord& record, const Action& action,
                                            const Policy* policy, TimeMs now_ms) {
  const AnsweredRequest* answer = FindAnswer(record, action.request_id);
  if (answer != nullptr && IsRepeated(*answer, action)) return *answer;
  const bool hidden = !action.only_rep.empty() && !Concerns(record, action.only_rep);
  if (!Exists(record) || hidden) {
    return Error(absl::StatusCode::kNotFound, "LEAD_NOT_FOUND",
                 absl::StrCat("workspace ", record.key.workspace.str(), " has no lead ",
                              record.key.lead.str()),
                 {{"workspace", record.key.workspace.str()}, {"lead", record.key.lead.str()}});
  }
  if (answer != nullptr) {
    return Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                 "request_id: was used for a request with another body, or by another caller",
                 {{"field", "request_id"}, {"request_id", action.request_id}});
  }
  if (absl::Status status = CheckGeneration(record, action); !status.ok()) return status;
  if (absl::Status status = CheckStage(record, action); !status.ok()) return status;
  const absl::StatusOr<const Reason*> reason =
      FindActionReason(action, policy == nullptr ? StandardReasons() : policy->reasons);
  if (!reason.ok()) return reason.status();
  if (absl::Status status = CheckFields(record, action, *reason, policy, now_ms); !status.ok()) {
    return status;
  }
  LeadRecord current = record;
  if (policy != nullptr) StartClocks(*policy, now_ms, current);
  Plan plan = CarryOut(current, action, *reason, policy, now_ms);
  plan.changes.back().stage = plan.after.stage;
  if (IsClosed(plan.after.stage) && !IsClosed(record.stage)) plan.after.closed_at_ms = now_ms;
  if (*reason != nullptr) plan.changes.back().reason = (*reason)->code;
  TellClocks(record, policy, now_ms, plan);
  SuppressOffer(action.request_id, now_ms, plan);
  plan.answered = action.type != ActionType::kReassign && AwayAfter(policy, record.queue) > 0;
  RememberAnswer(action, plan);
  return plan;
}

}  // namespace baton::core
