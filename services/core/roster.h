// Who sells: reps, their queues, and the pure rule that picks one rep for one lead.
//
// The rule runs in two places: here (memory store, simulation) and as Lua inside the Redis
// functions, so that concurrent replicas cannot race on a ledger. The differential test holds them
// to each other. Ledgers are integers (nano-leads), so both compute exactly the same.
#ifndef BATON_CORE_ROSTER_H_
#define BATON_CORE_ROSTER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/ids.h"
#include "core/policy.h"
#include "core/work.h"

namespace baton::core {

enum class Presence { kOnline, kAway, kOffline };

inline constexpr int32_t kWeightMax = 1000;
inline constexpr int32_t kCapacityMax = 1000;
inline constexpr size_t kSkillsMax = 32;  // per rep
inline constexpr int32_t kSkillLevelMax = 5;
inline constexpr size_t kRepAttributesMax = 64;
inline constexpr size_t kQueuesPerRepMax = 32;
inline constexpr size_t kRepsPerQueueMax = 10000;

struct Rep {
  RepId id;
  std::string display_name;         // <= 128 bytes
  std::vector<QueueId> queues;      // sorted
  int32_t weight = 1;               // 1..kWeightMax: share of leads in each of its queues
  int32_t capacity = 5;             // 0..kCapacityMax: leads owned at one time
  std::vector<std::string> skills;  // as SkillWords makes them, sorted
  Presence presence = Presence::kOffline;
  WorkRules work;
  std::map<std::string, AttributeValue> attributes;  // for conditions: rep.languages
  int64_t revision = 0;  // grows with each change; the etag; 0: does not exist
};

// What a choice compares skills by: "german" for a level of 1, and with a level of 3 also
// "german>=2" and "german>=3"; sorted. SkillLevels is the inverse.
std::vector<std::string> SkillWords(const std::map<std::string, int32_t>& levels);
std::map<std::string, int32_t> SkillLevels(const std::vector<std::string>& words);
// The word that a lead asks for: "german", or "german>=2" to "german>=5"; "german>=1" is "german".
// nullopt for anything else.
std::optional<std::string> WantedSkill(std::string_view text);

// Settings of a queue that sales changes by day; mode and times are the policy's (QueuePolicy).
struct QueueSettings {
  QueueId id;
  std::string display_name;
  bool paused = false;  // no offers are made; leads wait
  int64_t revision = 0;
};

// Why a rep was or was not chosen for a lead.
enum class CandidateReason {
  kChosen,
  kFairness,  // could have had it; another was owed more
  kAtCapacity,
  kAway,
  kOffline,
  kMissingSkill,
  kPassed,        // declined this lead, let it time out, or rerouted it
  kNotOwner,      // could have had it; it belongs to another
  kBusier,        // could have had it; another has fewer open leads
  kLessIdle,      // could have had it; another has waited longer for a lead
  kOnLeave,       // a planned absence
  kOutsideHours,  // its calendar is closed
  kDailyCap,      // was given as many leads as it takes in a day
};
std::string_view CandidateReasonName(CandidateReason reason);  // "chosen", "at_capacity" ...

struct Candidate {
  RepId rep;
  CandidateReason reason = CandidateReason::kChosen;
  int64_t deviation_nano = 0;  // got minus entitled to, before this choice, in 10^-9 leads,
                               // negated: positive means the rep is owed leads
  int64_t share_nano = 0;  // entitlement from this lead; 0 unless the ledger moved by the choice
  int32_t open = 0;        // leads owned at that moment
  int32_t capacity = 0;
  bool operator==(const Candidate&) const = default;
};

// A queue member as the choice sees it.
struct Member {
  RepId rep;
  int64_t weight = 1;
  int32_t capacity = 0;
  Presence presence = Presence::kOffline;
  std::vector<std::string> skills;             // sorted
  std::optional<CandidateReason> unavailable;  // kOnLeave, kOutsideHours
  std::optional<int32_t> left_today;           // of its daily cap
  int32_t open = 0;                            // size of the rep's open set
  TimeMs last_assigned_ms = 0;                 // of this queue, as far as it was noted; 0: never
  int64_t owed_nano = 0;                       // ledger of this queue: entitlement minus leads got
};

// What a choice was made by.
// kClaimed: the rep took it.
enum class ChoiceBasis { kNone, kWeightedFair, kLeastLoaded, kLongestIdle, kOwner, kClaimed };
std::string_view ChoiceBasisName(ChoiceBasis basis);  // "none", "weighted_fair" ... "claimed"

// What decided between several that were equal by the basis.
enum class TieBreak { kNone, kFairness, kId };
std::string_view TieBreakName(TieBreak tie);  // "none", "fairness", "id"

struct Choice {
  RepId rep;  // empty: nobody
  ChoiceBasis basis = ChoiceBasis::kNone;
  TieBreak tie = TieBreak::kNone;
  std::vector<Candidate> candidates;  // ChooseRep: every member, ordered by rep id
  int64_t weights = 0;                // sum of the weights of those with a share
};

// Weighted fair choice: each eligible member is owed weight / (sum of eligible weights) of the
// lead, the one owed most (ledger plus this share; ties: smallest id) gets it. Source:
// largest-deficit (quota) method. Measured, |got - entitlement| stays within 1 lead for up to three
// reps whoever comes and goes and for teams of five with weights up to 5 that stay, and within 2
// otherwise; from four reps that come and go on no rule can promise 1
// (tests/unit/core/roster_properties_test.cc). share_nano = floor(10^9 * weight / sum). `members`
// ordered by rep id. Reasons are tested in this order: passed, offline, away, on leave, outside
// hours, missing skill, at capacity, daily cap.
//
// kLeastLoaded and kLongestIdle first leave only those with the fewest open leads, or whose latest
// lead of this queue is longest ago, and choose among these in the same way: the ledger moves
// between them alone. kOwnerFirst is kWeightedFair here.
Choice ChooseRep(absl::Span<const Member> members, absl::Span<const std::string> skills,
                 absl::Span<const RepId> passed, Strategy strategy = Strategy::kWeightedFair);

// Whom a lead may go to.
struct Pool {
  absl::Span<const Member> members;  // of the queue, ordered by rep id
  absl::Span<const Member> owners;   // reps of the roster that own the lead, in its order
  bool owners_only = false;          // it waits for those of them who have not passed
  Strategy strategy = Strategy::kWeightedFair;
  bool count_owned = true;
};

// The first of the owners who can have it; they need no skills and need not be in the queue. The
// ledger then moves as if the choice among the members had fallen on that owner, who so has had a
// turn; not at all without count_owned, or if the owner is not a member who could have been chosen.
// Else nobody while owners_only and an owner has not passed; else ChooseRep. Candidates are the
// owners asked that are not in the queue, in their order, then the members; only the owners asked
// where the members did not matter.
Choice ChooseFrom(const Pool& pool, absl::Span<const std::string> skills,
                  absl::Span<const RepId> passed);

// The rep as a choice sees it at `now_ms`, without open leads and ledger. Weights of members are in
// thousandths of a rep's, so that a ramp shows. `hours`: those that rep.work names, or nullptr;
// `given_today`: leads given since DayBegin.
Member AsMember(const Rep& rep, const Hours* hours, int32_t given_today, TimeMs now_ms);

// Whether the rep may claim a waiting lead: it asks for no skill that the rep lacks, the rep has
// not passed on it, and it waits for none of its `owners` (reps of the roster) but perhaps this
// one.
bool MayClaim(const Member& rep, absl::Span<const std::string> skills,
              absl::Span<const RepId> passed, absl::Span<const Member> owners, bool owners_only);

// What the choice does to the ledger of the queue: every eligible candidate gains its share, the
// chosen one pays the sum of all shares. The ledger of a queue therefore always sums to zero.
// False: it does not count the choice, which was made without shares (a claim, or an owner whose
// leads the queue does not count) or is of nobody.
bool ChargeLedger(const Choice& choice, std::map<RepId, int64_t>& owed_nano);

}  // namespace baton::core

#endif  // BATON_CORE_ROSTER_H_
