// What is erased in a run.
#include "core/erasure.h"

#include "simulation/run.h"

namespace baton::simulation {

// Retention erases nobody on whom sales is at work, or whom the policy of the run would keep.
bool Run::IsKept(LeadIndex lead, core::ErasureCause why) {
  return why == core::ErasureCause::kRetention &&
         !core::EraseAt(Load(lead), policy_.retention).has_value();
}

// Who asks to be erased is so, whatever the lead has become. Who is kept goes on, but what comes is
// counted as what came back: so it is compared with that, and meets what was recorded of it.
absl::Status Run::Erase(const RecordedPoint& point) {
  const RecordedErasure& recorded =
      recording_.leads[point.lead].erasures[static_cast<size_t>(point.erasure)];
  const core::LeadRecord& record = Load(point.lead);
  LeadState& state = leads_[point.lead];
  if (core::Exists(record) && IsKept(point.lead, recorded.why)) {
    Diverge();
  } else {
    if (core::Exists(record)) {
      core::Erasure erasure;
      erasure.why = recorded.why;
      absl::Status status = Commit(point.lead, core::DecideErasure(record, erasure, now_ms_));
      if (!status.ok()) return status;
    }
    state.script = nullptr;
  }
  state.life = point.erasure + 1;
  state.cycles = 0;
  return absl::OkStatus();
}

Instant Run::ErasedAt(LeadIndex lead) const {
  const auto life = static_cast<size_t>(leads_[lead].life);
  const std::vector<RecordedErasure>& erasures = recording_.leads[lead].erasures;
  return life < erasures.size() ? erasures[life].instant : kNever;
}

}  // namespace baton::simulation
