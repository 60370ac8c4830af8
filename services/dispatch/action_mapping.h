// Requests of AssignmentService -> core::Action, and what it led to -> the answer. Pure functions.
#ifndef BATON_DISPATCH_ACTION_MAPPING_H_
#define BATON_DISPATCH_ACTION_MAPPING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "baton/v1/assignment_service.pb.h"
#include "core/decide.h"
#include "core/lead.h"
#include "dispatch/action_batcher.h"
#include "dispatch/proto_mapping.h"

namespace baton::dispatch {

// What is checked here is what the core's types cannot hold: names, times, enumerations, the length
// of the request id. The rest is DecideAction's.
struct NamedAction {
  core::LeadKey key;
  core::Action action;
};
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::AcceptAssignmentRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::DeclineAssignmentRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::LogTouchRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::RejectLeadRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::RecycleLeadRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::RerouteLeadRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::ReassignLeadRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::ReleaseLeadRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::PauseLeadRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::ResumeLeadRequest& request);
absl::StatusOr<NamedAction> ToAction(const ::baton::v1::ReportOutcomeRequest& request);

// INVALID_FIELD if it is too long.
absl::Status CheckRequestId(const std::string& request_id);

// Of the kind of request and everything in it but the request id; the same in every release that
// knows the same fields.
uint64_t FingerprintWithoutId(const google::protobuf::Message& request);
template <typename Request>
uint64_t Fingerprint(Request request) {
  request.clear_request_id();
  return FingerprintWithoutId(request);
}

// The lead as the answer shows it. For a repeated request what the first answer said, as far as it
// was remembered; a lead that was handed back is shown as it is now. A caller who may see leads of
// `only_rep` only (empty: all) is shown nothing else of one that is another's by now, or nobody's.
core::LeadRecord AnsweredRecord(const ActionAnswer& answer, const core::RepId& only_rep);

// Answers hold the assignment or the lead.
template <typename Response>
Response ToResponse(const core::LeadRecord& record) {
  Response response;
  if constexpr (requires { response.mutable_assignment(); }) {
    *response.mutable_assignment() = ToAssignment(record);
  } else {
    *response.mutable_lead() = ToProto(record);
  }
  return response;
}

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ACTION_MAPPING_H_
