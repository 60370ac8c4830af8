#include "core/roster.h"

#include <algorithm>

namespace baton::core {
namespace {

constexpr int64_t kNanoPerLead = 1'000'000'000;

// Why this member cannot have the lead; kFairness: nothing is in the way.
CandidateReason Eligibility(const Member& member, absl::Span<const std::string> skills,
                            absl::Span<const RepId> passed) {
  if (std::find(passed.begin(), passed.end(), member.rep) != passed.end()) {
    return CandidateReason::kPassed;
  }
  if (member.presence == Presence::kOffline) return CandidateReason::kOffline;
  if (member.presence == Presence::kAway) return CandidateReason::kAway;
  if (!std::includes(member.skills.begin(), member.skills.end(), skills.begin(), skills.end())) {
    return CandidateReason::kMissingSkill;
  }
  if (member.open >= member.capacity) return CandidateReason::kAtCapacity;
  return CandidateReason::kFairness;
}

// What the choice moved in the ledger, times `sign`.
void Apply(absl::Span<const Candidate> candidates, int64_t sign,
           std::map<RepId, int64_t>& owed_nano) {
  int64_t paid = 0;
  const Candidate* chosen = nullptr;
  for (const Candidate& candidate : candidates) {
    if (candidate.share_nano != 0) owed_nano[candidate.rep] += sign * candidate.share_nano;
    paid += candidate.share_nano;
    if (candidate.reason == CandidateReason::kChosen) chosen = &candidate;
  }
  if (chosen != nullptr) owed_nano[chosen->rep] -= sign * paid;
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
  }
  return "";
}

Choice ChooseRep(absl::Span<const Member> members, absl::Span<const std::string> skills,
                 absl::Span<const RepId> passed) {
  Choice choice;
  choice.candidates.reserve(members.size());
  int64_t weights = 0;
  for (const Member& member : members) {
    const CandidateReason reason = Eligibility(member, skills, passed);
    if (reason == CandidateReason::kFairness) weights += member.weight;
    choice.candidates.push_back(
        {member.rep, reason, member.owed_nano, 0, member.open, member.capacity});
  }
  Candidate* best = nullptr;
  for (size_t i = 0; i < members.size(); ++i) {
    Candidate& candidate = choice.candidates[i];
    if (candidate.reason != CandidateReason::kFairness) continue;
    candidate.share_nano = kNanoPerLead * members[i].weight / weights;
    if (best == nullptr ||
        candidate.deviation_nano + candidate.share_nano > best->deviation_nano + best->share_nano) {
      best = &candidate;  // at a tie the earlier one, which has the smaller id, stays
    }
  }
  if (best != nullptr) {
    best->reason = CandidateReason::kChosen;
    choice.rep = best->rep;
  }
  return choice;
}

void ChargeLedger(const Choice& choice, std::map<RepId, int64_t>& owed_nano) {
  Apply(choice.candidates, 1, owed_nano);
}

void RefundLedger(absl::Span<const Candidate> candidates, std::map<RepId, int64_t>& owed_nano) {
  Apply(candidates, -1, owed_nano);
}

}  // namespace baton::core
