#include "dispatch/policy_service.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "agreement/policy_tables.h"
#include "core/errors.h"
#include "dispatch/pages.h"
#include "dispatch/policy_mapping.h"
#include "dispatch/require_workspace.h"
#include "dispatch/roster_mapping.h"
#include "platform/log.h"
#include "policy/parse_policy.h"
#include "store/policy_errors.h"

namespace baton::dispatch {
namespace {

constexpr size_t kPolicyBytesMax = 256 * 1024;
constexpr size_t kReasonBytesMax = 256;
constexpr char kDocumentName[] = "policy";  // how errors name it: the API has no file

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

// The activation that follows the one that the etag stands for.
absl::StatusOr<int64_t> NextActivation(const std::string& etag) {
  if (etag.empty()) {
    return core::FieldError("etag", "must be the activation_etag of the policy as it was read");
  }
  const absl::StatusOr<int64_t> latest = ParseEtag("etag", etag, 0);
  return latest.ok() ? absl::StatusOr<int64_t>(*latest + 1) : latest.status();
}

// An answer that holds one policy.
template <typename Response>
absl::StatusOr<Response> WithPolicy(absl::StatusOr<v1::Policy> policy) {
  if (!policy.ok()) return policy.status();
  Response response;
  *response.mutable_policy() = *std::move(policy);
  return response;
}

absl::StatusOr<v1::Policy> Message(const core::WorkspaceId& workspace,
                                   const absl::StatusOr<store::PolicyRevision>& revision) {
  if (!revision.ok()) return revision.status();
  return ToProto(workspace, *revision);
}

}  // namespace

PolicyService::PolicyService(store::WorkspaceStore& workspaces, store::PolicyStore& policies,
                             store::ShadowStore& shadows, store::TableStore& tables,
                             BacklogDrainer& drainer, const CallRunner& runner,
                             const TokenSealer& sealer, platform::Metrics& metrics)
    : workspaces_(workspaces),
      policies_(policies),
      shadows_(shadows),
      tables_(tables),
      drainer_(drainer),
      runner_(runner),
      sealer_(sealer),
      activations_(metrics.AddCounter("baton_policy_activations_total",
                                      "Policy revisions made active.", {{"kind", "activate"}})),
      rollbacks_(metrics.AddCounter("baton_policy_activations_total",
                                    "Policy revisions made active.", {{"kind", "rollback"}})) {}

::grpc::ServerUnaryReactor* PolicyService::CreatePolicyRevision(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::CreatePolicyRevisionRequest& wanted,
                                  const Caller& caller) { return Create(caller, wanted); });
}

::grpc::ServerUnaryReactor* PolicyService::GetPolicy(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::GetPolicyRequest& wanted) { return Get(wanted); });
}

::grpc::ServerUnaryReactor* PolicyService::ListPolicyRevisions(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListPolicyRevisionsRequest& wanted) { return List(wanted); });
}

::grpc::ServerUnaryReactor* PolicyService::ApprovePolicyRevision(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(
      context, request, response,
      [this](const v1::ApprovePolicyRevisionRequest& wanted, const Caller& caller) {
        return WithPolicy<v1::ApprovePolicyRevisionResponse>(Approve(caller, wanted));
      });
}

::grpc::ServerUnaryReactor* PolicyService::RevokePolicyApproval(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(
      context, request, response,
      [this](const v1::RevokePolicyApprovalRequest& wanted, const Caller& caller) {
        return WithPolicy<v1::RevokePolicyApprovalResponse>(Revoke(caller, wanted.name()));
      });
}

::grpc::ServerUnaryReactor* PolicyService::ActivatePolicyRevision(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(
      context, request, response,
      [this](const v1::ActivatePolicyRevisionRequest& wanted, const Caller& caller) {
        return WithPolicy<v1::ActivatePolicyRevisionResponse>(
            Activate(caller, wanted.name(), wanted.etag(), store::Activation()));
      });
}

::grpc::ServerUnaryReactor* PolicyService::RollbackPolicy(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(
      context, request, response,
      [this](const v1::RollbackPolicyRequest& wanted, const Caller& caller) {
        return WithPolicy<v1::RollbackPolicyResponse>(Rollback(caller, wanted));
      });
}

::grpc::ServerUnaryReactor* PolicyService::WithdrawPolicyRevision(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(
      context, request, response,
      [this](const v1::WithdrawPolicyRevisionRequest& wanted, const Caller& caller) {
        return WithPolicy<v1::WithdrawPolicyRevisionResponse>(Withdraw(caller, wanted.name()));
      });
}

