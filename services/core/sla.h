// Service levels: which clocks a lead has, when they begin and stop, and what is due.
//
// A clock follows the lead's record: it is brought in line with it whenever the lead moves by a
// decision, and, after the store moved it, at clock_at_ms. All times are counted in the hours of
// the service level's calendar as it is now, so a policy that changes a target, or a service
// level that is gone, holds for running clocks, too. Pure functions.
#ifndef BATON_CORE_SLA_H_
#define BATON_CORE_SLA_H_

#include <vector>

#include "core/plan.h"
#include "core/policy.h"

namespace baton::core {

inline constexpr DurationMs kPauseMax = 30 * kDayMs;  // then a lead goes on by itself

// nullptr: the policy has no such service level.
const Sla* FindSla(const Policy& policy, const std::string& name);

// The clocks of the cycle that the lead's judgment opens, and the beginning of those that begin
// with it.
void OpenClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead);

// Begins the clocks that the lead's place asks for, and ends those whose rep is gone.
void StartClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead);

struct ClockReview {
  std::vector<Change> changes;  // of type kSla...; actor "clock"
  // Of `policy`, the first one broken just now that sets the rep away, that takes the lead back
  // from its rep (reassign or return), and that returns it; after an outage it may be all.
  const Sla* sets_away = nullptr;
  const Sla* takes_back = nullptr;
  const Sla* returns = nullptr;
};

// StartClocks, then stops the clocks that have come to their end, says what is due by now, each
// thing once, and sets clock_at_ms to the next time.
ClockReview ReviewClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead);

// ReviewClocks without saying what is due: that waits for clock_at_ms, which may be over already,
// so that a broken level also has its consequence. What is said is of type kSlaMet.
std::vector<Change> StopClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead);

// The rep of the lead gets no more leads until it says that it is there.
void SetAway(const Sla& sla, Plan& plan);

// plan.after waits, and a level that was broken just now may return it: then it is offered, to
// anybody, in the queue that the level names, and goes on waiting there as its home. If that is
// another queue a change kQueued of actor "clock" says so, with the details why=returned,
// from=QUEUE and sla=NAME. False: no level returns it.
bool ReturnWaiting(const Policy& policy, const ClockReview& review, TimeMs now_ms, Plan& plan);

// The lead waits on the customer: no clock counts until it is resumed, at `until_ms` at the
// latest.
void PauseClocks(const Policy* policy, TimeMs now_ms, TimeMs until_ms, LeadRecord& lead);
// Goes on; a no-op for a lead that is not paused.
void ResumeClocks(LeadRecord& lead);

// The lead is closed by nobody's work: no clock counts.
void CancelClocks(LeadRecord& lead);

// What is to be done at clock_at_ms: plan, whose `after` is the lead, gets changes and, when a
// broken service level takes the lead from its rep or returns one that waits, placement kOffer. A
// recycled lead whose time away is over is in NURTURE again, to be judged by what it does from then
// on. Without a policy clocks are looked at a minute later.
void DecideClocks(const Policy* policy, TimeMs now_ms, Plan& plan);

}  // namespace baton::core

#endif  // BATON_CORE_SLA_H_
