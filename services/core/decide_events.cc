#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/decide.h"
#include "core/decide_in_place.h"
#include "core/erasure.h"
#include "core/owners.h"
#include "core/sla.h"
#include "core/suppression.h"
#include "core/text.h"
#include "core/waiting.h"

namespace baton::core {
namespace {

bool IsJudged(Stage stage) {
  return stage == Stage::kNew || stage == Stage::kScored || stage == Stage::kNurture;
}

JourneyInput InputOf(const LeadEvent& event) {
  std::string type(EventTypeName(event.type));
  if (event.type == EventType::kActivity) absl::StrAppend(&type, " ", event.activity);
  if (event.type == EventType::kConsent) {
    absl::StrAppend(&type, " ", ToAbsl(ConsentName(event.consent)));
  }
  return {event.occurred_at_ms, std::move(type), event.source, event.id};
}

// The event that made the step.
struct Signal {
  std::string id;
  TimeMs occurred_at_ms = 0;
};

// Folds the events into plan.after and counts them. Returns the latest one applied.
Signal FoldAll(absl::Span<const LeadEvent> events, const Policy* policy, Plan& plan,
               std::vector<FoldOutcome>* outcomes) {
  Signal latest;
  for (const LeadEvent& event : events) {
    LeadRecord& lead = plan.after;
    const bool passed_over = IsOfErased(event, lead, policy);
    if (!passed_over && lead.stage == Stage::kErased) lead = Returned(lead);
    const FoldOutcome outcome = passed_over ? PassOver(event, lead.facts) : Fold(event, lead.facts);
    if (outcomes != nullptr) outcomes->push_back(outcome);
    if (outcome == FoldOutcome::kDuplicate || outcome == FoldOutcome::kErased) ++plan.duplicates;
    if (outcome != FoldOutcome::kApplied) continue;
    ++plan.applied;
    latest = {event.id, event.occurred_at_ms};
    plan.inputs.push_back(InputOf(event));
    if (!event.traceparent.empty()) plan.after.traceparent = event.traceparent;
  }
  plan.facts_changed = plan.applied + plan.duplicates > 0;
  return latest;
}

// A judgment that says the same as the stored one a little later is not worth a write, unless it
// opens a cycle.
bool SaysSomethingNew(const Judgment& judgment, Judgment& stored) {
  if (judgment.qualified) return true;
  const TimeMs stored_at_ms = std::exchange(stored.judged_at_ms, judgment.judged_at_ms);
  const bool same = judgment == stored;
  stored.judged_at_ms = stored_at_ms;
  return !same;
}

// Everything that belongs to one handoff cycle starts afresh; the fencing token goes on.
void OpenCycle(const Policy& policy, TimeMs now_ms, LeadRecord& lead) {
  ++lead.cycle;
  lead.stage = Stage::kMql;
  lead.queue = lead.judgment.route.queue;
  lead.owners = lead.judgment.route.owners;
  EnterQueue(&policy, now_ms, lead);
  lead.passed.clear();
  lead.pool = {};
  lead.choice = {};
  lead.accepted_at_ms = 0;
  lead.first_touch_at_ms = 0;
  lead.last_touch_at_ms = 0;
  lead.touches = 0;
  lead.reason.clear();
  lead.revisit_at_ms = 0;
  lead.amount_minor = 0;
  lead.currency.clear();
  lead.close_date_ms = 0;
  lead.closed_at_ms = 0;
  OpenClocks(policy, now_ms, lead);
}

void JudgeLead(const Policy& policy, const AccountView* account, const Shadow* shadow,
               const Signal& signal, TimeMs now_ms, Plan& plan) {
  LeadRecord& lead = plan.after;
  plan.policy_revision = policy.revision;
  Judgment judgment = JudgeWithOwners(policy, lead, account, now_ms);
  plan.more_errors = std::exchange(judgment.more_errors, {});
  plan.judgment_changed = SaysSomethingNew(judgment, lead.judgment);
  if (plan.judgment_changed) lead.judgment = std::move(judgment);

  if (shadow != nullptr) {
    JudgeBeside(*shadow, account, now_ms, plan);
  } else {
    lead.shadow = {};
  }
  const bool qualified = lead.judgment.qualified;
  if (!qualified && lead.stage == Stage::kNurture) return;
  if (qualified) {
    OpenCycle(policy, now_ms, lead);
    plan.placement = Placement::kOffer;
  } else {
    lead.stage = Stage::kNurture;
  }
  Change change;
  change.type = qualified ? ChangeType::kQualified : ChangeType::kNurtured;
  change.stage = lead.stage;
  change.queue = lead.queue;
  change.generation = lead.generation;
  change.reason = lead.judgment.disqualified_reason;
  change.actor = "policy";
  change.cause = signal.id;
  change.details = {{"fit", absl::StrCat(lead.judgment.fit)},
                    {"intent", absl::StrCat(lead.judgment.intent)}};
  if (qualified) change.details["signalTime"] = FormatTime(signal.occurred_at_ms);
  plan.changes.push_back(std::move(change));
}

// Handed over, and before a conversation has confirmed the need.
bool CanBeSuppressed(Stage stage) {
  return stage == Stage::kQueued || stage == Stage::kOffered || stage == Stage::kAccepted ||
         stage == Stage::kWorking;
}

// `plan.after` is the lead as it was.
void Decide(absl::Span<const LeadEvent> events, const Policy* policy, TimeMs now_ms,
            std::vector<FoldOutcome>* outcomes, const AccountView* account, const Shadow* shadow,
            Plan& plan) {
  plan.key = plan.after.key;
  plan.expected_revision = plan.after.revision;
  const Stage stage = plan.after.stage;
  const int32_t cycle = plan.after.cycle;
  const Signal signal = FoldAll(events, policy, plan, outcomes);
  if (plan.applied == 0 && stage == Stage::kErased) {
    plan.after.stage = Stage::kErased;  // nothing new: redelivered by another log
    plan.after.cycle = cycle;
  }
  if (plan.applied > 0 && policy != nullptr && IsJudged(plan.after.stage)) {
    JudgeLead(*policy, account, shadow, signal, now_ms, plan);
  }
  const bool withdrawn = plan.after.facts.consent == Consent::kWithdrawn;
  if (plan.applied > 0 && withdrawn && CanBeSuppressed(stage)) Suppress(signal.id, now_ms, plan);
}

}  // namespace

Plan DecideEvents(const LeadRecord& record, absl::Span<const LeadEvent> events,
                  const Policy* policy, TimeMs now_ms, std::vector<FoldOutcome>* outcomes,
                  const AccountView* account, const Shadow* shadow) {
  Plan plan;
  plan.after = record;
  Decide(events, policy, now_ms, outcomes, account, shadow, plan);
  return plan;
}

Plan DecideEventsInPlace(LeadRecord&& record, absl::Span<const LeadEvent> events,
                         const Policy* policy, TimeMs now_ms, const AccountView* account) {
  Plan plan;
  plan.after = std::move(record);
  Decide(events, policy, now_ms, nullptr, account, nullptr, plan);
  return plan;
}

std::vector<std::string> LookUpDomains(const LeadRecord& record, absl::Span<const LeadEvent> events,
                                       const Policy* policy) {
  const bool judged = IsJudged(record.stage) || record.stage == Stage::kErased;
  if (policy == nullptr || !judged || !AsksForAccounts(*policy)) return {};
  Facts facts = record.facts;
  for (const LeadEvent& event : events) {
    if (!IsOfErased(event, record, policy)) Fold(event, facts);
  }
  return AccountDomains(facts);
}

}  // namespace baton::core
