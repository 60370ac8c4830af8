// Revisions of a workspace's policy: drafts, approvals, activation, rollback, history. Contract,
// errors and thread-safety as in lead_store.h; each change is one step, so races end as if the
// callers had come one after the other.
//
// A revision is an immutable document with a number that is never given twice. It begins as a
// draft; it becomes active when one principal approved it for marketing and another one for sales,
// and stays known when another takes its place (ADR 11). At most one is active.
#ifndef BATON_STORE_POLICY_STORE_H_
#define BATON_STORE_POLICY_STORE_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/policy.h"
#include "core/time.h"

namespace baton::store {

inline constexpr size_t kDraftsMax = 20;        // drafts of a workspace that are not withdrawn
inline constexpr size_t kRevisionsMax = 1'000;  // of a workspace, whatever became of them
inline constexpr size_t kApprovalsMax = 16;     // of one revision
inline constexpr size_t kActivationsMax = 20;   // of one revision that are remembered, the latest

// Whose approval a revision needs.
enum class ApproverRole { kMarketing, kSales };

struct Approval {
  std::string principal;
  ApproverRole role = ApproverRole::kMarketing;
  core::TimeMs at_ms = 0;
};

struct Activation {
  int64_t number = 0;  // 1, 2, 3 ... in the workspace, rollbacks included
  core::TimeMs at_ms = 0;
  std::string principal;
  bool rollback = false;
  std::string reason;  // of a rollback; at most 256 bytes
};

enum class RevisionState { kDraft, kActive, kSuperseded, kWithdrawn };

struct PolicyRevision {
  int64_t revision = 0;  // 1, 2, 3 ...
  std::string name;      // as the document calls the policy
  // Another one for another document. A store that lost its last writes may give a number again,
  // so what an approval or an activation is about is said with both.
  std::string fingerprint;
  RevisionState state = RevisionState::kDraft;
  std::string creator;  // principal
  core::TimeMs created_at_ms = 0;
  std::vector<Approval> approvals;      // ordered by principal; one for each of them
  std::vector<Activation> activations;  // oldest first
  core::TimeMs superseded_at_ms = 0;    // 0: never, or active again
  core::TimeMs withdrawn_at_ms = 0;     // 0: never
  std::string withdrawn_by;             // principal
  int64_t latest_activation = 0;        // of the workspace, as of now; 0: nothing was ever active

  bool ApprovedBy(ApproverRole role) const {
    return std::any_of(approvals.begin(), approvals.end(),
                       [role](const Approval& each) { return each.role == role; });
  }
};

struct RevisionPage {
  std::vector<PolicyRevision> revisions;  // the newest first
  int64_t next_before = 0;                // 0: that was the last page
};

struct RevisionKey {
  core::WorkspaceId workspace;
  int64_t revision = 0;
};

// Principals are texts of [A-Za-z0-9._@+-], 1 to 128 bytes; the caller has checked them.
class PolicyStore {
 public:
  virtual ~PolicyStore() = default;

  // Keeps the document as a draft. The text of the active revision or of a draft is no new
  // revision: the answer is the one that has it. policy.revision is not looked at.
  // The tables of the policy must be stored, and stay as long as the revision does (table_store.h).
  // WORKSPACE_NOT_FOUND; RESOURCE_EXHAUSTED TOO_MANY_RULES, TOO_MANY_QUEUES for one that has more
  // of them than StoreLimits allow, TOO_MANY_DRAFTS, TOO_MANY_REVISIONS; FAILED_PRECONDITION
  // TABLE_MISSING.
  virtual absl::StatusOr<PolicyRevision> CreateRevision(const core::Policy& policy,
                                                        const std::string& yaml,
                                                        const std::string& principal) = 0;
  // revision 0: the active one. WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND; INTERNAL STATE_UNREADABLE.
  virtual absl::StatusOr<PolicyRevision> GetRevision(const RevisionKey& key) = 0;
  // Revisions below `before` (0: all). WORKSPACE_NOT_FOUND; INTERNAL STATE_UNREADABLE.
  virtual absl::StatusOr<RevisionPage> ListRevisions(const core::WorkspaceId& workspace,
                                                     int64_t before, int page_size) = 0;

  // Approves a draft. A repetition changes nothing. `fingerprint`: of the document that was read;
  // empty: whatever the revision is. WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND; ABORTED ETAG_MISMATCH
  // for another document; FAILED_PRECONDITION REVISION_NOT_A_DRAFT, and APPROVED_FOR_OTHER_ROLE
  // when the principal has approved for the other one; RESOURCE_EXHAUSTED TOO_MANY_APPROVALS.
  virtual absl::StatusOr<PolicyRevision> ApproveRevision(const RevisionKey& key,
                                                         const std::string& fingerprint,
                                                         const std::string& principal,
                                                         ApproverRole role) = 0;
  // Takes the principal's approval back while the revision is a draft. A repetition changes
  // nothing. WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND; FAILED_PRECONDITION REVISION_NOT_A_DRAFT.
  virtual absl::StatusOr<PolicyRevision> RevokeApproval(const RevisionKey& key,
                                                        const std::string& principal) = 0;

  // Makes a draft that both roles approved, or for a rollback one that was active before, the
  // active revision, with what the placement needs of its queues. `policy` is that document,
  // compiled, with workspace and revision; `fingerprint` is the document's. The activation's number
  // is the one that is meant to be the next: ABORTED ETAG_MISMATCH when another one came first. A
  // repetition of the latest activation gives its result again. WORKSPACE_NOT_FOUND,
  // POLICY_NOT_FOUND; ABORTED ETAG_MISMATCH for another document; FAILED_PRECONDITION
  // APPROVAL_MISSING, REVISION_NOT_A_DRAFT; REVISION_NEVER_ACTIVE for a rollback.
  virtual absl::StatusOr<PolicyRevision> ActivateRevision(const core::Policy& policy,
                                                          const std::string& fingerprint,
                                                          const Activation& activation) = 0;

  // A draft that nobody shall approve any more; it stays in the history. A repetition changes
  // nothing. WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND; FAILED_PRECONDITION REVISION_NOT_A_DRAFT.
  virtual absl::StatusOr<PolicyRevision> WithdrawRevision(const RevisionKey& key,
                                                          const std::string& principal) = 0;
  // Forgets a withdrawn or superseded revision: what was decided by it can no longer be computed
  // again. WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND; FAILED_PRECONDITION REVISION_IN_USE.
  virtual absl::Status DeleteRevision(const RevisionKey& key) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_POLICY_STORE_H_
