// AssignmentService of baton.v1.
#ifndef BATON_DISPATCH_ASSIGNMENT_SERVICE_H_
#define BATON_DISPATCH_ASSIGNMENT_SERVICE_H_

#include "baton/v1/assignment_service.grpc.pb.h"
#include "dispatch/action_batcher.h"
#include "dispatch/action_mapping.h"
#include "dispatch/assignment_lister.h"
#include "dispatch/call_runner.h"
#include "dispatch/lead_claimer.h"
#include "dispatch/stream_guard.h"
#include "dispatch/token_sealer.h"
#include "dispatch/watch_hub.h"
#include "platform/grpc/bounded_executor.h"
#include "store/pipe_store.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// Actions go to the batcher straight from the reaction; lists and claims to the runner's executor;
// watch streams fill themselves on an executor of their own. Thread-safe.
class AssignmentService final : public ::baton::v1::AssignmentService::CallbackService {
 public:
  struct Parts {
    const CallerGate& gate;
    StreamGuard& stream_guard;
    const CallRunner& runner;
    ActionBatcher& batcher;
    AssignmentLister& lister;
    LeadClaimer& claimer;
    store::RosterStore& roster;
    store::OutboxStore& outbox;
    store::DurabilityGate& durable;
    WatchHub& hub;
    platform::rpc::BoundedExecutor& watch_executor;
    const TokenSealer& sealer;
    size_t watch_backlog_max;
  };
  explicit AssignmentService(const Parts& parts) : parts_(parts) {}

  ::grpc::ServerWriteReactor<::baton::v1::WatchAssignmentsResponse>* WatchAssignments(
      ::grpc::CallbackServerContext* context,
      const ::baton::v1::WatchAssignmentsRequest* request) override;
  ::grpc::ServerUnaryReactor* ListAssignments(
      ::grpc::CallbackServerContext* context, const ::baton::v1::ListAssignmentsRequest* request,
      ::baton::v1::ListAssignmentsResponse* response) override;
  ::grpc::ServerUnaryReactor* ClaimNextLead(::grpc::CallbackServerContext* context,
                                            const ::baton::v1::ClaimNextLeadRequest* request,
                                            ::baton::v1::ClaimNextLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* AcceptAssignment(
      ::grpc::CallbackServerContext* context, const ::baton::v1::AcceptAssignmentRequest* request,
      ::baton::v1::AcceptAssignmentResponse* response) override;
  ::grpc::ServerUnaryReactor* DeclineAssignment(
      ::grpc::CallbackServerContext* context, const ::baton::v1::DeclineAssignmentRequest* request,
      ::baton::v1::DeclineAssignmentResponse* response) override;
  ::grpc::ServerUnaryReactor* LogTouch(::grpc::CallbackServerContext* context,
                                       const ::baton::v1::LogTouchRequest* request,
                                       ::baton::v1::LogTouchResponse* response) override;
  ::grpc::ServerUnaryReactor* RejectLead(::grpc::CallbackServerContext* context,
                                         const ::baton::v1::RejectLeadRequest* request,
                                         ::baton::v1::RejectLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* RecycleLead(::grpc::CallbackServerContext* context,
                                          const ::baton::v1::RecycleLeadRequest* request,
                                          ::baton::v1::RecycleLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* RerouteLead(::grpc::CallbackServerContext* context,
                                          const ::baton::v1::RerouteLeadRequest* request,
                                          ::baton::v1::RerouteLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* ReleaseLead(::grpc::CallbackServerContext* context,
                                          const ::baton::v1::ReleaseLeadRequest* request,
                                          ::baton::v1::ReleaseLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* PauseLead(::grpc::CallbackServerContext* context,
                                        const ::baton::v1::PauseLeadRequest* request,
                                        ::baton::v1::PauseLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* ResumeLead(::grpc::CallbackServerContext* context,
                                         const ::baton::v1::ResumeLeadRequest* request,
                                         ::baton::v1::ResumeLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* ReassignLead(::grpc::CallbackServerContext* context,
                                           const ::baton::v1::ReassignLeadRequest* request,
                                           ::baton::v1::ReassignLeadResponse* response) override;
  ::grpc::ServerUnaryReactor* ReportOutcome(::grpc::CallbackServerContext* context,
                                            const ::baton::v1::ReportOutcomeRequest* request,
                                            ::baton::v1::ReportOutcomeResponse* response) override;

 private:
  template <typename Request, typename Response>
  ::grpc::ServerUnaryReactor* Act(::grpc::CallbackServerContext* context, const Request& request,
                                  Response* response);
  // Hands the action to the batcher.
  template <typename Response>
  void Submit(const Reply<Response>& reply, NamedAction named);
  absl::StatusOr<::baton::v1::ListAssignmentsResponse> List(
      const ::baton::v1::ListAssignmentsRequest& request);

  const Parts parts_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ASSIGNMENT_SERVICE_H_
