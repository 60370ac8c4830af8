// Which cycles a report is about, and what holds of each of them: the words of KPIS.md as bits.
// Pure.
#ifndef BATON_REPORTS_SCOPE_H_
#define BATON_REPORTS_SCOPE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/time.h"
#include "reports/cycle_table.h"

namespace baton::reports {

enum class View { kCohort, kPeriod };
enum class Dimension { kNone, kSource, kCampaign, kQueue, kRep, kPolicyRevision, kWeek };

struct Scope {
  core::TimeMs from_ms = 0;
  core::TimeMs to_ms = 0;  // exclusive
  core::TimeMs now_ms = 0;
  core::TimeMs kept_from_ms = 0;  // what has not changed since is forgotten
  View view = View::kCohort;
  std::string source, campaign, queue, rep;  // empty: of all
  int64_t policy_revision = 0;               // 0: of all
  core::DurationMs feedback_after_ms = 7 * core::kDayMs;
  core::DurationMs leak_after_ms = core::kHourMs;
  core::DurationMs horizon_ms = 90 * core::kDayMs;

  bool Holds(core::TimeMs at_ms) const { return at_ms >= from_ms && at_ms < to_ms; }
  // A milestone's time counts: it is known and, in a period view, lies in the period.
  bool Counts(core::TimeMs at_ms) const {
    return at_ms != 0 && (view == View::kCohort || Holds(at_ms));
  }
  // What is not over yet counts.
  bool CountsNow() const { return view == View::kCohort || to_ms >= now_ms; }
};

// A milestone and a later one, for conversions.
inline constexpr std::array<std::pair<Milestone, Milestone>, 7> kConversions = {{
    {Milestone::kMql, Milestone::kDelivered},
    {Milestone::kDelivered, Milestone::kAccepted},
    {Milestone::kAccepted, Milestone::kWorking},
    {Milestone::kWorking, Milestone::kSql},
    {Milestone::kSql, Milestone::kSqo},
    {Milestone::kSqo, Milestone::kWon},
    {Milestone::kMql, Milestone::kWon},
}};

using Marks = uint64_t;

// Bit i (0 to 7): Milestone i is reached, or was in the period.
enum Mark : int {
  kRejected = kMilestones,  // as milestones
  kRecycled,
  kLost,
  kUncounted,     // a rejection that does not count in acceptance
  kMarketing,     // a rejection of fault quality or data
  kPremature,     // a recycling
  kNoResponse,    // a recycling for it
  kRequalified,   // the next cycle has begun
  kDisqualified,  // of a cycle 0
  kWentOn,        // of a cycle that counts as captured: its lead has qualified
  kAgain,         // cycle 2 or above
  kEverDelivered,
  kEverAccepted,
  kTooLong,   // undecided too long
  kDue,       // delivered, and feedback is expected by now
  kAnswered,  // rejected, recycled, sql, sqo, won or lost, whenever
  kCooling,   // stage RECYCLED
  kReassigned,
  kLeaking,
  kUndelivered,  // too long
  kOpen,
  kConverted,                                                   // + index in kConversions
  kYoung = kConverted + static_cast<int>(kConversions.size()),  // + index in kConversions
  kFurthest = kYoung + static_cast<int>(kConversions.size()),   // three bits: a Milestone
};
static_assert(kFurthest + 3 <= 64);

constexpr bool Has(Marks marks, int mark) {
  return (marks >> mark & 1) != 0;
}
constexpr bool Has(Marks marks, Milestone milestone) {
  return Has(marks, static_cast<int>(milestone));
}
constexpr Milestone FurthestOf(Marks marks) {
  return static_cast<Milestone>(marks >> kFurthest & 7);
}

// Not at an end, so that something may still become of it.
bool IsOpen(const Row& row);

// A scope with the numbers of its names in a table.
class RowFilter {
 public:
  // Outlived by both.
  RowFilter(const CycleTable& table, const Scope& scope);

  // By source, campaign, revision and time; `by_offer`: not by queue and rep.
  bool Takes(const Row& row, bool by_offer) const;
  bool TakesOffer(const RowOffer& offer) const;
  Marks MarksOf(const Row& row) const;

 private:
  // -1: any.
  static std::optional<int64_t> Wanted(const Names& names, const std::string& name);
  bool IsUndecidedTooLong(const Row& row) const;
  Marks OfNow(const Row& row) const;

  const CycleTable& table_;
  const Scope& scope_;
  const std::optional<int64_t> source_, campaign_, queue_, rep_;
};

}  // namespace baton::reports

#endif  // BATON_REPORTS_SCOPE_H_
