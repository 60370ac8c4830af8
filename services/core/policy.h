// A checked policy: what marketing and sales agreed on, ready to be evaluated. Built and validated
// by services/policy from YAML; immutable afterwards, shared between threads as shared_ptr<const
// Policy>. A copy shares its conditions and their vocabulary.
#ifndef BATON_CORE_POLICY_H_
#define BATON_CORE_POLICY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.h"
#include "core/condition.h"
#include "core/ids.h"
#include "core/lookup_table.h"
#include "core/reasons.h"
#include "core/time.h"
#include "core/vocabulary.h"

namespace baton::core {

struct FitRule {
  std::string name;
  Condition when;
  int32_t points = 0;  // -1000..1000
};

// Points for each occurrence of `activity` for which `when` holds, decaying by half every
// half_life, at most `max` together. An occurrence whose properties are not known fails a `when`
// that reads event.
struct IntentRule {
  std::string name;
  std::string activity;
  int32_t points = 0;           // -1000..1000
  int32_t max = 0;              // 0: no cap of its own
  DurationMs half_life_ms = 0;  // 0: no decay
  Condition when;
};

struct DisqualifyRule {
  std::string name;
  Condition when;
  std::string reason;  // code of class kReject
};

inline constexpr int32_t kPriorityMax = 100;

// Whose owner a rule asks first.
enum class OwnerOf { kNobody, kAccount, kLead };

struct RouteTarget {
  QueueId queue;                    // with an owner: what the lead falls back to
  int32_t priority = 0;             // 0..kPriorityMax, higher first
  std::vector<std::string> skills;  // the rep needs all of them; sorted
  OwnerOf owner = OwnerOf::kNobody;
  DurationMs owner_wait_ms = 0;  // how long the lead waits for an owner who cannot take it now
};

struct RouteRule {
  std::string name;
  bool is_default = false;  // matches always; the last rule is the default
  Condition when;
  RouteTarget to;
};

// kPull: leads wait until a rep claims one.
enum class QueueMode { kOffer, kDirect, kPull };
std::string_view QueueModeName(QueueMode mode);  // "offer", "direct", "pull"

// Which of those who can have a lead gets it: see ChooseRep. kOwnerFirst: a lead's owners first,
// then as kWeightedFair.
enum class Strategy { kWeightedFair, kLeastLoaded, kLongestIdle, kOwnerFirst };
std::string_view StrategyName(Strategy strategy);  // "weighted_fair" ...

// A lead that nobody took for so long goes on waiting in another queue.
struct Widening {
  DurationMs after_ms = 0;
  QueueId to;
  bool operator==(const Widening&) const = default;
};
inline constexpr size_t kWideningsMax = 8;
inline constexpr int32_t kAwayAfterMax = 100;

// What waiting adds to a priority: `by` for every `every_ms`. Leads of priority `max` or above come
// before all that age, however long these wait.
struct Ageing {
  DurationMs every_ms = 0;     // 0: nothing
  int32_t by = 1;              // 1..kPriorityMax
  int32_t max = kPriorityMax;  // 1..kPriorityMax
  bool operator==(const Ageing&) const = default;
};

// Where a lead stands in the order of its queue: the greater band first, then the earlier time,
// then the smaller id. Without ageing the band is the priority and the time that of queueing. Leads
// that age share one band and stand there by queued_at - priority * every / by: two of them are in
// the order of their grown priorities at any time, so a place never has to be written anew.
struct Turn {
  int32_t band = 0;
  TimeMs at_ms = 0;
  bool operator==(const Turn&) const = default;
};
Turn TurnOf(int32_t priority, TimeMs queued_at_ms, const Ageing& age);

// What a service level measures, from its start to its stop:
//   kAssign      the lead qualified            somebody got it
//   kAccept      it was offered to a rep       that rep accepted
//   kFirstTouch  it was given to a rep         that rep touched it
//   kDecision    likewise                      SQL, or the cycle was closed
//   kCadence     it was accepted               the wanted number of touches
enum class SlaMetric { kAssign, kAccept, kFirstTouch, kDecision, kCadence };
std::string_view SlaMetricName(SlaMetric metric);  // "first_touch" ...

// Besides saying so: kReassign gives the lead to another rep, kReturn puts it back into a queue,
// kPauseRep sets the rep away.
enum class SlaBreach { kNotify, kReassign, kReturn, kPauseRep };

// Whose hours a service level counts. kAlways: every hour.
enum class SlaCalendar { kAlways, kNamed, kQueue, kRep, kLead };

struct SlaTier {
  int32_t percent = 100;  // of the target, 1..kSlaPercentMax
  std::string notify;     // a word for who is told: "rep", "manager"
  bool operator==(const SlaTier&) const = default;
};

inline constexpr size_t kSlasMax = 16;  // per policy
inline constexpr size_t kSlaTiersMax = 8;
inline constexpr int32_t kSlaPercentMax = 1000;
inline constexpr int32_t kSlaTouchesMax = 100;

struct Sla {
  std::string name;
  Condition applies;  // judged when the lead qualifies
  SlaMetric metric = SlaMetric::kFirstTouch;
  DurationMs target_ms = 0;
  SlaCalendar hours = SlaCalendar::kAlways;
  std::string calendar;        // kNamed
  int32_t warn_percent = 0;    // 1..99; 0: no warning
  std::vector<SlaTier> tiers;  // by percent
  SlaBreach breach = SlaBreach::kNotify;
  QueueId return_to;     // kReturn; empty: the queue that the lead entered
  bool restarts = true;  // with the next rep; false: goes on, whoever has the lead
  int32_t touches = 0;   // kCadence: how many, 1..kSlaTouchesMax
};

struct QueuePolicy {
  QueueId id;
  QueueMode mode = QueueMode::kOffer;
  Strategy strategy = Strategy::kWeightedFair;
  DurationMs accept_within_ms = 2 * kHourMs;  // kOffer: 1 s .. 30 d
  DurationMs retry_after_ms = 5 * kMinuteMs;  // cool-down when every rep declined or stayed silent
  std::vector<std::string> skills;            // every rep of the queue needs these; sorted
  Condition requirement;  // over rep and lead, must hold for who gets the lead (requirement.h)
  Ageing age;
  bool credit_returned = false;  // a lead that was marketing's fault is given back to the ledger
  bool count_owned = true;       // what goes to its owner counts as that rep's turn, if it had one
  std::vector<Widening> widen;   // by time, ascending; at most kWideningsMax
  DurationMs max_wait_ms = 0;    // 0: none; then the lead goes to escalate_to, or is announced
  QueueId escalate_to;           // empty: it stays
  std::string calendar;          // when its team works, for service levels; empty: always
  int32_t away_after = 0;        // kOffer: silent offers in a row after which a rep is set away,
                                 // who then is not charged for them; 0: never
};

// How long people are kept; 0: for ever. At least kRetentionMin.
inline constexpr DurationMs kRetentionMin = kDayMs;
struct Retention {
  DurationMs closed_ms = 0;    // after the end of a cycle that was not won
  DurationMs won_ms = 0;       // after it was won
  DurationMs inactive_ms = 0;  // of those whom sales does not have: after the latest thing they did
  bool may_return = true;      // who was erased is a new lead by what happens afterwards
  bool operator==(const Retention&) const = default;
};

struct Policy {
  WorkspaceId workspace;
  std::string name;
  int64_t revision = 0;       // given by the store when the draft is made; 1, 2, 3 ...
  AttributeTypes attributes;  // of leads
  AttributeTypes rep_attributes;
  AttributeTypes event_properties;  // of activities; none is a list
  // What all conditions below were compiled with.
  std::shared_ptr<const Vocabulary> vocabulary = std::make_shared<const Vocabulary>();
  std::vector<FitRule> fit;
  std::vector<IntentRule> intent;
  Condition definition;  // an MQL is a lead for which this holds
  std::vector<DisqualifyRule> disqualify;
  std::vector<RouteRule> routing;
  std::map<QueueId, QueuePolicy> queues;
  std::vector<Sla> slas;
  std::map<std::string, Calendar> calendars;
  Tables tables;                // that conditions look into
  std::vector<Reason> reasons;  // standard ones and the policy's own
  Retention retention;
  bool same_rep_again = false;  // who had a recycled lead is asked first when it comes back

  size_t rules() const { return fit.size() + intent.size() + disqualify.size() + routing.size(); }
};

}  // namespace baton::core

#endif  // BATON_CORE_POLICY_H_
