// What an action must satisfy before it is carried out. Each check answers with the error that
// decide.h promises; they are asked in the order generation, stage, reason, fields.
#ifndef BATON_CORE_ACTION_CHECKS_H_
#define BATON_CORE_ACTION_CHECKS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/decide.h"

namespace baton::core {

std::string_view ActionName(ActionType type);  // "accept", "log_touch" ...

// What the request of this id was answered; nullptr: it is not remembered, or the id is empty.
const AnsweredRequest* FindAnswer(const LeadRecord& record, const std::string& request_id);

// The lead is the rep's, or was lately.
bool Concerns(const LeadRecord& record, const RepId& rep);

// ABORTED STALE_GENERATION unless the action is about the assignment that is current: the lead's
// latest generation, not taken back to the queue or left alone since (consent was withdrawn), and
// of only_rep where there is one.
absl::Status CheckGeneration(const LeadRecord& record, const Action& action);

// FAILED_PRECONDITION WRONG_STAGE; INVALID_ARGUMENT for an outcome that is none.
absl::Status CheckStage(const LeadRecord& record, const Action& action);

// The reason given; nullptr for actions that take none. MISSING_FIELD, UNKNOWN_REASON.
absl::StatusOr<const Reason*> FindActionReason(const Action& action,
                                               const std::vector<Reason>& reasons);

// Lengths, formats and ranges of everything else. INVALID_FIELD, MISSING_FIELD, UNKNOWN_QUEUE.
absl::Status CheckFields(const LeadRecord& record, const Action& action, const Reason* reason,
                         const Policy* policy, TimeMs now_ms);

}  // namespace baton::core

#endif  // BATON_CORE_ACTION_CHECKS_H_
