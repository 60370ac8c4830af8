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
  acted_later_ = {};
  for (const core::Rep& rep : reps_) ScheduleDrain(rep.id);
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
    const std::optional<Instant> next = recording_.NextAssignedTo(rep, now_ms_);
    if (next.has_value() && next->at_ms <= now_ms_ + kDrainLatest)
      at_ms = std::max(at_ms, next->at_ms);
  }
  agenda_.Add({at_ms, kLast, Duty::Kind::kDrain, found->second, 0});
}

}  // namespace baton::simulation
