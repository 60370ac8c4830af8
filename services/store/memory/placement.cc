#include "store/memory/placement.h"

#include <algorithm>
#include <string>
#include <utility>

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
    lead.journey.pop_front();
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

  AddToJourney({.at_ms = site.now_ms,
                .type = std::string(core::ChangeTypeName(change.type)),
                .is_change = true,
                .source = "",
                .id = "",
                .change = change,
                .version = record.version},
               lead);
}

void StopTimer(StoredLead& lead, Site site) {
  if (lead.record.due_at_ms != 0) site.shard.timers.erase({lead.record.due_at_ms, lead.record.key});
  lead.record.due_at_ms = 0;
  lead.record.timer = TimerKind::kNone;
}

void StartTimer(TimerKind kind, core::TimeMs due_at_ms, StoredLead& lead, Site site) {
  lead.record.timer = kind;
  lead.record.due_at_ms = due_at_ms;
  if (due_at_ms != 0) site.shard.timers.insert({due_at_ms, lead.record.key});
}

// Out of the owner's open set, the backlog, or neither.
void Leave(StoredLead& lead, Site site) {
  if (!lead.record.rep.empty()) site.workspace.open[lead.record.rep].erase(lead.record.key.lead);
  if (lead.waiting.has_value()) {
    site.workspace.backlogs[lead.waiting->queue].erase(lead.waiting->place);
    lead.waiting.reset();
  }
}

std::vector<core::Member> Members(const QueueId& queue, const WorkspaceState& workspace) {
  const auto ledger = workspace.ledgers.find(queue);
  std::vector<core::Member> members;
  for (const RepId& id : MembersOf(workspace, queue)) {
    const core::Rep& rep = workspace.reps.at(id);
    core::Member member{.rep = id,
                        .weight = rep.weight,
                        .capacity = rep.capacity,
                        .presence = rep.presence,
                        .skills = rep.skills,
                        .open = 0,
                        .owed_nano = 0};
    if (const auto open = workspace.open.find(id); open != workspace.open.end()) {
      member.open = static_cast<int32_t>(open->second.size());
    }
    if (ledger != workspace.ledgers.end()) {
      const auto owed = ledger->second.find(id);
      if (owed != ledger->second.end()) member.owed_nano = owed->second;
    }
    members.push_back(std::move(member));
  }
  return members;
}

core::Choice Choose(const LeadRecord& record, const WorkspaceState& workspace) {
  return core::ChooseRep(Members(record.queue, workspace), record.judgment.route.skills,
                         record.passed);
}

// Gives the lead, which has left owner and backlog, to the rep chosen.
void Assign(const core::Choice& choice, const std::string& cause, StoredLead& lead, Site site) {
  LeadRecord& record = lead.record;
  core::ChargeLedger(choice, site.workspace.ledgers[record.queue]);
  site.workspace.open[choice.rep].insert(record.key.lead);

  const core::QueuePolicy policy = PolicyOf(site.workspace, record.queue);
  const bool direct = policy.mode == core::QueueMode::kDirect;
  record.stage = direct ? Stage::kAccepted : Stage::kOffered;
  record.rep = choice.rep;
  record.generation++;
  record.offered_at_ms = site.now_ms;
  record.candidates = choice.candidates;
  if (direct) {
    record.accepted_at_ms = site.now_ms;
  } else {
    StartTimer(TimerKind::kOfferExpiry, site.now_ms + policy.accept_within_ms, lead, site);
  }
  Publish({.type = ChangeType::kAssigned,
           .stage = record.stage,
           .queue = record.queue,
           .rep = record.rep,
           .generation = record.generation,
           .reason = "",
           .actor = "baton",
           .cause = cause,
           .details = {{"mode", direct ? "direct" : "offer"}}},
          record.due_at_ms, lead, site);
}

