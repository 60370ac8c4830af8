#include "dispatch/workspace_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/pages.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"
#include "dispatch/roster_mapping.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

v1::Workspace ToProto(const store::Workspace& workspace) {
  v1::Workspace message;
  message.set_name(FormatWorkspace(workspace.id));
  message.set_display_name(workspace.display_name);
  *message.mutable_create_time() = ToTimestamp(workspace.created_at_ms);
  message.set_policy_revision(ToInt32(workspace.policy_revision));
  return message;
}

}  // namespace

::grpc::ServerUnaryReactor* WorkspaceService::CreateWorkspace(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(
      context, request, response,
      [this](const v1::CreateWorkspaceRequest& wanted) { return Create(wanted); });
}

::grpc::ServerUnaryReactor* WorkspaceService::GetWorkspace(::grpc::CallbackServerContext* context,
                                                           const ::grpc::ByteBuffer* request,
                                                           ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::GetWorkspaceRequest& wanted) { return Get(wanted); });
}

::grpc::ServerUnaryReactor* WorkspaceService::ListWorkspaces(::grpc::CallbackServerContext* context,
                                                             const ::grpc::ByteBuffer* request,
                                                             ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListWorkspacesRequest& wanted, const Caller& caller) {
                       return List(wanted, caller);
                     });
}

absl::StatusOr<v1::CreateWorkspaceResponse> WorkspaceService::Create(
    const v1::CreateWorkspaceRequest& request) {
  Violations violations;
  const auto id = core::WorkspaceId::Parse(request.workspace_id());
  if (!id.ok()) {
    violations.Add("workspace_id", "must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  const std::string& display_name = request.workspace().display_name();
  if (display_name.size() > kDisplayNameBytesMax) {
    violations.Add("workspace.display_name",
                   absl::StrCat("must be at most ", kDisplayNameBytesMax, " bytes"));
  }
  if (!violations.empty()) return violations.status();
  const auto created = workspaces_.CreateWorkspace(*id, display_name);
  if (!created.ok()) return created.status();
  v1::CreateWorkspaceResponse response;
  *response.mutable_workspace() = ToProto(*created);
  return response;
}

absl::StatusOr<v1::GetWorkspaceResponse> WorkspaceService::Get(
    const v1::GetWorkspaceRequest& request) {
  const auto id = ParseWorkspace("name", request.name());
  if (!id.ok()) return id.status();
  const auto all = workspaces_.ListWorkspaces();
  if (!all.ok()) return all.status();
  for (const store::Workspace& workspace : *all) {
    if (workspace.id != *id) continue;
    v1::GetWorkspaceResponse response;
    *response.mutable_workspace() = ToProto(workspace);
    return response;
  }
  return store::WorkspaceNotFound(*id);
}

absl::StatusOr<v1::ListWorkspacesResponse> WorkspaceService::List(
    const v1::ListWorkspacesRequest& request, const Caller& caller) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  constexpr absl::string_view kContext = "ListWorkspaces|";
  const auto after = OpenPageToken(sealer_, kContext, request.page_token());
  if (!after.ok()) return after.status();
  auto all = workspaces_.ListWorkspaces();
  if (!all.ok()) return all.status();
  all->erase(std::remove_if(all->begin(), all->end(),
                            [&caller](const store::Workspace& workspace) {
                              return !caller.principal.MayEnter(workspace.id);
                            }),
             all->end());
  v1::ListWorkspacesResponse response;
  const std::string next = Paginate(
      *all, *page_size, *after,
      [](const store::Workspace& workspace) { return workspace.id.str(); },
      [&](const store::Workspace& workspace) {
        v1::Workspace& message = *response.add_workspaces();
        message = ToProto(workspace);
        return message.ByteSizeLong();
      });
  if (!next.empty()) response.set_next_page_token(MakePageToken(sealer_, kContext, next));
  return response;
}

}  // namespace baton::dispatch
