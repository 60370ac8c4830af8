#include "verify/store_check.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "baton/store/v1/record.pb.h"
#include "core/requirement.h"
#include "core/text.h"

namespace baton::verify {
namespace {

using core::Candidate;
using core::CandidateReason;
using core::Stage;
using core::TimerKind;
using core::ToAbsl;

// The place in a lane: priority first, then the time of arrival.
constexpr int64_t kPriorityMax = 100;
constexpr int64_t kPrioritySpan = int64_t{1} << 45;

absl::string_view TimerName(TimerKind timer) {
  switch (timer) {
    case TimerKind::kNone:
      return "no timer";
    case TimerKind::kOfferExpiry:
      return "a timer of an offer";
    case TimerKind::kRetry:
      return "a timer to try again";
    case TimerKind::kWait:
      return "a timer of its wait";
  }
  return "";
}

TimerKind TimerNeeded(const StoredLead& lead) {
  if (lead.stage == Stage::kOffered) return TimerKind::kOfferExpiry;
  if (lead.stage != Stage::kQueued) return TimerKind::kNone;
  // Which of the two comes first is the store's to say.
  if (!lead.passed.empty() && lead.wait_until_ms != 0 && lead.timer != TimerKind::kNone) {
    return lead.timer == TimerKind::kWait ? TimerKind::kWait : TimerKind::kRetry;
  }
  if (!lead.passed.empty()) return TimerKind::kRetry;
  return lead.wait_until_ms != 0 ? TimerKind::kWait : TimerKind::kNone;
}

int64_t PlaceOf(const StoredLead& lead, const core::Ageing& age) {
  const core::Turn turn = core::TurnOf(lead.priority, lead.queued_at_ms, age);
  return (kPriorityMax - turn.band) * kPrioritySpan + turn.at_ms;
}

// The lead is asked for by somebody before others, or was so earlier in its cycle.
bool HadOwners(const StoredLead& lead) {
  store::v1::Judgment judgment;
  return !lead.owners.empty() ||
         (judgment.ParseFromString(lead.judgment) && judgment.route_owners_size() > 0);
}

std::string Where(const std::string& rep, const std::string& queue) {
  std::string where;
  if (!rep.empty()) absl::StrAppend(&where, "in the open set of rep ", rep);
  if (!queue.empty()) {
    absl::StrAppend(&where, where.empty() ? "" : " and ", "in the backlog of queue ", queue);
  }
  return where.empty() ? "nowhere" : where;
}

}  // namespace

void StoreCheck::NoteOwed(const std::string& where, const std::string& rep, int64_t owed_nano,
                          int64_t most_nano) {
  findings_.LookedAt(Check::kFairness);
  largest_owed_nano_ = std::max(largest_owed_nano_, std::abs(owed_nano));
  if (std::abs(owed_nano) <= most_nano) return;
  findings_.Violation(Check::kFairness,
                      absl::StrCat(where, ": rep ", rep, " is owed ",
                                   static_cast<double>(owed_nano) / kNanoPerLead, " leads"));
}

void StoreCheck::CheckLedger(const std::string& workspace, const StoredQueue& queue) {
  const std::string key = absl::StrCat(workspace, "/", queue.id);
  const std::string name = "queue " + key;
  const int64_t most_nano = OwedMaxNano(queue.owed_nano.size(), given_back_[key]);
  int64_t sum = 0;
  for (const auto& [rep, owed] : queue.owed_nano) {
    sum += owed;
    NoteOwed(name, rep, owed, most_nano);
  }
  if (sum == 0) return;
  findings_.Violation(Check::kFairness,
                      absl::StrCat(name, ": the ledger sums to ", sum, " nano-leads, not to 0"));
}

int64_t StoreCheck::GivenBackIn(const StoredWorkspace& workspace, const StoredQueue& queue,
                                const GivenBack& given_back) {
  int64_t most = 0;
  for (const StoredRep& rep : workspace.reps) {
    const std::string key = workspace.id + "/" + rep.id;
    const auto count = [&key](const auto& of_reps) {
      const auto found = of_reps.find(key);
      return found == of_reps.end() ? 0 : found->second;
    };
    int64_t given = count(given_back.passed);
    if (queue.credit_returned) given += count(given_back.returned);
    // Only of a rep that never changed is it known how many leads it could own.
    if (rep.revision == 1) given = std::min<int64_t>(given, rep.capacity);
    most = std::max(most, std::min<int64_t>(given, core::kCapacityMax));
  }
  return most;
}

void StoreCheck::Add(const StoredWorkspace& workspace, const GivenBack* given_back) {
  const auto key = [&workspace](const std::string& id) { return workspace.id + "/" + id; };
  epochs_[workspace.id] = workspace.epoch;
  activated_at_ms_[workspace.id] = workspace.activated_at_ms;
  for (const StoredRep& rep : workspace.reps) {
    if (rep.revision > 0) {  // 0: no longer in the roster
      int64_t& capacity = capacities_[key(rep.id)];
      capacity = std::max<int64_t>(capacity, rep.capacity);
    }
    for (const std::string& lead : rep.open) {
      std::string& in = standing_[key(lead)].rep;
      absl::StrAppend(&in, in.empty() ? "" : ",", rep.id);
    }
    StoredRep kept = rep;
    kept.open.clear();
    reps_[key(rep.id)] = std::move(kept);
  }
  for (const StoredQueue& queue : workspace.queues) {
    given_back_[key(queue.id)] =
        given_back == nullptr ? core::kCapacityMax : GivenBackIn(workspace, queue, *given_back);
    CheckLedger(workspace.id, queue);
    if (queue.age.every_ms > 0) {
      ages_[key(queue.id)] = queue.age;
      with_ageing_.insert(workspace.id);
    }
    for (const auto& [lead, queued_at_ms] : queue.waiting) {
      Standing& standing = standing_[key(lead)];
      absl::StrAppend(&standing.queue, standing.queue.empty() ? "" : ",", queue.id);
      standing.queued_at_ms = queued_at_ms;
    }
    for (const auto& [lead, place] : queue.lanes) {
      Standing& standing = standing_[key(lead)];
      ++standing.lanes;
      standing.place = place;
    }
  }
  CheckTimers(workspace);
  for (const auto& [lead, due] : workspace.timers) standing_[key(lead)].due_at_ms = due;
}

// Timers of a workspace that stands elsewhere among its shard's come late or never.
void StoreCheck::CheckTimers(const StoredWorkspace& workspace) {
  if (workspace.timers.empty() || workspace.timers_place < 0) return;
  int64_t first_ms = core::kTimeMsMax;
  for (const auto& [lead, due_ms] : workspace.timers) first_ms = std::min(first_ms, due_ms);
  if (workspace.timers_place == first_ms) return;
  findings_.Violation(Check::kTimers, absl::StrCat("workspace ", workspace.id, " has timers from ",
                                                   first_ms, " on, its shard has it at ",
                                                   workspace.timers_place, " (0: nowhere)"));
}

void StoreCheck::CheckStanding(const StoredLead& lead, const Standing& standing) {
  findings_.LookedAt(Check::kPlaces);
  const std::string rep = HasOwner(lead.stage) ? lead.rep : "";
  const std::string queue = lead.stage == Stage::kQueued ? lead.queue : "";
  const bool named = !HasOwner(lead.stage) || !lead.rep.empty();
  if (standing.rep != rep || standing.queue != queue || !named) {
    return findings_.Violation(
        Check::kPlaces,
        absl::StrCat("lead ", lead.key(), " is ", ToAbsl(core::StageName(lead.stage)),
                     " and belongs ", Where(rep, queue), ", but stands ",
                     Where(standing.rep, standing.queue)));
  }
  if (standing.lanes != (queue.empty() ? 0 : 1)) {
    return findings_.Violation(Check::kPlaces, absl::StrCat("lead ", lead.key(), " stands in ",
                                                            standing.lanes, " lanes of queues"));
  }
  if (queue.empty()) return;
  const int64_t place = PlaceOf(lead, {});
  const auto age = ages_.find(lead.workspace + "/" + queue);
  // A place is that of the policy under which the lead came to wait: of an earlier revision it is
  // not known how leads aged, but that none stood further back for it.
  const bool aged = age != ages_.end() && standing.place == PlaceOf(lead, age->second);
  const bool may_have_aged =
      standing.place < place && lead.queued_at_ms <= activated_at_ms_[lead.workspace];
  if (standing.place != place && !aged && !may_have_aged) {
    findings_.Violation(Check::kPlaces, absl::StrCat("lead ", lead.key(), " waits at place ",
                                                     standing.place, ", its place is ", place));
  }
  if (standing.queued_at_ms != lead.queued_at_ms) {
    findings_.Violation(Check::kPlaces,
                        absl::StrCat("lead ", lead.key(), " was queued at ", lead.queued_at_ms,
                                     ", its backlog says ", standing.queued_at_ms));
  }
}

void StoreCheck::CheckTimer(const StoredLead& lead, const Standing& standing) {
  findings_.LookedAt(Check::kTimers);
  const TimerKind needed = TimerNeeded(lead);
  if (lead.timer != needed || (lead.due_at_ms != 0) != (needed != TimerKind::kNone)) {
    findings_.Violation(
        Check::kTimers,
        absl::StrCat("lead ", lead.key(), " is ", ToAbsl(core::StageName(lead.stage)), " with ",
                     TimerName(lead.timer), " (due at ", lead.due_at_ms, "), it needs ",
                     TimerName(needed)));
  }
  const core::TimeMs due_ms = lead.due_at_ms == 0     ? lead.clock_at_ms
                              : lead.clock_at_ms == 0 ? lead.due_at_ms
                                                      : std::min(lead.due_at_ms, lead.clock_at_ms);
  if (standing.due_at_ms != due_ms) {
    findings_.Violation(Check::kTimers, absl::StrCat("lead ", lead.key(), " is due at ", due_ms,
                                                     ", the list of timers says ",
                                                     standing.due_at_ms, " (0: none)"));
  }
}

void StoreCheck::CheckEnd(const StoredLead& lead, const LeadEnd& end) {
  findings_.LookedAt(Check::kStore);
  if (end.version != lead.version) {
    return findings_.Violation(Check::kStore,
                               absl::StrCat("lead ", lead.key(), " is at version ", lead.version,
                                            ", its feedback ends at ", end.version));
  }
  if (end.version == 0) return;
  if (end.stage != lead.stage || end.rep != lead.rep || end.queue != lead.queue ||
      end.generation != lead.generation || end.cycle != lead.cycle) {
    findings_.Violation(
        Check::kStore,
        absl::StrCat("lead ", lead.key(), " version ", lead.version, ": the store says ",
                     ToAbsl(core::StageName(lead.stage)), " queue '", lead.queue, "' rep '",
                     lead.rep, "' generation ", lead.generation, " cycle ", lead.cycle,
                     ", the feedback ", ToAbsl(core::StageName(end.stage)), " queue '", end.queue,
                     "' rep '", end.rep, "' generation ", end.generation, " cycle ", end.cycle));
  }
  const auto epoch = epochs_.find(lead.workspace);
  if (epoch != epochs_.end() && end.epoch > epoch->second) {
    findings_.Violation(Check::kStore,
                        absl::StrCat("lead ", lead.key(), ": its feedback is of epoch ", end.epoch,
                                     ", the store is in epoch ", epoch->second));
  }
}

// The latest choice says of each rep of the queue why it was or was not chosen.
void StoreCheck::CheckChoice(const StoredLead& lead) {
  const Candidate* chosen = nullptr;
  int64_t best_claim = INT64_MIN;
  bool alone = true;
  const auto given_back = given_back_.find(lead.workspace + "/" + lead.queue);
  const int64_t most_nano =
      OwedMaxNano(lead.candidates.size(), given_back == given_back_.end() ? 0 : given_back->second);
  for (const Candidate& candidate : lead.candidates) {
    NoteOwed(absl::StrCat("choice for lead ", lead.key()), candidate.rep.str(),
             candidate.deviation_nano, most_nano);
    int64_t& capacity = capacities_[lead.workspace + "/" + candidate.rep.str()];
    capacity = std::max<int64_t>(capacity, candidate.capacity);
    if (candidate.reason == CandidateReason::kChosen) {
      alone = alone && chosen == nullptr;
      chosen = &candidate;
    }
    if (candidate.share_nano > 0) {
      best_claim = std::max(best_claim, candidate.deviation_nano + candidate.share_nano);
    }
  }
  // The rep is kept with leads that somebody owns, and with those that were won.
  if (chosen == nullptr && lead.rep.empty()) return;
  findings_.LookedAt(Check::kChoice);
  const std::string rep = chosen == nullptr ? lead.rep : chosen->rep.str();
  const auto fault = [&](absl::string_view what) {
    findings_.Violation(Check::kChoice,
                        absl::StrCat("lead ", lead.key(), " of rep ", rep, ": ", what));
  };
  if (chosen == nullptr || !alone || (!lead.rep.empty() && rep != lead.rep)) {
    return fault("the latest choice names another one, several or nobody");
  }
  if (chosen->open >= chosen->capacity) {
    fault(absl::StrCat("owned ", chosen->open, " leads of at most ", chosen->capacity,
                       " when it was chosen"));
  }
  if (!lead.to_owner && chosen->deviation_nano + chosen->share_nano < best_claim) {
    fault("another one was owed more when it was chosen");
  }
}

// Of an owner no skills are wanted, nor, where a lead is claimed, of the delegate of one on leave.
bool StoreCheck::IsAskedFirst(const StoredLead& lead) const {
  const auto is_rep = [&lead](const std::string& id) { return id == lead.rep; };
  const auto& owners = lead.owners;
  if (lead.to_owner || std::any_of(owners.begin(), owners.end(), is_rep)) return true;
  if (!lead.choice.has_value() || lead.choice->basis != "claimed") return false;
  return std::any_of(owners.begin(), owners.end(), [&](const std::string& owner) {
    const auto found = reps_.find(lead.workspace + "/" + owner);
    // Who stood in for an owner that has changed since is not known.
    if (found == reps_.end() || found->second.revision != 1) return true;
    const auto& delegates = found->second.delegates;
    return std::any_of(delegates.begin(), delegates.end(), is_rep);
  });
}

// A rep that is as it was created was so when it was chosen: who owns a lead cannot be deleted.
void StoreCheck::CheckOwner(const StoredLead& lead) {
  if (!HasOwner(lead.stage)) return;
  const auto fault = [&](absl::string_view what) {
    findings_.Violation(Check::kChoice,
                        absl::StrCat("lead ", lead.key(), " of rep ", lead.rep, ": ", what));
  };
  if (std::find(lead.passed.begin(), lead.passed.end(), lead.rep) != lead.passed.end()) {
    fault("the rep had passed on it");
  }
  const auto found = reps_.find(lead.workspace + "/" + lead.rep);
  if (found == reps_.end() || found->second.revision == 0) return fault("there is no such rep");
  const StoredRep& rep = found->second;
  if (rep.revision != 1) return;
  if (!rep.online) fault("the rep was never online");
  if (IsAskedFirst(lead)) return;
  for (const absl::string_view skill : absl::StrSplit(lead.skills, ',', absl::SkipEmpty())) {
    if (skill.front() == kRequirementSign) continue;
    if (std::find(rep.skills.begin(), rep.skills.end(), skill) == rep.skills.end()) {
      fault(absl::StrCat("the rep lacks the skill ", skill));
    }
  }
  const bool meets =
      lead.requirement.empty() || core::Requirement(lead.requirement).IsMetBy(rep.attributes);
  if (!meets) fault(absl::StrCat("the rep does not meet the requirement ", lead.requirement));
}

void StoreCheck::CheckLead(const StoredLead& lead, const LeadEnd& end, bool feedback_gone) {
  const std::string key = lead.key();
  if (!seen_.emplace(key, true).second) {
    findings_.Violation(Check::kPlaces, absl::StrCat("lead ", key, " is in the store twice"));
  }
  const auto found = standing_.find(key);
  const Standing standing = found == standing_.end() ? Standing() : std::move(found->second);
  if (found != standing_.end()) standing_.erase(found);
  CheckStanding(lead, standing);
  CheckTimer(lead, standing);
  if (end.version > 0 || !feedback_gone) CheckEnd(lead, end);
  CheckChoice(lead);
  CheckOwner(lead);
  if (lead.stage != Stage::kNew && lead.stage != Stage::kNurture &&
      lead.stage != Stage::kRecycled && !with_ageing_.contains(lead.workspace) &&
      !HadOwners(lead)) {
    wants_[key] = {lead.cycle, lead.priority, lead.skills, lead.workspace + "/" + lead.queue};
  }
}

void StoreCheck::CheckUnreadable(const std::string& key) {
  seen_.emplace(key, true);
  standing_.erase(key);
  findings_.Violation(
      Check::kPlaces,
      absl::StrCat("lead ", key, " is listed, but its record is missing or broken"));
}

void StoreCheck::Finish(const std::vector<std::string>& with_feedback) {
  for (const auto& [key, standing] : standing_) {
    findings_.Violation(Check::kPlaces,
                        absl::StrCat("there is no lead ", key, ", but it stands ",
                                     Where(standing.rep, standing.queue),
                                     standing.due_at_ms == 0 ? "" : " and has a timer"));
  }
  for (const std::string& key : with_feedback) {
    if (seen_.contains(key)) continue;
    findings_.Violation(Check::kStore,
                        absl::StrCat("lead ", key, " has feedback, but is not in the store"));
  }
}

}  // namespace baton::verify
