// PolicyService of baton.v1.
#ifndef BATON_DISPATCH_POLICY_SERVICE_H_
#define BATON_DISPATCH_POLICY_SERVICE_H_

#include <string>

#include "baton/v1/policy_service.grpc.pb.h"
#include "dispatch/backlog_drainer.h"
#include "dispatch/call_runner.h"
#include "dispatch/caller_gate.h"
#include "dispatch/raw_methods.h"
#include "dispatch/resource_names.h"
#include "dispatch/token_sealer.h"
#include "platform/metrics.h"
#include "store/policy_store.h"
#include "store/shadow_store.h"
#include "store/table_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Each activation is a log line "policy.activated" with who, which revision and which number, and
// is counted in baton_policy_activations_total by kind; a draft that starts or stops in the shadow
// of the active revision is a line "policy.shadow_started" or "policy.shadow_stopped". Thread-safe.
class PolicyService final
    : public RawMethods<::baton::v1::PolicyService::Service,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_CreatePolicyRevision,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_GetPolicy,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_ListPolicyRevisions,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_ApprovePolicyRevision,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_RevokePolicyApproval,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_ActivatePolicyRevision,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_RollbackPolicy,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_WithdrawPolicyRevision,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_DeletePolicyRevision,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_StartShadow,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_StopShadow,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_GetShadow,
                        ::baton::v1::PolicyService::WithRawCallbackMethod_ListShadowDifferences> {
 public:
  PolicyService(store::WorkspaceStore& workspaces, store::PolicyStore& policies,
                store::ShadowStore& shadows, store::TableStore& tables, BacklogDrainer& drainer,
                const CallRunner& runner, const TokenSealer& sealer, platform::Metrics& metrics);

  ::grpc::ServerUnaryReactor* CreatePolicyRevision(::grpc::CallbackServerContext* context,
                                                   const ::grpc::ByteBuffer* request,
                                                   ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetPolicy(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListPolicyRevisions(::grpc::CallbackServerContext* context,
                                                  const ::grpc::ByteBuffer* request,
                                                  ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ApprovePolicyRevision(::grpc::CallbackServerContext* context,
                                                    const ::grpc::ByteBuffer* request,
                                                    ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* RevokePolicyApproval(::grpc::CallbackServerContext* context,
                                                   const ::grpc::ByteBuffer* request,
                                                   ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ActivatePolicyRevision(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* RollbackPolicy(::grpc::CallbackServerContext* context,
                                             const ::grpc::ByteBuffer* request,
                                             ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* WithdrawPolicyRevision(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* DeletePolicyRevision(::grpc::CallbackServerContext* context,
                                                   const ::grpc::ByteBuffer* request,
                                                   ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* StartShadow(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* StopShadow(::grpc::CallbackServerContext* context,
                                         const ::grpc::ByteBuffer* request,
                                         ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetShadow(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListShadowDifferences(::grpc::CallbackServerContext* context,
                                                    const ::grpc::ByteBuffer* request,
                                                    ::grpc::ByteBuffer* response) override;

 private:
  absl::StatusOr<::baton::v1::CreatePolicyRevisionResponse> Create(
      const Caller& caller, const ::baton::v1::CreatePolicyRevisionRequest& request);
  absl::StatusOr<::baton::v1::GetPolicyResponse> Get(const ::baton::v1::GetPolicyRequest& request);
  absl::StatusOr<::baton::v1::ListPolicyRevisionsResponse> List(
      const ::baton::v1::ListPolicyRevisionsRequest& request);
  absl::StatusOr<::baton::v1::Policy> Approve(
      const Caller& caller, const ::baton::v1::ApprovePolicyRevisionRequest& request);
  absl::StatusOr<::baton::v1::Policy> Revoke(const Caller& caller, const std::string& name);
  absl::StatusOr<::baton::v1::Policy> Activate(const Caller& caller, const std::string& name,
                                               const std::string& etag,
                                               store::Activation activation);
  absl::StatusOr<::baton::v1::Policy> Rollback(const Caller& caller,
                                               const ::baton::v1::RollbackPolicyRequest& request);
  absl::StatusOr<::baton::v1::Policy> Withdraw(const Caller& caller, const std::string& name);
  absl::StatusOr<::baton::v1::DeletePolicyRevisionResponse> Delete(
      const Caller& caller, const ::baton::v1::DeletePolicyRevisionRequest& request);
  // policy_shadow.cc
  absl::StatusOr<::baton::v1::StartShadowResponse> Start(const Caller& caller,
                                                         const std::string& name);
  absl::StatusOr<::baton::v1::StopShadowResponse> Stop(const Caller& caller,
                                                       const std::string& name);
  absl::StatusOr<::baton::v1::ListShadowDifferencesResponse> Differences(
      const ::baton::v1::ListShadowDifferencesRequest& request);

  // The revision that `name` names with its number, once it is known to be called so.
  absl::StatusOr<store::PolicyRevision> Named(const PolicyName& name);
  // The revision's document, compiled.
  absl::StatusOr<core::Policy> Compiled(const store::RevisionKey& key);

  store::WorkspaceStore& workspaces_;
  store::PolicyStore& policies_;
  store::ShadowStore& shadows_;
  store::TableStore& tables_;
  BacklogDrainer& drainer_;
  const CallRunner& runner_;
  const TokenSealer& sealer_;
  platform::Counter& activations_;
  platform::Counter& rollbacks_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_POLICY_SERVICE_H_
