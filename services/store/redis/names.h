// Words for enumerations in keys, texts and Lua: written by this release, read by the next and the
// one before, so a word never changes its meaning. Stages and changes have their words in core.
#ifndef BATON_STORE_REDIS_NAMES_H_
#define BATON_STORE_REDIS_NAMES_H_

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "core/plan.h"
#include "core/roster.h"
#include "store/lead_store.h"
#include "store/shadow_store.h"

namespace baton::store::redis {

// How functions other than commit end; the Lua constants are generated from this table.
enum class Outcome {
  kDone,
  kNoWorkspace,
  kMismatch,
  kFull,
  kQueueFull,
  kAbsent,
  kOwnsLeads,
  kExists,
  kClosed,
  kOtherRole,
  kUnapproved,
  kChanged,
  kTaken,
  kGroupFull,
  kReused,
  kUnavailable,
  kAtCapacity,
  kDailyCap,
  kNotAMember,
  kNotPulled,
  kOutboxFull,
  kNoPolicy,
  kTooLarge,
  kNoTable,
  kUnfitted,
};

template <typename Enum, size_t kSize>
using NameTable = std::array<std::pair<Enum, absl::string_view>, kSize>;

inline constexpr NameTable<core::TimerKind, 4> kTimerNames = {{
    {core::TimerKind::kNone, "none"},
    {core::TimerKind::kOfferExpiry, "offer_expiry"},
    {core::TimerKind::kRetry, "retry"},
    {core::TimerKind::kWait, "wait"},
}};

// Candidates keep their reason as a number: a queue has many members and a lead remembers them all.
inline constexpr std::array<std::pair<core::CandidateReason, int>, 13> kReasonNumbers = {{
    {core::CandidateReason::kChosen, 1},
    {core::CandidateReason::kFairness, 2},
    {core::CandidateReason::kAtCapacity, 3},
    {core::CandidateReason::kAway, 4},
    {core::CandidateReason::kOffline, 5},
    {core::CandidateReason::kMissingSkill, 6},
    {core::CandidateReason::kPassed, 7},
    {core::CandidateReason::kNotOwner, 11},
    {core::CandidateReason::kBusier, 12},
    {core::CandidateReason::kLessIdle, 13},
    {core::CandidateReason::kOnLeave, 21},
    {core::CandidateReason::kOutsideHours, 22},
    {core::CandidateReason::kDailyCap, 23},
}};

inline constexpr NameTable<core::Presence, 3> kPresenceNames = {{
    {core::Presence::kOnline, "online"},
    {core::Presence::kAway, "away"},
    {core::Presence::kOffline, "offline"},
}};

inline constexpr NameTable<core::QueueMode, 3> kModeNames = {{
    {core::QueueMode::kOffer, "offer"},
    {core::QueueMode::kDirect, "direct"},
    {core::QueueMode::kPull, "pull"},
}};

inline constexpr NameTable<core::Strategy, 4> kStrategyNames = {{
    {core::Strategy::kWeightedFair, "weighted_fair"},
    {core::Strategy::kLeastLoaded, "least_loaded"},
    {core::Strategy::kLongestIdle, "longest_idle"},
    {core::Strategy::kOwnerFirst, "owner_first"},
}};

inline constexpr NameTable<core::ChoiceBasis, 6> kBasisNames = {{
    {core::ChoiceBasis::kNone, "none"},
    {core::ChoiceBasis::kWeightedFair, "weighted_fair"},
    {core::ChoiceBasis::kLeastLoaded, "least_loaded"},
    {core::ChoiceBasis::kLongestIdle, "longest_idle"},
    {core::ChoiceBasis::kOwner, "owner"},
    {core::ChoiceBasis::kClaimed, "claimed"},
}};

inline constexpr NameTable<core::TieBreak, 3> kTieNames = {{
    {core::TieBreak::kNone, "none"},
    {core::TieBreak::kFairness, "fairness"},
    {core::TieBreak::kId, "id"},
}};

inline constexpr NameTable<ApproverRole, 2> kRoleNames = {{
    {ApproverRole::kMarketing, "marketing"},
    {ApproverRole::kSales, "sales"},
}};

inline constexpr NameTable<ShadowEnd, 3> kShadowEndNames = {{
    {ShadowEnd::kStopped, "stopped"},
    {ShadowEnd::kActivated, "activated"},
    {ShadowEnd::kWithdrawn, "withdrawn"},
}};

inline constexpr NameTable<core::Placement, 3> kPlacementNames = {{
    {core::Placement::kKeep, "keep"},
    {core::Placement::kOffer, "offer"},
    {core::Placement::kRelease, "release"},
}};

inline constexpr NameTable<CommitCode, 7> kCommitCodeNames = {{
    {CommitCode::kCommitted, "committed"},
    {CommitCode::kStaleRevision, "stale_revision"},
    {CommitCode::kStalePolicy, "stale_policy"},
    {CommitCode::kNotDue, "not_due"},
    {CommitCode::kOutboxFull, "outbox_full"},
    {CommitCode::kTooManyLeads, "too_many_leads"},
    {CommitCode::kUnknownWorkspace, "unknown_workspace"},
}};

inline constexpr NameTable<Outcome, 25> kOutcomeNames = {{
    {Outcome::kDone, "done"},
    {Outcome::kNoWorkspace, "no_workspace"},
    {Outcome::kMismatch, "mismatch"},
    {Outcome::kFull, "full"},
    {Outcome::kQueueFull, "queue_full"},
    {Outcome::kAbsent, "absent"},
    {Outcome::kOwnsLeads, "owns_leads"},
    {Outcome::kExists, "exists"},
    {Outcome::kClosed, "closed"},
    {Outcome::kOtherRole, "other_role"},
    {Outcome::kUnapproved, "unapproved"},
    {Outcome::kChanged, "changed"},
    {Outcome::kTaken, "taken"},
    {Outcome::kGroupFull, "group_full"},
    {Outcome::kReused, "reused"},
    {Outcome::kUnavailable, "unavailable"},
    {Outcome::kAtCapacity, "at_capacity"},
    {Outcome::kDailyCap, "daily_cap"},
    {Outcome::kNotAMember, "not_a_member"},
    {Outcome::kNotPulled, "not_pulled"},
    {Outcome::kOutboxFull, "outbox_full"},
    {Outcome::kNoPolicy, "no_policy"},
    {Outcome::kTooLarge, "too_large"},
    {Outcome::kNoTable, "no_table"},
    {Outcome::kUnfitted, "unfitted"},
}};

// Every value of each enumeration has its word; empty only for a value that is none.
template <typename Enum, size_t kSize>
constexpr absl::string_view NameIn(const NameTable<Enum, kSize>& table, Enum value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return {};
}

template <typename Enum, size_t kSize>
constexpr std::optional<Enum> ValueIn(const NameTable<Enum, kSize>& table, absl::string_view name) {
  for (const auto& [value, known] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

// The value whose number is `number`, as functions return it.
template <typename Enum, size_t kSize>
constexpr std::optional<Enum> ValueOf(const NameTable<Enum, kSize>& table, int64_t number) {
  for (const auto& [value, name] : table) {
    if (static_cast<int64_t>(value) == number) return value;
  }
  return std::nullopt;
}

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_NAMES_H_
