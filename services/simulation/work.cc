// When reps work, in a run: their hours day by day, and who can take leads again.
#include <algorithm>

#include "simulation/run.h"

namespace baton::simulation {

absl::Status Run::RenewHours(core::TimeMs at_ms) {
  if (at_ms < hours_until_ms_) return absl::OkStatus();
  hours_until_ms_ = at_ms + core::kDayMs;
  std::map<std::string, core::Hours> all;
  for (LeadIndex index = 0; index < reps_.size(); ++index) {
    const core::WorkRules& work = reps_[index].work;
    if (work.empty()) continue;
    if (const std::string name = core::HoursName(work); !name.empty()) {
      absl::StatusOr<core::Hours> hours = core::HoursOf(work, policy_.calendars, at_ms);
      if (!hours.ok()) return hours.status();
      for (const core::Hours::Window& window : hours->open) ReturnAt(window.from_ms, index);
      for (const core::TimeMs day_ms : hours->days) ReturnAt(day_ms, index);
      all[name] = *std::move(hours);
    }
    for (const core::Absence& absence : work.absences) ReturnAt(absence.until_ms, index);
  }
  if (all.empty()) return absl::OkStatus();
  return store_.PutHours(setting_.workspace, -1, all, /*only_these=*/true);
}

// Leads are offered to the rep at that instant, if it comes before the hours are renewed.
void Run::ReturnAt(core::TimeMs at_ms, LeadIndex rep) {
  if (at_ms <= now_ms_ || at_ms > hours_until_ms_) return;
  agenda_.Add({at_ms, kLast, Duty::Kind::kDrain, rep, 0});
}

}  // namespace baton::simulation
