// Who is away in a run.
#include "simulation/run.h"

namespace baton::simulation {

// The timers of an instant act in one call, and whoever is set away by it is so behind all of them.
absl::Status Run::NoteAway(const core::RepId& rep) {
  const auto found = rep_index_.find(rep);
  if (found == rep_index_.end() || away_.contains(found->second)) return absl::OkStatus();
  going_away_.insert(found->second);
  return store_.PutRep(setting_.workspace, reps_[found->second], -1).status();
}

bool Run::IsInCall(const RecordedPoint* point) const {
  if (point == nullptr) {
    return agenda_.next().kind == Duty::Kind::kTimer && agenda_.next().at_ms <= now_ms_;
  }
  const bool is_made = point->generation > 0 && point->generation <= leads_[point->lead].generation;
  return is_made && point->at_ms <= now_ms_;
}

absl::Status Run::SetAwayAll() {
  for (const LeadIndex index : going_away_) {
    core::Rep rep = reps_[index];
    if (rep.presence != core::Presence::kOnline) continue;
    away_.insert(index);
    rep.presence = core::Presence::kAway;
    absl::Status status = store_.PutRep(setting_.workspace, rep, -1).status();
    if (!status.ok()) return status;
    const std::optional<Instant> next = recording_.NextAssignedTo(rep.id, now_ms_);
    if (!next.has_value()) continue;
    Duty duty{next->at_ms, next->sequence, Duty::Kind::kReturn, index, 0};
    duty.rank = kBeforeAll;
    agenda_.Add(duty);
  }
  going_away_.clear();
  return absl::OkStatus();
}

absl::Status Run::Return(LeadIndex rep) {
  away_.erase(rep);
  absl::Status status = store_.PutRep(setting_.workspace, reps_[rep], -1).status();
  ScheduleDrain(reps_[rep].id);
  return status;
}

}  // namespace baton::simulation
