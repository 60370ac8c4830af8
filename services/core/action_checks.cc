#include "core/action_checks.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/errors.h"
#include "core/sla.h"
#include "core/text.h"

namespace baton::core {
namespace {

constexpr size_t kNoteBytesMax = 1024;
constexpr size_t kActorBytesMax = 160;
constexpr size_t kRequestIdBytesMax = 128;
constexpr size_t kWordBytesMax = 32;                  // channel, outcome of a touch
constexpr DurationMs kClockSkewMax = 5 * kSecondMs;   // how far a rep's clock may be ahead
constexpr DurationMs kRevisitMax = kDayMs * 365 * 3;  // about three years

absl::Status MissingField(std::string_view field, std::string_view why) {
  return Error(absl::StatusCode::kInvalidArgument, "MISSING_FIELD",
               absl::StrCat(ToAbsl(field), ": ", ToAbsl(why)), {{"field", std::string(field)}});
}

absl::Status CheckLength(std::string_view field, const std::string& text, size_t bytes_max) {
  if (text.size() <= bytes_max) return absl::OkStatus();
  return FieldError(
      field, absl::StrCat("has ", text.size(), " bytes, at most ", bytes_max, " are allowed"));
}

absl::Status CheckWord(std::string_view field, const std::string& text) {
  const bool valid =
      text.size() <= kWordBytesMax && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
      });
  if (valid) return absl::OkStatus();
  return FieldError(field,
                    absl::StrCat("must be at most ", kWordBytesMax, " characters of [a-z0-9_]"));
}

// The code of the action's reason; some actions have one of their own.
std::string_view CodeOf(const Action& action) {
  if (!action.reason.empty()) return action.reason;
  if (action.type == ActionType::kReassign) return "REASSIGNED";
  return action.type == ActionType::kRelease ? "RELEASED" : "";
}

std::optional<ReasonClass> NeededClass(const Action& action) {
  switch (action.type) {
    case ActionType::kDecline:
      return ReasonClass::kDecline;
    case ActionType::kReject:
      return ReasonClass::kReject;
    case ActionType::kRecycle:
      return ReasonClass::kRecycle;
    case ActionType::kReroute:
    case ActionType::kReassign:
    case ActionType::kRelease:
      return ReasonClass::kReroute;
    case ActionType::kReportOutcome:
      if (action.outcome == Stage::kLost) return ReasonClass::kLost;
      return std::nullopt;
    case ActionType::kAccept:
    case ActionType::kLogTouch:
    case ActionType::kPause:
    case ActionType::kResume:
      return std::nullopt;
  }
  return std::nullopt;
}

bool IsOutcome(Stage stage) {
  return stage == Stage::kSql || stage == Stage::kSqo || stage == Stage::kWon ||
         stage == Stage::kLost;
}

// The table of moves decides; what it cannot know is whose move it is.
bool StageAllows(Stage stage, const Action& action) {
  switch (action.type) {
    case ActionType::kAccept:
    case ActionType::kDecline:
      return stage == Stage::kOffered;
    case ActionType::kLogTouch:
      if (stage == Stage::kWon) return true;  // after-sales
      return IsOwned(stage) && stage != Stage::kOffered;
    case ActionType::kRelease:
    case ActionType::kPause:
    case ActionType::kResume:
      return IsOwned(stage) && stage != Stage::kOffered;
    case ActionType::kReject:
      return IsOwned(stage) && IsAllowedMove(stage, Stage::kRejected);
    case ActionType::kRecycle:
      return IsAllowedMove(stage, Stage::kRecycled);
    case ActionType::kReroute:
      return stage == Stage::kOffered || stage == Stage::kAccepted;
    case ActionType::kReassign:
      return IsOwned(stage);
    case ActionType::kReportOutcome:
      return IsAllowedMove(stage, action.outcome);
  }
  return false;
}

absl::Status CheckTouch(const LeadRecord& record, const Action& action, TimeMs now_ms) {
  if (action.channel.empty()) return MissingField("channel", "say how the lead was contacted");
  if (absl::Status status = CheckWord("channel", action.channel); !status.ok()) return status;
  if (!action.direction.empty() && action.direction != "outbound" &&
      action.direction != "inbound") {
    return FieldError("direction", "must be outbound or inbound");
  }
  if (absl::Status status = CheckWord("outcome", action.touch_outcome); !status.ok()) return status;
  if (action.touched_at_ms == 0) return absl::OkStatus();
  if (action.touched_at_ms > now_ms + kClockSkewMax) {
    return FieldError("touch_time", "lies in the future");
  }
  if (action.touched_at_ms < record.offered_at_ms) {
    return FieldError("touch_time", "lies before the assignment");
  }
  return absl::OkStatus();
}

