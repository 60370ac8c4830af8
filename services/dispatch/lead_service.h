// LeadService of baton.v1.
#ifndef BATON_DISPATCH_LEAD_SERVICE_H_
#define BATON_DISPATCH_LEAD_SERVICE_H_

#include "baton/v1/lead_service.grpc.pb.h"
#include "dispatch/call_runner.h"
#include "dispatch/event_submitter.h"
#include "dispatch/lead_eraser.h"
#include "dispatch/raw_methods.h"
#include "dispatch/token_sealer.h"
#include "store/store.h"

namespace baton::dispatch {

// Thread-safe.
class LeadService final
    : public RawMethods<::baton::v1::LeadService::Service,
                        ::baton::v1::LeadService::WithRawCallbackMethod_SubmitLeadEvents,
                        ::baton::v1::LeadService::WithRawCallbackMethod_GetLead,
                        ::baton::v1::LeadService::WithRawCallbackMethod_ListLeads,
                        ::baton::v1::LeadService::WithRawCallbackMethod_GetLeadJourney,
                        ::baton::v1::LeadService::WithRawCallbackMethod_ExplainLead,
                        ::baton::v1::LeadService::WithRawCallbackMethod_RecomputeDecision,
                        ::baton::v1::LeadService::WithRawCallbackMethod_EraseLead> {
 public:
  // All outlive this.
  LeadService(store::Store& store, const CallRunner& runner, EventSubmitter& submitter,
              LeadEraser& eraser, const TokenSealer& sealer);

  ::grpc::ServerUnaryReactor* SubmitLeadEvents(::grpc::CallbackServerContext* context,
                                               const ::grpc::ByteBuffer* request,
                                               ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetLead(::grpc::CallbackServerContext* context,
                                      const ::grpc::ByteBuffer* request,
                                      ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListLeads(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetLeadJourney(::grpc::CallbackServerContext* context,
                                             const ::grpc::ByteBuffer* request,
                                             ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ExplainLead(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* RecomputeDecision(::grpc::CallbackServerContext* context,
                                                const ::grpc::ByteBuffer* request,
                                                ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* EraseLead(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;

 private:
  // A lead that the caller may not see is not found.
  absl::StatusOr<core::LeadRecord> Load(absl::string_view name, const Caller& caller);
  absl::StatusOr<::baton::v1::ListLeadsResponse> List(const ::baton::v1::ListLeadsRequest& request);
  absl::StatusOr<::baton::v1::GetLeadJourneyResponse> Journey(
      const ::baton::v1::GetLeadJourneyRequest& request, const Caller& caller);
  absl::StatusOr<::baton::v1::ExplainLeadResponse> ExplainOne(
      const ::baton::v1::ExplainLeadRequest& request, const Caller& caller);
  absl::StatusOr<::baton::v1::RecomputeDecisionResponse> RecomputeOne(
      const ::baton::v1::RecomputeDecisionRequest& request, const Caller& caller);

  store::Store& store_;
  const CallRunner& runner_;
  EventSubmitter& submitter_;
  LeadEraser& eraser_;
  const TokenSealer& sealer_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_LEAD_SERVICE_H_
