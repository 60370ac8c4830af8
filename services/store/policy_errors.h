// The refusals of PolicyStore, worded once for every implementation. Reasons and variables are part
// of the contract; all functions are pure.
#ifndef BATON_STORE_POLICY_ERRORS_H_
#define BATON_STORE_POLICY_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/errors.h"
#include "store/policy_store.h"
#include "store/store_errors.h"

namespace baton::store {

inline const char* RoleName(ApproverRole role) {
  return role == ApproverRole::kMarketing ? "marketing" : "sales";
}

// The roles that have not approved yet, as words.
inline std::vector<std::string> MissingRoles(const PolicyRevision& revision) {
  std::vector<std::string> missing;
  for (const ApproverRole role : {ApproverRole::kMarketing, ApproverRole::kSales}) {
    if (!revision.ApprovedBy(role)) missing.emplace_back(RoleName(role));
  }
  return missing;
}

inline absl::Status RevisionError(absl::StatusCode code, const char* reason, const RevisionKey& key,
                                  const std::string& message) {
  return core::Error(
      code, reason, absl::StrCat("policy revision ", key.revision, " ", message),
      {{"workspace", key.workspace.str()}, {"revision", absl::StrCat(key.revision)}});
}

// `missing`: MissingRoles of the revision; never empty.
inline absl::Status ApprovalMissing(const RevisionKey& key,
                                    const std::vector<std::string>& missing) {
  return core::Error(
      absl::StatusCode::kFailedPrecondition, "APPROVAL_MISSING",
      absl::StrCat("policy revision ", key.revision, " needs the approval of ",
                   absl::StrJoin(missing, " and of "), " before it can be activated"),
      {{"missing", absl::StrJoin(missing, ",")},
       {"revision", absl::StrCat(key.revision)},
       {"workspace", key.workspace.str()}});
}

inline absl::Status NotADraft(const RevisionKey& key) {
  return RevisionError(absl::StatusCode::kFailedPrecondition, "REVISION_NOT_A_DRAFT", key,
                       "is no draft any more: it was activated or withdrawn");
}

inline absl::Status NeverActive(const RevisionKey& key) {
  return RevisionError(absl::StatusCode::kFailedPrecondition, "REVISION_NEVER_ACTIVE", key,
                       "was never active, so there is nothing to go back to");
}

inline absl::Status RevisionInUse(const RevisionKey& key) {
  return RevisionError(absl::StatusCode::kFailedPrecondition, "REVISION_IN_USE", key,
                       "is a draft or active; withdraw a draft before deleting it");
}

inline absl::Status ApprovedForOtherRole(const RevisionKey& key, const std::string& principal,
                                         ApproverRole wanted) {
  return RevisionError(
      absl::StatusCode::kFailedPrecondition, "APPROVED_FOR_OTHER_ROLE", key,
      absl::StrCat("is approved by ", principal, " for another role; somebody else must approve ",
                   "it for ", RoleName(wanted)));
}

// The revision's document is another one than the caller read.
inline absl::Status DocumentChanged(const RevisionKey& key) {
  return RevisionError(absl::StatusCode::kAborted, "ETAG_MISMATCH", key,
                       "is another document than the one that was read; read it again");
}

inline absl::Status NoActivePolicy(const core::WorkspaceId& workspace) {
  return core::Error(absl::StatusCode::kFailedPrecondition, "NO_ACTIVE_POLICY",
                     absl::StrCat("no policy is active in workspace ", workspace.str(),
                                  ", so there is nothing to judge a draft beside"),
                     {{"workspace", workspace.str()}});
}

// `running`: revision of the draft that is judged beside the active one.
inline absl::Status ShadowRunning(const RevisionKey& key, int64_t running) {
  return core::Error(
      absl::StatusCode::kFailedPrecondition, "SHADOW_RUNNING",
      absl::StrCat("policy revision ", running, " runs in the shadow of the active ",
                   "one, and only one can; stop it before revision ", key.revision, " starts"),
      {{"workspace", key.workspace.str()}, {"running", absl::StrCat(running)}});
}

inline absl::Status ShadowNotFound(const core::WorkspaceId& workspace) {
  return core::Error(absl::StatusCode::kNotFound, "SHADOW_NOT_FOUND",
                     absl::StrCat("no draft has run in the shadow of the active policy of ",
                                  "workspace ", workspace.str()),
                     {{"workspace", workspace.str()}});
}

// `expected`, `found`: activation numbers.
inline absl::Status ActivatedMeanwhile(int64_t expected, int64_t found) {
  return core::Error(
      absl::StatusCode::kAborted, "ETAG_MISMATCH",
      absl::StrCat("a policy was activated meanwhile: expected activation ", expected, ", found ",
                   found, "; look at the active policy and decide again"),
      {{"expected", absl::StrCat(expected)}, {"found", absl::StrCat(found)}});
}

}  // namespace baton::store

#endif  // BATON_STORE_POLICY_ERRORS_H_
