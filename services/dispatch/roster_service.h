// RosterService of baton.v1.
#ifndef BATON_DISPATCH_ROSTER_SERVICE_H_
#define BATON_DISPATCH_ROSTER_SERVICE_H_

#include <functional>

#include "baton/v1/roster_service.grpc.pb.h"
#include "dispatch/backlog_drainer.h"
#include "dispatch/bulk_reassigner.h"
#include "dispatch/call_runner.h"
#include "dispatch/options.h"
#include "dispatch/raw_methods.h"
#include "dispatch/resource_names.h"
#include "dispatch/token_sealer.h"
#include "store/roster_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Whatever gives a rep more room or takes a pause away drains the queues concerned. Thread-safe.
class RosterService final
    : public RawMethods<::baton::v1::RosterService::Service,
                        ::baton::v1::RosterService::WithRawCallbackMethod_CreateRep,
                        ::baton::v1::RosterService::WithRawCallbackMethod_GetRep,
                        ::baton::v1::RosterService::WithRawCallbackMethod_ListReps,
                        ::baton::v1::RosterService::WithRawCallbackMethod_UpdateRep,
                        ::baton::v1::RosterService::WithRawCallbackMethod_DeleteRep,
                        ::baton::v1::RosterService::WithRawCallbackMethod_SetRepPresence,
                        ::baton::v1::RosterService::WithRawCallbackMethod_ReassignLeads,
                        ::baton::v1::RosterService::WithRawCallbackMethod_OffboardRep,
                        ::baton::v1::RosterService::WithRawCallbackMethod_GetQueue,
                        ::baton::v1::RosterService::WithRawCallbackMethod_ListQueues,
                        ::baton::v1::RosterService::WithRawCallbackMethod_UpdateQueue> {
 public:
  RosterService(store::WorkspaceStore& workspaces, store::RosterStore& roster,
                PolicySource policies, BulkReassigner& reassigner, BacklogDrainer& drainer,
                const CallRunner& runner, const TokenSealer& sealer);

  ::grpc::ServerUnaryReactor* CreateRep(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetRep(::grpc::CallbackServerContext* context,
                                     const ::grpc::ByteBuffer* request,
                                     ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListReps(::grpc::CallbackServerContext* context,
                                       const ::grpc::ByteBuffer* request,
                                       ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* UpdateRep(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* DeleteRep(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* SetRepPresence(::grpc::CallbackServerContext* context,
                                             const ::grpc::ByteBuffer* request,
                                             ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ReassignLeads(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* OffboardRep(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetQueue(::grpc::CallbackServerContext* context,
                                       const ::grpc::ByteBuffer* request,
                                       ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListQueues(::grpc::CallbackServerContext* context,
                                         const ::grpc::ByteBuffer* request,
                                         ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* UpdateQueue(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;

 private:
  // What a change makes of the stored rep (revision 0 and offline if there is none).
  using RepChange = std::function<absl::StatusOr<core::Rep>(const store::RepState& stored)>;

  absl::StatusOr<::baton::v1::Rep> Create(const ::baton::v1::CreateRepRequest& request);
  absl::StatusOr<::baton::v1::Rep> Get(const ::baton::v1::GetRepRequest& request);
  absl::StatusOr<::baton::v1::ListRepsResponse> List(const ::baton::v1::ListRepsRequest& request);
  absl::StatusOr<::baton::v1::Rep> Update(const ::baton::v1::UpdateRepRequest& request);
  absl::StatusOr<::baton::v1::DeleteRepResponse> Delete(
      const ::baton::v1::DeleteRepRequest& request);
  absl::StatusOr<::baton::v1::Rep> SetPresence(const ::baton::v1::SetRepPresenceRequest& request);
  absl::StatusOr<::baton::v1::ReassignLeadsResponse> Reassign(
      const ::baton::v1::ReassignLeadsRequest& request, const Caller& caller);
  absl::StatusOr<::baton::v1::OffboardRepResponse> Offboard(
      const ::baton::v1::OffboardRepRequest& request, const Caller& caller);
  // Reads, changes and writes; again when somebody else wrote meanwhile, unless the caller named
  // the revision that it expects (>= 0).
  absl::StatusOr<::baton::v1::Rep> ChangeRep(const RepName& name, int64_t expected_revision,
                                             bool allow_missing, const RepChange& change);

  // PrepareRep, then PutRep.
  absl::StatusOr<core::Rep> Put(const core::WorkspaceId& workspace, const core::Rep& before,
                                const core::Rep& rep);

  absl::StatusOr<store::QueueState> FindQueue(const QueueName& name);
  absl::StatusOr<::baton::v1::Queue> GetOneQueue(const ::baton::v1::GetQueueRequest& request);
  absl::StatusOr<::baton::v1::ListQueuesResponse> ListAllQueues(
      const ::baton::v1::ListQueuesRequest& request);
  absl::StatusOr<::baton::v1::Queue> ChangeQueue(const ::baton::v1::UpdateQueueRequest& request);

  store::WorkspaceStore& workspaces_;
  store::RosterStore& roster_;
  const PolicySource policies_;
  BulkReassigner& reassigner_;
  BacklogDrainer& drainer_;
  const CallRunner& runner_;
  const TokenSealer& sealer_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ROSTER_SERVICE_H_
