#include "core/sla.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/handback.h"
#include "core/sla_hours.h"
#include "core/text.h"
#include "core/waiting.h"

namespace baton::core {
namespace {

constexpr int32_t kTarget = 100;  // percent
constexpr DurationMs kWithoutPolicy = kMinuteMs;

// In the order of the enumerations.
constexpr std::array<std::string_view, 7> kStates = {"IDLE", "PENDING",  "WARNED",   "BREACHED",
                                                     "MET",  "MET_LATE", "CANCELLED"};
constexpr std::array<std::string_view, 5> kMetrics = {"assign", "accept", "first_touch", "decision",
                                                      "cadence"};
constexpr std::array<std::string_view, 4> kBreaches = {"notify", "reassign", "return", "pause_rep"};

bool IsDecided(Stage stage) {
  return IsClosed(stage) || stage == Stage::kSql || stage == Stage::kSqo;
}

// The owner has committed to the lead.
bool IsAccepted(Stage stage) {
  return IsOwned(stage) && stage != Stage::kOffered;
}

// Something that is said when so much of the target is used up.
struct Threshold {
  int32_t percent = kTarget;
  std::string notify;  // empty: a warning, or the breach
};

// Ascending, with at most one at each percentage besides that of the target.
std::vector<Threshold> ThresholdsOf(const Sla& sla) {
  std::vector<Threshold> all = {{kTarget, ""}};
  if (sla.warn_percent > 0) all.push_back({sla.warn_percent, ""});
  for (const SlaTier& tier : sla.tiers) {
    if (tier.percent == kTarget) {
      all.front().notify = tier.notify;
    } else {
      all.push_back({tier.percent, tier.notify});
    }
  }
  std::sort(all.begin(), all.end(), [](const Threshold& a, const Threshold& b) {
    return std::tie(a.percent, a.notify) < std::tie(b.percent, b.notify);
  });
  return all;
}

// One clock of one lead under its service level.
class Running {
 public:
  Running(const Policy& policy, const Sla& sla, const LeadRecord& lead, SlaClock& clock)
      : sla_(sla), lead_(lead), clock_(clock), hours_(policy, sla, lead) {}

  void Begin(TimeMs at_ms) {
    clock_ = {.sla = sla_.name,
              .state = SlaState::kPending,
              .generation = lead_.generation,
              .started_ms = at_ms,
              .from_ms = at_ms,
              .touches_before = lead_.touches};
    clock_.due_ms = When(kTarget);
  }

  // When so much of the target is used up.
  TimeMs When(int32_t percent) const {
    return hours_.After(clock_.from_ms, sla_.target_ms / kTarget * percent - clock_.spent_ms);
  }

  void Pause(TimeMs now_ms) {
    clock_.spent_ms += hours_.Between(clock_.from_ms, now_ms);
    clock_.from_ms = clock_.due_ms = 0;
  }

  // When the clock came to its end, if it did.
  std::optional<TimeMs> End(TimeMs now_ms) const {
    const TimeMs touched_ms = std::max(clock_.started_ms, lead_.last_touch_at_ms);
    const int32_t touches = lead_.touches - clock_.touches_before;
    switch (sla_.metric) {
      case SlaMetric::kAssign:
        if (lead_.generation > clock_.generation) return lead_.offered_at_ms;
        break;
      case SlaMetric::kAccept:
        if (IsAccepted(lead_.stage)) return lead_.accepted_at_ms;
        break;
      case SlaMetric::kFirstTouch:
        if (touches > 0) return touched_ms;
        break;
      case SlaMetric::kDecision:
        if (IsDecided(lead_.stage)) return now_ms;
        break;
      case SlaMetric::kCadence:
        if (touches >= sla_.touches) return touched_ms;
        break;
    }
    return std::nullopt;
  }

  // Nothing is left to be done in time.
  bool IsMoot() const {
    if (IsClosed(lead_.stage)) return true;
    return sla_.metric == SlaMetric::kCadence && IsDecided(lead_.stage);
  }

  Change Say(ChangeType type) const {
    Change change;
    change.type = type;
    change.stage = lead_.stage;
    change.queue = lead_.queue;
    change.rep = lead_.rep;
    change.generation = lead_.generation;
    change.actor = "clock";
    change.details = {{"sla", sla_.name},
                      {"metric", std::string(SlaMetricName(sla_.metric))},
                      {"startTime", FormatTime(clock_.started_ms)}};
    if (clock_.due_ms != 0) change.details["dueTime"] = FormatTime(clock_.due_ms);
    return change;
  }

