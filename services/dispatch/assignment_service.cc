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
class RefusedWatch final : public ::grpc::ServerWriteReactor<WatchResponse> {
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

::grpc::ServerWriteReactor<WatchResponse>* AssignmentService::WatchAssignments(
    ::grpc::CallbackServerContext* context, const v1::WatchAssignmentsRequest* request) {
  const auto caller = parts_.gate.Admit(*context, *request);
  if (!caller.ok()) return new RefusedWatch(caller.status());
  const auto scope = ParseScope("parent", request->parent());
  if (!scope.ok()) return new RefusedWatch(scope.status());
  WatchSource source(*scope, parts_.outbox, parts_.durable, parts_.lister, parts_.sealer);
  if (absl::Status status = source.ResumeFrom(request->resume_token()); !status.ok()) {
    return new RefusedWatch(status);
  }
  return WatchStream::Begin(std::move(source), parts_.hub, parts_.watch_executor,
                            parts_.watch_backlog_max, parts_.stream_guard,
                            parts_.gate.PassOf(*context, *request, *caller));
}

::grpc::ServerUnaryReactor* AssignmentService::ListAssignments(
    ::grpc::CallbackServerContext* context, const v1::ListAssignmentsRequest* request,
    v1::ListAssignmentsResponse* response) {
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

::grpc::ServerUnaryReactor* AssignmentService::ClaimNextLead(
    ::grpc::CallbackServerContext* context, const v1::ClaimNextLeadRequest* request,
    v1::ClaimNextLeadResponse* response) {
  return parts_.runner.RunChange(
      context, request, response,
      [this](const v1::ClaimNextLeadRequest& wanted, const Caller& caller) {
        return parts_.claimer.Claim(wanted, caller);
      });
}

template <typename Request, typename Response>
::grpc::ServerUnaryReactor* AssignmentService::Act(::grpc::CallbackServerContext* context,
                                                   const Request& request, Response* response) {
  return parts_.runner.Start(context, &request, response,
                             [&](const Reply<Response>& reply, const Caller& caller) {
                               auto named = ToAction(request);
                               if (!named.ok()) return reply(named.status());
                               named->action.only_rep = caller.only_rep;
                               named->action.actor = caller.actor();
                               named->action.traceparent = reply.call()->traceparent();
                               Submit(reply, *std::move(named));
                             });
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
    ::grpc::CallbackServerContext* context, const v1::AcceptAssignmentRequest* request,
    v1::AcceptAssignmentResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::DeclineAssignment(
    ::grpc::CallbackServerContext* context, const v1::DeclineAssignmentRequest* request,
    v1::DeclineAssignmentResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::LogTouch(::grpc::CallbackServerContext* context,
                                                        const v1::LogTouchRequest* request,
                                                        v1::LogTouchResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::RejectLead(::grpc::CallbackServerContext* context,
                                                          const v1::RejectLeadRequest* request,
                                                          v1::RejectLeadResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::RecycleLead(::grpc::CallbackServerContext* context,
                                                           const v1::RecycleLeadRequest* request,
                                                           v1::RecycleLeadResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::RerouteLead(::grpc::CallbackServerContext* context,
                                                           const v1::RerouteLeadRequest* request,
                                                           v1::RerouteLeadResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::ReleaseLead(::grpc::CallbackServerContext* context,
                                                           const v1::ReleaseLeadRequest* request,
                                                           v1::ReleaseLeadResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::PauseLead(::grpc::CallbackServerContext* context,
                                                         const v1::PauseLeadRequest* request,
                                                         v1::PauseLeadResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::ResumeLead(::grpc::CallbackServerContext* context,
                                                          const v1::ResumeLeadRequest* request,
                                                          v1::ResumeLeadResponse* response) {
  return Act(context, *request, response);
}

::grpc::ServerUnaryReactor* AssignmentService::ReassignLead(::grpc::CallbackServerContext* context,
                                                            const v1::ReassignLeadRequest* request,
                                                            v1::ReassignLeadResponse* response) {
  if (request->rep().empty()) return Act(context, *request, response);
  using Answer = Reply<v1::ReassignLeadResponse>;
  const auto begin = [&](const Answer& reply, const Caller& caller) {
    auto named = ToAction(*request);
    if (!named.ok()) return reply(named.status());
    named->action.only_rep = caller.only_rep;
    named->action.actor = caller.actor();
    named->action.traceparent = reply.call()->traceparent();
    parts_.runner.Submit(reply, [this, reply, named = *std::move(named)] {
      const core::RepId& to = named.action.to;
      const absl::Status found = parts_.roster.GetRep(named.key.workspace, to).status();
      if (found.ok()) return Submit(reply, named);
      reply(absl::IsNotFound(found)
                ? core::FieldError("rep", absl::StrCat("there is no rep ", to.str()))
                : found);
    });
  };
  return parts_.runner.Start(context, request, response, begin);
}

::grpc::ServerUnaryReactor* AssignmentService::ReportOutcome(
    ::grpc::CallbackServerContext* context, const v1::ReportOutcomeRequest* request,
    v1::ReportOutcomeResponse* response) {
  return Act(context, *request, response);
}

}  // namespace baton::dispatch
