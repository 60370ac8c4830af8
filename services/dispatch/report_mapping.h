// Between the messages of ReportService and the types of reports. Pure functions.
#ifndef BATON_DISPATCH_REPORT_MAPPING_H_
#define BATON_DISPATCH_REPORT_MAPPING_H_

#include "absl/status/statusor.h"
#include "baton/v1/report_service.pb.h"
#include "core/ids.h"
#include "reports/report.h"

namespace baton::dispatch {

// With defaults where nothing is set. INVALID_ARGUMENT names the field.
absl::StatusOr<reports::Scope> FromProto(const ::baton::v1::ReportScope& scope,
                                         core::TimeMs now_ms);
absl::StatusOr<reports::Dimension> FromProto(::baton::v1::ReportDimension dimension,
                                             reports::View view);
::baton::v1::ReportScope ToProto(const reports::Scope& scope);
::baton::v1::ReportSection ToProto(const reports::SectionReport& section);
::baton::v1::ReportLead ToProto(const core::WorkspaceId& workspace,
                                const reports::CycleTable& table, const reports::Behind& behind);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_REPORT_MAPPING_H_
