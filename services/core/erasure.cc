#include "core/erasure.h"

#include <algorithm>

namespace baton::core {
namespace {

TimeMs LatestKnown(const LeadRecord& record) {
  return std::max({record.facts.last_event_at_ms, record.last_touch_at_ms, record.offered_at_ms,
                   record.closed_at_ms});
}

}  // namespace

std::string_view ErasureCauseName(ErasureCause cause) {
  return cause == ErasureCause::kRequest ? "request" : "retention";
}

LeadRecord Remains(const LeadRecord& record, TimeMs erased_at_ms) {
  LeadRecord left;
  left.key = record.key;
  left.revision = record.revision;
  left.version = record.version;
  left.stage = Stage::kErased;
  left.cycle = record.cycle;
  left.generation = record.generation;
  left.erased_at_ms = erased_at_ms;
  left.facts.applied_offsets = record.facts.applied_offsets;
  return left;
}

LeadRecord Returned(const LeadRecord& erased) {
  LeadRecord lead = Remains(erased, erased.erased_at_ms);
  lead.stage = Stage::kNew;
  lead.cycle = 0;
  return lead;
}

Plan DecideErasure(const LeadRecord& record, const Erasure& erasure, TimeMs now_ms) {
  Plan plan;
  plan.key = record.key;
  plan.expected_revision = record.revision;
  plan.after = Remains(record, now_ms);
  plan.facts_changed = true;
  plan.judgment_changed = true;
  plan.placement = Placement::kRelease;
  plan.may_use_reserve = true;
  Change change;
  change.type = ChangeType::kErased;
  change.stage = Stage::kErased;
  change.queue = record.queue;
  change.rep = record.rep;
  change.generation = record.generation;
  change.actor = erasure.actor;
  change.cause = erasure.request_id;
  change.details["why"] = ErasureCauseName(erasure.why);
  plan.changes.push_back(std::move(change));
  return plan;
}

bool IsOfErased(const LeadEvent& event, const LeadRecord& record, const Policy* policy) {
  if (record.erased_at_ms == 0) return false;
  const bool may_return = policy == nullptr || policy->retention.may_return;
  if (record.stage == Stage::kErased && !may_return) return true;
  const TimeMs logged_at_ms = event.position.at_ms;
  return event.occurred_at_ms <= record.erased_at_ms ||
         (logged_at_ms > 0 && logged_at_ms <= record.erased_at_ms);
}

bool IsOfErased(const SalesEvent& event, const LeadRecord& record) {
  if (record.erased_at_ms == 0) return false;
  return record.stage == Stage::kErased || event.occurred_at_ms <= record.erased_at_ms;
}

std::optional<TimeMs> EraseAt(const LeadRecord& record, const Retention& retention) {
  switch (record.stage) {
    case Stage::kRejected:
    case Stage::kLost:
    case Stage::kExpired:
    case Stage::kMerged:
    case Stage::kWon: {
      const DurationMs keep_ms =
          record.stage == Stage::kWon ? retention.won_ms : retention.closed_ms;
      if (keep_ms == 0) return std::nullopt;
      return (record.closed_at_ms != 0 ? record.closed_at_ms : LatestKnown(record)) + keep_ms;
    }
    case Stage::kNew:
    case Stage::kScored:
    case Stage::kNurture:
    case Stage::kRecycled:
      if (retention.inactive_ms == 0) return std::nullopt;
      return std::max(LatestKnown(record), record.revisit_at_ms) + retention.inactive_ms;
    case Stage::kMql:
    case Stage::kQueued:
    case Stage::kOffered:
    case Stage::kAccepted:
    case Stage::kWorking:
    case Stage::kSql:
    case Stage::kSqo:
    case Stage::kErased:
      return std::nullopt;  // sales is at work on it, or nothing is left
  }
  return std::nullopt;
}

}  // namespace baton::core
