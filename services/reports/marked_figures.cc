#include "reports/marked_figures.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace baton::reports {
namespace {

constexpr unsigned kCounted = kNumerator;

unsigned If(bool holds, unsigned parts) {
  return holds ? parts : 0U;
}
// One of a whole.
unsigned Share(bool numerator, bool denominator) {
  return If(numerator, kNumerator) | If(denominator, kDenominator);
}

unsigned Reached(Marks marks, int index) {
  return If(Has(marks, index), kCounted);
}

// Reached, and this was the last that it reached.
bool EndsAt(Marks marks, int index) {
  if (static_cast<Milestone>(index) == Milestone::kCaptured) {
    return Has(marks, index) && !Has(marks, kWentOn);
  }
  return FurthestOf(marks) == static_cast<Milestone>(index);
}

unsigned WentOn(Marks marks, int index) {
  if (static_cast<Milestone>(index) == Milestone::kCaptured) {
    return If(Has(marks, index) && Has(marks, kWentOn), kCounted);
  }
  return If(Has(marks, index) && !EndsAt(marks, index), kCounted);
}

bool EndsRejected(Marks marks, int index) {
  return EndsAt(marks, index) && Has(marks, index == 0 ? kDisqualified : kRejected);
}
unsigned RejectedAt(Marks marks, int index) {
  return If(EndsRejected(marks, index), kCounted);
}
unsigned RecycledAt(Marks marks, int index) {
  return If(index != 0 && EndsAt(marks, index) && Has(marks, kRecycled), kCounted);
}
unsigned LostAt(Marks marks, int index) {
  return If(index != 0 && EndsAt(marks, index) && Has(marks, kLost), kCounted);
}
unsigned OpenAt(Marks marks, int index) {
  const bool ended =
      EndsRejected(marks, index) || RecycledAt(marks, index) != 0 || LostAt(marks, index) != 0;
  return If(Has(marks, index) && EndsAt(marks, index) && !ended, kCounted);
}

unsigned Again(Marks marks, int /*index*/) {
  return If(Has(marks, Milestone::kMql) && Has(marks, kAgain), kCounted);
}

unsigned Converts(Marks marks, int index) {
  if (!Has(marks, kConversions[static_cast<size_t>(index)].first)) return 0;
  if (Has(marks, kConverted + index)) return kNumerator | kDenominator;
  return Has(marks, kYoung + index) ? kPending : kDenominator;
}

unsigned Delivered(Marks marks, int /*index*/) {
  return If(Has(marks, Milestone::kDelivered), kCounted);
}

unsigned Decided(Marks marks, int /*index*/) {
  if (!Has(marks, kEverDelivered)) return 0;
  if (Has(marks, Milestone::kAccepted)) return kNumerator | kDenominator;
  const bool declined = Has(marks, kRejected) || Has(marks, kRecycled);
  if (declined && !Has(marks, kEverAccepted)) return kDenominator;
  return If(Has(marks, Milestone::kDelivered), kPending);
}

unsigned NoResponse(Marks marks, int /*index*/) {
  return Share(Has(marks, kTooLong), Has(marks, Milestone::kDelivered));
}

unsigned MarketingFault(Marks marks, int /*index*/) {
  return Share(Has(marks, kMarketing), Has(marks, Milestone::kDelivered));
}

unsigned FeedbackRate(Marks marks, int /*index*/) {
  if (!Has(marks, Milestone::kDelivered)) return 0;
  if (!Has(marks, kDue)) return kPending;
  return Share(Has(marks, kAnswered), true);
}

unsigned RecycleRate(Marks marks, int /*index*/) {
  return Share(Has(marks, kRecycled), Has(marks, Milestone::kDelivered));
}
unsigned Requalified(Marks marks, int /*index*/) {
  if (!Has(marks, kRecycled)) return 0;
  if (Has(marks, kRequalified)) return kNumerator | kDenominator;
  return Has(marks, kCooling) ? kPending : kDenominator;
}
unsigned Reassigned(Marks marks, int /*index*/) {
  return Share(Has(marks, kReassigned), Has(marks, Milestone::kDelivered));
}
unsigned Premature(Marks marks, int /*index*/) {
  return If(Has(marks, kNoResponse), Share(Has(marks, kPremature), true));
}

unsigned Leakage(Marks marks, int /*index*/) {
  return Share(Has(marks, kLeaking), Has(marks, Milestone::kDelivered));
}
unsigned Undelivered(Marks marks, int /*index*/) {
  return Share(Has(marks, kUndelivered), Has(marks, Milestone::kMql));
}

std::string NameOfMilestone(Milestone milestone) {
  return std::string(kMilestoneNames[static_cast<size_t>(milestone)]);
}

}  // namespace