::grpc::ServerUnaryReactor* PolicyService::DeletePolicyRevision(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::DeletePolicyRevisionRequest& wanted,
                                  const Caller& caller) { return Delete(caller, wanted); });
}

absl::StatusOr<v1::CreatePolicyRevisionResponse> PolicyService::Create(
    const Caller& caller, const v1::CreatePolicyRevisionRequest& request) {
  if (absl::Status named = RequireName(caller); !request.validate_only() && !named.ok()) {
    return named;
  }
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  if (request.yaml().size() > kPolicyBytesMax) {
    return core::FieldError("yaml", absl::StrCat("must be at most ", kPolicyBytesMax, " bytes"));
  }
  const auto tables = agreement::TablesOf(tables_, *workspace, request.yaml());
  if (!tables.ok()) return tables.status();
  const policy::ParsedPolicy parsed = policy::CheckPolicy(request.yaml(), kDocumentName, *tables);
  if (!parsed.ok()) return Invalid(parsed.errors);
  if (parsed.policy.workspace != *workspace) {
    return core::FieldError(
        "yaml", absl::StrCat("metadata.workspace is ", parsed.policy.workspace.str(), ", not ",
                             workspace->str()));
  }
  v1::CreatePolicyRevisionResponse response;
  if (request.validate_only()) {
    if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;
    response.mutable_policy()->set_name(
        absl::StrCat(FormatWorkspace(*workspace), "/policies/", parsed.policy.name));
    response.mutable_policy()->set_yaml(request.yaml());
    return response;
  }
  const auto made = policies_.CreateRevision(parsed.policy, request.yaml(), caller.id());
  if (!made.ok()) return made.status();
  *response.mutable_policy() = ToProto(*workspace, *made);
  response.mutable_policy()->set_yaml(request.yaml());
  return response;
}

absl::StatusOr<v1::GetPolicyResponse> PolicyService::Get(const v1::GetPolicyRequest& request) {
  const auto name = ParsePolicyName("name", request.name());
  if (!name.ok()) return name.status();
  const auto revision = Named(*name);
  if (!revision.ok()) return revision.status();
  const auto document = workspaces_.GetPolicy(name->workspace, revision->revision);
  if (!document.ok()) return document.status();
  v1::GetPolicyResponse response;
  *response.mutable_policy() = ToProto(name->workspace, *revision);
  response.mutable_policy()->set_yaml(document->yaml);
  return response;
}

absl::StatusOr<v1::ListPolicyRevisionsResponse> PolicyService::List(
    const v1::ListPolicyRevisionsRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListPolicyRevisions|", request.parent());
  const auto position = OpenPageToken(sealer_, context, request.page_token());
  if (!position.ok()) return position.status();
  int64_t before = 0;
  if (!position->empty() && !absl::SimpleAtoi(*position, &before)) before = 0;
  const auto page = policies_.ListRevisions(*workspace, before, *page_size);
  if (!page.ok()) return page.status();
  v1::ListPolicyRevisionsResponse response;
  size_t bytes = 0;
  int64_t next = page->next_before;
  for (const store::PolicyRevision& revision : page->revisions) {
    if (bytes >= kPageBytesMax) {
      next = revision.revision + 1;
      break;
    }
    v1::Policy& message = *response.add_policies();
    message = ToProto(*workspace, revision);
    bytes += message.ByteSizeLong();
  }
  if (next != 0) {
    response.set_next_page_token(MakePageToken(sealer_, context, absl::StrCat(next)));
  }
  return response;
}

absl::StatusOr<v1::Policy> PolicyService::Approve(const Caller& caller,
                                                  const v1::ApprovePolicyRevisionRequest& request) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto name = ParseRevisionName("name", request.name());
  if (!name.ok()) return name.status();
  const auto role = FromProto("role", request.role());
  if (!role.ok()) return role.status();
  const bool for_marketing = *role == store::ApproverRole::kMarketing;
  absl::Status allowed = RequireRole(caller, {for_marketing ? Role::kMarketing : Role::kSales});
  if (!allowed.ok()) return allowed;
  if (const auto known = Named(*name); !known.ok()) return known.status();
  return Message(name->workspace, policies_.ApproveRevision({name->workspace, name->revision},
                                                            request.etag(), caller.id(), *role));
}

absl::StatusOr<v1::Policy> PolicyService::Revoke(const Caller& caller, const std::string& wanted) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto name = ParseRevisionName("name", wanted);
  if (!name.ok()) return name.status();
  if (const auto known = Named(*name); !known.ok()) return known.status();
  return Message(name->workspace,
                 policies_.RevokeApproval({name->workspace, name->revision}, caller.id()));
}

