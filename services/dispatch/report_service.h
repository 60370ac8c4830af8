// ReportService of baton.v1.
#ifndef BATON_DISPATCH_REPORT_SERVICE_H_
#define BATON_DISPATCH_REPORT_SERVICE_H_

#include <functional>

#include "absl/time/time.h"
#include "baton/v1/report_service.grpc.pb.h"
#include "dispatch/call_runner.h"
#include "dispatch/raw_methods.h"
#include "dispatch/token_sealer.h"
#include "reports/report.h"
#include "reports/table_cache.h"
#include "store/pipe_store.h"
#include "store/report_store.h"
#include "store/roster_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// All outlive the service.
struct ReportPorts {
  store::WorkspaceStore& workspaces;
  store::ReportStore& reports;
  store::OutboxStore& outbox;
  store::RosterStore& roster;
  const CallRunner& runner;  // on one thread, to which the cycles in memory belong
  const TokenSealer& sealer;
  absl::Duration keep;  // so long cycles count behind their latest change
  int64_t cycles_max;   // in memory, of all workspaces
  std::function<core::TimeMs()> now;
};

// Thread-safe.
class ReportService final
    : public RawMethods<::baton::v1::ReportService::Service,
                        ::baton::v1::ReportService::WithRawCallbackMethod_GetReport,
                        ::baton::v1::ReportService::WithRawCallbackMethod_ListReportLeads> {
 public:
  explicit ReportService(const ReportPorts& ports)
      : ports_(ports), tables_(ports.reports, ports.cycles_max) {}

  ::grpc::ServerUnaryReactor* GetReport(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* request,
                                        ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListReportLeads(::grpc::CallbackServerContext* context,
                                              const ::grpc::ByteBuffer* request,
                                              ::grpc::ByteBuffer* response) override;

 private:
  absl::StatusOr<::baton::v1::GetReportResponse> Get(const ::baton::v1::GetReportRequest& request);
  absl::StatusOr<::baton::v1::ListReportLeadsResponse> List(
      const ::baton::v1::ListReportLeadsRequest& request);
  absl::StatusOr<const reports::CycleTable*> TableOf(const core::WorkspaceId& workspace);
  absl::StatusOr<reports::Deviations> DeviationsIn(const core::WorkspaceId& workspace);
  absl::StatusOr<int64_t> Uncounted(const core::WorkspaceId& workspace);

  const ReportPorts ports_;
  reports::TableCache tables_;  // of the runner's thread
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_REPORT_SERVICE_H_
