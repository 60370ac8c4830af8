#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "core/facts.h"
#include "core/sales_event.h"

namespace baton::core {
namespace {

// Of everything that the event asks for: an id stands for one body.
uint64_t BodyFingerprint(const SalesEvent& event) {
  const Action& action = event.action;
  std::string text = absl::StrCat(
      absl::StrCat(static_cast<int>(action.type), "\n", static_cast<int>(action.outcome), "\n",
                   action.generation, "\n", action.touched_at_ms, "\n", action.amount_minor, "\n",
                   action.close_date_ms, "\n", action.revisit_at_ms),
      "\n", event.rep.str(), "\n", action.queue.str(), "\n", action.to.str(), "\n", action.reason,
      "\n", action.channel, "\n", action.direction, "\n", action.touch_outcome, "\n",
      action.currency, "\n", action.actor, "\n", action.note);
  // Only where it is: what is stored of other events, before this was looked at, stays valid.
  if (action.until_ms != 0) absl::StrAppend(&text, "\n", action.until_ms);
  return XXH3_64bits(text.data(), text.size());
}

const SalesMark* FindMark(const LeadRecord& record, uint64_t fingerprint) {
  const auto mark = std::find_if(record.sales_events.begin(), record.sales_events.end(),
                                 [&](const SalesMark& one) { return one.event == fingerprint; });
  return mark == record.sales_events.end() ? nullptr : &*mark;
}

absl::Status CheckRemembered(const LeadRecord& record, const SalesEvent& event) {
  if (event.occurred_at_ms > record.sales_forgotten_ms) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "EVENT_TOO_OLD",
               absl::StrCat("time: lead ", record.key.lead.str(), " has had more than ",
                            kSalesEventsMax, " events since, and it can no longer be told whether ",
                            "this one is a repetition"),
               {{"field", "time"}, {"lead", record.key.lead.str()}});
}

absl::Status CheckOwner(const LeadRecord& record, const SalesEvent& event) {
  if (!event.rep.empty() && event.rep != record.rep) {
    const std::string owner = record.rep.empty() ? "nobody" : record.rep.str();
    return Error(absl::StatusCode::kAborted, "NOT_THE_OWNER",
                 absl::StrCat("rep: lead ", record.key.lead.str(), " belongs to ", owner,
                              ", not to ", event.rep.str()),
                 {{"field", "rep"}, {"owner", owner}, {"rep", event.rep.str()}});
  }
  if (event.action.generation != 0 ||
      event.occurred_at_ms >= record.offered_at_ms - kSalesClockSkewMax) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kAborted, "STALE_GENERATION",
               absl::StrCat("time: the event is older than assignment ", record.generation,
                            " of lead ", record.key.lead.str(), ", which is the current one"),
               {{"field", "time"}, {"current_generation", absl::StrCat(record.generation)}});
}

// What is forgotten is the earliest, so that a late event has the longest time.
void Remember(const SalesEvent& event, const SalesMark& mark, LeadRecord& lead) {
  std::vector<SalesMark>& marks = lead.sales_events;
  marks.push_back(mark);
  if (marks.size() > kSalesEventsMax) {
    const auto earliest = std::min_element(
        marks.begin(), marks.end(),
        [](const SalesMark& a, const SalesMark& b) { return a.occurred_at_ms < b.occurred_at_ms; });
    lead.sales_forgotten_ms = std::max(lead.sales_forgotten_ms, earliest->occurred_at_ms);
    marks.erase(earliest);
  }
  if (!event.traceparent.empty()) lead.traceparent = event.traceparent;
}

}  // namespace

absl::StatusOr<SalesDecision> DecideSalesEvent(const LeadRecord& record, const SalesEvent& event,
                                               const Policy* policy, TimeMs now_ms) {
  const SalesMark mark = {EventFingerprint(event.source, event.id), BodyFingerprint(event),
                          event.occurred_at_ms, event.position.log, event.position.offset};
  if (const SalesMark* seen = FindMark(record, mark.event); seen != nullptr) {
    const bool same_record = seen->log == mark.log && seen->offset == mark.offset;
    // Of the very record the body need not be asked: an older release may have remembered less.
    if (seen->body == mark.body || (same_record && mark.log != 0)) {
      return SeenSalesEvent{same_record};
    }
    return Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                 "id: was used for an event with another body",
                 {{"field", "id"}, {"request_id", event.id}});
  }
  if (absl::Status status = CheckRemembered(record, event); !status.ok()) return status;
  if (Exists(record)) {
    if (absl::Status status = CheckOwner(record, event); !status.ok()) return status;
  }
  Action action = event.action;
  if (action.generation == 0) action.generation = record.generation;
  absl::StatusOr<ActionDecision> decision = DecideAction(record, action, policy, now_ms);
  if (!decision.ok()) return decision.status();
  Plan plan = std::get<Plan>(*std::move(decision));
  for (Change& change : plan.changes) {
    change.cause = event.id;
    if (change.actor != "policy") change.details["source"] = event.source;
  }
  Remember(event, mark, plan.after);
  return plan;
}

}  // namespace baton::core
