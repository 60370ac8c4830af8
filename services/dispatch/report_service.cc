#include "dispatch/report_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/errors.h"
#include "dispatch/pages.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/report_mapping.h"
#include "dispatch/require_workspace.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

constexpr absl::Duration kLoadPatience = absl::Seconds(3);  // below the deadline of a call
constexpr double kNanoPerLead = 1e9;

// All sections if none is named.
absl::StatusOr<std::vector<const reports::SectionInfo*>> SectionsOf(
    const v1::GetReportRequest& request) {
  std::vector<const reports::SectionInfo*> sections;
  for (const reports::SectionInfo& section : reports::Sections()) {
    const auto& named = request.sections();
    if (named.empty() || std::find(named.begin(), named.end(), section.id) != named.end()) {
      sections.push_back(&section);
    }
  }
  for (const std::string& name : request.sections()) {
    if (reports::FindSection(name) != nullptr) continue;
    const std::string valid =
        absl::StrJoin(reports::Sections(), ", ",
                      [](std::string* out, const auto& section) { out->append(section.id); });
    return core::FieldError("sections", absl::StrCat("there is no \"", name, "\"; valid: ", valid));
  }
  return sections;
}

// What a page token belongs to: the request without what changes from page to page.
std::string ContextOf(const v1::ListReportLeadsRequest& request) {
  v1::ListReportLeadsRequest bound = request;
  bound.clear_page_size();
  bound.clear_page_token();
  bound.clear_read_time();
  return absl::StrCat("ListReportLeads|", bound.SerializeAsString());
}

// Of a page: when its number was made, and how many cycles came before.
struct Position {
  core::TimeMs now_ms = 0;
  int64_t skip = 0;
};

absl::StatusOr<Position> PositionOf(const TokenSealer& sealer,
                                    const v1::ListReportLeadsRequest& request,
                                    core::TimeMs now_ms) {
  const auto text = OpenPageToken(sealer, ContextOf(request), request.page_token());
  if (!text.ok()) return text.status();
  Position position{now_ms, 0};
  if (!text->empty()) {
    const size_t bar = text->find('|');
    const bool readable = bar != std::string::npos &&
                          absl::SimpleAtoi(text->substr(0, bar), &position.now_ms) &&
                          absl::SimpleAtoi(text->substr(bar + 1), &position.skip);
    return readable
               ? position
               : absl::StatusOr<Position>(core::FieldError("page_token", "is not of this request"));
  }
  if (!request.has_read_time()) return position;
  const auto read = FromTimestamp("read_time", request.read_time());
  if (!read.ok()) return read.status();
  position.now_ms = *read;
  return position;
}

}  // namespace

::grpc::ServerUnaryReactor* ReportService::GetReport(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return ports_.runner.Run(context, request, response,
                           [this](const v1::GetReportRequest& wanted) { return Get(wanted); });
}

::grpc::ServerUnaryReactor* ReportService::ListReportLeads(::grpc::CallbackServerContext* context,
                                                           const ::grpc::ByteBuffer* request,
                                                           ::grpc::ByteBuffer* response) {
  return ports_.runner.Run(
      context, request, response,
      [this](const v1::ListReportLeadsRequest& wanted) { return List(wanted); });
}

absl::StatusOr<const reports::CycleTable*> ReportService::TableOf(
    const core::WorkspaceId& workspace) {
  if (absl::Status known = RequireWorkspace(ports_.workspaces, workspace); !known.ok()) {
    return known;
  }
  return tables_.Get(workspace, kLoadPatience);
}

absl::StatusOr<reports::Deviations> ReportService::DeviationsIn(
    const core::WorkspaceId& workspace) {
  const auto queues = ports_.roster.ListQueues(workspace);
  if (!queues.ok()) return queues.status();
  reports::Deviations deviations;
  for (const store::QueueState& queue : *queues) {
    for (const auto& [rep, owed] : queue.owed_nano) {
      deviations[{queue.settings.id.str(), rep.str()}] = -static_cast<double>(owed) / kNanoPerLead;
    }
  }
  return deviations;
}

absl::StatusOr<int64_t> ReportService::Uncounted(const core::WorkspaceId& workspace) {
  const int shard = ports_.outbox.ShardOf(workspace);
  const auto counted = ports_.reports.Counted(shard);
  if (!counted.ok()) return counted.status();
  const auto bounds = ports_.outbox.Bounds(shard);
  if (!bounds.ok()) return bounds.status();
  return store::EntriesBehind(*counted, *bounds);
}

absl::StatusOr<v1::GetReportResponse> ReportService::Get(const v1::GetReportRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const core::TimeMs now_ms = ports_.now();
  reports::ReportQuery query;
  auto scope = FromProto(request.scope(), now_ms);
  if (!scope.ok()) return scope.status();
  query.scope = *std::move(scope);
  query.scope.kept_from_ms = now_ms - absl::ToInt64Milliseconds(ports_.keep);
  const auto dimension = FromProto(request.group_by(), query.scope.view);
  if (!dimension.ok()) return dimension.status();
  query.dimension = *dimension;
  auto sections = SectionsOf(request);
  if (!sections.ok()) return sections.status();
  query.sections = *std::move(sections);
  // What is not counted yet first: what is counted meanwhile is told twice rather than never.
  const auto uncounted = Uncounted(*workspace);
  if (!uncounted.ok()) return uncounted.status();
  const auto table = TableOf(*workspace);
  if (!table.ok()) return table.status();
  const auto deviations = DeviationsIn(*workspace);
  if (!deviations.ok()) return deviations.status();

  v1::GetReportResponse response;
  v1::Report& report = *response.mutable_report();
  report.set_parent(FormatWorkspace(*workspace));
  *report.mutable_read_time() = ToTimestamp(now_ms);
  *report.mutable_scope() = ToProto(query.scope);
  report.set_group_by(request.group_by());
  report.set_uncounted_changes(*uncounted);
  for (const reports::SectionReport& section : MakeReport(**table, query, *deviations)) {
    *report.add_sections() = ToProto(section);
  }
  return response;
}

absl::StatusOr<v1::ListReportLeadsResponse> ReportService::List(
    const v1::ListReportLeadsRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const auto position = PositionOf(ports_.sealer, request, ports_.now());
  if (!position.ok()) return position.status();
  auto scope = FromProto(request.scope(), position->now_ms);
  if (!scope.ok()) return scope.status();
  scope->kept_from_ms = position->now_ms - absl::ToInt64Milliseconds(ports_.keep);
  const auto dimension = FromProto(request.group_by(), scope->view);
  if (!dimension.ok()) return dimension.status();
  const auto table = TableOf(*workspace);
  if (!table.ok()) return table.status();
  const v1::ReportCell& cell = request.cell();
  const auto behind =
      CyclesBehind(**table, *scope, *dimension,
                   {cell.section(), cell.figure(), cell.item(), cell.group(), cell.part()});
  if (!behind.ok()) return behind.status();

  v1::ListReportLeadsResponse response;
  int64_t total = 0;
  for (const reports::Behind& each : *behind) total += each.counted;
  response.set_total_size(total);
  const auto size = static_cast<int64_t>(behind->size());
  int64_t next = std::min(position->skip, size);
  for (int i = 0; i < *page_size && next < size; ++i, ++next) {
    *response.add_leads() = ToProto(*workspace, **table, (*behind)[static_cast<size_t>(next)]);
  }
  if (next < size) {
    response.set_next_page_token(MakePageToken(ports_.sealer, ContextOf(request),
                                               absl::StrCat(position->now_ms, "|", next)));
  }
  return response;
}

}  // namespace baton::dispatch