  void Stop(TimeMs at_ms, std::vector<Change>& changes) {
    const bool late = clock_.due_ms != 0 ? at_ms > clock_.due_ms : clock_.announced >= kTarget;
    Change change = Say(ChangeType::kSlaMet);
    change.details["stopTime"] = FormatTime(at_ms);
    if (late) change.details["late"] = "true";
    changes.push_back(std::move(change));
    clock_.state = late ? SlaState::kMetLate : SlaState::kMet;
  }

  // When the next thing is to be said, which may be over already.
  void Wait() {
    for (const Threshold& threshold : ThresholdsOf(sla_)) {
      if (threshold.percent <= clock_.announced) continue;
      next_ms_ = When(threshold.percent);
      return;
    }
  }

  // Says what is due. True if the target was broken just now.
  bool Announce(TimeMs now_ms, std::vector<Change>& changes) {
    bool broken = false;
    const int32_t said = clock_.announced;
    for (const Threshold& threshold : ThresholdsOf(sla_)) {
      if (threshold.percent <= said) continue;
      const TimeMs when_ms = When(threshold.percent);
      if (when_ms > now_ms) {
        next_ms_ = when_ms;
        break;
      }
      clock_.announced = threshold.percent;
      const bool breaks = threshold.percent == kTarget;
      Change change = Say(breaks                     ? ChangeType::kSlaBreached
                          : threshold.notify.empty() ? ChangeType::kSlaWarned
                                                     : ChangeType::kSlaEscalated);
      change.details["percent"] = absl::StrCat(threshold.percent);
      if (!threshold.notify.empty()) change.details["notify"] = threshold.notify;
      if (breaks) change.details["action"] = kBreaches[static_cast<size_t>(sla_.breach)];
      changes.push_back(std::move(change));
      broken = broken || breaks;
      if (breaks) clock_.state = SlaState::kBreached;
      if (clock_.state == SlaState::kPending) clock_.state = SlaState::kWarned;
    }
    return broken;
  }

  TimeMs next_ms() const { return next_ms_; }  // 0: nothing is left to be said

