#include "dispatch/decision_mapping.h"

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "core/errors.h"
#include "core/recompute.h"
#include "core/work.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

constexpr double kLeadsPerNano = 1e-9;

std::string DateOf(int32_t day) {
  return absl::FormatTime("%E4Y-%m-%d", absl::FromUnixMillis(int64_t{day} * core::kDayMs),
                          absl::UTCTimeZone());
}

v1::JudgmentInputs InputsMessage(const core::Inputs& inputs, const std::string& hash) {
  v1::JudgmentInputs message;
  for (const auto& [name, value] : inputs.attributes) {
    (*message.mutable_attributes())[name] = ToProto(value);
  }
  for (const auto& [name, value] : inputs.account) {
    (*message.mutable_account())[name] = ToProto(value);
  }
  message.set_consent(ToProto(inputs.consent));
  for (const auto& [type, days] : inputs.activities) {
    for (const auto& [day, count] : days) {
      v1::ActivityDay& activity = *message.add_activities();
      activity.set_activity(type);
      activity.set_date(DateOf(day));
      activity.set_count(ToInt32(count));
    }
  }
  for (const auto& [type, occasions] : inputs.occasions) {
    for (const auto& [occasion, count] : occasions) {
      v1::ActivityOccasion& one = *message.add_occasions();
      one.set_activity(type);
      one.set_date(DateOf(occasion.day));
      for (const auto& [name, value] : occasion.properties) {
        (*one.mutable_properties())[name] = ToProto(value);
      }
      one.set_count(ToInt32(count));
    }
  }
  message.set_hash(absl::BytesToHexString(hash));
  return message;
}

absl::Status NotKept(int64_t generation, const std::vector<int64_t>& kept) {
  return core::Error(
      absl::StatusCode::kNotFound, "DECISION_NOT_KEPT",
      absl::StrCat("no decision is kept of generation ", generation, "; kept are ",
                   kept.empty() ? "none" : absl::StrJoin(kept, ", ")),
      {{"generation", absl::StrCat(generation)}, {"kept", absl::StrJoin(kept, ",")}});
}

// The qualification of the cycle, if it is still kept.
std::optional<core::QualificationDecision> QualificationOf(int32_t cycle,
                                                           const core::LeadRecord& record,
                                                           const core::PastDecisions& past) {
  if (cycle == record.cycle && core::HasQualified(record)) return LatestQualification(record);
  const auto found = std::find_if(past.qualifications.rbegin(), past.qualifications.rend(),
                                  [&](const auto& decision) { return decision.cycle == cycle; });
  if (found == past.qualifications.rend()) return std::nullopt;
  return *found;
}

}  // namespace

