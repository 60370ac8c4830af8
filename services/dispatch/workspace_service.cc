#include "dispatch/workspace_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/pages.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/require_workspace.h"
#include "dispatch/resource_names.h"
#include "dispatch/roster_mapping.h"
#include "policy/parse_policy.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

constexpr size_t kPolicyBytesMax = 256 * 1024;
constexpr char kDocumentName[] = "policy";  // how errors name it: the API has no file

v1::Workspace ToProto(const store::Workspace& workspace) {
  v1::Workspace message;
  message.set_name(FormatWorkspace(workspace.id));
  message.set_display_name(workspace.display_name);
  *message.mutable_create_time() = ToTimestamp(workspace.created_at_ms);
  message.set_policy_revision(ToInt32(workspace.policy_revision));
  return message;
}

v1::Policy ToProto(const core::WorkspaceId& workspace, const std::string& name,
                   const store::PolicyDocument& document) {
  v1::Policy message;
  message.set_name(FormatPolicy(workspace, name, document.revision));
  message.set_revision(ToInt32(document.revision));
  message.set_yaml(document.yaml);
  return message;
}

// The document's errors, in the message for people and each as a violation for editors.
absl::Status Invalid(const std::vector<policy::DocumentError>& errors) {
  Violations violations;
  for (const policy::DocumentError& error : errors) {
    violations.Add("yaml", policy::ToString(error));
  }
  return violations.AddTo(policy::InvalidPolicy(errors));
}

absl::Status PolicyNameNotFound(const PolicyName& name) {
  return core::Error(absl::StatusCode::kNotFound, "POLICY_NOT_FOUND",
                     absl::StrCat("the policy of workspace ", name.workspace.str(),
                                  " is not called ", name.policy, "; '-' stands for any name"),
                     {{"workspace", name.workspace.str()}, {"policy", name.policy}});
}

}  // namespace

::grpc::ServerUnaryReactor* WorkspaceService::CreateWorkspace(
    ::grpc::CallbackServerContext* context, const v1::CreateWorkspaceRequest* request,
    v1::CreateWorkspaceResponse* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::CreateWorkspaceRequest& wanted) { return Create(wanted); });
}

::grpc::ServerUnaryReactor* WorkspaceService::GetWorkspace(::grpc::CallbackServerContext* context,
                                                           const v1::GetWorkspaceRequest* request,
                                                           v1::GetWorkspaceResponse* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::GetWorkspaceRequest& wanted) { return Get(wanted); });
}

::grpc::ServerUnaryReactor* WorkspaceService::ListWorkspaces(
    ::grpc::CallbackServerContext* context, const v1::ListWorkspacesRequest* request,
    v1::ListWorkspacesResponse* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListWorkspacesRequest& wanted) { return List(wanted); });
}

::grpc::ServerUnaryReactor* WorkspaceService::ApplyPolicy(::grpc::CallbackServerContext* context,
                                                          const v1::ApplyPolicyRequest* request,
                                                          v1::ApplyPolicyResponse* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ApplyPolicyRequest& wanted) { return Apply(wanted); });
}

::grpc::ServerUnaryReactor* WorkspaceService::GetPolicy(::grpc::CallbackServerContext* context,
                                                        const v1::GetPolicyRequest* request,
                                                        v1::GetPolicyResponse* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::GetPolicyRequest& wanted) { return ReadPolicy(wanted); });
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
    const v1::ListWorkspacesRequest& request) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  constexpr absl::string_view kContext = "ListWorkspaces|";
  const auto after = OpenPageToken(sealer_, kContext, request.page_token());
  if (!after.ok()) return after.status();
  const auto all = workspaces_.ListWorkspaces();
  if (!all.ok()) return all.status();
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

absl::StatusOr<v1::ApplyPolicyResponse> WorkspaceService::Apply(
    const v1::ApplyPolicyRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto expected = ParseEtag("etag", request.etag(), -1);
  if (!expected.ok()) return expected.status();
  if (request.yaml().size() > kPolicyBytesMax) {
    return core::FieldError("yaml", absl::StrCat("must be at most ", kPolicyBytesMax, " bytes"));
  }
  const policy::ParsedPolicy parsed = policy::CheckPolicy(request.yaml(), kDocumentName);
  if (!parsed.ok()) return Invalid(parsed.errors);
  if (parsed.policy.workspace != *workspace) {
    return core::FieldError(
        "yaml", absl::StrCat("metadata.workspace is ", parsed.policy.workspace.str(), ", not ",
                             workspace->str()));
  }
  v1::ApplyPolicyResponse response;
  if (request.validate_only()) {
    const auto versions = workspaces_.PolicyVersions({&*workspace, 1});
    if (!versions.ok()) return versions.status();
    if (!versions->front().ok()) return versions->front().status();
    const int64_t revision = versions->front()->revision;
    if (revision == store::kNoWorkspace) return store::WorkspaceNotFound(*workspace);
    if (*expected >= 0 && *expected != revision) return store::EtagMismatch(*expected, revision);
    *response.mutable_policy() =
        ToProto(*workspace, parsed.policy.name, {revision + 1, request.yaml()});
    return response;
  }
  const auto active = workspaces_.ActivatePolicy(parsed.policy, request.yaml(), *expected);
  if (!active.ok()) return active.status();
  // A queue may have another mode now, and leads may wait in one that is new.
  for (const auto& [queue, settings] : parsed.policy.queues) drainer_.QueueFreed(*workspace, queue);
  *response.mutable_policy() = ToProto(*workspace, parsed.policy.name, *active);
  return response;
}

absl::StatusOr<v1::GetPolicyResponse> WorkspaceService::ReadPolicy(
    const v1::GetPolicyRequest& request) {
  const auto name = ParsePolicyName("name", request.name());
  if (!name.ok()) return name.status();
  if (absl::Status known = RequireWorkspace(workspaces_, name->workspace); !known.ok())
    return known;
  const auto document = workspaces_.GetPolicy(name->workspace, name->revision);
  if (!document.ok()) return document.status();
  const std::string called = policy::ParsePolicy(document->yaml, kDocumentName).policy.name;
  if (name->policy != "-" && name->policy != called) return PolicyNameNotFound(*name);
  v1::GetPolicyResponse response;
  *response.mutable_policy() = ToProto(name->workspace, called, *document);
  return response;
}

}  // namespace baton::dispatch
