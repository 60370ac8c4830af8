// Records of decisions between core and the API, and their recomputation. Pure functions.
#ifndef BATON_DISPATCH_DECISION_MAPPING_H_
#define BATON_DISPATCH_DECISION_MAPPING_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/v1/lead_service.pb.h"
#include "core/decision.h"
#include "core/policy.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;

// The decisions that led to one assignment.
struct DecisionPair {
  std::optional<core::QualificationDecision> qualification;  // nullopt: no longer kept
  std::optional<core::AssignmentDecision> choice;            // nullopt: none was made
  bool is_latest = true;                                     // the lead's own
};

// `generation` 0: the latest. INVALID_ARGUMENT INVALID_FIELD if negative; NOT_FOUND
// DECISION_NOT_KEPT, with the generations that are.
absl::StatusOr<DecisionPair> FindDecisions(const core::LeadRecord& record,
                                           const core::PastDecisions& past, int64_t generation);

// Ascending.
std::vector<int64_t> GenerationsKept(const core::LeadRecord& record,
                                     const core::PastDecisions& past);

v1::QualificationRecord ToProto(const core::QualificationDecision& decision);
v1::ChoiceRecord ToProto(const core::WorkspaceId& workspace,
                         const core::AssignmentDecision& decision);
v1::Candidate ToProto(const core::WorkspaceId& workspace, const core::Candidate& candidate,
                      const core::AssignmentDecision& decision);

// Records and candidates into an explanation.
void AddRecords(const core::WorkspaceId& workspace, const DecisionPair& decisions,
                v1::ExplainLeadResponse& response);

// `policy`: the revision that the qualification names; nullptr if there is none.
v1::RecomputeDecisionResponse Recompute(const core::WorkspaceId& workspace,
                                        const DecisionPair& decisions, const core::Policy* policy);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_DECISION_MAPPING_H_
