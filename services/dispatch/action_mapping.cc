#include "dispatch/action_mapping.h"

#include <xxhash.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

constexpr size_t kRequestIdBytesMax = 64;

// What all actions have: the assignment's name and a request id.
template <typename Request>
absl::StatusOr<NamedAction> Begin(core::ActionType type, const Request& request) {
  const auto name = ParseAssignment("name", request.name());
  if (!name.ok()) return name.status();
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return status;
  NamedAction named;
  named.key = name->key;
  named.action.type = type;
  named.action.generation = name->generation;
  named.action.request_id = request.request_id();
  if (!request.request_id().empty()) named.action.fingerprint = Fingerprint(request);
  return named;
}

template <typename Request>
absl::StatusOr<NamedAction> BeginWithNote(core::ActionType type, const Request& request) {
  auto named = Begin(type, request);
  if (named.ok()) named->action.note = request.note();
  return named;
}

template <typename Request>
absl::StatusOr<NamedAction> BeginWithReason(core::ActionType type, const Request& request) {
  auto named = BeginWithNote(type, request);
  if (named.ok()) named->action.reason = request.reason();
  return named;
}

template <typename Request>
absl::StatusOr<NamedAction> BeginWithQueue(core::ActionType type, const Request& request) {
  auto named = BeginWithReason(type, request);
  if (!named.ok() || request.queue().empty()) return named;
  const auto queue = ParseQueue("queue", request.queue());
  if (!queue.ok()) return queue.status();
  if (queue->workspace != named->key.workspace) {
    return core::FieldError("queue", "must be of the assignment's workspace");
  }
  named->action.queue = queue->queue;
  return named;
}

}  // namespace

absl::StatusOr<NamedAction> ToAction(const v1::AcceptAssignmentRequest& request) {
  return Begin(core::ActionType::kAccept, request);
}

absl::StatusOr<NamedAction> ToAction(const v1::DeclineAssignmentRequest& request) {
  return BeginWithReason(core::ActionType::kDecline, request);
}

absl::StatusOr<NamedAction> ToAction(const v1::LogTouchRequest& request) {
  auto named = BeginWithNote(core::ActionType::kLogTouch, request);
  if (!named.ok()) return named;
  named->action.channel = request.channel();
  named->action.direction = request.direction();
  named->action.touch_outcome = request.outcome();
  if (request.has_touch_time()) {
    const auto at_ms = FromTimestamp("touch_time", request.touch_time());
    if (!at_ms.ok()) return at_ms.status();
    named->action.touched_at_ms = *at_ms;
  }
  return named;
}

absl::StatusOr<NamedAction> ToAction(const v1::RejectLeadRequest& request) {
  return BeginWithReason(core::ActionType::kReject, request);
}

absl::StatusOr<NamedAction> ToAction(const v1::RecycleLeadRequest& request) {
  auto named = BeginWithReason(core::ActionType::kRecycle, request);
  if (!named.ok() || !request.has_revisit_time()) return named;
  const auto at_ms = FromTimestamp("revisit_time", request.revisit_time());
  if (!at_ms.ok()) return at_ms.status();
  named->action.revisit_at_ms = *at_ms;
  return named;
}

absl::StatusOr<NamedAction> ToAction(const v1::RerouteLeadRequest& request) {
  return BeginWithQueue(core::ActionType::kReroute, request);
}

absl::StatusOr<NamedAction> ToAction(const v1::ReassignLeadRequest& request) {
  auto named = BeginWithQueue(core::ActionType::kReassign, request);
  if (!named.ok() || request.rep().empty()) return named;
  const auto rep = ParseRep("rep", request.rep());
  if (!rep.ok()) return rep.status();
  if (rep->workspace != named->key.workspace) {
    return core::FieldError("rep", "must be of the assignment's workspace");
  }
  named->action.to = rep->rep;
  return named;
}

absl::StatusOr<NamedAction> ToAction(const v1::ReleaseLeadRequest& request) {
  return BeginWithReason(core::ActionType::kRelease, request);
}

absl::StatusOr<NamedAction> ToAction(const v1::PauseLeadRequest& request) {
  auto named = BeginWithNote(core::ActionType::kPause, request);
  if (!named.ok() || !request.has_resume_time()) return named;
  const auto at_ms = FromTimestamp("resume_time", request.resume_time());
  if (!at_ms.ok()) return at_ms.status();
  named->action.until_ms = *at_ms;
  return named;
}

absl::StatusOr<NamedAction> ToAction(const v1::ResumeLeadRequest& request) {
  return BeginWithNote(core::ActionType::kResume, request);
}

absl::StatusOr<NamedAction> ToAction(const v1::ReportOutcomeRequest& request) {
  auto named = BeginWithReason(core::ActionType::kReportOutcome, request);
  if (!named.ok()) return named;
  const auto outcome = FromProto("outcome", request.outcome());
  if (!outcome.ok()) return outcome.status();
  named->action.outcome = *outcome;
  named->action.amount_minor = request.amount_minor();
  named->action.currency = request.currency();
  if (request.has_close_time()) {
    const auto at_ms = FromTimestamp("close_time", request.close_time());
    if (!at_ms.ok()) return at_ms.status();
    named->action.close_date_ms = *at_ms;
  }
  return named;
}

absl::Status CheckRequestId(const std::string& request_id) {
  if (request_id.size() <= kRequestIdBytesMax) return absl::OkStatus();
  return core::FieldError("request_id",
                          absl::StrCat("must be at most ", kRequestIdBytesMax, " characters"));
}

uint64_t FingerprintWithoutId(const google::protobuf::Message& request) {
  const std::string text = absl::StrCat(request.GetTypeName(), "\n", request.SerializeAsString());
  return XXH3_64bits(text.data(), text.size());
}

core::LeadRecord AnsweredRecord(const ActionAnswer& answer, const core::RepId& only_rep) {
  core::LeadRecord record = answer.record;
  if (!answer.repeated.has_value()) return record;
  if (!only_rep.empty() && only_rep != record.rep) {
    record = core::LeadRecord{.key = answer.record.key};
  } else if (answer.repeated->stage == core::Stage::kQueued) {
    return record;
  }
  record.stage = answer.repeated->stage;
  record.rep = answer.repeated->rep;
  record.generation = answer.repeated->generation;
  record.version = answer.repeated->version;
  return record;
}

}  // namespace baton::dispatch
