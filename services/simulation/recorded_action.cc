#include "simulation/recorded_action.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"

namespace baton::simulation {
namespace {

using core::ActionType;
using core::ChangeType;

std::string Detail(const core::Change& change, const std::string& name) {
  const auto found = change.details.find(name);
  return found == change.details.end() ? "" : found->second;
}

core::TimeMs TimeDetail(const core::Change& change, const std::string& name) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, Detail(change, name), &time, &error)) return 0;
  return absl::ToUnixMillis(time);
}

std::optional<ActionType> TypeOf(const core::Change& change) {
  switch (change.type) {
    case ChangeType::kAccepted:
      return ActionType::kAccept;
    case ChangeType::kDeclined:
      return ActionType::kDecline;
    case ChangeType::kRerouted:
      return ActionType::kReroute;
    case ChangeType::kTouched:
      return ActionType::kLogTouch;
    case ChangeType::kRejected:
      if (IsWithdrawal(change)) return std::nullopt;
      return ActionType::kReject;
    case ChangeType::kRecycled:
      return ActionType::kRecycle;
    case ChangeType::kSqlConfirmed:
    case ChangeType::kSqoOpened:
    case ChangeType::kWon:
    case ChangeType::kLost:
      return ActionType::kReportOutcome;
    case ChangeType::kReleased:
      return ActionType::kRelease;
    case ChangeType::kPaused:
      return ActionType::kPause;
    case ChangeType::kResumed:
      if (change.actor == "clock") return std::nullopt;
      return ActionType::kResume;
    // Events came to it, or the time of a recycled lead was over: points, looks of the clock.
    case ChangeType::kNurtured:
    case ChangeType::kQualified:
    // The clock did it: looks and timers (timers.cc).
    case ChangeType::kPulledBack:
    case ChangeType::kSlaWarned:
    case ChangeType::kSlaEscalated:
    case ChangeType::kSlaBreached:
    case ChangeType::kOfferExpired:
    // Comes again with what it came of: the store of the run does it, or what stopped the clock.
    // When a rep who was set away came back is another matter (presence.cc).
    case ChangeType::kQueued:
    case ChangeType::kAssigned:
    case ChangeType::kRepAway:
    case ChangeType::kSlaMet:
    // A point of its own, whoever has the lead.
    case ChangeType::kErased:
      return std::nullopt;
  }
  return std::nullopt;
}

// By a manager; a rep's reroute is the same change but for these.
bool IsReassignment(const core::Change& change) {
  return change.details.contains("to") || change.reason == "REASSIGNED" ||
         change.reason == "OWNER_LEFT";
}

}  // namespace

std::optional<core::Action> ActionOf(const core::Change& change, const core::QueueId& queue,
                                     bool worked_on) {
  auto type = TypeOf(change);
  if (!type) return std::nullopt;
  if (*type == ActionType::kReroute) {
    if (worked_on || IsReassignment(change)) type = ActionType::kReassign;
  }
  core::Action action;
  action.type = *type;
  action.reason = change.reason;
  action.actor = change.actor;
  action.note = Detail(change, "note");
  if (*type == ActionType::kLogTouch) {
    action.channel = Detail(change, "channel");
    action.touch_outcome = Detail(change, "outcome");
    action.touched_at_ms = TimeDetail(change, "touchTime");
  }
  if (*type == ActionType::kRecycle) action.revisit_at_ms = TimeDetail(change, "revisitTime");
  if (*type == ActionType::kPause) action.until_ms = TimeDetail(change, "resumeTime");
  if (change.type == ChangeType::kRerouted && change.queue != queue) action.queue = change.queue;
  if (*type == ActionType::kReassign) action.to = core::RepId::Trusted(Detail(change, "to"));
  if (*type == ActionType::kReportOutcome) {
    action.outcome = change.stage;
    action.currency = Detail(change, "currency");
    action.close_date_ms = TimeDetail(change, "closeTime");
    if (!absl::SimpleAtoi(Detail(change, "amountMinor"), &action.amount_minor)) {
      action.amount_minor = 0;
    }
  }
  return action;
}

bool IsSaidByClock(const core::Change& change) {
  if (change.actor != "clock") return false;
  return change.type == ChangeType::kSlaWarned || change.type == ChangeType::kSlaEscalated ||
         change.type == ChangeType::kSlaBreached || change.type == ChangeType::kResumed ||
         change.type == ChangeType::kNurtured;
}

bool IsWithdrawal(const core::Change& change) {
  return change.type == ChangeType::kRejected && change.actor == "policy";
}

}  // namespace baton::simulation
