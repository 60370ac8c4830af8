// What is erased in a run.
#include "core/erasure.h"

#include "simulation/run.h"

namespace baton::simulation {

// Who asks to be erased is so, whatever the lead has become. Retention erases nobody on whom sales
// is at work, or whom the policy of the run would keep.
absl::Status Run::Erase(const RecordedPoint& point) {
  const RecordedErasure& recorded =
      recording_.leads[point.lead].erasures[static_cast<size_t>(point.erasure)];
  const core::LeadRecord& record = Load(point.lead);
  if (core::Exists(record)) {
    const bool by_retention = recorded.why == core::ErasureCause::kRetention;
    if (by_retention && !core::EraseAt(record, policy_.retention).has_value()) {
      Diverge();
      return absl::OkStatus();
    }
    core::Erasure erasure;
    erasure.why = recorded.why;
    absl::Status status = Commit(point.lead, core::DecideErasure(record, erasure, now_ms_));
    if (!status.ok()) return status;
  }
  LeadState& state = leads_[point.lead];
  state.script = nullptr;
  state.life = point.erasure + 1;
  return absl::OkStatus();
}

Instant Run::ErasedAt(LeadIndex lead) const {
  const auto life = static_cast<size_t>(leads_[lead].life);
  const std::vector<RecordedErasure>& erasures = recording_.leads[lead].erasures;
  return life < erasures.size() ? erasures[life].instant : kNever;
}

}  // namespace baton::simulation
