#include "store/memory/erased.h"

namespace baton::store::memory {
namespace {

// What is kept of a lead elsewhere than in its record.
void EraseTraces(StoredLead& lead, Site site) {
  const core::LeadId& id = lead.record.key.lead;
  lead.journey.clear();
  lead.journey_dropped = 0;
  lead.decisions.clear();
  for (auto& [rep, claims] : site.workspace.claims) {
    std::erase_if(claims, [&id](const AnsweredClaim& claim) { return claim.lead == id; });
  }
  if (!site.workspace.shadow) return;
  StoredShadow& shadow = *site.workspace.shadow;
  const auto difference = shadow.difference_of.find(id);
  if (difference == shadow.difference_of.end()) return;
  shadow.differences.erase(difference->second);
  shadow.difference_of.erase(difference);
}

}  // namespace

void NoteErasure(core::Stage stage_before, bool existed, StoredLead& lead, Site site) {
  if (lead.record.stage != core::Stage::kErased) {
    if (stage_before == core::Stage::kErased) --site.workspace.erased;
    return;
  }
  EraseTraces(lead, site);
  if (!existed) return;
  ++site.workspace.erased;
  site.shard.erasures.insert({site.now_ms, site.shard.last_sequence});
}

}  // namespace baton::store::memory
