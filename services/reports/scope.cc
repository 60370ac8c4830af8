#include "reports/scope.h"

#include <algorithm>

namespace baton::reports {
namespace {

constexpr Marks Bit(int mark, bool holds = true) {
  return static_cast<Marks>(holds ? 1 : 0) << mark;
}

Milestone FurthestOfRow(const Row& row) {
  int furthest = row.cycle == 0 ? 0 : static_cast<int>(Milestone::kMql);
  for (int i = furthest; i < kMilestones; ++i) {
    if (row.reached[static_cast<size_t>(i)] != 0) furthest = i;
  }
  return static_cast<Milestone>(furthest);
}

Marks Conversions(const Row& row, const Scope& scope) {
  Marks marks = 0;
  for (int i = 0; i < static_cast<int>(kConversions.size()); ++i) {
    const auto [from, to] = kConversions[static_cast<size_t>(i)];
    const core::TimeMs from_ms = row.at(from);
    if (from_ms == 0) continue;
    const core::TimeMs to_ms = row.at(to);
    if (to_ms != 0 && to_ms - from_ms <= scope.horizon_ms) {
      marks |= Bit(kConverted + i);
    } else if (IsOpen(row) && scope.now_ms - from_ms < scope.horizon_ms) {
      marks |= Bit(kYoung + i);
    }
  }
  return marks;
}

// A lead that belongs to nobody: the latest offer has ended, or there was none.
bool IsUnowned(const Row& row) {
  return !core::IsOwned(row.stage) && row.stage != core::Stage::kWon;
}

bool HasTwoReps(absl::Span<const RowOffer> offers) {
  return std::any_of(offers.begin(), offers.end(),
                     [&](const RowOffer& offer) { return offer.rep != offers.front().rep; });
}

}  // namespace

bool IsOpen(const Row& row) {
  if (row.cycle == 0) return true;
  if (row.stage == core::Stage::kNurture) return row.recycled_at_ms == 0;
  return !core::IsClosed(row.stage);
}

RowFilter::RowFilter(const CycleTable& table, const Scope& scope)
    : table_(table),
      scope_(scope),
      source_(Wanted(table.sources(), scope.source)),
      campaign_(Wanted(table.campaigns(), scope.campaign)),
      queue_(Wanted(table.queues(), scope.queue)),
      rep_(Wanted(table.reps(), scope.rep)) {}

std::optional<int64_t> RowFilter::Wanted(const Names& names, const std::string& name) {
  if (name.empty()) return std::nullopt;
  return names.Find(name);
}

bool RowFilter::Takes(const Row& row, bool by_offer) const {
  const core::TimeMs start_ms = row.start_ms();
  if (start_ms == 0 || start_ms >= scope_.to_ms) return false;
  if (row.last_at_ms < scope_.kept_from_ms) return false;
  if (scope_.view == View::kCohort && start_ms < scope_.from_ms) return false;
  // Of what has not changed since before the period only what still waits counts in it.
  const bool waits = scope_.CountsNow() && IsOpen(row);
  if (row.last_at_ms < scope_.from_ms && !waits) return false;
  if (source_ && *source_ != row.source) return false;
  if (campaign_ && *campaign_ != row.campaign) return false;
  if (scope_.policy_revision != 0 && scope_.policy_revision != row.policy_revision) return false;
  if (by_offer) return true;
  return (!queue_ || *queue_ == row.queue) && (!rep_ || *rep_ == row.rep);
}

bool RowFilter::TakesOffer(const RowOffer& offer) const {
  return (!queue_ || *queue_ == offer.queue) && (!rep_ || *rep_ == offer.rep) &&
         scope_.Counts(offer.at_ms);
}

bool RowFilter::IsUndecidedTooLong(const Row& row) const {
  if (row.at(Milestone::kDelivered) == 0 || row.at(Milestone::kAccepted) != 0) return false;
  if (!IsOpen(row)) return false;
  for (const RowOffer& offer : table_.OffersOf(row)) {
    if (offer.end == OfferEnd::kExpired) return true;
    const bool overdue = offer.deadline_ms != 0 && offer.deadline_ms <= scope_.now_ms;
    if (offer.end == OfferEnd::kOpen && overdue) return true;
  }
  const auto clocks = table_.ClocksOf(row);
  return std::any_of(clocks.begin(), clocks.end(),
                     [](const RowClock& clock) { return clock.accept && clock.broken; });
}

// What has no time of its own.
Marks RowFilter::OfNow(const Row& row) const {
  const core::TimeMs delivered_ms = row.at(Milestone::kDelivered);
  if (!scope_.Counts(delivered_ms != 0 ? delivered_ms : row.start_ms())) return 0;
  Marks marks = Bit(kTooLong, IsUndecidedTooLong(row)) | Bit(kOpen, IsOpen(row));
  const auto offers = table_.OffersOf(row);
  const bool waits = row.cycle > 0 && IsOpen(row) && IsUnowned(row);
  if (delivered_ms == 0) {
    return marks |
           Bit(kUndelivered, waits && scope_.now_ms - row.start_ms() > scope_.leak_after_ms);
  }
  marks |= Bit(kDue, scope_.now_ms - delivered_ms >= scope_.feedback_after_ms);
  marks |= Bit(kReassigned, HasTwoReps(offers));
  const bool leaks = waits && !offers.empty() && offers.back().ended_at_ms != 0 &&
                     scope_.now_ms - offers.back().ended_at_ms > scope_.leak_after_ms;
  return marks | Bit(kLeaking, leaks);
}

Marks RowFilter::MarksOf(const Row& row) const {
  Marks marks = OfNow(row) | Conversions(row, scope_);
  for (int i = 0; i < kMilestones; ++i) {
    marks |= Bit(i, scope_.Counts(row.reached[static_cast<size_t>(i)]));
  }
  const bool rejected = scope_.Counts(row.rejected_at_ms);
  const bool recycled = scope_.Counts(row.recycled_at_ms);
  marks |= Bit(kRejected, rejected) | Bit(kRecycled, recycled);
  marks |= Bit(kLost, scope_.Counts(row.lost_at_ms));
  marks |= Bit(kUncounted, rejected && !row.counts);
  marks |= Bit(kMarketing, rejected && (row.fault == core::ReasonFault::kQuality ||
                                        row.fault == core::ReasonFault::kData));
  marks |= Bit(kPremature, recycled && row.premature);
  marks |= Bit(kNoResponse, recycled && table_.reasons().Text(row.reason) == core::kNoResponse);
  marks |= Bit(kRequalified, row.requalified_at_ms != 0);
  marks |= Bit(kCooling, row.stage == core::Stage::kRecycled);
  marks |= Bit(kAgain, row.cycle >= 2);
  const bool captured = row.at(Milestone::kCaptured) != 0;
  const bool went_on = captured && (row.cycle > 0 || row.requalified_at_ms != 0);
  marks |= Bit(kWentOn, went_on);
  marks |= Bit(kDisqualified, row.cycle == 0 && !went_on && row.reason != 0);
  marks |= Bit(kEverDelivered, row.at(Milestone::kDelivered) != 0);
  marks |= Bit(kEverAccepted, row.at(Milestone::kAccepted) != 0);
  const bool answered = row.rejected_at_ms != 0 || row.recycled_at_ms != 0 || row.lost_at_ms != 0 ||
                        row.at(Milestone::kSql) != 0 || row.at(Milestone::kSqo) != 0 ||
                        row.at(Milestone::kWon) != 0;
  marks |= Bit(kAnswered, answered);
  return marks | static_cast<Marks>(FurthestOfRow(row)) << kFurthest;
}

}  // namespace baton::reports