absl::Status CheckRevisit(const Action& action, const Reason& reason, TimeMs now_ms) {
  if (action.revisit_at_ms == 0) {
    if (!reason.needs_revisit_at) return absl::OkStatus();
    return MissingField("revisit_time", reason.code + " needs it");
  }
  if (action.revisit_at_ms <= now_ms) return FieldError("revisit_time", "is not in the future");
  if (action.revisit_at_ms > now_ms + kRevisitMax) {
    return FieldError("revisit_time", "is more than 3 years away");
  }
  return absl::OkStatus();
}

absl::Status CheckPause(const Action& action, TimeMs now_ms) {
  if (action.until_ms == 0) return absl::OkStatus();
  if (action.until_ms <= now_ms) return FieldError("resume_time", "is not in the future");
  if (action.until_ms > now_ms + kPauseMax) {
    return FieldError("resume_time", "is more than 30 days away");
  }
  return absl::OkStatus();
}

absl::Status CheckPaused(const LeadRecord& record) {
  if (record.paused_at_ms != 0) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "NOT_PAUSED",
               absl::StrCat("lead ", record.key.lead.str(), " is not paused"));
}

absl::Status CheckQueue(const LeadRecord& record, const Action& action, const Policy* policy) {
  if (action.queue.empty() || action.queue == record.queue) return absl::OkStatus();
  std::string valid;
  if (policy != nullptr) {
    if (policy->queues.contains(action.queue)) return absl::OkStatus();
    valid = absl::StrJoin(policy->queues, ", ", [](std::string* out, const auto& queue) {
      out->append(queue.first.str());
    });
  }
  return Error(
      absl::StatusCode::kInvalidArgument, "UNKNOWN_QUEUE",
      absl::StrCat("queue: the policy has no \"", action.queue.str(), "\"; valid: ", valid),
      {{"field", "queue"}, {"queue", action.queue.str()}, {"valid", valid}});
}

