// A draft that is judged beside the active revision and decides nothing: what it would have made of
// each lead, counted and compared with what the active revision made of it.
//
// The draft is judged whenever the active revision is: on the same facts and account, at the same
// instant. It calls a lead a would-be MQL the first time that its definition holds then, and that
// stands, as it does for the active revision: the lead would have left for its queue, so the draft
// does not judge it again in this handoff cycle. When the active revision makes a lead MQL, how the
// lead stands is settled for the cycle. Pure functions.
#ifndef BATON_CORE_SHADOW_H_
#define BATON_CORE_SHADOW_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/account_match.h"
#include "core/qualification.h"

namespace baton::core {

struct LeadRecord;
struct Plan;

// How the two say of one lead in one handoff cycle, by their latest word.
//   kSame    both MQL and on the same way, or neither
//   kGained  MQL for the draft alone: the active revision may still follow
//   kLost    MQL for the active revision, at a moment when the draft's definition did not hold
//   kMoved   MQL for both, but on another way: another queue, other owners asked first, another
//            priority, other skills or another requirement
enum class Standing { kUnknown, kSame, kGained, kLost, kMoved };
std::string_view StandingName(Standing standing);  // "unknown", "same", "gained" ...
std::optional<Standing> ParseStanding(std::string_view name);

// What one of the two says of a lead.
struct ShadowVerdict {
  int64_t policy_revision = 0;
  TimeMs judged_at_ms = 0;
  int32_t fit = 0;
  int32_t intent = 0;
  bool qualified = false;
  std::string disqualified_reason;  // code, empty if none
  Route route;                      // set when qualified
  bool operator==(const ShadowVerdict&) const = default;
};

// What a lead remembers of the run between two judgments; empty while it has none to remember.
struct ShadowNote {
  int64_t run = 0;    // 0: none
  int32_t cycle = 0;  // the cycle that the lead would open
  Standing standing = Standing::kUnknown;
  std::optional<ShadowVerdict> would_be;  // as the draft made it a would-be MQL
  bool operator==(const ShadowNote&) const = default;
};

// One lead of which the two do not say the same.
struct ShadowDifference {
  LeadId lead;
  int32_t cycle = 0;
  Standing standing = Standing::kGained;
  TimeMs at_ms = 0;  // since when it stands so
  ShadowVerdict active, shadow;
  bool operator==(const ShadowDifference&) const = default;
};

// What a run counts. Each lead counts once for each of its handoff cycles, and same, gained, lost
// and moved add up to leads.
enum class ShadowCount {
  kLeads,
  kSame,
  kGained,
  kLost,
  kMoved,
  kEarlier,    // of those that are MQL for both: the draft said so at an earlier judgment
  kJudgments,  // by the draft; a lead is judged until it is MQL
  kErrors,     // of these, the ones in which a condition could not be decided
  kFailed,     // not made, because the draft or the lead's account could not be read
};
inline constexpr size_t kShadowCounts = 9;
std::string_view ShadowCountName(ShadowCount count);  // "leads" ...

// How many leads a queue would have got.
struct QueueShare {
  int64_t active = 0;
  int64_t shadow = 0;
  bool operator==(const QueueShare&) const = default;
};

inline constexpr size_t kShadowQueuesMax = 1000;       // counted by name in one run
inline constexpr size_t kShadowDifferencesMax = 1000;  // kept of one run, the latest

struct ShadowCounts {
  std::array<int64_t, kShadowCounts> counts = {};
  // MQLs by queue. Queues beyond kShadowQueuesMax are counted together under the empty id.
  std::map<QueueId, QueueShare> queues;

  int64_t& operator[](ShadowCount count) { return counts[static_cast<size_t>(count)]; }
  int64_t operator[](ShadowCount count) const { return counts[static_cast<size_t>(count)]; }
  // The queue's share, or the one under which it is counted.
  QueueShare& ShareOf(const QueueId& queue);
  bool operator==(const ShadowCounts&) const = default;
};

// What one judgment adds to its run: applied by the store in the same act as the plan that carries
// it, or not at all if the run has ended.
struct ShadowStep {
  int64_t run = 0;
  std::array<int32_t, kShadowCounts> added = {};  // by ShadowCount; each -1, 0 or 1
  QueueId active_queue;                           // of an MQL by the active revision; else empty
  QueueId shadow_queue;                           // of a new would-be MQL; else empty
  std::optional<ShadowDifference> difference;     // takes the place of the lead's own, if any
  bool agreed = false;  // the lead's difference is over; never with `difference`
  bool operator==(const ShadowStep&) const = default;
};

// The run that judges now.
struct Shadow {
  int64_t run = 0;                       // its number in the workspace, above 0
  std::shared_ptr<const Policy> policy;  // nullptr: it cannot be read
};

// Judges plan.after.facts by the draft and adds to the plan what follows: plan.shadow and
// plan.after.shadow, and nothing else. `plan.after` holds the active revision's judgment and its
// cycle is still the one before. `account` nullptr: as for NameOwners.
void JudgeBeside(const Shadow& shadow, const AccountView* account, TimeMs now_ms, Plan& plan);

}  // namespace baton::core

#endif  // BATON_CORE_SHADOW_H_