// Puts the lead, which has left owner and backlog, into the backlog of its queue.
void Wait(bool announce, const std::string& cause, StoredLead& lead, Site site) {
  LeadRecord& record = lead.record;
  record.stage = Stage::kQueued;
  record.rep = RepId();
  lead.waiting = WaitingIn{record.queue,
                           {record.judgment.route.priority, record.queued_at_ms, record.key.lead}};
  site.workspace.backlogs[record.queue].insert(lead.waiting->place);
  if (!record.passed.empty()) {
    const core::DurationMs cool_down = PolicyOf(site.workspace, record.queue).retry_after_ms;
    StartTimer(TimerKind::kRetry, site.now_ms + cool_down, lead, site);
  }
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

// The lead after the plan, before its changes are counted and before it is placed.
LeadRecord Merge(const LeadRecord& before, const Plan& plan, core::TimeMs now_ms) {
  LeadRecord next = plan.after;
  next.key = plan.key;
  next.revision = before.revision + 1;
  next.version = before.version;
  next.rep = before.rep;
  next.generation = before.generation;
  next.queued_at_ms = before.queued_at_ms;
  next.offered_at_ms = before.offered_at_ms;
  next.candidates = before.candidates;
  next.due_at_ms = 0;
  next.timer = TimerKind::kNone;
  if (!plan.facts_changed) next.facts = before.facts;
  if (!plan.judgment_changed) next.judgment = before.judgment;
  if (plan.placement == Placement::kOffer) {
    next.rep = RepId();
    const bool enters = next.cycle != before.cycle || before.queued_at_ms == 0;
    if (enters) next.queued_at_ms = now_ms;
  }
  if (plan.placement == Placement::kRelease && next.stage != Stage::kWon) next.rep = RepId();
  return next;
}

// Somebody of the queue gets the lead, or it waits.
void Offer(const Plan& plan, Stage stage_before, StoredLead& lead, Site site) {
  const std::string cause = plan.changes.empty() ? "" : plan.changes.back().cause;
  core::Choice choice;  // of a paused queue: nobody, no candidates
  if (!IsPaused(site.workspace, lead.record.queue)) choice = Choose(lead.record, site.workspace);
  if (!choice.rep.empty()) return Assign(choice, cause, lead, site);

  lead.record.candidates = choice.candidates;
  const bool said = stage_before == Stage::kQueued ||
                    (!plan.changes.empty() && plan.changes.back().stage == Stage::kQueued);
  Wait(!said, cause, lead, site);
}

// True if an online rep of `queue` could own one more lead.
bool AnyoneHasRoom(const QueueId& queue, const WorkspaceState& workspace) {
  for (const core::Member& member : Members(queue, workspace)) {
    if (member.presence == core::Presence::kOnline && member.open < member.capacity) return true;
  }
  return false;
}

bool IsOutboxFull(const ShardState& shard, int64_t cap) {
  return static_cast<int64_t>(shard.outbox.size()) >= cap;
}

}  // namespace

CommitCode CheckPlan(const Plan& plan, const Site& site, const StoreLimits& limits) {
  const auto found = site.workspace.leads.find(plan.key.lead);
  const bool is_new = found == site.workspace.leads.end();
  const int64_t revision = is_new ? 0 : found->second.record.revision;
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
  const auto leads = static_cast<int64_t>(site.workspace.leads.size());
  if (is_new && leads >= limits.leads_per_workspace_max) return CommitCode::kTooManyLeads;
  return CommitCode::kCommitted;
}

const LeadRecord& ApplyPlan(const Plan& plan, Site site) {
  site.shard.latest_ms = site.now_ms;
  StoredLead& lead = site.workspace.leads[plan.key.lead];
  const Stage stage_before = lead.record.stage;

  if (plan.refund) {
    core::RefundLedger(lead.record.candidates, site.workspace.ledgers[lead.record.queue]);
  }
  if (plan.placement != Placement::kKeep) Leave(lead, site);
  StopTimer(lead, site);

  lead.record = Merge(lead.record, plan, site.now_ms);
  for (const core::JourneyInput& input : plan.inputs) {
    AddToJourney({.at_ms = input.at_ms, .type = input.type, .source = input.source, .id = input.id},
                 lead);
  }
  for (const Change& change : plan.changes) Publish(change, 0, lead, site);

  switch (plan.placement) {
    case Placement::kKeep:
      StartTimer(plan.after.timer, plan.after.due_at_ms, lead, site);
      break;
    case Placement::kOffer:
      Offer(plan, stage_before, lead, site);
      break;
    case Placement::kRelease:
      break;
  }
  return lead.record;
}

Drained DrainBacklog(const QueueId& queue, int max, const std::optional<Place>& behind,
                     const StoreLimits& limits, Site site) {
  Drained drained;
  if (IsPaused(site.workspace, queue)) return drained;
  if (IsOutboxFull(site.shard, limits.outbox_max)) return drained;
  const std::set<Place>& backlog = site.workspace.backlogs[queue];
  auto next = behind.has_value() ? backlog.upper_bound(*behind) : backlog.begin();

  for (int looked_at = 0; next != backlog.end(); looked_at++) {
    if (!AnyoneHasRoom(queue, site.workspace)) return {drained.assigned, std::nullopt};
    if (looked_at == kDrainScanMax || drained.assigned == max) return drained;
    const Place place = *next++;
    drained.last = place;
    StoredLead& lead = site.workspace.leads.at(place.lead);
    const core::Choice choice = Choose(lead.record, site.workspace);
    if (choice.rep.empty()) continue;
    site.shard.latest_ms = site.now_ms;
    lead.record.revision++;
    Leave(lead, site);
    StopTimer(lead, site);
    Assign(choice, /*cause=*/"", lead, site);
    drained.assigned++;
  }
  return {drained.assigned, std::nullopt};
}

std::vector<RepId> MembersOf(const WorkspaceState& workspace, const QueueId& queue) {
  std::vector<RepId> members;
  for (const auto& [id, rep] : workspace.reps) {
    if (std::find(rep.queues.begin(), rep.queues.end(), queue) != rep.queues.end()) {
      members.push_back(id);
    }
  }
  return members;
}

core::QueuePolicy PolicyOf(const WorkspaceState& workspace, const QueueId& queue) {
  const auto found = workspace.queue_policies.find(queue);
  if (found != workspace.queue_policies.end()) return found->second;
  core::QueuePolicy defaults;
  defaults.id = queue;
  return defaults;
}

bool IsPaused(const WorkspaceState& workspace, const QueueId& queue) {
  const auto found = workspace.queue_settings.find(queue);
  return found != workspace.queue_settings.end() && found->second.paused;
}

}  // namespace baton::store::memory