std::vector<int64_t> GenerationsKept(const core::LeadRecord& record,
                                     const core::PastDecisions& past) {
  std::vector<int64_t> kept;
  for (const core::AssignmentDecision& decision : past.assignments) {
    kept.push_back(decision.generation);
  }
  if (core::HasChosen(record)) kept.push_back(record.generation);
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

absl::StatusOr<DecisionPair> FindDecisions(const core::LeadRecord& record,
                                           const core::PastDecisions& past, int64_t generation) {
  if (generation < 0) return core::FieldError("generation", "is a number from 1 on, 0: the latest");
  DecisionPair pair;
  if (generation == 0 || (generation == record.generation && core::HasChosen(record))) {
    pair.qualification = QualificationOf(record.cycle, record, past);
    if (record.choice.policy_revision != 0) pair.choice = core::LatestChoice(record);
    return pair;
  }
  const auto found =
      std::find_if(past.assignments.begin(), past.assignments.end(),
                   [&](const auto& decision) { return decision.generation == generation; });
  if (found == past.assignments.end()) return NotKept(generation, GenerationsKept(record, past));
  pair.is_latest = false;
  pair.choice = *found;
  pair.qualification = QualificationOf(found->cycle, record, past);
  return pair;
}

v1::QualificationRecord ToProto(const core::QualificationDecision& decision) {
  v1::QualificationRecord message;
  message.set_cycle(decision.cycle);
  message.set_policy_revision(ToInt32(decision.judgment.policy_revision));
  message.set_fit(decision.judgment.fit);
  message.set_intent(decision.judgment.intent);
  if (!decision.judgment.inputs_hash.empty()) {
    *message.mutable_inputs() =
        InputsMessage(decision.judgment.inputs, decision.judgment.inputs_hash);
  }
  return message;
}

v1::ChoiceRecord ToProto(const core::WorkspaceId& workspace,
                         const core::AssignmentDecision& decision) {
  v1::ChoiceRecord message;
  message.set_cycle(decision.cycle);
  message.set_generation(ToInt32(decision.generation));
  message.set_queue(FormatQueue(workspace, decision.queue));
  message.set_policy_revision(ToInt32(decision.choice.policy_revision));
  *message.mutable_choose_time() = ToTimestamp(decision.choice.at_ms);
  message.set_basis(std::string(core::ChoiceBasisName(decision.choice.basis)));
  message.set_tie_break(std::string(core::TieBreakName(decision.choice.tie)));
  for (const core::RepId& rep : decision.owners) message.add_owners(FormatRep(workspace, rep));
  for (const core::RepId& rep : decision.passed) message.add_passed(FormatRep(workspace, rep));
  for (const auto& [reason, count] : decision.pool.counts) {
    v1::ReasonCount& of_reason = *message.add_reasons();
    of_reason.set_reason(std::string(core::CandidateReasonName(reason)));
    of_reason.set_count(count);
  }
  message.set_weights(static_cast<double>(decision.choice.weights) / core::kPermille);
  return message;
}

v1::Candidate ToProto(const core::WorkspaceId& workspace, const core::Candidate& candidate,
                      const core::AssignmentDecision& decision) {
  v1::Candidate message;
  message.set_rep(FormatRep(workspace, candidate.rep));
  message.set_reason(std::string(core::CandidateReasonName(candidate.reason)));
  message.set_owed(static_cast<double>(candidate.deviation_nano) * kLeadsPerNano);
  message.set_share(static_cast<double>(candidate.share_nano) * kLeadsPerNano);
  message.set_open_leads(candidate.open);
  message.set_capacity(candidate.capacity);
  message.set_weight(static_cast<double>(core::WeightOf(candidate, decision.choice.weights)) /
                     core::kPermille);
  message.set_owed_after(static_cast<double>(core::OwedAfter(candidate, decision.pool)) *
                         kLeadsPerNano);
  return message;
}

void AddRecords(const core::WorkspaceId& workspace, const DecisionPair& decisions,
                v1::ExplainLeadResponse& response) {
  if (decisions.qualification.has_value()) {
    *response.mutable_qualification() = ToProto(*decisions.qualification);
  }
  if (!decisions.choice.has_value()) return;
  *response.mutable_choice() = ToProto(workspace, *decisions.choice);
  for (const core::Candidate& candidate : decisions.choice->pool.candidates) {
    *response.add_candidates() = ToProto(workspace, candidate, *decisions.choice);
  }
}

v1::RecomputeDecisionResponse Recompute(const core::WorkspaceId& workspace,
                                        const DecisionPair& decisions, const core::Policy* policy) {
  v1::RecomputeDecisionResponse response;
  if (decisions.qualification.has_value() && policy != nullptr) {
    const core::QualificationDecision& qualification = *decisions.qualification;
    response.set_cycle(qualification.cycle);
    response.set_policy_revision(ToInt32(qualification.judgment.policy_revision));
    for (const std::string& difference : RecomputeJudgment(qualification.judgment, *policy)) {
      response.add_differences(difference);
    }
  }
  if (decisions.choice.has_value()) {
    const core::RecomputedChoice choice = RecomputeChoice(*decisions.choice);
    response.set_cycle(decisions.choice->cycle);
    response.set_generation(ToInt32(decisions.choice->generation));
    if (!choice.winner.empty()) response.set_winner(FormatRep(workspace, choice.winner));
    if (!choice.recorded.empty()) {
      response.set_recorded_winner(FormatRep(workspace, choice.recorded));
    }
    for (const std::string& difference : choice.differences) response.add_differences(difference);
  }
  response.set_same(response.differences().empty());
  return response;
}

}  // namespace baton::dispatch
