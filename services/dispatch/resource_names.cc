#include "dispatch/resource_names.h"

#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/errors.h"
#include "core/lookup_table.h"

namespace baton::dispatch {
namespace {

constexpr absl::string_view kShadowSuffix = "/shadow";  // a workspace has one

std::string_view ToStd(absl::string_view text) {
  return {text.data(), text.size()};
}

absl::Status WrongName(absl::string_view field, absl::string_view pattern) {
  return core::FieldError(
      ToStd(field),
      absl::StrCat("must have the form ", pattern, ", ids of 1 to 64 characters of [A-Za-z0-9_-]"));
}

// The ids of "workspaces/{id}" or "workspaces/{id}/<collection>/{id}"; empty if `name` is not so.
// The last id is not checked.
std::vector<absl::string_view> Split(absl::string_view name, absl::string_view collection) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  const bool nested = !collection.empty();
  if (parts.size() != (nested ? 4 : 2) || parts[0] != "workspaces") return {};
  if (!core::IsValidId(ToStd(parts[1]))) return {};
  if (!nested) return {parts[1]};
  if (parts[2] != collection) return {};
  return {parts[1], parts[3]};
}

bool IsId(absl::string_view text) {
  return core::IsValidId(ToStd(text));
}

template <typename Id>
Id Make(absl::string_view checked) {
  return Id::Trusted(ToStd(checked));
}

// A positive decimal number without sign or leading zero.
bool ParsePositive(absl::string_view text, int64_t* number) {
  return !text.empty() && text[0] >= '1' && text[0] <= '9' && absl::SimpleAtoi(text, number);
}

}  // namespace

absl::StatusOr<core::WorkspaceId> ParseWorkspace(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "");
  if (ids.empty()) return WrongName(field, "workspaces/{workspace}");
  return Make<core::WorkspaceId>(ids[0]);
}

absl::StatusOr<core::LeadKey> ParseLead(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "leads");
  if (ids.empty() || !IsId(ids[1])) return WrongName(field, "workspaces/{workspace}/leads/{lead}");
  return core::LeadKey{Make<core::WorkspaceId>(ids[0]), Make<core::LeadId>(ids[1])};
}

absl::StatusOr<RepName> ParseRep(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "reps");
  if (ids.empty() || !IsId(ids[1])) return WrongName(field, "workspaces/{workspace}/reps/{rep}");
  return RepName{Make<core::WorkspaceId>(ids[0]), Make<core::RepId>(ids[1])};
}

absl::StatusOr<core::AccountKey> ParseAccount(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "accounts");
  if (ids.empty() || !IsId(ids[1])) {
    return WrongName(field, "workspaces/{workspace}/accounts/{account}");
  }
  return core::AccountKey{Make<core::WorkspaceId>(ids[0]), Make<core::AccountId>(ids[1])};
}

absl::StatusOr<QueueName> ParseQueue(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "queues");
  if (ids.empty() || !IsId(ids[1])) {
    return WrongName(field, "workspaces/{workspace}/queues/{queue}");
  }
  return QueueName{Make<core::WorkspaceId>(ids[0]), Make<core::QueueId>(ids[1])};
}

absl::StatusOr<AssignmentName> ParseAssignment(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "assignments");
  if (!ids.empty()) {
    const std::vector<absl::string_view> parts = absl::StrSplit(ids[1], '.');
    int64_t generation = 0;
    if (parts.size() == 2 && IsId(parts[0]) && ParsePositive(parts[1], &generation)) {
      return AssignmentName{{Make<core::WorkspaceId>(ids[0]), Make<core::LeadId>(parts[0])},
                            generation};
    }
  }
  return WrongName(field, "workspaces/{workspace}/assignments/{lead}.{generation}");
}

absl::StatusOr<PolicyName> ParsePolicyName(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "policies");
  if (!ids.empty()) {
    const std::vector<absl::string_view> parts = absl::StrSplit(ids[1], '@');
    PolicyName parsed{Make<core::WorkspaceId>(ids[0]), std::string(parts[0]), 0};
    if (IsId(parts[0]) &&
        (parts.size() == 1 || (parts.size() == 2 && ParsePositive(parts[1], &parsed.revision)))) {
      return parsed;
    }
  }
  return WrongName(field, "workspaces/{workspace}/policies/{policy} or .../{policy}@{revision}");
}

