#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "core/facts.h"
#include "reports/report.h"

namespace baton::reports {

int64_t GroupOf(const Row& row, Dimension dimension) {
  switch (dimension) {
    case Dimension::kNone:
      return 0;
    case Dimension::kSource:
      return row.source;
    case Dimension::kCampaign:
      return row.campaign;
    case Dimension::kQueue:
      return row.queue;
    case Dimension::kRep:
      return row.rep;
    case Dimension::kPolicyRevision:
      return row.policy_revision;
    case Dimension::kWeek: {
      // Day 4, 1970-01-05, was a Monday; no cycle began before.
      const int64_t day = core::DayNumber(row.start_ms());
      return day - (day + 3) % 7;
    }
  }
  return 0;
}

int64_t GroupOf(const Row& row, const RowOffer& offer, Dimension dimension) {
  if (dimension == Dimension::kQueue) return offer.queue;
  if (dimension == Dimension::kRep) return offer.rep;
  return GroupOf(row, dimension);
}

std::string NameOfGroup(const CycleTable& table, int64_t group, Dimension dimension) {
  switch (dimension) {
    case Dimension::kNone:
      return "";
    case Dimension::kSource:
      return table.sources().Text(group);
    case Dimension::kCampaign:
      return table.campaigns().Text(group);
    case Dimension::kQueue:
      return table.queues().Text(group);
    case Dimension::kRep:
      return table.reps().Text(group);
    case Dimension::kPolicyRevision:
      return group == 0 ? "" : absl::StrCat(group);
    case Dimension::kWeek:
      return absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + group);
  }
  return "";
}

}  // namespace baton::reports
