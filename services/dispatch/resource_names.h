// Names of resources (AIP-122): the one place where they are taken apart and put together.
//
// Parsers give INVALID_ARGUMENT INVALID_FIELD about `field` with the expected pattern. Pure
// functions.
#ifndef BATON_DISPATCH_RESOURCE_NAMES_H_
#define BATON_DISPATCH_RESOURCE_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/ids.h"
#include "store/table_store.h"
#include "store/webhook_store.h"

namespace baton::dispatch {

struct RepName {
  core::WorkspaceId workspace;
  core::RepId rep;
};
struct QueueName {
  core::WorkspaceId workspace;
  core::QueueId queue;
};
// One lead with one rep: the generation is the fencing token.
struct AssignmentName {
  core::LeadKey key;
  int64_t generation = 0;  // >= 1
};
struct PolicyName {
  core::WorkspaceId workspace;
  std::string policy;    // "-": whatever the policy is called
  int64_t revision = 0;  // 0: the active one
};

// Whose assignments: a whole workspace, or one rep or queue of it.
struct Scope {
  core::WorkspaceId workspace;
  core::RepId rep;      // empty: any
  core::QueueId queue;  // empty: any
  bool operator==(const Scope&) const = default;
};

absl::StatusOr<core::WorkspaceId> ParseWorkspace(absl::string_view field, absl::string_view name);
absl::StatusOr<core::LeadKey> ParseLead(absl::string_view field, absl::string_view name);
absl::StatusOr<RepName> ParseRep(absl::string_view field, absl::string_view name);
absl::StatusOr<core::AccountKey> ParseAccount(absl::string_view field, absl::string_view name);
absl::StatusOr<QueueName> ParseQueue(absl::string_view field, absl::string_view name);
absl::StatusOr<AssignmentName> ParseAssignment(absl::string_view field, absl::string_view name);
absl::StatusOr<PolicyName> ParsePolicyName(absl::string_view field, absl::string_view name);
// A policy name with the number of a revision.
absl::StatusOr<PolicyName> ParseRevisionName(absl::string_view field, absl::string_view name);
// "workspaces/{workspace}/shadow"
absl::StatusOr<core::WorkspaceId> ParseShadow(absl::string_view field, absl::string_view name);
absl::StatusOr<store::TableKey> ParseTable(absl::string_view field, absl::string_view name);
absl::StatusOr<store::WebhookKey> ParseWebhook(absl::string_view field, absl::string_view name);
absl::StatusOr<Scope> ParseScope(absl::string_view field, absl::string_view name);

std::string FormatWorkspace(const core::WorkspaceId& workspace);
std::string FormatLead(const core::LeadKey& key);
// Empty for an empty rep or queue.
std::string FormatRep(const core::WorkspaceId& workspace, const core::RepId& rep);
std::string FormatQueue(const core::WorkspaceId& workspace, const core::QueueId& queue);
std::string FormatAccount(const core::AccountKey& key);
std::string FormatAssignment(const core::LeadKey& key, int64_t generation);
std::string FormatPolicy(const core::WorkspaceId& workspace, absl::string_view policy,
                         int64_t revision);
std::string FormatShadow(const core::WorkspaceId& workspace);
std::string FormatTable(const store::TableKey& key);
std::string FormatWebhook(const store::WebhookKey& key);
std::string FormatScope(const Scope& scope);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_RESOURCE_NAMES_H_