absl::Status CheckOutcome(const Action& action) {
  if (action.amount_minor < 0 || action.amount_minor > kAmountMinorMax) {
    return FieldError("amount_minor", absl::StrCat("must be 0 to ", kAmountMinorMax));
  }
  if (action.close_date_ms < kTimeMsMin || action.close_date_ms > kTimeMsMax) {
    return FieldError("close_time", "is out of range");
  }
  const bool is_sqo = action.outcome == Stage::kSqo;
  if (action.currency.empty()) {
    if (is_sqo) {
      return MissingField("currency", "an opportunity needs that of its amount, such as EUR");
    }
    if (action.amount_minor != 0) return MissingField("currency", "required with an amount");
  } else if (action.currency.size() != 3 ||
             !std::all_of(action.currency.begin(), action.currency.end(), absl::ascii_isupper)) {
    return FieldError("currency", "must be an ISO 4217 code such as EUR");
  }
  if (is_sqo && action.close_date_ms == 0) {
    return MissingField("close_time", "an opportunity needs its expected close date");
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view ActionName(ActionType type) {
  switch (type) {
    case ActionType::kAccept:
      return "accept";
    case ActionType::kDecline:
      return "decline";
    case ActionType::kLogTouch:
      return "log_touch";
    case ActionType::kReject:
      return "reject";
    case ActionType::kRecycle:
      return "recycle";
    case ActionType::kReroute:
      return "reroute";
    case ActionType::kReportOutcome:
      return "report_outcome";
    case ActionType::kReassign:
      return "reassign";
    case ActionType::kRelease:
      return "release";
    case ActionType::kPause:
      return "pause";
    case ActionType::kResume:
      return "resume";
  }
  return "";
}

const AnsweredRequest* FindAnswer(const LeadRecord& record, const std::string& request_id) {
  if (request_id.empty()) return nullptr;
  const auto answer = std::find_if(
      record.answered.begin(), record.answered.end(),
      [&](const AnsweredRequest& answered) { return answered.request_id == request_id; });
  return answer == record.answered.end() ? nullptr : &*answer;
}

bool Concerns(const LeadRecord& record, const RepId& rep) {
  return record.rep == rep || record.last_owner == rep ||
         std::find(record.passed.begin(), record.passed.end(), rep) != record.passed.end();
}

absl::Status CheckGeneration(const LeadRecord& record, const Action& action) {
  const bool mine = action.only_rep.empty() || action.only_rep == record.rep;
  const bool suppressed = record.stage == Stage::kRejected && record.reason == kDoNotContact &&
                          record.facts.consent == Consent::kWithdrawn;
  const bool over = record.stage == Stage::kQueued || suppressed;
  if (mine && action.generation == record.generation && !over) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "STALE_GENERATION",
               absl::StrCat("assignment ", action.generation, " of lead ", record.key.lead.str(),
                            action.generation > record.generation ? " never was" : " is over",
                            "; the lead is ", ToAbsl(StageName(record.stage)), " and had ",
                            record.generation, " so far"),
               {{"current_generation", absl::StrCat(record.generation)},
                {"given_generation", absl::StrCat(action.generation)},
                {"stage", std::string(StageName(record.stage))}});
}

absl::Status CheckStage(const LeadRecord& record, const Action& action) {
  if (action.type == ActionType::kReportOutcome && !IsOutcome(action.outcome)) {
    return FieldError("outcome", "must be SQL, SQO, WON or LOST");
  }
  if (StageAllows(record.stage, action)) return absl::OkStatus();
  const std::string wanted(action.type == ActionType::kReportOutcome ? StageName(action.outcome)
                                                                     : ActionName(action.type));
  return Error(absl::StatusCode::kFailedPrecondition, "WRONG_STAGE",
               absl::StrCat("lead ", record.key.lead.str(), " is ", ToAbsl(StageName(record.stage)),
                            ", which does not allow ", wanted),
               {{"stage", std::string(StageName(record.stage))}, {"action", wanted}});
}

absl::StatusOr<const Reason*> FindActionReason(const Action& action,
                                               const std::vector<Reason>& reasons) {
  const std::optional<ReasonClass> needed = NeededClass(action);
  if (!needed) return nullptr;
  const Reason* reason = FindReason(reasons, CodeOf(action));
  if (reason != nullptr && reason->reason_class == *needed) return reason;

  const std::string valid = CodesOfClass(reasons, *needed);
  const std::string what(ReasonClassName(*needed));
  if (action.reason.empty()) {
    return MissingField("reason", absl::StrCat("give a code of class ", what, ": ", valid));
  }
  const std::string given = Shortened(action.reason, kIdLengthMax);
  return Error(
      absl::StatusCode::kInvalidArgument, "UNKNOWN_REASON",
      absl::StrCat("reason: \"", given, "\" is no code of class ", what, "; valid: ", valid),
      {{"field", "reason"}, {"reason", given}, {"class", what}, {"valid", valid}});
}

absl::Status CheckFields(const LeadRecord& record, const Action& action, const Reason* reason,
                         const Policy* policy, TimeMs now_ms) {
  const absl::Status lengths[] = {
      CheckLength("note", action.note, kNoteBytesMax),
      CheckLength("actor", action.actor, kActorBytesMax),
      CheckLength("request_id", action.request_id, kRequestIdBytesMax),
  };
  for (const absl::Status& status : lengths) {
    if (!status.ok()) return status;
  }
  switch (action.type) {
    case ActionType::kLogTouch:
      return CheckTouch(record, action, now_ms);
    case ActionType::kRecycle:
      return CheckRevisit(action, *reason, now_ms);
    case ActionType::kReassign:
      if (action.to == record.rep) return FieldError("rep", "must be another one than the owner");
      return CheckQueue(record, action, policy);
    case ActionType::kReroute:
      return CheckQueue(record, action, policy);
    case ActionType::kReportOutcome:
      return CheckOutcome(action);
    case ActionType::kPause:
      return CheckPause(action, now_ms);
    case ActionType::kResume:
      return CheckPaused(record);
    case ActionType::kAccept:
    case ActionType::kDecline:
    case ActionType::kReject:
    case ActionType::kRelease:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace baton::core
