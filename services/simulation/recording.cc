#include "simulation/recording.h"

#include <algorithm>

namespace baton::simulation {

const RecordedAssignment* Recording::Assignment(LeadIndex lead, int32_t life, int32_t cycle,
                                                int index) const {
  for (const RecordedAssignment& assignment : leads[lead].assignments) {
    if (assignment.life != life || assignment.cycle != cycle) continue;
    if (index-- == 0) return &assignment;
  }
  return nullptr;
}

const RecordedAssignment* Recording::MadeAt(LeadIndex lead, int64_t generation) const {
  for (const RecordedAssignment& assignment : leads[lead].assignments) {
    if (assignment.generation == generation) return &assignment;
  }
  return nullptr;
}

std::optional<Instant> Recording::NextAssignedTo(const core::RepId& rep,
                                                 core::TimeMs after_ms) const {
  const auto found = assigned_to.find(rep);
  if (found == assigned_to.end()) return std::nullopt;
  const auto next =
      std::lower_bound(found->second.begin(), found->second.end(), Instant{after_ms + 1, 0});
  if (next == found->second.end()) return std::nullopt;
  return *next;
}

}  // namespace baton::simulation
