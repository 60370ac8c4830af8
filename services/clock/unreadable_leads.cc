#include "clock/unreadable_leads.h"

#include "platform/log.h"

namespace baton::clock {

void UnreadableLeads::Tell(const core::LeadKey& key, const std::string& reason) {
  if (told_.size() >= kToldMax || !told_.insert(key).second) return;
  platform::LogError(
      "clock.state_unreadable",
      {{"workspace", key.workspace.str()}, {"lead", key.lead.str()}, {"reason", reason}});
}

}  // namespace baton::clock