absl::StatusOr<PolicyName> ParseRevisionName(absl::string_view field, absl::string_view name) {
  absl::StatusOr<PolicyName> parsed = ParsePolicyName(field, name);
  if (parsed.ok() && parsed->revision == 0) {
    return core::FieldError(ToStd(field), "must end with @ and the number of a revision");
  }
  return parsed;
}

absl::StatusOr<core::WorkspaceId> ParseShadow(absl::string_view field, absl::string_view name) {
  const absl::string_view parent = absl::StripSuffix(name, kShadowSuffix);
  const auto ids = Split(parent, "");
  if (ids.empty() || parent.size() == name.size()) {
    return WrongName(field, absl::StrCat("workspaces/{workspace}", kShadowSuffix));
  }
  return Make<core::WorkspaceId>(ids[0]);
}

absl::StatusOr<store::TableKey> ParseTable(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "tables");
  if (!ids.empty()) {
    const std::vector<absl::string_view> parts = absl::StrSplit(ids[1], '@');
    if (parts.size() == 2 && IsId(parts[0]) && core::IsTableHash(ToStd(parts[1]))) {
      return store::TableKey{Make<core::WorkspaceId>(ids[0]), std::string(parts[0]),
                             std::string(parts[1])};
    }
  }
  return WrongName(field, "workspaces/{workspace}/tables/{table}@{sha256}");
}

absl::StatusOr<store::WebhookKey> ParseWebhook(absl::string_view field, absl::string_view name) {
  const auto ids = Split(name, "webhooks");
  if (ids.empty() || !IsId(ids[1])) {
    return WrongName(field, "workspaces/{workspace}/webhooks/{webhook}");
  }
  return store::WebhookKey{Make<core::WorkspaceId>(ids[0]), std::string(ids[1])};
}

absl::StatusOr<Scope> ParseScope(absl::string_view field, absl::string_view name) {
  if (const auto workspace = ParseWorkspace(field, name); workspace.ok()) {
    return Scope{*workspace, {}, {}};
  }
  if (const auto rep = ParseRep(field, name); rep.ok()) return Scope{rep->workspace, rep->rep, {}};
  if (const auto queue = ParseQueue(field, name); queue.ok()) {
    return Scope{queue->workspace, {}, queue->queue};
  }
  return WrongName(field,
                   "workspaces/{workspace}, workspaces/{workspace}/reps/{rep} or "
                   "workspaces/{workspace}/queues/{queue}");
}

std::string FormatWorkspace(const core::WorkspaceId& workspace) {
  return absl::StrCat("workspaces/", workspace.str());
}

std::string FormatLead(const core::LeadKey& key) {
  return absl::StrCat(FormatWorkspace(key.workspace), "/leads/", key.lead.str());
}

std::string FormatRep(const core::WorkspaceId& workspace, const core::RepId& rep) {
  return rep.empty() ? "" : absl::StrCat(FormatWorkspace(workspace), "/reps/", rep.str());
}

std::string FormatQueue(const core::WorkspaceId& workspace, const core::QueueId& queue) {
  return queue.empty() ? "" : absl::StrCat(FormatWorkspace(workspace), "/queues/", queue.str());
}

std::string FormatAccount(const core::AccountKey& key) {
  return absl::StrCat(FormatWorkspace(key.workspace), "/accounts/", key.account.str());
}

std::string FormatAssignment(const core::LeadKey& key, int64_t generation) {
  return absl::StrCat(FormatWorkspace(key.workspace), "/assignments/", key.lead.str(), ".",
                      generation);
}

std::string FormatPolicy(const core::WorkspaceId& workspace, absl::string_view policy,
                         int64_t revision) {
  return absl::StrCat(FormatWorkspace(workspace), "/policies/", policy, "@", revision);
}

std::string FormatShadow(const core::WorkspaceId& workspace) {
  return absl::StrCat(FormatWorkspace(workspace), kShadowSuffix);
}

std::string FormatTable(const store::TableKey& key) {
  return absl::StrCat(FormatWorkspace(key.workspace), "/tables/",
                      store::TableId(key.name, key.sha256));
}

std::string FormatWebhook(const store::WebhookKey& key) {
  return absl::StrCat(FormatWorkspace(key.workspace), "/webhooks/", key.id);
}

std::string FormatScope(const Scope& scope) {
  if (!scope.rep.empty()) return FormatRep(scope.workspace, scope.rep);
  if (!scope.queue.empty()) return FormatQueue(scope.workspace, scope.queue);
  return FormatWorkspace(scope.workspace);
}

}  // namespace baton::dispatch
