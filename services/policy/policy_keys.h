// The words of the policy language: which keys each mapping of a policy document may have. The JSON
// Schema (schema/handoff-policy.schema.json) says the same; a test holds the two together.
#ifndef BATON_POLICY_POLICY_KEYS_H_
#define BATON_POLICY_POLICY_KEYS_H_

#include <vector>

#include "policy/map_reader.h"

namespace baton::policy {

extern const KeyTable kDocumentKeys;
extern const KeyTable kMetadataKeys;
extern const KeyTable kSpecKeys;
extern const KeyTable kScoringKeys;
extern const KeyTable kFitRuleKeys;
extern const KeyTable kIntentRuleKeys;
extern const KeyTable kDefinitionKeys;
extern const KeyTable kMqlKeys;
extern const KeyTable kDisqualifyRuleKeys;
extern const KeyTable kRouteRuleKeys;
extern const KeyTable kRouteTargetKeys;
extern const KeyTable kQueueKeys;
extern const KeyTable kAgeKeys;
extern const KeyTable kWidenKeys;
extern const KeyTable kRequiresKeys;
extern const KeyTable kCalendarKeys;
extern const KeyTable kSlaKeys;
extern const KeyTable kSlaTierKeys;
extern const KeyTable kRecycleKeys;
extern const KeyTable kRetentionKeys;
extern const KeyTable kTableKeys;
extern const KeyTable kReasonsKeys;
extern const KeyTable kReasonKeys;
extern const KeyTable kPolicyTestKeys;
extern const KeyTable kTestGivenKeys;
extern const KeyTable kTestAccountKeys;
extern const KeyTable kTestEventKeys;
extern const KeyTable kTestExpectKeys;
extern const KeyTable kTestScoreKeys;

// All of them.
std::vector<KeyTable> AllPolicyKeyTables();

}  // namespace baton::policy

#endif  // BATON_POLICY_POLICY_KEYS_H_
