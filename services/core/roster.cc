#include "core/roster.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::core {
namespace {

constexpr int64_t kNanoPerLead = 1'000'000'000;
constexpr std::string_view kAtLeast = ">=";

// In the order of their enumerations.
constexpr std::array<std::string_view, 3> kModeNames = {"offer", "direct", "pull"};
constexpr std::array<std::string_view, 4> kStrategyNames = {"weighted_fair", "least_loaded",
                                                            "longest_idle", "owner_first"};
constexpr std::array<std::string_view, 6> kBasisNames = {
    "none", "weighted_fair", "least_loaded", "longest_idle", "owner", "claimed"};
constexpr std::array<std::string_view, 3> kTieNames = {"none", "fairness", "id"};

template <typename Enum, size_t kSize>
std::string_view NameOf(Enum value, const std::array<std::string_view, kSize>& names) {
  const auto index = static_cast<size_t>(value);
  return index < kSize ? names[index] : std::string_view();
}

Candidate AsCandidate(const Member& member, CandidateReason reason) {
  return {member.rep, reason, member.owed_nano, 0, member.open, member.capacity};
}

// Why this member cannot have the lead; kFairness: nothing is in the way.
CandidateReason Eligibility(const Member& member, absl::Span<const std::string> skills,
                            absl::Span<const RepId> passed) {
  if (std::find(passed.begin(), passed.end(), member.rep) != passed.end()) {
    return CandidateReason::kPassed;
  }
  if (member.presence == Presence::kOffline) return CandidateReason::kOffline;
  if (member.presence == Presence::kAway) return CandidateReason::kAway;
  if (member.unavailable.has_value()) return *member.unavailable;
  if (!std::includes(member.skills.begin(), member.skills.end(), skills.begin(), skills.end())) {
    return CandidateReason::kMissingSkill;
  }
  if (member.open >= member.capacity) return CandidateReason::kAtCapacity;
  if (member.left_today.has_value() && *member.left_today <= 0) return CandidateReason::kDailyCap;
  return CandidateReason::kFairness;
}

// Leaves in `able` only those whose `measure` is least, the others get `reason`.
template <typename Measure>
void KeepLeast(absl::Span<const Member> members, Measure measure, CandidateReason reason,
               std::vector<size_t>& able, std::vector<Candidate>& candidates) {
  if (able.empty()) return;
  auto least = measure(members[able.front()]);
  for (const size_t i : able) least = std::min(least, measure(members[i]));
  std::vector<size_t> kept;
  for (const size_t i : able) {
    if (measure(members[i]) == least) {
      kept.push_back(i);
    } else {
      candidates[i].reason = reason;
    }
  }
  able = std::move(kept);
}

ChoiceBasis Narrow(Strategy strategy, absl::Span<const Member> members, std::vector<size_t>& able,
                   std::vector<Candidate>& candidates) {
  switch (strategy) {
    case Strategy::kLeastLoaded:
      KeepLeast(
          members, [](const Member& member) { return member.open; }, CandidateReason::kBusier, able,
          candidates);
      return ChoiceBasis::kLeastLoaded;
    case Strategy::kLongestIdle:
      KeepLeast(
          members, [](const Member& member) { return member.last_assigned_ms; },
          CandidateReason::kLessIdle, able, candidates);
      return ChoiceBasis::kLongestIdle;
    case Strategy::kWeightedFair:
    case Strategy::kOwnerFirst:
      break;
  }
  return ChoiceBasis::kWeightedFair;
}

// Of the members at `able` the one who is owed most.
void ChooseByLedger(absl::Span<const Member> members, const std::vector<size_t>& able,
                    Choice& choice) {
  int64_t& weights = choice.weights;
  for (const size_t i : able) weights += members[i].weight;
  Candidate* best = nullptr;
  bool tied = false;
  for (const size_t i : able) {
    Candidate& candidate = choice.candidates[i];
    candidate.share_nano = kNanoPerLead * members[i].weight / weights;
    const int64_t claim = candidate.deviation_nano + candidate.share_nano;
    const int64_t most = best == nullptr ? 0 : best->deviation_nano + best->share_nano;
    if (best == nullptr || claim > most) {
      best = &candidate;  // at a tie the earlier one, which has the smaller id, stays
      tied = false;
    } else if (claim == most) {
      tied = true;
    }
  }
  if (best == nullptr) {
    choice.basis = ChoiceBasis::kNone;
    return;
  }
  best->reason = CandidateReason::kChosen;
  choice.rep = best->rep;
  if (tied) {
    choice.tie = TieBreak::kId;
  } else if (choice.basis != ChoiceBasis::kWeightedFair && able.size() > 1) {
    choice.tie = TieBreak::kFairness;
  }
}

bool IsAmong(const RepId& rep, const std::vector<Candidate>& candidates) {
  return std::any_of(candidates.begin(), candidates.end(),
                     [&rep](const Candidate& candidate) { return candidate.rep == rep; });
}

// Owners that were asked and are not in the queue, in front of its members.
void PutStrangersFirst(std::vector<Candidate> asked, std::vector<Candidate>& members) {
  asked.erase(std::remove_if(asked.begin(), asked.end(),
                             [&members](const Candidate& candidate) {
                               return IsAmong(candidate.rep, members);
                             }),
              asked.end());
  members.insert(members.begin(), asked.begin(), asked.end());
}

// To the last one asked. As a turn of that rep, if the members could have chosen it.
Choice GiveToOwner(const Pool& pool, std::vector<Candidate> asked,
                   absl::Span<const std::string> skills, absl::Span<const RepId> passed) {
  const RepId owner = asked.back().rep;
  asked.back().reason = CandidateReason::kChosen;
  Choice choice;
  if (pool.count_owned) choice = ChooseRep(pool.members, skills, passed);
  const bool counts = std::any_of(choice.candidates.begin(), choice.candidates.end(),
                                  [&owner](const Candidate& candidate) {
                                    return candidate.rep == owner && candidate.share_nano != 0;
                                  });
  if (counts) {
    for (Candidate& candidate : choice.candidates) {
      if (candidate.share_nano == 0) continue;
      candidate.reason =
          candidate.rep == owner ? CandidateReason::kChosen : CandidateReason::kNotOwner;
    }
    PutStrangersFirst(std::move(asked), choice.candidates);
  } else {
    choice.candidates = std::move(asked);
    choice.weights = 0;
  }
  choice.rep = owner;
  choice.basis = ChoiceBasis::kOwner;
  choice.tie = TieBreak::kNone;
  return choice;
}

}  // namespace

