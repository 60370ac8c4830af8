#include "dispatch/assignment_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/errors.h"
#include "dispatch/action_mapping.h"
#include "dispatch/pages.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"
#include "dispatch/watch_stream.h"

namespace baton::dispatch {
namespace {

// A stream that ends before it began.
class RefusedWatch final : public ::grpc::ServerWriteReactor<::grpc::ByteBuffer> {
 public:
  explicit RefusedWatch(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

// Page positions: "rep/lead", exclusive.
OpenLead ParsePosition(const std::string& text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 1));
  return {core::RepId::Trusted(parts.first), core::LeadId::Trusted(parts.second)};
}

}  // namespace

::grpc::ServerWriteReactor<::grpc::ByteBuffer>* AssignmentService::WatchAssignments(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request) {
  v1::WatchAssignmentsRequest wanted;
  const auto caller = parts_.gate.Admit(*context, *request, wanted);
  ReleaseRequest(*request);
  if (!caller.ok()) return new RefusedWatch(caller.status());
  const auto scope = ParseScope("parent", wanted.parent());
  if (!scope.ok()) return new RefusedWatch(scope.status());
  WatchSource source(*scope, parts_.outbox, parts_.durable, parts_.lister, parts_.sealer);
  if (absl::Status status = source.ResumeFrom(wanted.resume_token()); !status.ok()) {
    return new RefusedWatch(status);
  }
  return WatchStream::Begin(std::move(source), parts_.hub, parts_.watch_executor,
                            parts_.watch_backlog_max, parts_.stream_guard,
                            parts_.gate.PassOf(*context, wanted, *caller));
}

::grpc::ServerUnaryReactor* AssignmentService::ListAssignments(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return parts_.runner.Run(
      context, request, response,
      [this](const v1::ListAssignmentsRequest& wanted) { return List(wanted); });
}

absl::StatusOr<v1::ListAssignmentsResponse> AssignmentService::List(
    const v1::ListAssignmentsRequest& request) {
  const auto scope = ParseScope("parent", request.parent());
  if (!scope.ok()) return scope.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListAssignments|", request.parent());
  const auto after = OpenPageToken(parts_.sealer, context, request.page_token());
  if (!after.ok()) return after.status();
  const auto open = parts_.lister.Open(*scope);
  if (!open.ok()) return open.status();

  auto next = after->empty() ? open->begin()
                             : std::upper_bound(open->begin(), open->end(), ParsePosition(*after));
  const size_t wanted = static_cast<size_t>(*page_size);
  v1::ListAssignmentsResponse response;
  // A queue's leads are scattered over the open sets: go on until the page is full.
  while (next != open->end() && static_cast<size_t>(response.assignments_size()) < wanted) {
    const size_t missing = wanted - static_cast<size_t>(response.assignments_size());
    const size_t count = std::min(missing, static_cast<size_t>(open->end() - next));
    const auto records = parts_.lister.Load(*scope, {&*next, count});
    if (!records.ok()) return records.status();
    for (const core::LeadRecord& record : *records) {
      *response.add_assignments() = ToAssignment(record);
    }
    next += static_cast<std::ptrdiff_t>(count);
  }
  if (next != open->end()) {
    const OpenLead& last = *std::prev(next);
    response.set_next_page_token(
        MakePageToken(parts_.sealer, context, absl::StrCat(last.rep.str(), "/", last.lead.str())));
  }
  return response;
}

::grpc::ServerUnaryReactor* AssignmentService::ClaimNextLead(::grpc::CallbackServerContext* context,
                                                             const ::grpc::ByteBuffer* request,
                                                             ::grpc::ByteBuffer* response) {
  return parts_.runner.RunChange(
      context, request, response,
      [this](const v1::ClaimNextLeadRequest& wanted, const Caller& caller) {
        return parts_.claimer.Claim(wanted, caller);
      });
}

template <typename Request, typename Response>
::grpc::ServerUnaryReactor* AssignmentService::Act(::grpc::CallbackServerContext* context,
                                                   const ::grpc::ByteBuffer* request,
                                                   ::grpc::ByteBuffer* response) {
  const auto begin = [this](const Reply<Response>& reply, const Request& wanted,
                            const Caller& caller) {
    auto named = ToAction(wanted);
    if (!named.ok()) return reply(named.status());
    named->action.only_rep = caller.only_rep;
    named->action.actor = caller.actor();
    named->action.traceparent = reply.call()->traceparent();
    if (named->action.to.empty()) return Submit(reply, *std::move(named));
    // Whoever is to have the lead must be there.
    parts_.runner.Submit(reply, [this, reply, named = *std::move(named)] {
      const core::RepId& to = named.action.to;
      const absl::Status found = parts_.roster.GetRep(named.key.workspace, to).status();
      if (found.ok()) return Submit(reply, named);
      reply(absl::IsNotFound(found)
                ? core::FieldError("rep", absl::StrCat("there is no rep ", to.str()))
                : found);
    });
  };
  return parts_.runner.Start<Request, Response>(context, request, response, begin);
}

template <typename Response>
void AssignmentService::Submit(const Reply<Response>& reply, NamedAction named) {
  PendingAction pending;
  pending.key = std::move(named.key);
  pending.action = std::move(named.action);
  pending.abandoned = [call = reply.call()] { return call->Abandoned(); };
  const core::RepId only_rep = pending.action.only_rep;
  pending.done = [reply, only_rep](const absl::StatusOr<ActionAnswer>& answer) {
    if (!answer.ok()) return reply(answer.status());
    reply(ToResponse<Response>(AnsweredRecord(*answer, only_rep)));
  };
  if (absl::Status status = parts_.batcher.Submit(std::move(pending)); !status.ok()) reply(status);
}

::grpc::ServerUnaryReactor* AssignmentService::AcceptAssignment(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return Act<v1::AcceptAssignmentRequest, v1::AcceptAssignmentResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::DeclineAssignment(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return Act<v1::DeclineAssignmentRequest, v1::DeclineAssignmentResponse>(context, request,
                                                                          response);
}

::grpc::ServerUnaryReactor* AssignmentService::LogTouch(::grpc::CallbackServerContext* context,
                                                        const ::grpc::ByteBuffer* request,
                                                        ::grpc::ByteBuffer* response) {
  return Act<v1::LogTouchRequest, v1::LogTouchResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::RejectLead(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return Act<v1::RejectLeadRequest, v1::RejectLeadResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::RecycleLead(::grpc::CallbackServerContext* context,
                                                           const ::grpc::ByteBuffer* request,
                                                           ::grpc::ByteBuffer* response) {
  return Act<v1::RecycleLeadRequest, v1::RecycleLeadResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::RerouteLead(::grpc::CallbackServerContext* context,
                                                           const ::grpc::ByteBuffer* request,
                                                           ::grpc::ByteBuffer* response) {
  return Act<v1::RerouteLeadRequest, v1::RerouteLeadResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::ReleaseLead(::grpc::CallbackServerContext* context,
                                                           const ::grpc::ByteBuffer* request,
                                                           ::grpc::ByteBuffer* response) {
  return Act<v1::ReleaseLeadRequest, v1::ReleaseLeadResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::PauseLead(::grpc::CallbackServerContext* context,
                                                         const ::grpc::ByteBuffer* request,
                                                         ::grpc::ByteBuffer* response) {
  return Act<v1::PauseLeadRequest, v1::PauseLeadResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::ResumeLead(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return Act<v1::ResumeLeadRequest, v1::ResumeLeadResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::ReassignLead(::grpc::CallbackServerContext* context,
                                                            const ::grpc::ByteBuffer* request,
                                                            ::grpc::ByteBuffer* response) {
  return Act<v1::ReassignLeadRequest, v1::ReassignLeadResponse>(context, request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::ReportOutcome(::grpc::CallbackServerContext* context,
                                                             const ::grpc::ByteBuffer* request,
                                                             ::grpc::ByteBuffer* response) {
  return Act<v1::ReportOutcomeRequest, v1::ReportOutcomeResponse>(context, request, response);
}

}  // namespace baton::dispatch