absl::StatusOr<v1::Policy> PolicyService::Activate(const Caller& caller, const std::string& wanted,
                                                   const std::string& etag,
                                                   store::Activation activation) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto name = ParseRevisionName("name", wanted);
  if (!name.ok()) return name.status();
  const auto number = NextActivation(etag);
  if (!number.ok()) return number.status();
  if (!activation.rollback) {
    absl::Status allowed = RequireRole(caller, {Role::kMarketing, Role::kSales, Role::kAdmin});
    if (!allowed.ok()) return allowed;
  }
  const auto known = Named(*name);
  if (!known.ok()) return known.status();
  const auto policy = Compiled({name->workspace, name->revision});
  if (!policy.ok()) return policy.status();
  activation.number = *number;
  activation.principal = caller.id();
  const auto active = policies_.ActivateRevision(*policy, known->fingerprint, activation);
  if (!active.ok()) return active.status();
  // A queue may have another mode now, and leads may wait in one that is new.
  for (const auto& [queue, settings] : policy->queues) drainer_.QueueFreed(name->workspace, queue);
  (activation.rollback ? rollbacks_ : activations_).Add();
  platform::LogInfo("policy.activated", {{"workspace", name->workspace.str()},
                                         {"revision", absl::StrCat(active->revision)},
                                         {"activation", absl::StrCat(activation.number)},
                                         {"kind", activation.rollback ? "rollback" : "activate"},
                                         {"principal", caller.id()},
                                         {"reason", activation.reason}});
  return ToProto(name->workspace, *active);
}

absl::StatusOr<v1::Policy> PolicyService::Rollback(const Caller& caller,
                                                   const v1::RollbackPolicyRequest& request) {
  absl::Status allowed = RequireRole(caller, {Role::kMarketing, Role::kSales});
  if (!allowed.ok()) return allowed;
  if (request.reason().empty() || request.reason().size() > kReasonBytesMax) {
    return core::FieldError("reason",
                            absl::StrCat("must say why, in 1 to ", kReasonBytesMax, " bytes"));
  }
  store::Activation activation;
  activation.rollback = true;
  activation.reason = request.reason();
  return Activate(caller, request.name(), request.etag(), std::move(activation));
}

absl::StatusOr<v1::Policy> PolicyService::Withdraw(const Caller& caller,
                                                   const std::string& wanted) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto name = ParseRevisionName("name", wanted);
  if (!name.ok()) return name.status();
  if (const auto known = Named(*name); !known.ok()) return known.status();
  return Message(name->workspace,
                 policies_.WithdrawRevision({name->workspace, name->revision}, caller.id()));
}

absl::StatusOr<v1::DeletePolicyRevisionResponse> PolicyService::Delete(
    const Caller& caller, const v1::DeletePolicyRevisionRequest& request) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto name = ParseRevisionName("name", request.name());
  if (!name.ok()) return name.status();
  absl::Status status = RequireRole(caller, {Role::kAdmin});
  if (!status.ok()) return status;
  if (const auto known = Named(*name); !known.ok()) return known.status();
  status = policies_.DeleteRevision({name->workspace, name->revision});
  if (!status.ok()) return status;
  return v1::DeletePolicyRevisionResponse();
}

absl::StatusOr<store::PolicyRevision> PolicyService::Named(const PolicyName& name) {
  auto revision = policies_.GetRevision({name.workspace, name.revision});
  if (revision.ok() && name.policy != "-" && name.policy != revision->name) {
    return PolicyNameNotFound(name);
  }
  return revision;
}

absl::StatusOr<core::Policy> PolicyService::Compiled(const store::RevisionKey& key) {
  const auto document = workspaces_.GetPolicy(key.workspace, key.revision);
  if (!document.ok()) return document.status();
  const auto tables = agreement::TablesOf(tables_, key.workspace, document->yaml);
  if (!tables.ok()) return tables.status();
  policy::ParsedPolicy parsed = policy::ParsePolicy(document->yaml, kDocumentName, *tables);
  if (!parsed.ok()) {
    return core::Error(
        absl::StatusCode::kFailedPrecondition, "STORED_POLICY_INVALID",
        absl::StrCat("this release cannot read policy revision ", key.revision, ": ",
                     policy::InvalidPolicy(parsed.errors).message()),
        {{"workspace", key.workspace.str()}, {"revision", absl::StrCat(key.revision)}});
  }
  parsed.policy.workspace = key.workspace;
  parsed.policy.revision = key.revision;
  return std::move(parsed.policy);
}

}  // namespace baton::dispatch
