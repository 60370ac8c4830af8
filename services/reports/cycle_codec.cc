#include "reports/cycle_codec.h"

#include <optional>

#include "baton/store/v1/record.pb.h"

namespace baton::reports {
namespace {

using store::v1::ReportClock;
using store::v1::ReportCycle;
using store::v1::ReportOffer;

void Set(const Offer& offer, ReportOffer& out) {
  out.set_generation(offer.generation);
  out.set_queue(offer.queue);
  out.set_rep(offer.rep);
  out.set_at_ms(offer.at_ms);
  out.set_deadline_ms(offer.deadline_ms);
  out.set_accepted_at_ms(offer.accepted_at_ms);
  out.set_ended_at_ms(offer.ended_at_ms);
  out.set_end(static_cast<int32_t>(offer.end));
  out.set_reason(offer.reason);
  out.set_refunded(!offer.charged);
  out.set_touches(offer.touches);
}

Offer Get(const ReportOffer& in) {
  Offer offer;
  offer.generation = in.generation();
  offer.queue = in.queue();
  offer.rep = in.rep();
  offer.at_ms = in.at_ms();
  offer.deadline_ms = in.deadline_ms();
  offer.accepted_at_ms = in.accepted_at_ms();
  offer.ended_at_ms = in.ended_at_ms();
  const bool known = in.end() >= 0 && in.end() < kOfferEnds;
  offer.end = known ? static_cast<OfferEnd>(in.end()) : OfferEnd::kClosed;  // a later release's
  offer.reason = in.reason();
  offer.charged = !in.refunded();
  offer.touches = in.touches();
  return offer;
}

void Set(const Clock& clock, ReportClock& out) {
  out.set_sla(clock.sla);
  out.set_started_ms(clock.started_ms);
  out.set_accept(clock.accept);
  out.set_warned(clock.warned);
  out.set_broken_at_ms(clock.broken_at_ms);
  out.set_met_at_ms(clock.met_at_ms);
  out.set_late(clock.late);
  out.set_last_at_ms(clock.last_at_ms);
}

Clock Get(const ReportClock& in) {
  return {in.sla(),          in.started_ms(), in.accept(), in.warned(),
          in.broken_at_ms(), in.met_at_ms(),  in.late(),   in.last_at_ms()};
}

void SetTimes(const Cycle& cycle, ReportCycle& out) {
  out.set_last_at_ms(cycle.last_at_ms);
  out.set_captured_at_ms(cycle.captured_at_ms);
  out.set_began_at_ms(cycle.began_at_ms);
  out.set_signal_at_ms(cycle.signal_at_ms);
  out.set_delivered_at_ms(cycle.delivered_at_ms);
  out.set_accepted_at_ms(cycle.accepted_at_ms);
  out.set_first_touch_at_ms(cycle.first_touch_at_ms);
  out.set_touch_offer_at_ms(cycle.touch_offer_at_ms);
  out.set_sql_at_ms(cycle.sql_at_ms);
  out.set_sqo_at_ms(cycle.sqo_at_ms);
  out.set_won_at_ms(cycle.won_at_ms);
  out.set_lost_at_ms(cycle.lost_at_ms);
  out.set_rejected_at_ms(cycle.rejected_at_ms);
  out.set_recycled_at_ms(cycle.recycled_at_ms);
  out.set_requalified_at_ms(cycle.requalified_at_ms);
}

void GetTimes(const ReportCycle& in, Cycle& cycle) {
  cycle.last_at_ms = in.last_at_ms();
  cycle.captured_at_ms = in.captured_at_ms();
  cycle.began_at_ms = in.began_at_ms();
  cycle.signal_at_ms = in.signal_at_ms();
  cycle.delivered_at_ms = in.delivered_at_ms();
  cycle.accepted_at_ms = in.accepted_at_ms();
  cycle.first_touch_at_ms = in.first_touch_at_ms();
  cycle.touch_offer_at_ms = in.touch_offer_at_ms();
  cycle.sql_at_ms = in.sql_at_ms();
  cycle.sqo_at_ms = in.sqo_at_ms();
  cycle.won_at_ms = in.won_at_ms();
  cycle.lost_at_ms = in.lost_at_ms();
  cycle.rejected_at_ms = in.rejected_at_ms();
  cycle.recycled_at_ms = in.recycled_at_ms();
  cycle.requalified_at_ms = in.requalified_at_ms();
}

}  // namespace

std::string EncodeCycle(const Cycle& cycle) {
  ReportCycle out;
  SetTimes(cycle, out);
  out.set_stage(std::string(core::StageName(cycle.stage)));
  out.set_source(cycle.source);
  out.set_campaign(cycle.campaign);
  out.set_queue(cycle.queue);
  out.set_policy_revision(cycle.policy_revision);
  out.set_reason(cycle.reason);
  if (cycle.fault != core::ReasonFault::kNone) {
    out.set_fault(std::string(core::ReasonFaultName(cycle.fault)));
  }
  out.set_uncounted(!cycle.counts);
  out.set_premature(cycle.premature);
  out.set_touches(cycle.touches);
  out.set_amount_minor(cycle.amount_minor);
  out.set_currency(cycle.currency);
  for (const std::string& factor : cycle.factors) out.add_factors(factor);
  for (const Offer& offer : cycle.offers) Set(offer, *out.add_offers());
  for (const Clock& clock : cycle.clocks) Set(clock, *out.add_clocks());
  return out.SerializeAsString();
}

absl::StatusOr<Cycle> DecodeCycle(std::string_view row) {
  ReportCycle in;
  if (!in.ParseFromArray(row.data(), static_cast<int>(row.size()))) {
    return absl::InternalError("a stored cycle of reports cannot be read");
  }
  const std::optional<core::Stage> stage = core::ParseStage(in.stage());
  if (!stage || in.last_at_ms() == 0) {
    return absl::InternalError("a stored cycle of reports says nothing that is known");
  }
  Cycle cycle;
  GetTimes(in, cycle);
  cycle.stage = *stage;
  cycle.source = in.source();
  cycle.campaign = in.campaign();
  cycle.queue = in.queue();
  cycle.policy_revision = in.policy_revision();
  cycle.reason = in.reason();
  cycle.fault = core::ParseReasonFault(in.fault()).value_or(core::ReasonFault::kNone);
  cycle.counts = !in.uncounted();
  cycle.premature = in.premature();
  cycle.touches = in.touches();
  cycle.amount_minor = in.amount_minor();
  cycle.currency = in.currency();
  cycle.factors.assign(in.factors().begin(), in.factors().end());
  for (const ReportOffer& offer : in.offers()) cycle.offers.push_back(Get(offer));
  for (const ReportClock& clock : in.clocks()) cycle.clocks.push_back(Get(clock));
  return cycle;
}

}  // namespace baton::reports
