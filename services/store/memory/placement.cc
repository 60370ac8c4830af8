#include "store/memory/placement.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/memory/erased.h"
#include "store/memory/rep_care.h"
#include "store/memory/timers.h"

namespace baton::store::memory {
namespace {

using core::Candidate;
using core::Change;
using core::ChangeType;
using core::LeadRecord;
using core::Placement;
using core::Plan;
using core::QueueId;
using core::RepId;
using core::Stage;
using core::TimerKind;

void AddToJourney(JourneyEntry entry, StoredLead& lead) {
  lead.journey.push_back(std::move(entry));
  if (static_cast<int64_t>(lead.journey.size()) > kJourneyMax) {
    lead.journey.erase(lead.journey.begin());
    lead.journey_dropped++;
  }
}

// Gives the change the lead's next version and appends it to outbox and journey.
void Publish(const Change& change, core::TimeMs due_at_ms, StoredLead& lead, Site site) {
  LeadRecord& record = lead.record;
  record.version++;

  OutboxEntry entry;
  entry.sequence = ++site.shard.last_sequence;
  entry.key = record.key;
  entry.epoch = site.shard.epoch;
  entry.version = record.version;
  entry.at_ms = site.now_ms;
  entry.due_at_ms = due_at_ms;
  entry.cycle = record.cycle;
  entry.change = change;
  entry.policy_revision = record.judgment.policy_revision;
  entry.fit = record.judgment.fit;
  entry.intent = record.judgment.intent;
  entry.factors = record.judgment.factors;
  for (const auto& [name, attribution] : record.facts.attribution) {
    entry.attribution[name] = attribution.value;
  }
  entry.sources = record.facts.sources;
  entry.traceparent = record.traceparent;
  site.shard.outbox.push_back(std::move(entry));

  if (!site.keeps_history) return;
  AddToJourney({.at_ms = site.now_ms,
                .type = std::string(core::ChangeTypeName(change.type)),
                .is_change = true,
                .source = "",
                .id = "",
                .change = change,
                .version = record.version},
               lead);
}

// Out of the owner's open set, the backlog, or neither.
void Leave(StoredLead& lead, Site site) {
  if (!lead.record.rep.empty()) site.workspace.open[lead.record.rep].erase(lead.record.key.lead);
  if (lead.waiting.has_value()) {
    site.workspace.backlogs[lead.waiting->queue].erase(lead.waiting->place);
    lead.waiting.reset();
  }
}

void CountGiven(const RepId& id, Site site) {
  const core::Rep& rep = site.workspace.reps.at(id);
  if (rep.work.daily_cap == 0) return;
  GivenToday given = GivenTo(rep, site.workspace, site.now_ms);
  ++given.count;
  site.workspace.given[id] = given;
}

void NoteChoice(const core::Choice& choice, StoredLead& lead, Site site) {
  lead.record.pool = core::MakePool(choice.candidates);
  lead.record.choice = {site.workspace.about.policy_revision, site.now_ms, choice.weights,
                        choice.basis, choice.tie};
}

void KeepDecision(PastDecision decision, StoredLead& lead) {
  lead.decisions.push_back(std::move(decision));
  if (lead.decisions.size() > core::kPastDecisionsMax) lead.decisions.erase(lead.decisions.begin());
}

// Keeps what the plan replaces.
void KeepReplaced(const Plan& plan, StoredLead& lead) {
  const bool offers = plan.placement == Placement::kOffer;
  if ((offers || plan.judgment_changed) && core::HasChosen(lead.record)) {
    KeepDecision(core::LatestChoice(lead.record), lead);
  }
  if (plan.judgment_changed && core::HasQualified(lead.record)) {
    KeepDecision(core::LatestQualification(lead.record), lead);
  }
}
// Who makes the store's own changes, and what for.
struct Cause {
  std::string actor = "baton";
  std::string id;
};

// Gives the lead, which has left owner and backlog, to the rep chosen.
void Assign(const core::Choice& choice, const Cause& cause, StoredLead& lead, Site site) {
  LeadRecord& record = lead.record;
  const bool charged = core::ChargeLedger(choice, site.workspace.ledgers[record.queue]);
  site.workspace.open[choice.rep].insert(record.key.lead);
  CountGiven(choice.rep, site);

  const core::QueuePolicy policy = PolicyOf(site.workspace, record.queue);
  if (policy.strategy == core::Strategy::kLongestIdle) {
    site.workspace.last_assigned[record.queue][choice.rep] = site.now_ms;
  }
  const bool offered = policy.mode == core::QueueMode::kOffer;
  record.stage = offered ? Stage::kOffered : Stage::kAccepted;
  record.rep = choice.rep;
  record.generation++;
  record.offered_at_ms = site.now_ms;
  if (!record.clocks.empty()) {
    record.clock_at_ms = site.now_ms;
    record.rep_hours = core::HoursName(site.workspace.reps.at(choice.rep).work);
  }
  NoteChoice(choice, lead, site);
  record.chosen_by = choice.basis;
  if (offered) {
    StartTimer(TimerKind::kOfferExpiry, site.now_ms + policy.accept_within_ms, lead);
  } else {
    record.accepted_at_ms = site.now_ms;
  }
  std::map<std::string, std::string> details = {
      {"mode", std::string(core::QueueModeName(policy.mode))},
      {"strategy", std::string(core::ChoiceBasisName(choice.basis))}};
  if (choice.tie != core::TieBreak::kNone) details["tie"] = core::TieBreakName(choice.tie);
  if (!charged) details["charged"] = "false";
  Publish({.type = ChangeType::kAssigned,
           .stage = record.stage,
           .queue = record.queue,
           .rep = record.rep,
           .generation = record.generation,
           .reason = "",
           .actor = cause.actor,
           .cause = cause.id,
           .details = std::move(details)},
          record.due_at_ms, lead, site);
}

// Who passed is asked again, or waiting has a consequence; whichever comes first.
void StartWaitingTimer(StoredLead& lead, Site site) {
  const LeadRecord& record = lead.record;
  const core::TimeMs wait_until_ms =
      record.wait_until_ms == 0 ? 0 : std::max(record.wait_until_ms, site.now_ms);
  const core::DurationMs cool_down = PolicyOf(site.workspace, record.queue).retry_after_ms;
  const core::TimeMs retry_at_ms = record.passed.empty() ? 0 : site.now_ms + cool_down;
  if (wait_until_ms != 0 && (retry_at_ms == 0 || wait_until_ms < retry_at_ms)) {
    StartTimer(TimerKind::kWait, wait_until_ms, lead);
  } else if (retry_at_ms != 0) {
    StartTimer(TimerKind::kRetry, retry_at_ms, lead);
  }
}

// Puts the lead, which has left owner and backlog, into the backlog of its queue.
void Wait(bool announce, const std::string& cause, StoredLead& lead, Site site) {
  LeadRecord& record = lead.record;
  record.stage = Stage::kQueued;
  record.rep = RepId();
  lead.waiting = WaitingIn{record.queue, PlaceOf(record, site.workspace)};
  site.workspace.backlogs[record.queue].insert(lead.waiting->place);
  StartWaitingTimer(lead, site);
  if (!announce) return;
  Publish({.type = ChangeType::kQueued,
           .stage = record.stage,
           .queue = record.queue,
           .rep = RepId(),
           .generation = record.generation,
           .reason = "",
           .actor = "baton",
           .cause = cause,
           .details = {}},
          0, lead, site);
}

// Makes `next`, as the plan has it, the lead before its changes are counted and before it is
// placed. What stays as it was is taken from `before`.
void Merge(LeadRecord& before, const Plan& plan, core::TimeMs now_ms, LeadRecord& next) {
  next.key = plan.key;
  next.revision = before.revision + 1;
  next.version = before.version;
  next.rep = before.rep;
  next.generation = before.generation;
  next.queued_at_ms = before.queued_at_ms;
  next.offered_at_ms = before.offered_at_ms;
  const bool replaced = plan.placement == Placement::kOffer || plan.judgment_changed;
  next.pool = replaced ? core::CandidatePool() : std::move(before.pool);
  next.choice = replaced ? core::ChoiceNote() : before.choice;
  next.chosen_by = before.chosen_by;
  next.due_at_ms = 0;
  next.timer = TimerKind::kNone;
  next.rep_hours = plan.placement == Placement::kKeep ? before.rep_hours : "";
  if (!plan.facts_changed) next.facts = std::move(before.facts);
  if (!plan.judgment_changed) next.judgment = std::move(before.judgment);
  if (plan.placement == Placement::kOffer) {
    next.rep = RepId();
    const bool enters = next.cycle != before.cycle || before.queued_at_ms == 0;
    if (enters) next.queued_at_ms = now_ms;
  }
  if (plan.placement == Placement::kRelease && next.stage != Stage::kWon) next.rep = RepId();
  if (next.stage == Stage::kErased) {
    next.queued_at_ms = 0;
    next.offered_at_ms = 0;
    next.chosen_by = core::ChoiceBasis::kNone;
  }
}

// Somebody of the queue gets the lead, or it waits. Returns whether it waits its turn.
bool Offer(const Plan& plan, Stage stage_before, StoredLead& lead, Site site) {
  const std::string cause = plan.changes.empty() ? "" : plan.changes.back().cause;
  bool waits_turn = false;
  if (IsGivenOut(lead.record.queue, site.workspace)) {
    const core::Choice choice = Choose(lead.record, site);
    waits_turn = !choice.rep.empty() && WouldOvertake(lead.record, choice.rep, site);
    if (choice.rep.empty()) {
      NoteChoice(choice, lead, site);
    } else if (!waits_turn) {
      Assign(choice, {"baton", cause}, lead, site);
      return false;
    }
  }
  const bool said = stage_before == Stage::kQueued ||
                    (!plan.changes.empty() && plan.changes.back().stage == Stage::kQueued);
  Wait(!said, cause, lead, site);
  return waits_turn;
}

bool IsOutboxFull(const ShardState& shard, int64_t cap) {
  return static_cast<int64_t>(shard.outbox.size()) >= cap;
}

}  // namespace

CommitCode CheckPlan(const Plan& plan, const Site& site, const StoreLimits& limits) {
  const StoredLead* found = site.workspace.FindLead(plan.key.lead);
  const int64_t revision = found == nullptr ? 0 : found->record.revision;
  if (plan.expected_revision != revision) return CommitCode::kStaleRevision;
  if (plan.policy_revision != 0 && plan.policy_revision != site.workspace.about.policy_revision) {
    return CommitCode::kStalePolicy;
  }
  if (site.now_ms < plan.not_before_ms) return CommitCode::kNotDue;
  const int64_t reserve = plan.may_use_reserve ? limits.outbox_reserve : 0;
  const bool publishes = !plan.changes.empty() || plan.placement != Placement::kKeep;
  if (publishes && IsOutboxFull(site.shard, limits.outbox_max + reserve)) {
    return CommitCode::kOutboxFull;
  }
  const bool is_new =
      (found == nullptr || !core::Exists(found->record)) && plan.after.stage != Stage::kErased;
  const auto leads = static_cast<int64_t>(site.workspace.leads.size()) - site.workspace.erased;
  if (is_new && leads >= limits.leads_per_workspace_max) return CommitCode::kTooManyLeads;
  return CommitCode::kCommitted;
}

Applied ApplyPlan(const Plan& plan, LeadRecord& after, Site site) {
  site.shard.latest_ms = site.now_ms;
  StoredLead& lead = site.workspace.FindOrAddLead(plan.key.lead);
  const Stage stage_before = lead.record.stage;
  const RepId rep_before = lead.record.rep;
  const QueueId before_queue = lead.record.queue;

  if (plan.refund) {
    core::RefundLedger(lead.record.pool, site.workspace.ledgers[lead.record.queue]);
  }
  const bool existed = core::Exists(lead.record);
  const TimerKind timer = after.timer;
  const core::TimeMs due_at_ms = after.due_at_ms;
  if (after.stage != Stage::kErased && site.keeps_history) KeepReplaced(plan, lead);
  if (plan.placement != Placement::kKeep) Leave(lead, site);
  Unschedule(lead, site);

  Merge(lead.record, plan, site.now_ms, after);
  lead.record = std::move(after);
  if (site.keeps_history) {
    for (const core::JourneyInput& input : plan.inputs) {
      AddToJourney(
          {.at_ms = input.at_ms, .type = input.type, .source = input.source, .id = input.id}, lead);
    }
  }
  for (const Change& change : plan.changes) Publish(change, 0, lead, site);
  if (TakeCare(plan, rep_before, site.workspace)) {
    Publish(SilentAway(lead.record, before_queue, rep_before), 0, lead, site);
  }

  bool waits_turn = false;
  switch (plan.placement) {
    case Placement::kKeep:
      StartTimer(timer, due_at_ms, lead);
      break;
    case Placement::kOffer:
      waits_turn = Offer(plan, stage_before, lead, site);
      break;
    case Placement::kRelease:
      break;
  }
  Schedule(lead, site);
  NoteErasure(stage_before, existed, lead, site);
  return {&lead.record, waits_turn};
}

Drained DrainBacklog(const QueueId& queue, int max, const StoreLimits& limits, Site site) {
  Drained drained;
  if (!IsGivenOut(queue, site.workspace)) return drained;
  if (IsOutboxFull(site.shard, limits.outbox_max)) return drained;
  const std::set<Place>& backlog = site.workspace.backlogs[queue];
  for (auto next = backlog.begin(); next != backlog.end() && drained.assigned < max;) {
    const Place place = *next++;
    StoredLead& lead = *site.workspace.FindLead(place.lead);
    const core::Choice choice = Choose(lead.record, site);
    if (choice.rep.empty()) continue;
    site.shard.latest_ms = site.now_ms;
    lead.record.revision++;
    Leave(lead, site);
    Unschedule(lead, site);
    StopTimer(lead);
    Assign(choice, {}, lead, site);
    Schedule(lead, site);
    drained.assigned++;
  }
  if (!backlog.empty()) drained.next_work_ms = NextWorkOf(queue, site);
  return drained;
}

const LeadRecord* ClaimFirst(const Claim& claim, const std::vector<QueueId>& queues, Site site) {
  StoredLead* first = nullptr;
  const core::Rep& rep = site.workspace.reps.at(claim.rep);
  for (const QueueId& queue : queues) {
    for (const Place& place : site.workspace.backlogs[queue]) {
      if (first != nullptr && !(place < first->waiting->place)) break;
      StoredLead& lead = site.workspace.leads.at(place.lead);
      if (!MayClaim(rep, lead.record, site)) continue;
      first = &lead;
      break;
    }
  }
  if (first == nullptr) return nullptr;
  site.shard.latest_ms = site.now_ms;
  const core::Member member = MemberNow(rep, first->record.queue, site);
  core::Choice choice;
  choice.rep = claim.rep;
  choice.basis = core::ChoiceBasis::kClaimed;
  choice.candidates = {{claim.rep, core::CandidateReason::kChosen, member.owed_nano, 0, member.open,
                        member.capacity}};
  first->record.revision++;
  Leave(*first, site);
  Unschedule(*first, site);
  StopTimer(*first);
  Assign(choice, {ActorOf(claim), claim.request_id}, *first, site);
  Schedule(*first, site);
  return &first->record;
}

}  // namespace baton::store::memory
