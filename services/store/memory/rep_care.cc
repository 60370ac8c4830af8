#include "store/memory/rep_care.h"

namespace baton::store::memory {

bool TakeCare(const core::Plan& plan, const core::RepId& rep, WorkspaceState& workspace) {
  if (!plan.away.empty()) workspace.going_away.insert(plan.away);
  if (rep.empty()) return false;
  if (plan.answered) workspace.silent.erase(rep);
  if (plan.silent_max == 0) return false;
  if (++workspace.silent[rep] < plan.silent_max) return false;
  workspace.silent.erase(rep);
  workspace.going_away.insert(rep);
  return true;
}

core::Change SilentAway(const core::LeadRecord& lead, const core::QueueId& queue,
                        const core::RepId& rep) {
  core::Change change;
  change.type = core::ChangeType::kRepAway;
  change.stage = lead.stage;
  change.queue = queue;
  change.rep = rep;
  change.generation = lead.generation;
  change.actor = "baton";
  change.details = {{"why", "silent"}};
  return change;
}

void SetAwayAll(WorkspaceState& workspace) {
  for (const core::RepId& id : workspace.going_away) {
    const auto rep = workspace.reps.find(id);
    if (rep == workspace.reps.end() || rep->second.presence != core::Presence::kOnline) continue;
    rep->second.presence = core::Presence::kAway;
    ++rep->second.revision;
  }
  workspace.going_away.clear();
}

}  // namespace baton::store::memory
