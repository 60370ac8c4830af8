#include "reports/fold.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/sla.h"
#include "events/rfc3339.h"

namespace baton::reports {
namespace {

using core::ChangeType;
using store::OutboxEntry;

const std::string& Detail(const OutboxEntry& entry, const std::string& name) {
  static const std::string none;
  const auto found = entry.change.details.find(name);
  return found == entry.change.details.end() ? none : found->second;
}

core::TimeMs TimeDetail(const OutboxEntry& entry, const std::string& name, core::TimeMs otherwise) {
  return events::ParseRfc3339(Detail(entry, name)).value_or(otherwise);
}

void SetOnce(core::TimeMs at_ms, core::TimeMs& field) {
  if (field == 0) field = at_ms;
}

std::string CampaignOf(const OutboxEntry& entry) {
  for (const char* key : {"campaign", "utm_campaign"}) {
    const auto found = entry.attribution.find(key);
    if (found != entry.attribution.end()) return found->second;
  }
  return "";
}

void SetOrigin(const OutboxEntry& entry, Cycle& cycle) {
  cycle.source = entry.sources.empty() ? "" : entry.sources.front().source;
  cycle.campaign = CampaignOf(entry);
  cycle.policy_revision = entry.policy_revision;
}

void Begin(const OutboxEntry& entry, bool first, Cycle& cycle) {
  SetOrigin(entry, cycle);
  cycle.began_at_ms = entry.at_ms;
  cycle.signal_at_ms = TimeDetail(entry, "signalTime", entry.at_ms);
  if (first) cycle.captured_at_ms = entry.at_ms;
  cycle.factors.clear();
  for (const core::Factor& factor : entry.factors) {
    if (cycle.factors.size() == kFactorsMax) break;
    cycle.factors.push_back(
        absl::StrCat(factor.kind == core::FactorKind::kFit ? "fit/" : "intent/", factor.rule));
  }
}

Offer* FindOffer(const OutboxEntry& entry, Cycle& cycle) {
  const auto found = std::find_if(
      cycle.offers.rbegin(), cycle.offers.rend(),
      [&entry](const Offer& offer) { return offer.generation == entry.change.generation; });
  return found == cycle.offers.rend() ? nullptr : &*found;
}

void AddOffer(const OutboxEntry& entry, Cycle& cycle) {
  if (cycle.offers.size() == kOffersMax) cycle.offers.erase(cycle.offers.begin() + 1);
  Offer& offer = cycle.offers.emplace_back();
  offer.generation = entry.change.generation;
  offer.queue = entry.change.queue.str();
  offer.rep = entry.change.rep.str();
  offer.at_ms = entry.at_ms;
  offer.charged = Detail(entry, "charged") != "false";
  SetOnce(entry.at_ms, cycle.delivered_at_ms);
  if (entry.change.stage != core::Stage::kAccepted) {
    offer.deadline_ms = entry.due_at_ms;
    return;
  }
  offer.accepted_at_ms = entry.at_ms;
  SetOnce(entry.at_ms, cycle.accepted_at_ms);
}

void EndOffer(OfferEnd end, const OutboxEntry& entry, Cycle& cycle) {
  Offer* offer = FindOffer(entry, cycle);
  if (offer == nullptr || offer->end != OfferEnd::kOpen) return;
  offer->end = end;
  offer->ended_at_ms = entry.at_ms;
  if (Detail(entry, "charged") == "false") offer->charged = false;
  if (end == OfferEnd::kDeclined || end == OfferEnd::kRerouted) offer->reason = entry.change.reason;
}

void Close(const OutboxEntry& entry, core::TimeMs& reached, Cycle& cycle) {
  reached = entry.at_ms;
  EndOffer(OfferEnd::kClosed, entry, cycle);
  if (!entry.change.reason.empty()) cycle.reason = entry.change.reason;
}

void Touch(const OutboxEntry& entry, Cycle& cycle) {
  if (entry.change.stage == core::Stage::kWon) return;
  ++cycle.touches;
  Offer* offer = FindOffer(entry, cycle);
  if (offer != nullptr) ++offer->touches;
  const core::TimeMs at_ms = TimeDetail(entry, "touchTime", entry.at_ms);
  if (cycle.first_touch_at_ms != 0 && at_ms >= cycle.first_touch_at_ms) return;
  cycle.first_touch_at_ms = at_ms;
  cycle.touch_offer_at_ms = offer == nullptr ? 0 : offer->at_ms;
}

void Reject(const OutboxEntry& entry, Cycle& cycle) {
  Close(entry, cycle.rejected_at_ms, cycle);
  cycle.counts = Detail(entry, "counts") != "false";
  cycle.fault = core::ParseReasonFault(Detail(entry, "fault")).value_or(core::ReasonFault::kNone);
}

void Recycle(const OutboxEntry& entry, Cycle& cycle) {
  Close(entry, cycle.recycled_at_ms, cycle);
  int32_t cadence = 0;
  cycle.premature = absl::SimpleAtoi(Detail(entry, "cadence"), &cadence) && cycle.touches < cadence;
}

void SetDeal(const OutboxEntry& entry, Cycle& cycle) {
  int64_t amount_minor = 0;
  if (!absl::SimpleAtoi(Detail(entry, "amountMinor"), &amount_minor)) return;
  cycle.amount_minor = amount_minor;
  cycle.currency = Detail(entry, "currency");
}

void SetClock(const OutboxEntry& entry, Cycle& cycle) {
  const std::string& sla = Detail(entry, "sla");
  const core::TimeMs started_ms = TimeDetail(entry, "startTime", 0);
  auto clock = std::find_if(cycle.clocks.begin(), cycle.clocks.end(), [&](const Clock& known) {
    return known.sla == sla && known.started_ms == started_ms;
  });
  if (clock == cycle.clocks.end()) {
    if (cycle.clocks.size() == kClocksMax) cycle.clocks.erase(cycle.clocks.begin());
    clock = cycle.clocks.insert(cycle.clocks.end(), Clock());
    clock->sla = sla;
    clock->started_ms = started_ms;
    clock->accept = Detail(entry, "metric") == core::SlaMetricName(core::SlaMetric::kAccept);
  }
  clock->last_at_ms = entry.at_ms;
  if (entry.change.type == ChangeType::kSlaWarned) clock->warned = true;
  if (entry.change.type == ChangeType::kSlaBreached) clock->broken_at_ms = entry.at_ms;
  if (entry.change.type != ChangeType::kSlaMet) return;
  clock->met_at_ms = entry.at_ms;
  clock->late = Detail(entry, "late") == "true";
}

void Accept(const OutboxEntry& entry, Cycle& cycle) {
  if (Offer* offer = FindOffer(entry, cycle)) offer->accepted_at_ms = entry.at_ms;
  SetOnce(entry.at_ms, cycle.accepted_at_ms);
}

void Nurture(const OutboxEntry& entry, Cycle& cycle) {
  if (entry.cycle != 0) return;
  SetOrigin(entry, cycle);
  SetOnce(entry.at_ms, cycle.captured_at_ms);
  cycle.reason = entry.change.reason;
}

}  // namespace

bool Begins(const OutboxEntry& entry) {
  return entry.change.type == ChangeType::kQualified && entry.cycle > 0;
}

void FoldNext(const OutboxEntry& entry, Cycle& before) {
  if (before.last_at_ms != 0) SetOnce(entry.at_ms, before.requalified_at_ms);
}

void Fold(const OutboxEntry& entry, bool first, Cycle& cycle) {
  cycle.last_at_ms = entry.at_ms;
  const bool erased = entry.change.type == ChangeType::kErased;
  if (!erased || !core::IsClosed(cycle.stage)) cycle.stage = entry.change.stage;
  if (!entry.change.queue.empty()) cycle.queue = entry.change.queue.str();
  switch (entry.change.type) {
    case ChangeType::kNurtured:
      return Nurture(entry, cycle);
    case ChangeType::kQualified:
      return Begin(entry, first, cycle);
    case ChangeType::kAssigned:
      return AddOffer(entry, cycle);
    case ChangeType::kAccepted:
      return Accept(entry, cycle);
    case ChangeType::kDeclined:
      return EndOffer(OfferEnd::kDeclined, entry, cycle);
    case ChangeType::kOfferExpired:
      return EndOffer(OfferEnd::kExpired, entry, cycle);
    case ChangeType::kRerouted:
      return EndOffer(OfferEnd::kRerouted, entry, cycle);
    case ChangeType::kReleased:
      return EndOffer(OfferEnd::kReleased, entry, cycle);
    case ChangeType::kPulledBack:
      return EndOffer(OfferEnd::kPulledBack, entry, cycle);
    case ChangeType::kTouched:
      return Touch(entry, cycle);
    case ChangeType::kRejected:
      return Reject(entry, cycle);
    case ChangeType::kRecycled:
      return Recycle(entry, cycle);
    case ChangeType::kSqlConfirmed:
      return SetOnce(entry.at_ms, cycle.sql_at_ms);
    case ChangeType::kSqoOpened:
      SetDeal(entry, cycle);
      return SetOnce(entry.at_ms, cycle.sqo_at_ms);
    case ChangeType::kWon:
      SetDeal(entry, cycle);
      return Close(entry, cycle.won_at_ms, cycle);
    case ChangeType::kLost:
      return Close(entry, cycle.lost_at_ms, cycle);
    case ChangeType::kSlaWarned:
    case ChangeType::kSlaBreached:
    case ChangeType::kSlaMet:
      return SetClock(entry, cycle);
    case ChangeType::kErased:
      return EndOffer(OfferEnd::kClosed, entry, cycle);
    case ChangeType::kQueued:
    case ChangeType::kPaused:
    case ChangeType::kResumed:
    case ChangeType::kSlaEscalated:
    case ChangeType::kRepAway:
      return;
  }
}

}  // namespace baton::reports