 private:
  const Sla& sla_;
  const LeadRecord& lead_;
  SlaClock& clock_;
  const SlaHours hours_;
  TimeMs next_ms_ = 0;
};

// When the clock of a lead that stands where it does begins, if it does.
std::optional<TimeMs> BeginOf(SlaMetric metric, const LeadRecord& lead) {
  switch (metric) {
    case SlaMetric::kAssign:
      break;  // with the cycle
    case SlaMetric::kAccept:
      if (lead.stage == Stage::kOffered) return lead.offered_at_ms;
      break;
    case SlaMetric::kFirstTouch:
    case SlaMetric::kDecision:
      if (IsOwned(lead.stage)) return lead.offered_at_ms;
      break;
    case SlaMetric::kCadence:
      if (IsAccepted(lead.stage)) return std::max(lead.accepted_at_ms, lead.offered_at_ms);
      break;
  }
  return std::nullopt;
}

// True if the clock belongs to a rep who has the lead no more.
bool IsOfAnotherRep(const Sla& sla, const SlaClock& clock, const LeadRecord& lead) {
  if (!sla.restarts || sla.metric == SlaMetric::kAssign) return false;
  if (clock.state == SlaState::kIdle || IsClosed(lead.stage)) return false;
  return !IsOwned(lead.stage) || clock.generation != lead.generation;
}

void SetNext(TimeMs at_ms, LeadRecord& lead) {
  if (at_ms == 0 || at_ms >= kTimeMsMax) return;
  if (lead.clock_at_ms == 0 || at_ms < lead.clock_at_ms) lead.clock_at_ms = at_ms;
}

// Its time away is over: from now on what it does is judged again.
void ComeBack(Plan& plan) {
  plan.after.stage = Stage::kNurture;
  Change change;
  change.type = ChangeType::kNurtured;
  change.stage = Stage::kNurture;
  change.queue = plan.after.queue;
  change.generation = plan.after.generation;
  change.actor = "clock";
  change.details = {{"why", "revisit"}};
  plan.changes.push_back(std::move(change));
}

// Into the queue to which a broken level returns the lead, for anybody there.
void PutBack(const Policy& policy, const Sla& sla, TimeMs now_ms, LeadRecord& lead) {
  lead.owners.clear();
  const QueueId target = sla.return_to.empty() ? lead.home : sla.return_to;
  if (target == lead.queue) return;
  lead.queue = target;
  EnterQueue(&policy, now_ms, lead);
}

// Taken from its rep, who is passed over from now on and stays charged.
void PullBack(const Policy& policy, const Sla& sla, TimeMs now_ms, Plan& plan) {
  LeadRecord& lead = plan.after;
  Change change;
  change.type = ChangeType::kPulledBack;
  change.stage = Stage::kQueued;
  change.queue = lead.queue;
  change.rep = lead.rep;
  change.generation = lead.generation;
  change.actor = "clock";
  change.details = {{"sla", sla.name},
                    {"action", std::string(kBreaches[static_cast<size_t>(sla.breach)])}};
  const RepId rep = lead.rep;
  ReturnToQueue(lead);
  AddPassed(rep, lead);
  if (sla.breach == SlaBreach::kReturn) {
    lead.passed = {rep};
    PutBack(policy, sla, now_ms, lead);
    change.queue = lead.queue;
  }
  plan.policy_revision = policy.revision;
  plan.placement = Placement::kOffer;
  plan.changes.push_back(std::move(change));
}

}  // namespace

std::string_view SlaStateName(SlaState state) {
  return kStates[static_cast<size_t>(state)];
}

std::optional<SlaState> ParseSlaState(std::string_view name) {
  const auto* found = std::find(kStates.begin(), kStates.end(), name);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<SlaState>(found - kStates.begin());
}

const Sla* FindSla(const Policy& policy, const std::string& name) {
  const auto found = std::find_if(policy.slas.begin(), policy.slas.end(),
                                  [&name](const Sla& sla) { return sla.name == name; });
  return found == policy.slas.end() ? nullptr : &*found;
}

std::string_view SlaMetricName(SlaMetric metric) {
  return kMetrics[static_cast<size_t>(metric)];
}

void OpenClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead) {
  lead.clocks.clear();
  lead.clock_at_ms = 0;
  ResumeClocks(lead);
  for (const std::string& name : lead.judgment.slas) {
    SlaClock& clock = lead.clocks.emplace_back();
    clock.sla = name;
    const Sla* sla = FindSla(policy, name);
    if (sla == nullptr || sla->metric != SlaMetric::kAssign) continue;
    Running(policy, *sla, lead, clock).Begin(now_ms);
  }
  // What it says is due later than now.
  ReviewClocks(policy, now_ms, lead);
}

void StartClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead) {
  for (SlaClock& clock : lead.clocks) {
    const Sla* sla = FindSla(policy, clock.sla);
    if (sla == nullptr) {
      if (clock.runs()) clock.state = SlaState::kCancelled;
      continue;
    }
    if (IsOfAnotherRep(*sla, clock, lead)) clock = {.sla = clock.sla};
    Running running(policy, *sla, lead, clock);
    if (clock.state == SlaState::kIdle) {
      if (const auto begin = BeginOf(sla->metric, lead)) running.Begin(*begin);
    }
    if (!clock.runs()) continue;
    if (lead.paused_at_ms == 0) {
      if (clock.from_ms == 0) clock.from_ms = now_ms;  // it was paused
      clock.due_ms = running.When(kTarget);
    } else if (clock.from_ms != 0) {
      running.Pause(std::max(lead.paused_at_ms, clock.from_ms));
    }
  }
}

namespace {

void NoteBroken(const Sla& sla, ClockReview& review) {
  const auto keep_first = [&sla](const Sla*& first) {
    if (first == nullptr) first = &sla;
  };
  if (sla.breach == SlaBreach::kNotify) return;
  keep_first(sla.breach == SlaBreach::kPauseRep ? review.sets_away : review.takes_back);
  if (sla.breach == SlaBreach::kReturn) keep_first(review.returns);
}

ClockReview Review(const Policy& policy, TimeMs now_ms, bool announces, LeadRecord& lead) {
  ClockReview review;
  StartClocks(policy, now_ms, lead);
  lead.clock_at_ms = 0;
  for (SlaClock& clock : lead.clocks) {
    if (!clock.runs()) continue;
    const Sla& sla = *FindSla(policy, clock.sla);  // StartClocks cancels those without
    Running running(policy, sla, lead, clock);
    if (const auto end = running.End(now_ms)) {
      running.Stop(*end, review.changes);
    } else if (running.IsMoot()) {
      if (clock.state != SlaState::kBreached) clock.state = SlaState::kCancelled;
    } else if (lead.paused_at_ms == 0 && !announces) {
      running.Wait();
      SetNext(running.next_ms(), lead);
    } else if (lead.paused_at_ms == 0) {
      if (running.Announce(now_ms, review.changes)) NoteBroken(sla, review);
      SetNext(running.next_ms(), lead);
    }
  }
  if (lead.paused_at_ms != 0) SetNext(lead.paused_until_ms, lead);
  if (lead.stage == Stage::kRecycled) SetNext(lead.revisit_at_ms, lead);
  return review;
}

}  // namespace

