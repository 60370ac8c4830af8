#include "dispatch/table_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "core/lookup_table.h"
#include "dispatch/pages.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/require_workspace.h"
#include "dispatch/resource_names.h"
#include "dispatch/roster_mapping.h"
#include "platform/log.h"

namespace baton::dispatch {
namespace {

constexpr size_t kTableMessageBytesMax = 440;

v1::Table ToProto(const core::WorkspaceId& workspace, const store::TableInfo& info) {
  v1::Table table;
  table.set_name(FormatTable({workspace, info.name, info.sha256}));
  table.set_sha256(info.sha256);
  table.set_row_count(ToInt32(info.rows));
  for (const std::string& column : info.columns) table.add_columns(column);
  table.set_size_bytes(ToInt32(info.bytes));
  table.set_creator(info.creator);
  if (info.created_at_ms != 0) *table.mutable_create_time() = ToTimestamp(info.created_at_ms);
  return table;
}

// The problems, in the message for people and each as a violation for editors.
absl::Status InvalidTable(const std::vector<core::TableProblem>& problems) {
  Violations violations;
  std::string message;
  for (const core::TableProblem& problem : problems) {
    const std::string line = absl::StrCat("line ", problem.line, ": ", problem.message);
    violations.Add("table.csv", line);
    if (message.size() + line.size() < kTableMessageBytesMax) {
      absl::StrAppend(&message, message.empty() ? "" : "\n", line);
    }
  }
  return violations.AddTo(
      core::Error(absl::StatusCode::kInvalidArgument, "INVALID_TABLE", message));
}

store::TableInfo InfoOf(const std::string& name, const core::LookupTable& table) {
  store::TableInfo info;
  info.name = name;
  info.sha256 = table.sha256();
  info.rows = static_cast<int64_t>(table.rows());
  info.bytes = static_cast<int64_t>(table.document_bytes());
  info.columns = table.columns();
  return info;
}

}  // namespace

TableService::TableService(store::WorkspaceStore& workspaces, store::TableStore& tables,
                           const CallRunner& runner, const TokenSealer& sealer)
    : workspaces_(workspaces), tables_(tables), runner_(runner), sealer_(sealer) {}

::grpc::ServerUnaryReactor* TableService::CreateTable(::grpc::CallbackServerContext* context,
                                                      const ::grpc::ByteBuffer* request,
                                                      ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::CreateTableRequest& wanted, const Caller& caller) {
                             return Create(caller, wanted);
                           });
}

::grpc::ServerUnaryReactor* TableService::GetTable(::grpc::CallbackServerContext* context,
                                                   const ::grpc::ByteBuffer* request,
                                                   ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::GetTableRequest& wanted) { return Get(wanted); });
}

::grpc::ServerUnaryReactor* TableService::ListTables(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListTablesRequest& wanted) { return List(wanted); });
}

::grpc::ServerUnaryReactor* TableService::DeleteTable(::grpc::CallbackServerContext* context,
                                                      const ::grpc::ByteBuffer* request,
                                                      ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::DeleteTableRequest& wanted, const Caller& caller) {
                             return Delete(caller, wanted);
                           });
}

absl::StatusOr<v1::CreateTableResponse> TableService::Create(
    const Caller& caller, const v1::CreateTableRequest& request) {
  if (absl::Status named = RequireName(caller); !request.validate_only() && !named.ok()) {
    return named;
  }
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  if (!core::IsValidId(request.table_id())) {
    return core::FieldError("table_id", "must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  const core::LookupTable::Parsed parsed = core::LookupTable::Parse(request.table().csv());
  if (parsed.table == nullptr) return InvalidTable(parsed.problems);
  store::TableInfo info = InfoOf(request.table_id(), *parsed.table);
  if (request.validate_only()) {
    if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;
  } else {
    info.creator = caller.id();
    absl::StatusOr<store::TableInfo> stored =
        tables_.PutTable(*workspace, info, request.table().csv());
    if (!stored.ok()) return stored.status();
    info = *std::move(stored);
    platform::LogInfo("table.stored", {{"workspace", workspace->str()},
                                       {"table", info.name},
                                       {"sha256", info.sha256},
                                       {"principal", caller.id()}});
  }
  v1::CreateTableResponse response;
  *response.mutable_table() = ToProto(*workspace, info);
  return response;
}

absl::StatusOr<v1::GetTableResponse> TableService::Get(const v1::GetTableRequest& request) {
  const auto key = ParseTable("name", request.name());
  if (!key.ok()) return key.status();
  const auto info = tables_.GetTable(*key);
  if (!info.ok()) return info.status();
  auto csv = tables_.ReadTable(*key);
  if (!csv.ok()) return csv.status();
  v1::GetTableResponse response;
  *response.mutable_table() = ToProto(key->workspace, *info);
  response.mutable_table()->set_csv(*std::move(csv));
  return response;
}

absl::StatusOr<v1::ListTablesResponse> TableService::List(const v1::ListTablesRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListTables|", request.parent());
  const auto position = OpenPageToken(sealer_, context, request.page_token());
  if (!position.ok()) return position.status();
  const auto tables = tables_.ListTables(*workspace);
  if (!tables.ok()) return tables.status();
  v1::ListTablesResponse response;
  const std::string next = Paginate(
      *tables, *page_size, *position,
      [](const store::TableInfo& info) { return store::TableId(info.name, info.sha256); },
      [&](const store::TableInfo& info) {
        v1::Table& message = *response.add_tables();
        message = ToProto(*workspace, info);
        return message.ByteSizeLong();
      });
  if (!next.empty()) response.set_next_page_token(MakePageToken(sealer_, context, next));
  return response;
}

absl::StatusOr<v1::DeleteTableResponse> TableService::Delete(
    const Caller& caller, const v1::DeleteTableRequest& request) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto key = ParseTable("name", request.name());
  if (!key.ok()) return key.status();
  absl::Status status = RequireRole(caller, {Role::kAdmin});
  if (status.ok()) status = tables_.DeleteTable(*key);
  if (!status.ok()) return status;
  platform::LogInfo("table.deleted", {{"workspace", key->workspace.str()},
                                      {"table", key->name},
                                      {"sha256", key->sha256},
                                      {"principal", caller.id()}});
  return v1::DeleteTableResponse();
}

}  // namespace baton::dispatch
