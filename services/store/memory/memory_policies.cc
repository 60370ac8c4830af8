// Revisions of policies.
#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/memory/memory_store.h"
#include "store/memory/shadow.h"
#include "store/policy_errors.h"
#include "store/quotas.h"
#include "store/store_errors.h"

namespace baton::store {
namespace {

using memory::StoredRevision;
using memory::WorkspaceState;

std::string FingerprintOf(const std::string& yaml) {
  return absl::StrCat(std::hash<std::string>()(yaml));
}

RevisionState StateOf(const PolicyRevision& revision, const WorkspaceState& workspace) {
  if (revision.withdrawn_at_ms != 0) return RevisionState::kWithdrawn;
  if (revision.activations.empty()) return RevisionState::kDraft;
  return revision.revision == workspace.about.policy_revision ? RevisionState::kActive
                                                              : RevisionState::kSuperseded;
}

PolicyRevision Told(const StoredRevision& stored, const WorkspaceState& workspace) {
  PolicyRevision told = stored.about;
  told.state = StateOf(told, workspace);
  told.latest_activation = workspace.activations;
  return told;
}

StoredRevision* FindRevision(WorkspaceState& workspace, int64_t revision) {
  const auto found = workspace.policies.find(revision);
  return found == workspace.policies.end() ? nullptr : &found->second;
}

// The active revision or draft that has this text; nullptr: none.
const StoredRevision* WithText(const WorkspaceState& workspace, const std::string& yaml) {
  for (const auto& [number, stored] : workspace.policies) {
    const RevisionState state = StateOf(stored.about, workspace);
    const bool counts = state == RevisionState::kDraft || state == RevisionState::kActive;
    if (counts && stored.yaml == yaml) return &stored;
  }
  return nullptr;
}

absl::Status CheckActivation(const RevisionKey& key, const StoredRevision& stored,
                             const WorkspaceState& workspace, const std::string& fingerprint,
                             const Activation& activation) {
  if (stored.about.fingerprint != fingerprint) return DocumentChanged(key);
  if (activation.number != workspace.activations + 1) {
    return ActivatedMeanwhile(activation.number - 1, workspace.activations);
  }
  const bool was_active = !stored.about.activations.empty();
  if (activation.rollback) return was_active ? absl::OkStatus() : NeverActive(key);
  if (StateOf(stored.about, workspace) != RevisionState::kDraft) return NotADraft(key);
  const std::vector<std::string> missing = MissingRoles(stored.about);
  return missing.empty() ? absl::OkStatus() : ApprovalMissing(key, missing);
}

}  // namespace

absl::StatusOr<PolicyRevision> MemoryStore::CreateRevision(const core::Policy& policy,
                                                           const std::string& yaml,
                                                           const std::string& principal) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* workspace = Find(policy.workspace);
  if (workspace == nullptr) return WorkspaceNotFound(policy.workspace);
  if (const StoredRevision* known = WithText(*workspace, yaml)) return Told(*known, *workspace);
  if (absl::Status size = CheckSizeOf(policy, limits_); !size.ok()) return size;
  const auto drafts = std::count_if(
      workspace->policies.begin(), workspace->policies.end(), [workspace](const auto& each) {
        return StateOf(each.second.about, *workspace) == RevisionState::kDraft;
      });
  if (static_cast<size_t>(drafts) >= kDraftsMax) return TooManyDrafts(policy.workspace, drafts);
  const size_t revisions = workspace->policies.size();
  if (revisions >= kRevisionsMax) {
    return TooManyRevisions(policy.workspace, static_cast<int64_t>(revisions));
  }
  StoredRevision stored;
  for (const auto& [name, table] : policy.tables) {
    stored.tables.push_back(TableId(name, table->sha256()));
    if (!workspace->tables.contains(stored.tables.back())) {
      return TableMissing(name, table->sha256());
    }
  }
  stored.about.revision = ++workspace->revisions;
  stored.about.name = policy.name;
  stored.about.fingerprint = FingerprintOf(yaml);
  stored.about.creator = principal;
  stored.about.created_at_ms = Now(ShardFor(policy.workspace));
  stored.yaml = yaml;
  return Told(workspace->policies[stored.about.revision] = stored, *workspace);
}

absl::StatusOr<MemoryStore::FoundRevision> MemoryStore::FindRevisionOf(const RevisionKey& key) {
  WorkspaceState* workspace = Find(key.workspace);
  if (workspace == nullptr) return WorkspaceNotFound(key.workspace);
  const int64_t number = key.revision == 0 ? workspace->about.policy_revision : key.revision;
  StoredRevision* revision = FindRevision(*workspace, number);
  if (revision == nullptr) return PolicyNotFound(key.workspace, key.revision);
  return FoundRevision{workspace, revision};
}

absl::StatusOr<PolicyRevision> MemoryStore::GetRevision(const RevisionKey& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = FindRevisionOf(key);
  if (!found.ok()) return found.status();
  return Told(*found->revision, *found->workspace);
}

