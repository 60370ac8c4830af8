// Drafts in the shadow of the active policy: the part of PolicyService that is about them.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dispatch/pages.h"
#include "dispatch/policy_service.h"
#include "dispatch/shadow_mapping.h"
#include "platform/log.h"

namespace baton::dispatch {
namespace {

// An answer that holds one run.
template <typename Response>
absl::StatusOr<Response> WithShadow(const core::WorkspaceId& workspace,
                                    const absl::StatusOr<store::ShadowRun>& run) {
  if (!run.ok()) return run.status();
  Response response;
  *response.mutable_shadow() = ToProto(workspace, *run);
  return response;
}

void LogShadow(const char* what, const core::WorkspaceId& workspace, const store::ShadowRun& run,
               const std::string& principal) {
  platform::LogInfo(what, {{"workspace", workspace.str()},
                           {"revision", absl::StrCat(run.revision)},
                           {"run", absl::StrCat(run.run)},
                           {"principal", principal}});
}

}  // namespace

::grpc::ServerUnaryReactor* PolicyService::StartShadow(::grpc::CallbackServerContext* context,
                                                       const ::grpc::ByteBuffer* request,
                                                       ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::StartShadowRequest& wanted, const Caller& caller) {
                             return Start(caller, wanted.name());
                           });
}

::grpc::ServerUnaryReactor* PolicyService::StopShadow(::grpc::CallbackServerContext* context,
                                                      const ::grpc::ByteBuffer* request,
                                                      ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::StopShadowRequest& wanted, const Caller& caller) {
                             return Stop(caller, wanted.name());
                           });
}

::grpc::ServerUnaryReactor* PolicyService::GetShadow(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return runner_.Run(
      context, request, response,
      [this](const v1::GetShadowRequest& wanted) -> absl::StatusOr<v1::GetShadowResponse> {
        const auto workspace = ParseShadow("name", wanted.name());
        if (!workspace.ok()) return workspace.status();
        return WithShadow<v1::GetShadowResponse>(*workspace, shadows_.GetShadow(*workspace));
      });
}

::grpc::ServerUnaryReactor* PolicyService::ListShadowDifferences(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.Run(
      context, request, response,
      [this](const v1::ListShadowDifferencesRequest& wanted) { return Differences(wanted); });
}

absl::StatusOr<v1::StartShadowResponse> PolicyService::Start(const Caller& caller,
                                                             const std::string& wanted) {
  absl::Status allowed = RequireRole(caller, {Role::kMarketing, Role::kSales, Role::kAdmin});
  if (!allowed.ok()) return allowed;
  const auto name = ParseRevisionName("name", wanted);
  if (!name.ok()) return name.status();
  if (const auto known = Named(*name); !known.ok()) return known.status();
  const store::RevisionKey key{name->workspace, name->revision};
  if (const auto readable = Compiled(key); !readable.ok()) return readable.status();
  const auto run = shadows_.StartShadow(key, caller.id());
  if (run.ok()) LogShadow("policy.shadow_started", name->workspace, *run, caller.id());
  return WithShadow<v1::StartShadowResponse>(name->workspace, run);
}

absl::StatusOr<v1::StopShadowResponse> PolicyService::Stop(const Caller& caller,
                                                           const std::string& wanted) {
  absl::Status allowed = RequireRole(caller, {Role::kMarketing, Role::kSales, Role::kAdmin});
  if (!allowed.ok()) return allowed;
  const auto workspace = ParseShadow("name", wanted);
  if (!workspace.ok()) return workspace.status();
  const auto run = shadows_.StopShadow(*workspace, caller.id());
  if (run.ok()) LogShadow("policy.shadow_stopped", *workspace, *run, caller.id());
  return WithShadow<v1::StopShadowResponse>(*workspace, run);
}

absl::StatusOr<v1::ListShadowDifferencesResponse> PolicyService::Differences(
    const v1::ListShadowDifferencesRequest& request) {
  const auto workspace = ParseShadow("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListShadowDifferences|", request.parent());
  const auto position = OpenPageToken(sealer_, context, request.page_token());
  if (!position.ok()) return position.status();
  int64_t before = 0;
  if (!position->empty() && !absl::SimpleAtoi(*position, &before)) before = 0;
  const auto page = shadows_.ShadowDifferences(*workspace, before, *page_size);
  if (!page.ok()) return page.status();
  v1::ListShadowDifferencesResponse response;
  for (const core::ShadowDifference& difference : page->differences) {
    *response.add_differences() = ToProto(*workspace, difference);
  }
  if (page->next_before != 0) {
    response.set_next_page_token(MakePageToken(sealer_, context, absl::StrCat(page->next_before)));
  }
  return response;
}

}  // namespace baton::dispatch
