// One lead as stored: facts, the cycle's judgment, and where it is in the handoff.
#ifndef BATON_CORE_LEAD_H_
#define BATON_CORE_LEAD_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/candidate_pool.h"
#include "core/facts.h"
#include "core/lifecycle.h"
#include "core/qualification.h"
#include "core/roster.h"
#include "core/shadow.h"
#include "core/sla_clock.h"

namespace baton::core {

inline constexpr size_t kAnsweredRequestsMax = 16;  // request ids remembered per lead
inline constexpr size_t kSalesEventsMax = 64;       // events of sales remembered per lead
inline constexpr size_t kPassedMax = 64;            // reps remembered as having passed on a lead

// kRetry: those who passed are asked again. kWait: waiting longer has a consequence (waiting.h).
enum class TimerKind { kNone, kOfferExpiry, kRetry, kWait };

// The answer that a request id got, to be given again.
struct AnsweredRequest {
  std::string request_id;
  uint64_t fingerprint = 0;  // of the request's body
  Stage stage = Stage::kNew;
  RepId rep;
  int64_t generation = 0;
  int64_t version = 0;
  std::string actor;  // who asked; empty: not known, as in those that older releases kept
  bool operator==(const AnsweredRequest&) const = default;
};

// An event of sales that the lead has taken in (sales_event.h).
struct SalesMark {
  uint64_t event = 0;  // EventFingerprint
  uint64_t body = 0;   // fingerprint of what it asked for
  TimeMs occurred_at_ms = 0;
  uint64_t log = 0;  // where it was read: LogFingerprint
  int64_t offset = 0;
  bool operator==(const SalesMark&) const = default;
};

// When, under what and by what the latest choice was made.
struct ChoiceNote {
  int64_t policy_revision = 0;  // the active one; 0: no choice was made
  TimeMs at_ms = 0;             // the store's clock
  int64_t weights = 0;          // sum of the weights of those among whom the ledger moved
  ChoiceBasis basis = ChoiceBasis::kNone;  // kNone: nobody was found
  TieBreak tie = TieBreak::kNone;
  bool operator==(const ChoiceNote&) const = default;
};

struct LeadRecord {
  LeadKey key;
  int64_t revision = 0;  // grows with each write; the etag; 0: no such lead
  int64_t version = 0;   // number of published changes; the last one's version
  Stage stage = Stage::kNew;
  int32_t cycle = 0;  // handoff cycle, 0 before the first MQL

  // Placement: written by the store when it places the lead (see plan.h, Placement).
  QueueId queue;
  RepId rep;                 // owner; empty unless IsOwned(stage) (kept after WON for after-sales)
  int64_t generation = 0;    // fencing token: number of assignments of this lead so far
  TimeMs queued_at_ms = 0;   // entered the queue in this cycle; its place in the backlog
  TimeMs offered_at_ms = 0;  // latest assignment
  TimeMs due_at_ms = 0;      // of the timer; 0: none
  TimerKind timer = TimerKind::kNone;
  std::vector<RepId> passed;                   // declined or silent in this round, in order
  CandidatePool pool;                          // of the judgment's latest choice, found or not
  ChoiceNote choice;                           // of that choice
  ChoiceBasis chosen_by = ChoiceBasis::kNone;  // of the latest choice that found somebody

  // What the choice has to know of the lead besides; written by decisions.
  std::vector<RepId> owners;  // asked before others, in this order; at most kOwnersMax
  bool owners_only = false;   // nobody else is asked while one of them has not passed
  TimeMs wait_until_ms = 0;   // waiting longer has a consequence; 0: none
  std::string requirement;    // of `queue` for this lead (requirement.h), besides the skills of the
                              // route; empty: none

  // Since when it waits, and for whom (waiting.h).
  QueueId home;              // whose settings say what waiting leads to; `queue` but for widening
  TimeMs home_since_ms = 0;  // entered it
  int32_t widened = 0;       // of its widenings
  bool escalated = false;    // its max_wait was announced
  RepId last_owner;          // had accepted the lead before, in this cycle or an earlier one

  // Service levels that apply in this cycle (sla.h), in the policy's order; at most kSlasMax.
  std::vector<SlaClock> clocks;
  // When they, or a recycled lead, are to be looked at; 0: never. The store sets it to now when it
  // gives a lead with clocks to a rep, and notes the HoursName of that one's rules.
  TimeMs clock_at_ms = 0;
  std::string rep_hours;
  TimeMs paused_at_ms = 0;     // waits on the customer since; 0: does not
  TimeMs paused_until_ms = 0;  // and goes on by itself then

  Facts facts;
  Judgment judgment;  // the one that opened the cycle, or the latest one before the first

  TimeMs accepted_at_ms = 0;
  TimeMs first_touch_at_ms = 0;
  TimeMs last_touch_at_ms = 0;
  int32_t touches = 0;
  std::string reason;        // code of the latest disposition
  TimeMs revisit_at_ms = 0;  // RECYCLED: not before
  int64_t amount_minor = 0;  // SQO, WON: in minor units of `currency`
  std::string currency;      // ISO 4217
  TimeMs close_date_ms = 0;
  TimeMs closed_at_ms = 0;                // the cycle came to its end; 0: it has not
  TimeMs erased_at_ms = 0;                // the person was erased then, the latest time; 0: never
  std::string traceparent;                // of the latest event that carried one
  std::vector<AnsweredRequest> answered;  // oldest first
  std::vector<SalesMark> sales_events;    // at most kSalesEventsMax, in the order they came
  TimeMs sales_forgotten_ms = 0;          // the latest time of those no longer among them; 0: none
  ShadowNote shadow;                      // by a draft that is judged beside the active revision
};

// The store gave it to a rep, and nobody has looked since which clocks begin with that.
inline bool AwaitsItsClocks(const LeadRecord& record) {
  return record.clock_at_ms != 0 && record.clock_at_ms == record.offered_at_ms;
}

// There is such a lead: one that was erased is none (erasure.h).
inline bool Exists(const LeadRecord& record) {
  return record.revision != 0 && record.stage != Stage::kErased;
}

}  // namespace baton::core

#endif  // BATON_CORE_LEAD_H_
