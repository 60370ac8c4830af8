#include "verify/lead_states.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace baton::verify {
namespace {

using core::ToAbsl;

std::string Text(const LeadEnd& end) {
  return absl::StrCat("version ", end.version, " cycle ", end.cycle, " ",
                      ToAbsl(core::StageName(end.stage)), " queue '", end.queue, "' rep '", end.rep,
                      "' generation ", end.generation);
}

}  // namespace

void LeadStates::Add(const StateRecord& record) {
  findings_.LookedAt(Check::kLeadState);
  const std::string key(record.key);
  if (record.tombstone) {
    latest_.erase(key);
    return;
  }
  if (key != absl::StrCat(ToAbsl(record.workspace), "/", ToAbsl(record.lead)) || !record.stage) {
    return findings_.Violation(Check::kLeadState,
                               absl::StrCat("state with key '", key, "' does not fit its data"));
  }
  LeadEnd& latest = latest_[key];
  if (std::pair(record.epoch, record.version) <= std::pair(latest.epoch, latest.version)) {
    findings_.Violation(
        Check::kLeadState,
        absl::StrCat("state ", key, "/", record.epoch, "/", record.version, " comes after version ",
                     latest.version, " of epoch ", latest.epoch));
  }
  latest = {record.epoch,           record.version, record.generation,
            record.cycle,           *record.stage,  std::string(record.queue),
            std::string(record.rep)};
}

void LeadStates::CheckLead(const StoredLead& lead, const LeadEnd& end) {
  const std::string key = lead.key();
  const auto found = latest_.find(key);
  const LeadEnd state = found == latest_.end() ? LeadEnd() : found->second;
  if (found != latest_.end()) latest_.erase(found);
  const std::string stored =
      Text({0, lead.version, lead.generation, lead.cycle, lead.stage, lead.queue, lead.rep});
  if (lead.version > 0 && Text(state) != stored) {
    findings_.Violation(Check::kLeadState, absl::StrCat("lead ", key, ": the topic says ",
                                                        Text(state), ", the store ", stored));
  } else if (end.version > 0 && state.epoch != end.epoch) {
    findings_.Violation(Check::kLeadState, absl::StrCat("lead ", key, ": the topic says epoch ",
                                                        state.epoch, ", the feedback ", end.epoch));
  }
}

void LeadStates::Finish() {
  for (const auto& [key, state] : latest_) {
    findings_.Violation(Check::kLeadState,
                        absl::StrCat("state of lead ", key, ": the store has no such lead"));
  }
}

}  // namespace baton::verify