std::string_view CandidateReasonName(CandidateReason reason) {
  switch (reason) {
    case CandidateReason::kChosen:
      return "chosen";
    case CandidateReason::kFairness:
      return "fairness";
    case CandidateReason::kAtCapacity:
      return "at_capacity";
    case CandidateReason::kAway:
      return "away";
    case CandidateReason::kOffline:
      return "offline";
    case CandidateReason::kMissingSkill:
      return "missing_skill";
    case CandidateReason::kPassed:
      return "passed";
    case CandidateReason::kNotOwner:
      return "not_owner";
    case CandidateReason::kBusier:
      return "busier";
    case CandidateReason::kLessIdle:
      return "less_idle";
    case CandidateReason::kOnLeave:
      return "on_leave";
    case CandidateReason::kOutsideHours:
      return "outside_hours";
    case CandidateReason::kDailyCap:
      return "daily_cap";
  }
  return "";
}

Turn TurnOf(int32_t priority, TimeMs queued_at_ms, const Ageing& age) {
  if (age.every_ms == 0 || priority >= age.max) return {priority, queued_at_ms};
  const DurationMs head_start_ms = priority * age.every_ms / age.by;
  return {age.max - 1, std::max<TimeMs>(0, queued_at_ms - head_start_ms)};
}

std::string_view QueueModeName(QueueMode mode) {
  return NameOf(mode, kModeNames);
}

std::string_view StrategyName(Strategy strategy) {
  return NameOf(strategy, kStrategyNames);
}

std::string_view ChoiceBasisName(ChoiceBasis basis) {
  return NameOf(basis, kBasisNames);
}

std::string_view TieBreakName(TieBreak tie) {
  return NameOf(tie, kTieNames);
}

std::vector<std::string> SkillWords(const std::map<std::string, int32_t>& levels) {
  std::vector<std::string> words;
  for (const auto& [skill, level] : levels) {
    words.push_back(skill);
    for (int32_t i = 2; i <= level; ++i) words.push_back(absl::StrCat(skill, ">=", i));
  }
  std::sort(words.begin(), words.end());
  return words;
}