unsigned Acceptance(Marks marks, int /*index*/) {
  if (!Has(marks, kEverDelivered)) return 0;
  if (Has(marks, Milestone::kAccepted)) return kNumerator | kDenominator;
  if (!Has(marks, kEverAccepted)) {
    if (Has(marks, kRejected)) return Has(marks, kUncounted) ? kExcluded : kDenominator;
    if (Has(marks, kRecycled) || Has(marks, kTooLong)) return kDenominator;
  }
  return If(Has(marks, Milestone::kDelivered), kPending);
}

unsigned WonOfDelivered(Marks marks, int /*index*/) {
  return Share(Has(marks, Milestone::kWon), Has(marks, Milestone::kDelivered));
}

std::vector<MarkFigure> FunnelFigures() {
  using enum FigureKind;
  std::vector<MarkFigure> figures;
  for (int i = 0; i < kMilestones; ++i) {
    const std::string stage = NameOfMilestone(static_cast<Milestone>(i));
    figures.push_back({{"reached", "Reached", kCount}, stage, &Reached, i});
    if (static_cast<Milestone>(i) == Milestone::kMql) {
      figures.push_back({{"again", "Of these again", kCount}, stage, &Again, i});
    }
    if (static_cast<Milestone>(i) != Milestone::kWon) {
      figures.push_back({{"went_on", "Went on", kCount}, stage, &WentOn, i, true});
      figures.push_back({{"rejected", "Rejected here", kCount}, stage, &RejectedAt, i});
      figures.push_back({{"recycled", "Recycled here", kCount}, stage, &RecycledAt, i});
      figures.push_back({{"lost", "Lost here", kCount}, stage, &LostAt, i});
    }
    figures.push_back({{"open", "Open here", kCount}, stage, &OpenAt, i, true});
  }
  for (int i = 0; i < static_cast<int>(kConversions.size()); ++i) {
    const auto [from, to] = kConversions[static_cast<size_t>(i)];
    figures.push_back({{"conversion", "Conversion", kRatio},
                       absl::StrCat(NameOfMilestone(from), ">", NameOfMilestone(to)),
                       &Converts,
                       i});
  }
  return figures;
}

std::vector<MarkFigure> AcceptanceFigures() {
  using enum FigureKind;
  return {{{"delivered", "Delivered", kCount}, "", &Delivered},
          {{"acceptance", "Acceptance", kRatio}, "", &Acceptance},
          {{"decided", "Accepted of decided", kRatio}, "", &Decided},
          {{"no_response", "No response", kRatio}, "", &NoResponse}};
}

std::vector<MarkFigure> DispositionFigures() {
  return {{{"marketing_fault", "Bad leads", FigureKind::kRatio}, "", &MarketingFault}};
}

std::vector<MarkFigure> FeedbackFigures() {
  return {{{"feedback_rate", "Feedback rate", FigureKind::kRatio}, "", &FeedbackRate}};
}

std::vector<MarkFigure> RecyclingFigures() {
  using enum FigureKind;
  return {{{"recycle_rate", "Recycled", kRatio}, "", &RecycleRate},
          {{"requalified", "Qualified again", kRatio}, "", &Requalified},
          {{"reassigned", "Reassigned", kRatio}, "", &Reassigned},
          {{"premature", "Given up too early", kRatio}, "", &Premature}};
}

std::vector<MarkFigure> LeakageFigures() {
  using enum FigureKind;
  return {{{"leakage", "Leaked", kRatio}, "", &Leakage},
          {{"undelivered", "Never delivered", kRatio}, "", &Undelivered}};
}

}  // namespace baton::reports
