#include "core/shadow.h"

#include <algorithm>

#include "core/owners.h"
#include "core/plan.h"

namespace baton::core {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 5> kStandingNames = {"unknown", "same", "gained", "lost",
                                                            "moved"};
constexpr std::array<std::string_view, kShadowCounts> kCountNames = {
    "leads", "same", "gained", "lost", "moved", "earlier", "judgments", "errors", "failed"};

ShadowVerdict VerdictOf(const Judgment& judgment) {
  return {judgment.policy_revision,
          judgment.judged_at_ms,
          judgment.fit,
          judgment.intent,
          judgment.qualified,
          judgment.disqualified_reason,
          judgment.qualified ? judgment.route : Route()};
}

bool IsSameWay(const Route& one, const Route& other) {
  return one.queue == other.queue && one.owners == other.owners && one.priority == other.priority &&
         one.skills == other.skills && one.requirement == other.requirement;
}

Standing StandingOf(const ShadowVerdict& active, const ShadowVerdict& shadow) {
  if (active.qualified != shadow.qualified) {
    return shadow.qualified ? Standing::kGained : Standing::kLost;
  }
  return !active.qualified || IsSameWay(active.route, shadow.route) ? Standing::kSame
                                                                    : Standing::kMoved;
}

bool IsDifference(Standing standing) {
  return standing != Standing::kUnknown && standing != Standing::kSame;
}

ShadowCount CountOf(Standing standing) {
  switch (standing) {
    case Standing::kGained:
      return ShadowCount::kGained;
    case Standing::kLost:
      return ShadowCount::kLost;
    case Standing::kMoved:
      return ShadowCount::kMoved;
    case Standing::kSame:
    case Standing::kUnknown:
      break;
  }
  return ShadowCount::kSame;
}

// What the draft says of the lead now.
ShadowVerdict JudgeByDraft(const Policy& policy, const AccountView* account, TimeMs now_ms,
                           const LeadRecord& lead, ShadowStep& step) {
  const Judgment judgment = JudgeWithOwners(policy, lead, account, now_ms);
  step.added[static_cast<size_t>(ShadowCount::kJudgments)] = 1;
  step.added[static_cast<size_t>(ShadowCount::kErrors)] = judgment.errors.empty() ? 0 : 1;
  if (judgment.qualified) step.shadow_queue = judgment.route.queue;
  return VerdictOf(judgment);
}

// The lead stands as the verdicts say; before, it stood as the note says.
void Settle(const ShadowVerdict& active, const ShadowVerdict& shadow, TimeMs now_ms,
            const LeadRecord& lead, ShadowNote& note, ShadowStep& step) {
  const Standing before = note.standing, standing = StandingOf(active, shadow);
  if (before == Standing::kUnknown) {
    step.added[static_cast<size_t>(ShadowCount::kLeads)] = 1;
  } else {
    step.added[static_cast<size_t>(CountOf(before))] -= 1;
  }
  step.added[static_cast<size_t>(CountOf(standing))] += 1;
  if (active.qualified) {
    step.active_queue = active.route.queue;
    const bool earlier = note.would_be.has_value();
    step.added[static_cast<size_t>(ShadowCount::kEarlier)] = earlier ? 1 : 0;
  }
  if (standing != before && IsDifference(standing)) {
    step.difference = ShadowDifference{lead.key.lead, note.cycle, standing, now_ms, active, shadow};
  }
  step.agreed = IsDifference(before) && !IsDifference(standing);
  note.standing = standing;
}

}  // namespace

std::string_view StandingName(Standing standing) {
  const auto index = static_cast<size_t>(standing);
  return index < kStandingNames.size() ? kStandingNames[index] : std::string_view();
}

std::optional<Standing> ParseStanding(std::string_view name) {
  const auto* found = std::find(kStandingNames.begin(), kStandingNames.end(), name);
  if (found == kStandingNames.end()) return std::nullopt;
  return static_cast<Standing>(found - kStandingNames.begin());
}

std::string_view ShadowCountName(ShadowCount count) {
  const auto index = static_cast<size_t>(count);
  return index < kCountNames.size() ? kCountNames[index] : std::string_view();
}

QueueShare& ShadowCounts::ShareOf(const QueueId& queue) {
  const auto known = queues.find(queue);
  if (known != queues.end()) return known->second;
  return queues[queues.size() < kShadowQueuesMax ? queue : QueueId()];
}

void JudgeBeside(const Shadow& shadow, const AccountView* account, TimeMs now_ms, Plan& plan) {
  LeadRecord& lead = plan.after;
  ShadowNote note = lead.shadow;
  const int32_t cycle = lead.cycle + 1;
  if (note.run != shadow.run || note.cycle != cycle) note = {shadow.run, cycle};
  ShadowStep step;
  step.run = shadow.run;
  const ShadowVerdict active = VerdictOf(lead.judgment);
  if (note.would_be) {
    Settle(active, *note.would_be, now_ms, lead, note, step);
  } else if (shadow.policy == nullptr) {
    step.added[static_cast<size_t>(ShadowCount::kFailed)] = 1;
  } else {
    ShadowVerdict verdict = JudgeByDraft(*shadow.policy, account, now_ms, lead, step);
    Settle(active, verdict, now_ms, lead, note, step);
    if (verdict.qualified) note.would_be = std::move(verdict);
  }
  lead.shadow = active.qualified ? ShadowNote() : std::move(note);
  plan.shadow = std::move(step);
}

}  // namespace baton::core