std::map<std::string, int32_t> SkillLevels(const std::vector<std::string>& words) {
  std::map<std::string, int32_t> levels;
  for (const std::string& word : words) {
    const size_t sign = word.find(kAtLeast);
    int32_t& level = levels[word.substr(0, sign)];
    level = std::max(level, sign == std::string::npos ? 1 : word.back() - '0');
  }
  return levels;
}

std::optional<std::string> WantedSkill(std::string_view text) {
  const size_t sign = text.find(kAtLeast);
  if (!IsValidId(text.substr(0, sign))) return std::nullopt;
  if (sign == std::string_view::npos) return std::string(text);
  const std::string_view level = text.substr(sign + kAtLeast.size());
  if (level.size() != 1 || level[0] < '1' || level[0] > '0' + kSkillLevelMax) return std::nullopt;
  return std::string(level == "1" ? text.substr(0, sign) : text);
}

Member AsMember(const Rep& rep, const Hours* hours, int32_t given_today, TimeMs now_ms) {
  const WorkRules& work = rep.work;
  const int64_t permille = RampPermille(work.ramp, now_ms);
  Member member;
  member.rep = rep.id;
  member.weight = rep.weight * permille;
  member.capacity = RampedCapacity(rep.capacity, permille);
  member.presence = rep.presence;
  member.skills = rep.skills;
  if (AbsenceAt(work, now_ms) != nullptr) {
    member.unavailable = CandidateReason::kOnLeave;
  } else if (!IsAtWork(work, hours, now_ms)) {
    member.unavailable = CandidateReason::kOutsideHours;
  }
  if (work.daily_cap > 0) member.left_today = work.daily_cap - given_today;
  return member;
}

Choice ChooseRep(absl::Span<const Member> members, absl::Span<const std::string> skills,
                 absl::Span<const RepId> passed, Strategy strategy) {
  Choice choice;
  choice.candidates.reserve(members.size());
  std::vector<size_t> able;
  for (const Member& member : members) {
    const CandidateReason reason = Eligibility(member, skills, passed);
    if (reason == CandidateReason::kFairness) able.push_back(choice.candidates.size());
    choice.candidates.push_back(AsCandidate(member, reason));
  }
  choice.basis = Narrow(strategy, members, able, choice.candidates);
  ChooseByLedger(members, able, choice);
  return choice;
}

Choice ChooseFrom(const Pool& pool, absl::Span<const std::string> skills,
                  absl::Span<const RepId> passed) {
  std::vector<Candidate> asked;
  bool awaited = false;
  for (const Member& owner : pool.owners) {
    const CandidateReason reason = Eligibility(owner, /*skills=*/{}, passed);
    asked.push_back(AsCandidate(owner, reason));
    if (reason == CandidateReason::kFairness) {
      return GiveToOwner(pool, std::move(asked), skills, passed);
    }
    awaited = awaited || reason != CandidateReason::kPassed;
  }
  Choice choice;
  if (pool.owners_only && awaited) {
    choice.candidates = std::move(asked);
    return choice;
  }
  choice = ChooseRep(pool.members, skills, passed, pool.strategy);
  PutStrangersFirst(std::move(asked), choice.candidates);
  return choice;
}

bool MayClaim(const Member& rep, absl::Span<const std::string> skills,
              absl::Span<const RepId> passed, absl::Span<const Member> owners, bool owners_only) {
  const auto has_passed = [passed](const RepId& id) {
    return std::find(passed.begin(), passed.end(), id) != passed.end();
  };
  if (has_passed(rep.rep)) return false;
  bool awaited = false;
  for (const Member& owner : owners) {
    if (owner.rep == rep.rep) return true;
    awaited = awaited || !has_passed(owner.rep);
  }
  if (owners_only && awaited) return false;
  return std::includes(rep.skills.begin(), rep.skills.end(), skills.begin(), skills.end());
}

bool ChargeLedger(const Choice& choice, std::map<RepId, int64_t>& owed_nano) {
  int64_t paid = 0;
  const Candidate* chosen = nullptr;
  for (const Candidate& candidate : choice.candidates) {
    if (candidate.share_nano != 0) owed_nano[candidate.rep] += candidate.share_nano;
    paid += candidate.share_nano;
    if (candidate.reason == CandidateReason::kChosen) chosen = &candidate;
  }
  if (chosen == nullptr || paid == 0) return false;
  owed_nano[chosen->rep] -= paid;
  return true;
}

}  // namespace baton::core