ClockReview ReviewClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead) {
  return Review(policy, now_ms, /*announces=*/true, lead);
}

std::vector<Change> StopClocks(const Policy& policy, TimeMs now_ms, LeadRecord& lead) {
  return Review(policy, now_ms, /*announces=*/false, lead).changes;
}

void PauseClocks(const Policy* policy, TimeMs now_ms, TimeMs until_ms, LeadRecord& lead) {
  lead.paused_at_ms = now_ms;
  lead.paused_until_ms = until_ms;
  lead.clock_at_ms = until_ms;
  if (policy != nullptr) StartClocks(*policy, now_ms, lead);
}

void ResumeClocks(LeadRecord& lead) {
  lead.paused_at_ms = 0;
  lead.paused_until_ms = 0;
  if (lead.clocks.empty()) lead.clock_at_ms = 0;
}

namespace {

// A clock says it of the lead as it is.
Change SaidByClock(ChangeType type, const LeadRecord& lead) {
  Change change;
  change.type = type;
  change.stage = lead.stage;
  change.queue = lead.queue;
  change.rep = lead.rep;
  change.generation = lead.generation;
  change.actor = "clock";
  return change;
}

}  // namespace

void SetAway(const Sla& sla, Plan& plan) {
  const LeadRecord& lead = plan.after;
  Change change = SaidByClock(ChangeType::kRepAway, lead);
  change.details = {{"why", "sla"}, {"sla", sla.name}};
  plan.away = lead.rep;
  plan.changes.push_back(std::move(change));
}

bool ReturnWaiting(const Policy& policy, const ClockReview& review, TimeMs now_ms, Plan& plan) {
  const Sla* sla = review.returns;
  if (sla == nullptr) return false;
  LeadRecord& lead = plan.after;
  const QueueId from = lead.queue;
  lead.passed.clear();
  CancelTimer(lead);
  PutBack(policy, *sla, now_ms, lead);
  plan.policy_revision = policy.revision;
  plan.placement = Placement::kOffer;
  if (lead.queue == from) return true;
  Change change = SaidByClock(ChangeType::kQueued, lead);
  change.details = {{"why", "returned"}, {"from", from.str()}, {"sla", sla->name}};
  plan.changes.push_back(std::move(change));
  return true;
}

void CancelClocks(LeadRecord& lead) {
  ResumeClocks(lead);
  lead.clock_at_ms = 0;
  for (SlaClock& clock : lead.clocks) {
    if (clock.runs() && clock.state != SlaState::kBreached) clock.state = SlaState::kCancelled;
  }
}

void DecideClocks(const Policy* policy, TimeMs now_ms, Plan& plan) {
  LeadRecord& lead = plan.after;
  plan.placement = Placement::kKeep;
  if (lead.stage == Stage::kRecycled && now_ms >= lead.revisit_at_ms) {
    lead.clock_at_ms = 0;
    return ComeBack(plan);
  }
  if (lead.paused_at_ms != 0 && now_ms >= lead.paused_until_ms) {
    ResumeClocks(lead);
    plan.changes.push_back(SaidByClock(ChangeType::kResumed, lead));
  }
  if (policy == nullptr) {
    lead.clock_at_ms = lead.clocks.empty() ? lead.paused_until_ms : now_ms + kWithoutPolicy;
    return;
  }
  ClockReview review = ReviewClocks(*policy, now_ms, lead);
  for (Change& change : review.changes) plan.changes.push_back(std::move(change));
  if (lead.stage == Stage::kQueued) ReturnWaiting(*policy, review, now_ms, plan);
  if (!IsOwned(lead.stage)) return;
  if (review.sets_away != nullptr) SetAway(*review.sets_away, plan);
  if (review.takes_back != nullptr) PullBack(*policy, *review.takes_back, now_ms, plan);
}

}  // namespace baton::core
