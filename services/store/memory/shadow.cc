#include "store/memory/shadow.h"

namespace baton::store::memory {
namespace {

void ForgetDifference(const core::LeadId& lead, StoredShadow& shadow) {
  const auto known = shadow.difference_of.find(lead);
  if (known == shadow.difference_of.end()) return;
  shadow.differences.erase(known->second);
  shadow.difference_of.erase(known);
}

}  // namespace

void CountShadow(const core::Plan& plan, WorkspaceState& workspace) {
  if (!plan.shadow || !workspace.shadow) return;
  const core::ShadowStep& step = *plan.shadow;
  const core::LeadId& lead = plan.key.lead;
  StoredShadow& shadow = *workspace.shadow;
  if (shadow.about.run != step.run || shadow.about.end != ShadowEnd::kRunning) return;
  core::ShadowCounts& counts = shadow.about.counts;
  for (size_t i = 0; i < core::kShadowCounts; ++i) counts.counts[i] += step.added[i];
  if (!step.active_queue.empty()) ++counts.ShareOf(step.active_queue).active;
  if (!step.shadow_queue.empty()) ++counts.ShareOf(step.shadow_queue).shadow;
  if (step.agreed) ForgetDifference(lead, shadow);
  if (!step.difference) return;
  ForgetDifference(lead, shadow);
  shadow.differences[++shadow.noted] = *step.difference;
  shadow.difference_of[lead] = shadow.noted;
  if (shadow.differences.size() > core::kShadowDifferencesMax) {
    ForgetDifference(core::LeadId(shadow.differences.begin()->second.lead), shadow);
  }
}

void EndShadow(WorkspaceState& workspace, int64_t revision, ShadowEnd end,
               const std::string& principal, core::TimeMs now_ms) {
  if (!workspace.shadow) return;
  ShadowRun& run = workspace.shadow->about;
  if (run.revision != revision || run.end != ShadowEnd::kRunning) return;
  run.end = end;
  run.ended_at_ms = now_ms;
  run.ended_by = principal;
}

}  // namespace baton::store::memory
