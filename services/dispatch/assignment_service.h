// AssignmentService of baton.v1.
#ifndef BATON_DISPATCH_ASSIGNMENT_SERVICE_H_
#define BATON_DISPATCH_ASSIGNMENT_SERVICE_H_

#include "baton/v1/assignment_service.grpc.pb.h"
#include "dispatch/action_batcher.h"
#include "dispatch/action_mapping.h"
#include "dispatch/assignment_lister.h"
#include "dispatch/call_runner.h"
#include "dispatch/lead_claimer.h"
#include "dispatch/raw_methods.h"
#include "dispatch/stream_guard.h"
#include "dispatch/token_sealer.h"
#include "dispatch/watch_hub.h"
#include "platform/grpc/bounded_executor.h"
#include "store/pipe_store.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// Actions go to the batcher straight from the reaction; lists and claims to the runner's executor;
// watch streams fill themselves on an executor of their own. Thread-safe.
class AssignmentService final
    : public RawMethods<::baton::v1::AssignmentService::Service,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_WatchAssignments,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_ListAssignments,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_ClaimNextLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_AcceptAssignment,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_DeclineAssignment,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_LogTouch,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_RejectLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_RecycleLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_RerouteLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_ReleaseLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_PauseLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_ResumeLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_ReassignLead,
                        ::baton::v1::AssignmentService::WithRawCallbackMethod_ReportOutcome> {
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

  ::grpc::ServerWriteReactor<::grpc::ByteBuffer>* WatchAssignments(
      ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request) override;
  ::grpc::ServerUnaryReactor* ListAssignments(::grpc::CallbackServerContext* context,
                                              const ::grpc::ByteBuffer* request,
                                              ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ClaimNextLead(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* AcceptAssignment(::grpc::CallbackServerContext* context,
                                               const ::grpc::ByteBuffer* request,
                                               ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* DeclineAssignment(::grpc::CallbackServerContext* context,
                                                const ::grpc::ByteBuffer* request,
                                                ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* LogTouch(::grpc::CallbackServerContext* context,
                                       const ::grpc::ByteBuffer* request,
                                       ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* RejectLead(::grpc::CallbackServerContext* context,
                                         const ::grpc::ByteBuffer* request,
                                         ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* RecycleLead(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* RerouteLead(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ReleaseLead(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* PauseLead(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ResumeLead(::grpc::CallbackServerContext* context,
                                         const ::grpc::ByteBuffer* request,
                                         ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ReassignLead(::grpc::CallbackServerContext* context,
                                           const ::grpc::ByteBuffer* request,
                                           ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ReportOutcome(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;

 private:
  template <typename Request, typename Response>
  ::grpc::ServerUnaryReactor* Act(::grpc::CallbackServerContext* context,
                                  const ::grpc::ByteBuffer* request, ::grpc::ByteBuffer* response);
  // Hands the action to the batcher.
  template <typename Response>
  void Submit(const Reply<Response>& reply, NamedAction named);
  absl::StatusOr<::baton::v1::ListAssignmentsResponse> List(
      const ::baton::v1::ListAssignmentsRequest& request);

  const Parts parts_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ASSIGNMENT_SERVICE_H_
