// The record of a decision: all that it rested on, so that it can be explained and computed again
// later (recompute.h). The latest decisions of a lead are the lead's own (lead.h: judgment, choice,
// candidates); those that newer ones replaced are kept beside it.
#ifndef BATON_CORE_DECISION_H_
#define BATON_CORE_DECISION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/candidate_pool.h"
#include "core/lead.h"

namespace baton::core {

inline constexpr size_t kPastDecisionsMax = 32;  // per lead; the oldest ones go first

// The judgment that opened a cycle.
struct QualificationDecision {
  int32_t cycle = 0;
  Judgment judgment;
  bool operator==(const QualificationDecision&) const = default;
};

// The choice that made an assignment, or that found nobody.
struct AssignmentDecision {
  int32_t cycle = 0;
  int64_t generation = 0;  // of the assignment; of one that found nobody: of the one before
  QueueId queue;
  ChoiceNote choice;
  std::vector<RepId> passed;        // at that moment
  std::vector<std::string> skills;  // wanted
  std::string requirement;          // likewise (requirement.h)
  std::vector<RepId> owners;        // of the lead, asked before others
  CandidatePool pool;
  bool operator==(const AssignmentDecision&) const = default;
};

// Decisions of a lead that newer ones replaced, oldest first.
struct PastDecisions {
  std::vector<QualificationDecision> qualifications;
  std::vector<AssignmentDecision> assignments;
};

// The lead's judgment is the one that opened its cycle: it is MQL or has gone beyond.
bool HasQualified(const LeadRecord& record);
QualificationDecision LatestQualification(const LeadRecord& record);

// The latest choice found somebody.
bool HasChosen(const LeadRecord& record);
AssignmentDecision LatestChoice(const LeadRecord& record);

}  // namespace baton::core

#endif  // BATON_CORE_DECISION_H_
