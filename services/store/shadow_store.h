// The draft that is judged beside the active revision of a workspace (core/shadow.h): at most one
// at a time. Contract, errors and thread-safety as in lead_store.h.
//
// A run begins with StartShadow and ends by StopShadow, or by itself when its draft becomes active
// or is withdrawn. While it lasts, LeadStore::Commit takes the ShadowStep of each plan together
// with the plan: both or neither, so what is redelivered is not counted again. A step of another
// run, or of one that has ended, is left out and the plan takes effect without it; so is every step
// while what is stored of the run cannot be read. What a run has counted stays until the next one
// begins.
#ifndef BATON_STORE_SHADOW_STORE_H_
#define BATON_STORE_SHADOW_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/shadow.h"
#include "store/policy_store.h"

namespace baton::store {

enum class ShadowEnd { kRunning, kStopped, kActivated, kWithdrawn };

struct ShadowRun {
  int64_t run = 0;       // 1, 2, 3 ... in the workspace
  int64_t revision = 0;  // the draft
  std::string name;      // as the document calls the policy
  std::string fingerprint;
  std::string principal;  // who started it
  core::TimeMs started_at_ms = 0;
  int64_t beside = 0;  // the revision that was active then
  ShadowEnd end = ShadowEnd::kRunning;
  core::TimeMs ended_at_ms = 0;
  std::string ended_by;  // principal
  core::ShadowCounts counts;
};

struct ShadowPage {
  std::vector<core::ShadowDifference> differences;  // the latest first
  int64_t next_before = 0;                          // 0: that was the last page
};

class ShadowStore {
 public:
  virtual ~ShadowStore() = default;

  // Begins a run of a draft, and forgets the run before. A draft that runs already goes on as it
  // is. WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND; FAILED_PRECONDITION REVISION_NOT_A_DRAFT,
  // NO_ACTIVE_POLICY, and SHADOW_RUNNING while another draft runs.
  virtual absl::StatusOr<ShadowRun> StartShadow(const RevisionKey& key,
                                                const std::string& principal) = 0;
  // Ends the run. One that has ended stays as it is. WORKSPACE_NOT_FOUND, SHADOW_NOT_FOUND.
  virtual absl::StatusOr<ShadowRun> StopShadow(const core::WorkspaceId& workspace,
                                               const std::string& principal) = 0;
  // The latest run, also when it has ended. WORKSPACE_NOT_FOUND, SHADOW_NOT_FOUND; INTERNAL
  // STATE_UNREADABLE.
  virtual absl::StatusOr<ShadowRun> GetShadow(const core::WorkspaceId& workspace) = 0;
  // The differences that the latest run keeps: one for each lead that differs, the latest
  // core::kShadowDifferencesMax of them. `before`: next_before of the page before; 0: the first
  // page. Errors of GetShadow.
  virtual absl::StatusOr<ShadowPage> ShadowDifferences(const core::WorkspaceId& workspace,
                                                       int64_t before, int page_size) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_SHADOW_STORE_H_