absl::StatusOr<RevisionPage> MemoryStore::ListRevisions(const core::WorkspaceId& workspace,
                                                        int64_t before, int page_size) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  auto next = std::make_reverse_iterator(before == 0 ? state->policies.end()
                                                     : state->policies.lower_bound(before));
  RevisionPage page;
  for (; next != state->policies.rend(); ++next) {
    if (static_cast<int>(page.revisions.size()) == ClampPageSize(page_size)) {
      page.next_before = page.revisions.back().revision;
      break;
    }
    page.revisions.push_back(Told(next->second, *state));
  }
  return page;
}

absl::StatusOr<PolicyRevision> MemoryStore::ApproveRevision(const RevisionKey& key,
                                                            const std::string& fingerprint,
                                                            const std::string& principal,
                                                            ApproverRole role) {
  absl::MutexLock lock(&mutex_);
  const auto found = FindRevisionOf(key);
  if (!found.ok()) return found.status();
  PolicyRevision& revision = found->revision->about;
  if (!fingerprint.empty() && fingerprint != revision.fingerprint) return DocumentChanged(key);
  if (StateOf(revision, *found->workspace) != RevisionState::kDraft) return NotADraft(key);
  std::vector<Approval>& approvals = revision.approvals;
  const auto place = std::lower_bound(
      approvals.begin(), approvals.end(), principal,
      [](const Approval& each, const std::string& id) { return each.principal < id; });
  if (place != approvals.end() && place->principal == principal) {
    if (place->role != role) return ApprovedForOtherRole(key, principal, role);
    return Told(*found->revision, *found->workspace);
  }
  if (approvals.size() >= kApprovalsMax) {
    return TooManyApprovals(key.workspace, static_cast<int64_t>(approvals.size()));
  }
  approvals.insert(place, {principal, role, Now(ShardFor(key.workspace))});
  return Told(*found->revision, *found->workspace);
}

absl::StatusOr<PolicyRevision> MemoryStore::RevokeApproval(const RevisionKey& key,
                                                           const std::string& principal) {
  absl::MutexLock lock(&mutex_);
  const auto found = FindRevisionOf(key);
  if (!found.ok()) return found.status();
  PolicyRevision& revision = found->revision->about;
  if (StateOf(revision, *found->workspace) != RevisionState::kDraft) return NotADraft(key);
  const auto is_theirs = [&](const Approval& each) { return each.principal == principal; };
  revision.approvals.erase(
      std::remove_if(revision.approvals.begin(), revision.approvals.end(), is_theirs),
      revision.approvals.end());
  return Told(*found->revision, *found->workspace);
}

absl::StatusOr<PolicyRevision> MemoryStore::ActivateRevision(const core::Policy& policy,
                                                             const std::string& fingerprint,
                                                             const Activation& activation) {
  absl::MutexLock lock(&mutex_);
  const RevisionKey key{policy.workspace, policy.revision};
  const auto found = FindRevisionOf(key);
  if (!found.ok()) return found.status();
  WorkspaceState& workspace = *found->workspace;
  PolicyRevision& revision = found->revision->about;
  const bool is_repetition = activation.number == workspace.activations &&
                             revision.revision == workspace.about.policy_revision &&
                             revision.fingerprint == fingerprint;
  if (is_repetition) return Told(*found->revision, workspace);
  absl::Status refused = CheckActivation(key, *found->revision, workspace, fingerprint, activation);
  if (!refused.ok()) return refused;

  const core::TimeMs now = Now(ShardFor(policy.workspace));
  if (StoredRevision* before = FindRevision(workspace, workspace.about.policy_revision)) {
    before->about.superseded_at_ms = now;
  }
  EndShadow(workspace, revision.revision, ShadowEnd::kActivated, activation.principal, now);
  revision.superseded_at_ms = 0;
  revision.activations.push_back(activation);
  revision.activations.back().at_ms = now;
  if (revision.activations.size() > kActivationsMax) {
    revision.activations.erase(revision.activations.begin());
  }
  workspace.activations = activation.number;
  workspace.about.policy_revision = revision.revision;
  workspace.queue_policies = policy.queues;
  return Told(*found->revision, workspace);
}

absl::StatusOr<PolicyRevision> MemoryStore::WithdrawRevision(const RevisionKey& key,
                                                             const std::string& principal) {
  absl::MutexLock lock(&mutex_);
  const auto found = FindRevisionOf(key);
  if (!found.ok()) return found.status();
  PolicyRevision& revision = found->revision->about;
  const RevisionState state = StateOf(revision, *found->workspace);
  if (state == RevisionState::kDraft) {
    revision.withdrawn_at_ms = Now(ShardFor(key.workspace));
    revision.withdrawn_by = principal;
    EndShadow(*found->workspace, revision.revision, ShadowEnd::kWithdrawn, principal,
              revision.withdrawn_at_ms);
  } else if (state != RevisionState::kWithdrawn) {
    return NotADraft(key);
  }
  return Told(*found->revision, *found->workspace);
}

absl::Status MemoryStore::DeleteRevision(const RevisionKey& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = FindRevisionOf(key);
  if (!found.ok()) return found.status();
  const RevisionState state = StateOf(found->revision->about, *found->workspace);
  if (state == RevisionState::kDraft || state == RevisionState::kActive) return RevisionInUse(key);
  found->workspace->policies.erase(found->revision->about.revision);
  return absl::OkStatus();
}

}  // namespace baton::store
