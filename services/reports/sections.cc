#include "reports/sections.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "reports/marked_figures.h"

namespace baton::reports {
namespace {

using enum FigureKind;

// Items of one kind of names.
template <const Names& (CycleTable::*kNames)() const>
std::string NameOf(const CycleTable& table, int64_t item) {
  return (table.*kNames)().Text(item);
}
template <const Names& (CycleTable::*kNames)() const>
int64_t NumberOf(const CycleTable& table, std::string_view name) {
  return (table.*kNames)().Find(name);
}

// A queue and one of its reps; rep 0: the queue.
int64_t PairOf(uint32_t queue, uint32_t rep) {
  return static_cast<int64_t>(queue) << 32 | rep;
}
std::string NameOfPair(const CycleTable& table, int64_t item) {
  const std::string& queue = table.queues().Text(item >> 32);
  const int64_t rep = item & 0xffffffff;
  return rep == 0 ? queue : absl::StrCat(queue, "/", table.reps().Text(rep));
}
int64_t NumberOfPair(const CycleTable& table, std::string_view name) {
  const size_t slash = name.find('/');
  const int64_t queue = table.queues().Find(name.substr(0, slash));
  const int64_t rep =
      slash == std::string_view::npos ? 0 : table.reps().Find(name.substr(slash + 1));
  return queue < 0 || rep < 0 ? -1
                              : PairOf(static_cast<uint32_t>(queue), static_cast<uint32_t>(rep));
}

void VisitClocks(const Visit& visit, Sink& sink) {
  enum { kCompliance, kWarned, kMet, kMetLate, kBroken };
  for (const RowClock& clock : visit.table.ClocksOf(visit.row)) {
    if (!visit.scope.Counts(clock.last_at_ms)) continue;
    if (clock.warned) sink.Add(kWarned, clock.sla, kNumerator, 1);
    if (clock.met && !clock.late) {
      sink.Add(kMet, clock.sla, kNumerator, 1);
      sink.Add(kCompliance, clock.sla, kNumerator | kDenominator, 1);
    } else if (clock.met || clock.broken) {
      sink.Add(clock.met ? kMetLate : kBroken, clock.sla, kNumerator, 1);
      sink.Add(kCompliance, clock.sla, kDenominator, 1);
    } else if (clock.warned && IsOpen(visit.row)) {
      sink.Add(kCompliance, clock.sla, kPending, 1);
    }
  }
}

// `end_ms`: of the observation, 0 while it lasts. It is left out if the cycle has come to its end
// without it.
void ObserveOne(const Visit& visit, int figure, core::TimeMs begin_ms, core::TimeMs end_ms,
                Sink& sink) {
  if (begin_ms == 0) return;
  if (end_ms != 0) {
    if (!visit.scope.Counts(end_ms)) return;
    sink.Observe(figure, Observed::kValue, std::max<int64_t>(end_ms - begin_ms, 0));
  } else if (IsOpen(visit.row)) {
    if (!visit.scope.CountsNow()) return;
    const int64_t so_far = visit.scope.now_ms - begin_ms;
    sink.Observe(figure, Observed::kCensored, std::max<int64_t>(so_far, 0));
  } else if (visit.scope.view == View::kCohort) {
    sink.Observe(figure, Observed::kExcluded, 0);
  }
}

void VisitSpeed(const Visit& visit, Sink& sink) {
  enum { kSystemDelay, kTimeToAccept, kReofferDelay, kTimeToFirstTouch, kSpeedToLead };
  const Row& row = visit.row;
  if (row.cycle == 0) return;
  const auto offers = visit.table.OffersOf(row);
  const core::TimeMs delivered_ms = row.at(Milestone::kDelivered);
  const core::TimeMs touched_ms = row.at(Milestone::kWorking);
  ObserveOne(visit, kSystemDelay, row.signal_at_ms, delivered_ms, sink);
  if (delivered_ms != 0) {
    const auto accepted = std::find_if(offers.begin(), offers.end(), [](const RowOffer& offer) {
      return offer.accepted_at_ms != 0;
    });
    if (accepted == offers.end()) {
      ObserveOne(visit, kTimeToAccept, delivered_ms, 0, sink);
    } else if (accepted->deadline_ms != 0) {
      ObserveOne(visit, kTimeToAccept, accepted->at_ms, accepted->accepted_at_ms, sink);
    }
    if (touched_ms != 0) {
      ObserveOne(visit, kReofferDelay, delivered_ms, row.touch_offer_at_ms, sink);
    }
    const core::TimeMs offered_ms = offers.empty() ? delivered_ms : offers.back().at_ms;
    ObserveOne(visit, kTimeToFirstTouch, touched_ms != 0 ? row.touch_offer_at_ms : offered_ms,
               touched_ms, sink);
  }
  ObserveOne(visit, kSpeedToLead, row.signal_at_ms, touched_ms, sink);
}

void VisitDispositions(const Visit& visit, Sink& sink) {
  enum { kRejectedFor, kRecycledFor, kLostFor, kDeclinedFor, kReroutedFor };
  const Row& row = visit.row;
  const auto closed = [&](int figure, core::TimeMs at_ms) {
    if (visit.scope.Counts(at_ms)) sink.Add(figure, row.reason, kNumerator, 1);
  };
  closed(kRejectedFor, row.rejected_at_ms);
  closed(kRecycledFor, row.recycled_at_ms);
  closed(kLostFor, row.lost_at_ms);
  for (const RowOffer& offer : visit.table.OffersOf(row)) {
    if (offer.reason == 0 || !visit.scope.Counts(offer.at_ms)) continue;
    const bool declined = offer.end == OfferEnd::kDeclined;
    sink.Add(declined ? kDeclinedFor : kReroutedFor, offer.reason, kNumerator, 1);
  }
}

void VisitDepth(const Visit& visit, Sink& sink) {
  if (!Has(visit.marks, Milestone::kAccepted)) return;
  const Observed kind = IsOpen(visit.row) ? Observed::kCensored : Observed::kValue;
  sink.Observe(0, kind, visit.row.touches);
}

void VisitWorkload(const Visit& visit, Sink& sink) {
  enum { kOffers, kTaken, kDeclined, kExpired, kReturned, kPulledBack, kHeld, kTouches, kSold };
  const auto offers = visit.table.OffersOf(visit.row);
  for (const RowOffer& offer : offers) {
    if (!visit.filter.TakesOffer(offer)) continue;
    sink.SetOffer(offer);
    const auto add = [&](bool holds, int figure, int64_t weight = 1) {
      if (holds) sink.Add(figure, offer.rep, kNumerator, weight);
    };
    add(true, kOffers);
    add(offer.accepted_at_ms != 0, kTaken);
    add(offer.end == OfferEnd::kDeclined, kDeclined);
    add(offer.end == OfferEnd::kExpired, kExpired);
    add(offer.end == OfferEnd::kRerouted || offer.end == OfferEnd::kReleased, kReturned);
    add(offer.end == OfferEnd::kPulledBack, kPulledBack);
    add(offer.end == OfferEnd::kOpen && core::IsOwned(visit.row.stage), kHeld);
    add(offer.touches > 0, kTouches, offer.touches);
    add(&offer == &offers.back() && visit.row.at(Milestone::kWon) != 0, kSold);
  }
}

void VisitCharges(const Visit& visit, Sink& sink) {
  for (const RowOffer& offer : visit.table.OffersOf(visit.row)) {
    if (!offer.charged || !visit.filter.TakesOffer(offer)) continue;
    sink.SetOffer(offer);
    sink.Add(0, PairOf(offer.queue, offer.rep), kNumerator, 1);
  }
}

void VisitRules(const Visit& visit, Sink& sink) {
  const unsigned acceptance = Acceptance(visit.marks);
  const unsigned won = WonOfDelivered(visit.marks);
  if (acceptance == 0 && won == 0) return;
  const int64_t wanted = sink.wanted_item();
  bool has_wanted = false;
  for (const uint32_t rule : visit.table.FactorsOf(visit.row)) {
    has_wanted = has_wanted || rule == wanted;
    if (acceptance != 0) sink.Add(kAcceptanceWith, rule, acceptance, 1);
    if (won != 0) sink.Add(kWonWith, rule, won, 1);
  }
  // Without a wanted rule: of all, from which the report takes those with each rule away.
  if (has_wanted) return;
  const int64_t item = wanted < 0 ? 0 : wanted;
  if (acceptance != 0) sink.Add(kAcceptanceWithout, item, acceptance, 1);
  if (won != 0) sink.Add(kWonWithout, item, won, 1);
}

void VisitValue(const Visit& visit, Sink& sink) {
  enum { kPipeline, kWonAmount };
  const Row& row = visit.row;
  if (row.currency == 0) return;
  if (Has(visit.marks, Milestone::kSqo)) {
    sink.Add(kPipeline, row.currency, kNumerator, row.amount_minor);
  }
  if (Has(visit.marks, Milestone::kWon)) {
    sink.Add(kWonAmount, row.currency, kNumerator, row.amount_minor);
  }
}

std::vector<SectionInfo> MakeSections() {
  using Table = CycleTable;
  return {
      {"funnel", "Funnel", "stage", FunnelFigures(), {}},
      {"acceptance", "Acceptance", "", AcceptanceFigures(), {}},
      {"sla",
       "Service levels",
       "sla",
       {},
       {{"compliance", "Kept", kRatio},
        {"warned", "Warned", kCount},
        {"met", "Met", kCount},
        {"met_late", "Met late", kCount},
        {"broken", "Broken", kCount}},
       &VisitClocks,
       false,
       &NameOf<&Table::slas>,
       &NumberOf<&Table::slas>},
      {"speed",
       "Speed to lead",
       "",
       {},
       {{"system_delay", "System delay", kDistribution},
        {"time_to_accept", "Time to accept", kDistribution},
        {"reoffer_delay", "Delay by new offers", kDistribution},
        {"time_to_first_touch", "Time to first touch", kDistribution},
        {"speed_to_lead", "Speed to lead", kDistribution}},
       &VisitSpeed},
      {"dispositions",
       "Why not",
       "reason",
       DispositionFigures(),
       {{"rejected", "Rejected", kCount},
        {"recycled", "Recycled", kCount},
        {"lost", "Lost", kCount},
        {"declined", "Declined", kCount},
        {"rerouted", "Rerouted", kCount}},
       &VisitDispositions,
       false,
       &NameOf<&Table::reasons>,
       &NumberOf<&Table::reasons>},
      {"feedback", "Feedback", "", FeedbackFigures(), {}},
      {"recycling",
       "Recycling",
       "",
       RecyclingFigures(),
       {{"follow_up_depth", "Touches", kDistribution}},
       &VisitDepth},
      {"leakage", "Leakage", "", LeakageFigures(), {}},
      {"workload",
       "Workload",
       "rep",
       {},
       {{"offers", "Offers", kCount},
        {"accepted", "Accepted", kCount},
        {"declined", "Declined", kCount},
        {"expired", "Expired", kCount},
        {"returned", "Returned", kCount},
        {"pulled_back", "Pulled back", kCount},
        {"open", "Open", kCount},
        {"touches", "Touches", kCount},
        {"won", "Won", kCount}},
       &VisitWorkload,
       true,
       &NameOf<&Table::reps>,
       &NumberOf<&Table::reps>},
      {"fairness",
       "Fairness",
       "queue or queue/rep",
       {},
       {{"charged", "Charged", kCount}},
       &VisitCharges,
       true,
       &NameOfPair,
       &NumberOfPair},
      {"calibration",
       "Score calibration",
       "rule",
       {},
       {{"acceptance_with", "Acceptance with it", kRatio},
        {"acceptance_without", "Acceptance without", kRatio},
        {"won_with", "Won with it", kRatio},
        {"won_without", "Won without", kRatio}},
       &VisitRules,
       false,
       &NameOf<&Table::rules>,
       &NumberOf<&Table::rules>},
      {"value",
       "Value",
       "currency",
       {},
       {{"pipeline", "Pipeline", kAmount}, {"won", "Won", kAmount}},
       &VisitValue,
       false,
       &NameOf<&Table::currencies>,
       &NumberOf<&Table::currencies>},
  };
}

}  // namespace

const std::vector<SectionInfo>& Sections() {
  static const auto* const sections = new std::vector<SectionInfo>(MakeSections());
  return *sections;
}

const SectionInfo* FindSection(std::string_view id) {
  const auto found = std::find_if(Sections().begin(), Sections().end(),
                                  [&](const SectionInfo& section) { return section.id == id; });
  return found == Sections().end() ? nullptr : &*found;
}

}  // namespace baton::reports
