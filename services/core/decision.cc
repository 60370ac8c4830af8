#include "core/decision.h"

namespace baton::core {

bool HasQualified(const LeadRecord& record) {
  return record.cycle > 0 && record.stage != Stage::kNew && record.stage != Stage::kScored &&
         record.stage != Stage::kNurture;
}

QualificationDecision LatestQualification(const LeadRecord& record) {
  return {record.cycle, record.judgment};
}

bool HasChosen(const LeadRecord& record) {
  return record.pool.chosen() != nullptr;
}

AssignmentDecision LatestChoice(const LeadRecord& record) {
  return {record.cycle,       record.generation, record.queue,
          record.choice,      record.passed,     record.judgment.route.skills,
          record.requirement, record.owners,     record.pool};
}

}  // namespace baton::core
