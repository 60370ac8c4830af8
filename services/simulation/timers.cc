// When timers act in a run.
#include <algorithm>

#include "simulation/recorded_action.h"
#include "simulation/run.h"

namespace baton::simulation {

absl::Status Run::FireTimer(const Duty& duty) {
  const core::LeadRecord& record = Load(duty.lead);
  std::optional<core::Plan> plan = core::DecideTimer(record, &policy_, duty.number, now_ms_);
  if (!plan.has_value() || (!diverged_ && IsLater(duty, record, *plan))) return absl::OkStatus();
  if (duty.number != record.due_at_ms) leads_[duty.lead].looked_ms = duty.number;
  return Commit(duty.lead, *std::move(plan));
}

bool Run::IsLater(const Duty& duty, const core::LeadRecord& record, const core::Plan& plan) {
  if (duty.number != record.due_at_ms) return LooksLater(duty, record, plan);
  return record.stage == core::Stage::kQueued && AsksLater(duty, record, plan);
}

// The clock looked at the lead when it was seen to say so; if it had nothing to say, when that was
// due. An offer that ran out before comes first, and the clock looks again behind it.
bool Run::LooksLater(const Duty& duty, const core::LeadRecord& record, const core::Plan& plan) {
  if (record.stage == core::Stage::kOffered && record.due_at_ms < duty.number) return true;
  if (std::none_of(plan.changes.begin(), plan.changes.end(), IsSaidByClock)) {
    return IsBehindClock(duty);
  }
  const std::vector<Instant>& looks = recording_.leads[duty.lead].looks;
  const Instant now{now_ms_, duty.sequence};
  const auto next = std::lower_bound(looks.begin(), looks.end(), now);
  const Instant erased = ErasedAt(duty.lead);
  if (erased != kNever && (next == looks.end() || *next > erased)) return true;  // it never looked
  if (next == looks.end() || *next == now) return false;
  agenda_.Add({next->at_ms, next->sequence, Duty::Kind::kTimer, duty.lead, duty.number});
  NoteActed(duty.lead, duty.number, *next);
  return true;
}

// A lead that waits asks again when that was seen to give it a rep or to move it on. If it asked in
// vain no change tells: it did so when it was due, or as late as the clock was.
bool Run::AsksLater(const Duty& duty, const core::LeadRecord& record, const core::Plan& plan) {
  const Instant acted = SeenToAsk(duty.lead, record.due_at_ms);
  const bool has_acted = acted.at_ms >= duty.number;
  if (has_acted && acted <= Instant{now_ms_, duty.sequence}) return false;
  if (IsBehindClock(duty)) return true;
  const bool moves = std::any_of(
      plan.changes.begin(), plan.changes.end(),
      [](const core::Change& change) { return change.type == core::ChangeType::kQueued; });
  if (!moves && !store_.WouldBePlaced(plan.after)) return false;
  if (has_acted) NoteActed(duty.lead, duty.number, acted);
  return true;
}

bool Run::IsBehindClock(const Duty& duty) {
  const Instant clock = ClockAt(duty);
  const int64_t rank = IsInSecondRound(duty) ? kLast : 0;
  const bool has_come = duty.sequence == 0 || duty.rank >= rank;
  if (has_come && clock == Instant{now_ms_, duty.sequence}) return false;
  Duty later{clock.at_ms, clock.sequence, Duty::Kind::kTimer, duty.lead, duty.number};
  later.rank = rank;
  agenda_.Add(later);
  return true;
}

void Run::NoteActed(LeadIndex lead, core::TimeMs due_at_ms, Instant acted) {
  acted_later_[{due_at_ms, RankOf(lead)}] = acted;
}

// The clock goes round all that is due, one timer of a lead in a round: a lead at which it has just
// looked has its turn behind all others.
bool Run::IsInSecondRound(const Duty& duty) const {
  const core::TimeMs round_ms = now_ms_ == recorded_ms_ ? before_ms_ : recorded_ms_;
  const core::TimeMs looked_ms = leads_[duty.lead].looked_ms;
  return looked_ms > round_ms && looked_ms < duty.number;
}

// Where the clock is, now or later, when it comes to the timer: behind what was due before and acts
// later; in a second round behind all that acts in that instant.
Instant Run::ClockAt(const Duty& duty) {
  const Instant now{now_ms_, duty.sequence};
  Instant clock = now;
  const auto end = acted_later_.lower_bound({duty.number, RankOf(duty.lead)});
  for (auto next = acted_later_.begin(); next != end;) {
    clock = std::max(clock, next->second);
    next = next->second <= now ? acted_later_.erase(next) : std::next(next);
  }
  const bool is_late = duty.sequence > 0 || clock > now;
  if (!is_late || !IsInSecondRound(duty)) return clock;
  for (const auto& [timer, acted] : acted_later_) {
    if (acted.at_ms == clock.at_ms) clock = std::max(clock, acted);
  }
  return clock;
}

void Run::NoteRecorded() {
  if (now_ms_ == recorded_ms_) return;
  before_ms_ = std::exchange(recorded_ms_, now_ms_);
}

// The clock works on what is due in the same instant in the order of ids.
int64_t Run::RankOf(LeadIndex lead) const {
  return 1 + ranks_[lead];
}

void Run::ScheduleTimer(LeadIndex lead, core::TimeMs due_at_ms, Instant acted) {
  const Duty due{due_at_ms, 0, Duty::Kind::kTimer, lead, due_at_ms};
  const Duty act{acted.at_ms, acted.sequence, Duty::Kind::kTimer, lead, due_at_ms};
  const bool has_acted = acted.at_ms >= due_at_ms;
  if (!diverged_) {
    held_timers_.push_back(due);
    if (has_acted) agenda_.Add(act);
  } else {
    agenda_.Add(has_acted && acted.at_ms <= due_at_ms + kDrainLatest ? act : due);
  }
}

// The offer ran out if that was the first thing that happened to it.
void Run::ScheduleExpiry(const store::OutboxEntry& entry, LeadIndex lead) {
  const LeadState& state = leads_[lead];
  Instant acted;
  if (state.script != nullptr && state.shift_ms == 0 && !state.script->steps.empty()) {
    const RecordedStep& first = state.script->steps.front();
    if (first.expired) acted = {first.at_ms, first.sequence};
  }
  ScheduleTimer(lead, entry.due_at_ms, acted);
  if (!diverged_ && acted.at_ms >= entry.due_at_ms) NoteActed(lead, entry.due_at_ms, acted);
}

void Run::ScheduleClock(LeadIndex lead, core::TimeMs at_ms) {
  Duty duty{std::max(at_ms, now_ms_), 0, Duty::Kind::kTimer, lead, at_ms};
  if (!diverged_) duty.rank = RankOf(lead);
  agenda_.Add(duty);
}

Instant Run::SeenToAsk(LeadIndex lead, core::TimeMs due_at_ms) const {
  Instant acted;
  const RecordedAssignment* next = NextScript(lead);
  if (next != nullptr) acted = {next->at_ms, next->sequence};
  const Instant erased = ErasedAt(lead);
  for (const Instant& move : recording_.leads[lead].moves) {
    if (move > erased) break;
    if (move.at_ms < due_at_ms || (next != nullptr && move.at_ms > acted.at_ms)) continue;
    return move;
  }
  return acted;
}

void Run::ScheduleWaiting(const core::LeadRecord& record, LeadIndex lead) {
  ScheduleTimer(lead, record.due_at_ms, SeenToAsk(lead, record.due_at_ms));
  if (diverged_ || leads_[lead].asks_ms == record.due_at_ms) return;
  leads_[lead].asks_ms = record.due_at_ms;
  Duty due{record.due_at_ms, 0, Duty::Kind::kTimer, lead, record.due_at_ms};
  due.rank = RankOf(lead);
  agenda_.Add(due);
}

}  // namespace baton::simulation
