// When what comes next happens in a run.
#include <algorithm>

#include "simulation/run.h"

namespace baton::simulation {

void Run::Diverge() {
  if (diverged_) return;
  diverged_ = true;
  for (Duty& timer : held_timers_) {
    timer.at_ms = std::max(timer.at_ms, now_ms_);
    agenda_.Add(timer);
  }
  held_timers_ = {};
  for (const core::Rep& rep : reps_) ScheduleDrain(rep.id);
}

void Run::ScheduleTimer(LeadIndex lead, core::TimeMs due_at_ms, core::TimeMs acted_at_ms,
                        int64_t sequence) {
  Duty due{due_at_ms, 0, Duty::Kind::kTimer, lead, due_at_ms};
  Duty acted{acted_at_ms, sequence, Duty::Kind::kTimer, lead, due_at_ms};
  const bool has_acted = acted_at_ms >= due_at_ms;
  if (!diverged_) {
    held_timers_.push_back(due);
    if (has_acted) agenda_.Add(acted);
  } else {
    agenda_.Add(has_acted && acted_at_ms <= due_at_ms + kDrainLatest ? acted : due);
  }
}

void Run::ScheduleExpiry(const store::OutboxEntry& entry, LeadIndex lead) {
  const LeadState& state = leads_[lead];
  RecordedStep acted;
  if (state.script != nullptr && state.shift_ms == 0) {
    for (const RecordedStep& step : state.script->steps) {
      if (step.expired) acted = step;
    }
  }
  ScheduleTimer(lead, entry.due_at_ms, acted.at_ms, acted.sequence);
}

void Run::ScheduleClock(LeadIndex lead, core::TimeMs at_ms) {
  agenda_.Add({std::max(at_ms, now_ms_), 0, Duty::Kind::kTimer, lead, at_ms});
}

// The timer of a lead that waits: it was seen to act where the clock moved the lead on, or gave it
// to a rep.
void Run::ScheduleWaiting(const core::LeadRecord& record, LeadIndex lead) {
  const LeadState& state = leads_[lead];
  core::TimeMs acted_at_ms = 0;
  int64_t sequence = 0;
  const RecordedAssignment* next = setting_.behaviour.replay
                                       ? recording_.Assignment(lead, state.cycle, state.assignments)
                                       : nullptr;
  if (next != nullptr) {
    acted_at_ms = next->at_ms;
    sequence = next->sequence;
  }
  for (const RecordedMove& move : recording_.leads[lead].moves) {
    if (move.at_ms < record.due_at_ms || (next != nullptr && move.at_ms > acted_at_ms)) continue;
    acted_at_ms = move.at_ms;
    sequence = move.sequence;
    break;
  }
  ScheduleTimer(lead, record.due_at_ms, acted_at_ms, sequence);
}

// The expiry of an offer is its timer's.
void Run::ScheduleStep(LeadIndex lead) {
  const LeadState& state = leads_[lead];
  if (state.script == nullptr || state.next_step >= state.script->steps.size()) return;
  const RecordedStep& step = state.script->steps[state.next_step];
  if (step.expired) return;
  agenda_.Add({step.at_ms + state.shift_ms, state.shift_ms == 0 ? step.sequence : 0,
               Duty::Kind::kAction, lead, state.generation});
}

void Run::ScheduleModel(LeadIndex lead) {
  const LeadState& state = leads_[lead];
  const bool offered = state.stage == core::Stage::kOffered;
  const Behaviour& behaviour = setting_.behaviour;
  agenda_.Add({now_ms_ + (offered ? behaviour.accept_after_ms : behaviour.work_for_ms), 0,
               offered ? Duty::Kind::kAccept : Duty::Kind::kClose, lead, state.generation});
}

void Run::ScheduleDrain(const core::RepId& rep) {
  const auto found = rep_index_.find(rep);
  if (!diverged_ || found == rep_index_.end()) return;
  core::TimeMs at_ms = now_ms_ + kDrainDelay;
  if (setting_.behaviour.replay) {
    const auto next_ms = recording_.NextAssignedTo(rep, now_ms_);
    if (next_ms.has_value() && *next_ms <= now_ms_ + kDrainLatest)
      at_ms = std::max(at_ms, *next_ms);
  }
  agenda_.Add({at_ms, kLast, Duty::Kind::kDrain, found->second, 0});
}

}  // namespace baton::simulation
