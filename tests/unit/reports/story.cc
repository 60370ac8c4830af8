#include "story.h"

#include <utility>

#include "core/text.h"
#include "reports/fold.h"

namespace baton::reports {

using core::ChangeType;
using core::Stage;

std::string TimeText(core::TimeMs at_ms) {
  return core::FormatTime(at_ms);
}

Story::Entry& Story::Add(const std::string& lead, int at, ChangeType type, Stage stage,
                         const std::string& reason, Details details) {
  Known& known = known_[lead];
  Entry& entry = entries_.emplace_back();
  entry.sequence = static_cast<int64_t>(entries_.size());
  entry.key = {core::WorkspaceId::Trusted("acme"), core::LeadId::Trusted(lead)};
  entry.epoch = 1;
  entry.version = ++known.version;
  entry.at_ms = kMonday + at * core::kMinuteMs;
  entry.cycle = known.cycle;
  entry.policy_revision = 1;
  entry.change.type = type;
  entry.change.stage = stage;
  entry.change.queue = core::QueueId::Trusted(known.queue);
  entry.change.rep = core::RepId::Trusted(known.rep);
  entry.change.generation = known.generation;
  entry.change.reason = reason;
  entry.change.details = std::move(details);
  entry.attribution = {{"campaign", "spring"}};
  entry.sources = {{entry.at_ms, "//forms", "e1"}};
  return entry;
}

Story::Entry& Story::Nurtured(const std::string& lead, int at, const std::string& reason) {
  return Add(lead, at, ChangeType::kNurtured, Stage::kNurture, reason);
}

Story::Entry& Story::Qualified(const std::string& lead, int at) {
  Known& known = known_[lead];
  ++known.cycle;
  known.queue = "inbound";
  known.rep = "";
  Entry& entry = Add(lead, at, ChangeType::kQualified, Stage::kMql, "",
                     {{"signalTime", TimeText(kMonday + (at - 1) * core::kMinuteMs)}});
  entry.factors = {{core::FactorKind::kFit, "size", 30}, {core::FactorKind::kIntent, "demo", 60}};
  return entry;
}

Story::Entry& Story::Assigned(const std::string& lead, int at, const std::string& rep,
                              const std::string& queue, bool direct) {
  Known& known = known_[lead];
  ++known.generation;
  known.queue = queue;
  known.rep = rep;
  Entry& entry = Add(lead, at, ChangeType::kAssigned, direct ? Stage::kAccepted : Stage::kOffered);
  if (!direct) entry.due_at_ms = entry.at_ms + core::kHourMs;
  return entry;
}

Story::Entry& Story::Accepted(const std::string& lead, int at) {
  return Add(lead, at, ChangeType::kAccepted, Stage::kAccepted);
}

Story::Entry& Story::Touched(const std::string& lead, int at) {
  return Add(lead, at, ChangeType::kTouched, Stage::kWorking, "",
             {{"touchTime", TimeText(kMonday + at * core::kMinuteMs)}});
}

Story::Entry& Story::Rejected(const std::string& lead, int at, const std::string& reason,
                              const std::string& fault) {
  return Add(lead, at, ChangeType::kRejected, Stage::kRejected, reason, {{"fault", fault}});
}

Story::Entry& Story::Sla(const std::string& lead, int at, ChangeType type, int started, bool late) {
  Details details = {{"sla", "touch"},
                     {"metric", "first_touch"},
                     {"startTime", TimeText(kMonday + started * core::kMinuteMs)}};
  if (late) details["late"] = "true";
  return Add(lead, at, type, Stage::kAccepted, "", std::move(details));
}

void FoldAll(const std::vector<store::OutboxEntry>& entries, CycleTable& table) {
  std::map<std::pair<std::string, int32_t>, Cycle> cycles;
  for (const store::OutboxEntry& entry : entries) {
    const std::string& lead = entry.key.lead.str();
    bool first = false;
    if (Begins(entry)) {
      Cycle& before = cycles[{lead, entry.cycle - 1}];
      first = entry.cycle == 1 && before.last_at_ms == 0;
      FoldNext(entry, before);
    }
    Fold(entry, first, cycles[{lead, entry.cycle}]);
  }
  for (const auto& [name, cycle] : cycles) {
    if (cycle.last_at_ms != 0) table.Put(name.first, name.second, cycle);
  }
}

}  // namespace baton::reports
