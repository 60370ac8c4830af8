#include "simulation/run.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/account_match.h"
#include "core/decide_in_place.h"
#include "store/drain.h"

namespace baton::simulation {
namespace {

constexpr size_t kProgressEvery = 8192;  // points
constexpr int kReadMax = 1000;
constexpr char kPrincipal[] = "simulation";
constexpr char kOtherPrincipal[] = "simulation-sales";
constexpr char kClosedAs[] = "NO_NEED";  // how the model gives a lead back

store::StoreLimits NoLimits() {
  store::StoreLimits limits;
  limits.leads_per_workspace_max = std::numeric_limits<int64_t>::max();
  limits.outbox_max = std::numeric_limits<int32_t>::max();  // read and trimmed after each step
  return limits;
}

}  // namespace

Run::Run(const Recording& recording, const Setting& setting)
    : recording_(recording),
      setting_(setting),
      now_ms_(recording.begin_ms),
      store_(
          1, NoLimits(), [this] { return now_ms_; }, /*keeps_history=*/false),
      leads_(recording.leads.size()),
      diverged_(!setting.behaviour.replay || !recording.has_changes) {
  new_lead_.key.workspace = setting.workspace;
  std::vector<LeadIndex> by_id(recording.leads.size());
  std::iota(by_id.begin(), by_id.end(), LeadIndex{0});
  std::sort(by_id.begin(), by_id.end(), [&recording](LeadIndex one, LeadIndex other) {
    return recording.leads[one].id < recording.leads[other].id;
  });
  ranks_.resize(by_id.size());
  for (size_t rank = 0; rank < by_id.size(); ++rank) {
    ranks_[by_id[rank]] = static_cast<uint32_t>(rank);
  }
}

absl::StatusOr<Outcome> Run::Play() && {
  absl::Status status = Open();
  size_t next = 0;
  const std::vector<RecordedPoint>& points = recording_.points;
  while (status.ok()) {
    const bool has_point = next < points.size();
    const bool duty_first =
        !agenda_.empty() &&
        (!has_point || std::tie(agenda_.next().at_ms, agenda_.next().sequence) <=
                           std::tie(points[next].at_ms, points[next].sequence));
    if (!has_point && !duty_first) break;
    const core::TimeMs at_ms = duty_first ? agenda_.next().at_ms : points[next].at_ms;
    if (at_ms > recording_.end_ms) break;
    if (!going_away_.empty() && !IsInCall(duty_first ? nullptr : &points[next])) {
      status = SetAwayAll();
      continue;
    }
    status = EnterPhases(at_ms);
    if (!status.ok()) break;
    now_ms_ = std::max(now_ms_, at_ms);
    if (!duty_first || agenda_.next().sequence > 0) NoteRecorded();
    if (duty_first) {
      status = Do(agenda_.Take());
      continue;
    }
    status = Meet(next++);
    if (setting_.progress && next % kProgressEvery == 0) setting_.progress(next, points.size());
  }
  if (!status.ok()) return status;
  if (setting_.progress) setting_.progress(next, points.size());
  outcome_.end_ms = recording_.end_ms;
  std::sort(outcome_.cycles.begin(), outcome_.cycles.end(), [](const Cycle& a, const Cycle& b) {
    return std::tie(a.lead, a.life, a.cycle) < std::tie(b.lead, b.life, b.cycle);
  });
  return std::move(outcome_);
}

absl::Status Run::Open() {
  if (setting_.phases.empty()) return absl::InvalidArgumentError("no policy to simulate");
  absl::Status status = store_.CreateWorkspace(setting_.workspace, "").status();
  for (const core::Rep& rep : setting_.roster.reps) {
    status.Update(store_.PutRep(setting_.workspace, rep, -1).status());
    rep_index_[rep.id] = static_cast<LeadIndex>(reps_.size());
    reps_.push_back(rep);
  }
  for (const core::QueueSettings& queue : setting_.roster.queues) {
    status.Update(store_.PutQueue(setting_.workspace, queue, -1).status());
  }
  status.Update(OpenAccounts());
  if (!status.ok()) return status;
  read_up_to_ = store_.Bounds(0)->last_sequence;
  const core::TimeMs first_ms = std::max(setting_.phases.front().since_ms, now_ms_);
  return EnterPhases(first_ms);
}

absl::Status Run::EnterPhases(core::TimeMs at_ms) {
  while (next_phase_ < setting_.phases.size() &&
         (next_phase_ == 0 || setting_.phases[next_phase_].since_ms <= at_ms)) {
    absl::Status status = Activate(*setting_.phases[next_phase_++].policy);
    if (!status.ok()) return status;
    hours_until_ms_ = at_ms;  // its calendars
  }
  return RenewHours(at_ms);
}

absl::Status Run::Activate(const core::Policy& policy) {
  policy_ = policy;
  policy_.workspace = setting_.workspace;
  asks_for_accounts_ = core::AsksForAccounts(policy_);
  policy_.tables.clear();  // the conditions have them
  // The store keeps the text only to tell one revision from another.
  auto revision = store_.CreateRevision(policy_, absl::StrCat("phase ", next_phase_), kPrincipal);
  if (!revision.ok()) return revision.status();
  const store::RevisionKey key{setting_.workspace, revision->revision};
  absl::Status status =
      store_.ApproveRevision(key, "", kPrincipal, store::ApproverRole::kMarketing).status();
  status.Update(
      store_.ApproveRevision(key, "", kOtherPrincipal, store::ApproverRole::kSales).status());
  if (!status.ok()) return status;
  policy_.revision = revision->revision;
  store::Activation activation;
  activation.number = revision->latest_activation + 1;
  activation.principal = kPrincipal;
  return store_.ActivateRevision(policy_, revision->fingerprint, activation).status();
}

const core::LeadRecord& Run::Load(LeadIndex lead) {
  new_lead_.key.lead = recording_.leads[lead].id;
  const core::LeadRecord* known = store_.Peek(new_lead_.key);
  return known == nullptr ? new_lead_ : *known;
}

absl::Status Run::Meet(size_t index) {
  const RecordedPoint& point = recording_.points[index];
  if (point.account >= 0) {
    return ApplyAccount(recording_.accounts[static_cast<size_t>(point.account)]);
  }
  if (point.erasure >= 0) return Erase(point);
  return point.events > 0 ? ApplyEvents(index) : HandOut(point);
}

bool Run::IsDeferred(size_t index, const core::Plan& plan) {
  const std::vector<size_t>& known = setting_.deferred;
  if (!setting_.follows) return std::binary_search(known.begin(), known.end(), index);
  const bool happened = recording_.points[index].decides || plan.changes.empty();
  if (happened || diverged_) return false;
  outcome_.deferred.push_back(index);
  return true;
}

core::Facts Run::FactsBefore(size_t event) const {
  const core::LeadKey& key = recording_.events[event].key;
  size_t first = event;
  while (first > 0 && recording_.events[first - 1].key == key) --first;
  core::Facts facts;
  for (; first < event; ++first) core::Fold(recording_.events[first], facts);
  return facts;
}

absl::Status Run::ApplyEvents(size_t index) {
  const RecordedPoint& point = recording_.points[index];
  const core::LeadRecord& record = Load(point.lead);
  const core::LeadKey key = record.key;
  uint32_t& deferred = leads_[point.lead].deferred;
  const absl::Span<const core::LeadEvent> events(&recording_.events[point.first_event - deferred],
                                                 point.events + deferred);
  const core::Policy* policy = point.before_policy ? nullptr : &policy_;
  std::optional<core::Facts> facts_before;
  if (record.erased_at_ms != 0) facts_before = record.facts;
  const absl::StatusOr<core::AccountView> account = AccountOf(record, events, policy);
  if (!account.ok()) return account.status();
  core::Plan plan = core::DecideEventsInPlace(store_.Lend(key), events, policy, now_ms_, &*account);
  if (IsDeferred(index, plan)) {
    if (!facts_before) facts_before = FactsBefore(point.first_event - deferred);
    store_.GiveBack(key, *std::move(facts_before));
    deferred += point.events;
    return absl::OkStatus();
  }
  deferred = 0;
  outcome_.events += plan.applied;
  outcome_.duplicates += plan.duplicates;
  if (plan.judgment_changed) {
    NoteErrors(plan.after.judgment.errors);
    NoteErrors(plan.more_errors);
  }
  if (plan.applied == 0 && plan.duplicates == 0) {
    store_.GiveBack(key, std::move(plan.after.facts));
    return absl::OkStatus();
  }
  return Commit(point.lead, std::move(plan));
}

absl::Status Run::Do(const Duty& duty) {
  switch (duty.kind) {
    case Duty::Kind::kTimer:
      return FireTimer(duty);
    case Duty::Kind::kAction:
      return ActAsRecorded(duty);
    case Duty::Kind::kAccept:
    case Duty::Kind::kClose:
      return ActByModel(duty);
    case Duty::Kind::kDrain:
      return diverged_ ? Drain(reps_[duty.lead]) : absl::OkStatus();
    case Duty::Kind::kTurn:
      return DrainQueue(Load(duty.lead).queue);
    case Duty::Kind::kReturn:
      return Return(duty.lead);
  }
  return absl::OkStatus();
}

absl::Status Run::Act(LeadIndex lead, core::Action action, bool& refused) {
  const core::LeadRecord& record = Load(lead);
  action.generation = record.generation;
  auto decision = core::DecideAction(record, action, &policy_, now_ms_);
  refused = !decision.ok();
  if (refused) return absl::OkStatus();
  return Commit(lead, std::get<core::Plan>(*std::move(decision)));
}

absl::Status Run::ActAsRecorded(const Duty& duty) {
  LeadState& state = leads_[duty.lead];
  if (state.generation != duty.number || state.script == nullptr) return absl::OkStatus();
  const core::Action& recorded = state.script->steps[state.next_step++].action;
  // The queue may work otherwise than it did: an offer is accepted by what only its owner does, and
  // a lead that is owned at once needs no accept.
  const bool accepts = recorded.type == core::ActionType::kAccept;
  const bool works = recorded.type == core::ActionType::kLogTouch ||
                     recorded.type == core::ActionType::kReportOutcome ||
                     recorded.type == core::ActionType::kPause ||
                     recorded.type == core::ActionType::kRelease;
  bool refused = false;
  if (works && Load(duty.lead).stage == core::Stage::kOffered) {
    if (absl::Status status = Act(duty.lead, {}, refused); !status.ok()) return status;
  }
  if (!accepts || Load(duty.lead).stage == core::Stage::kOffered) {
    core::Action action = recorded;
    if (action.touched_at_ms != 0) action.touched_at_ms += state.shift_ms;
    if (action.revisit_at_ms != 0) action.revisit_at_ms += state.shift_ms;
    if (action.until_ms != 0) action.until_ms += state.shift_ms;
    if (absl::Status status = Act(duty.lead, std::move(action), refused); !status.ok()) {
      return status;
    }
  }
  if (refused) {
    ++outcome_.refused_actions;
    Diverge();
    state.script = nullptr;
    ScheduleModel(duty.lead);
    return absl::OkStatus();
  }
  ++outcome_.actions;
  if (state.generation == duty.number) ScheduleStep(duty.lead);
  return absl::OkStatus();
}

absl::Status Run::ActByModel(const Duty& duty) {
  const LeadState& state = leads_[duty.lead];
  if (state.generation != duty.number) return absl::OkStatus();
  const core::Stage stage = Load(duty.lead).stage;
  if (!core::IsOwned(stage)) return absl::OkStatus();
  core::Action action;
  if (duty.kind == Duty::Kind::kClose) {
    const bool may_reject = core::IsAllowedMove(stage, core::Stage::kRejected);
    action.type = may_reject ? core::ActionType::kReject : core::ActionType::kReportOutcome;
    action.outcome = core::Stage::kLost;
    action.reason = kClosedAs;
  }
  bool refused = false;
  if (absl::Status status = Act(duty.lead, std::move(action), refused); !status.ok()) return status;
  if (refused) return absl::OkStatus();
  ++outcome_.modelled_actions;
  if (duty.kind == Duty::Kind::kAccept) ScheduleModel(duty.lead);
  return absl::OkStatus();
}

absl::Status Run::Drain(const core::Rep& rep) {
  std::set<core::QueueId> queues = owner_queues_;
  queues.insert(rep.queues.begin(), rep.queues.end());
  for (const core::QueueId& queue : queues) {
    if (absl::Status status = DrainQueue(queue); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Run::DrainQueue(const core::QueueId& queue) {
  const auto drained = store::DrainQueue(store_, setting_.workspace, queue);
  if (!drained.ok()) return drained.status();
  return drained->assigned == 0 ? absl::OkStatus() : ReadChanges();
}

absl::Status Run::Commit(LeadIndex lead, core::Plan&& plan) {
  const core::LeadRecord& before = Load(lead);
  const core::RepId rep = before.rep;
  const int64_t generation = before.generation;
  const bool was_owned = core::IsOwned(before.stage);
  const bool publishes = !plan.changes.empty() || plan.placement != core::Placement::kKeep;
  const std::string route = publishes ? plan.after.judgment.route.rule : "";
  const store::MemoryStore::Taken taken = store_.Take(std::move(plan));
  if (taken.code != store::CommitCode::kCommitted) {
    return absl::InternalError(absl::StrCat("simulation: the store refused lead ",
                                            recording_.leads[lead].id.str(), " with code ",
                                            static_cast<int>(taken.code)));
  }
  if (publishes) {
    if (absl::Status status = ReadChanges(route); !status.ok()) return status;
  }
  const core::LeadRecord& after = Load(lead);
  if (after.stage == core::Stage::kQueued && !after.owners.empty()) {
    owner_queues_.insert(after.queue);
  }
  if (after.stage == core::Stage::kQueued && after.due_at_ms != 0) ScheduleWaiting(after, lead);
  if (after.clock_at_ms != 0) ScheduleClock(lead, after.clock_at_ms);
  const bool left =
      after.rep != rep || after.generation != generation || !core::IsOwned(after.stage);
  if (was_owned && left) ScheduleDrain(rep);
  if (taken.waits_turn && diverged_) {
    agenda_.Add({now_ms_ + kDrainDelay, kLast, Duty::Kind::kTurn, lead, 0});
  }
  return absl::OkStatus();
}

absl::Status Run::ReadChanges(const std::string& route) {
  for (int count = kReadMax; count == kReadMax;) {
    const auto read = store_.Read({{0, read_up_to_}}, kReadMax, absl::ZeroDuration());
    if (!read.ok()) return read.status();
    const auto entries = read->find(0);
    if (entries == read->end()) return absl::OkStatus();
    for (const store::OutboxEntry& entry : entries->second) {
      if (absl::Status status = NoteChange(entry, route); !status.ok()) return status;
    }
    read_up_to_ = entries->second.back().sequence;
    count = static_cast<int>(entries->second.size());
    if (absl::Status status = store_.Trim(0, read_up_to_, 0); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Run::NoteChange(const store::OutboxEntry& entry, const std::string& route) {
  const LeadIndex lead = recording_.lead_index.at(entry.key.lead);
  LeadState& state = leads_[lead];
  state.stage = entry.change.stage;
  if (entry.change.type == core::ChangeType::kQualified) NoteMql(entry, route, state);
  if (entry.change.type == core::ChangeType::kAssigned) NoteAssignment(entry, lead);
  if (entry.change.type == core::ChangeType::kRepAway) return NoteAway(entry.change.rep);
  return absl::OkStatus();
}

void Run::NoteErrors(const std::vector<core::ConditionError>& errors) {
  for (const core::ConditionError& error : errors) {
    ++outcome_.condition_errors[{std::string(core::RuleSectionName(error.section)), error.rule}];
  }
}

void Run::NoteMql(const store::OutboxEntry& entry, const std::string& route, LeadState& state) {
  state.assignments = 0;
  state.outcome = static_cast<uint32_t>(outcome_.cycles.size());
  Cycle& cycle = outcome_.cycles.emplace_back();
  cycle.lead = entry.key.lead;
  cycle.life = state.life;
  cycle.cycle = ++state.cycles;
  cycle.qualified_at_ms = entry.at_ms;
  cycle.cause = entry.change.cause;
  cycle.fit = entry.fit;
  cycle.intent = entry.intent;
  cycle.route = route;
  cycle.queue = entry.change.queue;
}

const RecordedAssignment* Run::NextScript(LeadIndex lead) const {
  if (!setting_.behaviour.replay) return nullptr;
  const LeadState& state = leads_[lead];
  const Cycle& cycle = outcome_.cycles[state.outcome];
  return recording_.Assignment(lead, cycle.life, cycle.cycle, state.assignments);
}

void Run::NoteAssignment(const store::OutboxEntry& entry, LeadIndex lead) {
  LeadState& state = leads_[lead];
  state.generation = entry.change.generation;
  outcome_.cycles[state.outcome].assigned.push_back(
      {entry.at_ms, entry.change.generation, entry.change.rep, entry.change.queue});
  state.script = NextScript(lead);
  ++state.assignments;
  state.next_step = 0;
  const RecordedAssignment* script = state.script;
  state.shift_ms = script == nullptr ? 0 : entry.at_ms - script->at_ms;
  if (script == nullptr || state.shift_ms != 0 || script->rep != entry.change.rep ||
      script->queue != entry.change.queue || script->due_at_ms != entry.due_at_ms) {
    Diverge();
  }
  if (entry.due_at_ms != 0) ScheduleExpiry(entry, lead);
  if (!policy_.slas.empty()) ScheduleClock(lead, entry.at_ms);
  if (state.script == nullptr) {
    ScheduleModel(lead);
  } else {
    ScheduleStep(lead);
  }
}

}  // namespace baton::simulation
