// WorkspaceService of baton.v1.
#ifndef BATON_DISPATCH_WORKSPACE_SERVICE_H_
#define BATON_DISPATCH_WORKSPACE_SERVICE_H_

#include "baton/v1/workspace_service.grpc.pb.h"
#include "dispatch/call_runner.h"
#include "dispatch/raw_methods.h"
#include "dispatch/token_sealer.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Thread-safe.
class WorkspaceService final
    : public RawMethods<::baton::v1::WorkspaceService::Service,
                        ::baton::v1::WorkspaceService::WithRawCallbackMethod_CreateWorkspace,
                        ::baton::v1::WorkspaceService::WithRawCallbackMethod_GetWorkspace,
                        ::baton::v1::WorkspaceService::WithRawCallbackMethod_ListWorkspaces> {
 public:
  WorkspaceService(store::WorkspaceStore& workspaces, const CallRunner& runner,
                   const TokenSealer& sealer)
      : workspaces_(workspaces), runner_(runner), sealer_(sealer) {}

  ::grpc::ServerUnaryReactor* CreateWorkspace(::grpc::CallbackServerContext* context,
                                              const ::grpc::ByteBuffer* request,
                                              ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetWorkspace(::grpc::CallbackServerContext* context,
                                           const ::grpc::ByteBuffer* request,
                                           ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListWorkspaces(::grpc::CallbackServerContext* context,
                                             const ::grpc::ByteBuffer* request,
                                             ::grpc::ByteBuffer* response) override;

 private:
  absl::StatusOr<::baton::v1::CreateWorkspaceResponse> Create(
      const ::baton::v1::CreateWorkspaceRequest& request);
  absl::StatusOr<::baton::v1::GetWorkspaceResponse> Get(
      const ::baton::v1::GetWorkspaceRequest& request);
  absl::StatusOr<::baton::v1::ListWorkspacesResponse> List(
      const ::baton::v1::ListWorkspacesRequest& request, const Caller& caller);

  store::WorkspaceStore& workspaces_;
  const CallRunner& runner_;
  const TokenSealer& sealer_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WORKSPACE_SERVICE_H_
