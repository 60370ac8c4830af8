#include "policy/policy_keys.h"

namespace baton::policy {
namespace {

using enum KeyStatus;

constexpr KeyRule kDocument[] = {
    {"apiVersion", kRequired}, {"kind", kRequired}, {"metadata", kRequired}, {"spec", kRequired}};
constexpr KeyRule kMetadata[] = {{"workspace", kRequired}, {"name", kRequired}, {"owner"}};
constexpr KeyRule kSpec[] = {{"attributes"},
                             {"scoring"},
                             {"definition", kRequired},
                             {"routing", kRequired},
                             {"queues", kRequired},
                             {"reasons"},
                             {"rep_attributes"},
                             {"event_properties"},
                             {"sla"},
                             {"recycle"},
                             {"retention"},
                             {"calendars"},
                             {"tables"},
                             {"tests"}};
constexpr KeyRule kScoring[] = {{"fit"}, {"intent"}};
constexpr KeyRule kFitRule[] = {{"name", kRequired}, {"match"}, {"when"}, {"points", kRequired}};
constexpr KeyRule kIntentRule[] = {{"name", kRequired},
                                   {"activity", kRequired},
                                   {"points", kRequired},
                                   {"max"},
                                   {"half_life"},
                                   {"match"},
                                   {"when"}};
constexpr KeyRule kDefinition[] = {{"mql", kRequired}, {"disqualify"}};
constexpr KeyRule kMql[] = {{"match"}, {"when"}};
constexpr KeyRule kDisqualifyRule[] = {
    {"name", kRequired}, {"match"}, {"when"}, {"reason", kRequired}};
constexpr KeyRule kRouteRule[] = {{"name"}, {"match"}, {"when"}, {"default"}, {"to", kRequired}};
constexpr KeyRule kRouteTarget[] = {{"queue"}, {"priority"}, {"skills"},
                                    {"owner"}, {"fallback"}, {"wait"}};
constexpr KeyRule kQueue[] = {
    {"mode", kRequired}, {"accept_within"}, {"retry_after"}, {"requires"},    {"strategy"},
    {"count_owned"},     {"widen"},         {"max_wait"},    {"escalate_to"}, {"age"},
    {"credit_returned"}, {"calendar"},      {"away_after"}};
constexpr KeyRule kAge[] = {{"every", kRequired}, {"by"}, {"max"}};
constexpr KeyRule kWiden[] = {{"after", kRequired}, {"to", kRequired}};
constexpr KeyRule kRequires[] = {{"skills"}, {"when"}};
constexpr KeyRule kCalendar[] = {
    {"zone", kRequired}, {"hours", kRequired}, {"holidays"}, {"exceptions"}};
constexpr KeyRule kSla[] = {{"name", kRequired},
                            {"applies"},
                            {"metric", kRequired},
                            {"target", kRequired},
                            {"calendar"},
                            {"warn"},
                            {"tiers"},
                            {"breach"},
                            {"return_to"},
                            {"on_reassign"},
                            {"touches"}};
constexpr KeyRule kSlaTier[] = {{"at", kRequired}, {"notify", kRequired}};
constexpr KeyRule kRecycle[] = {{"cool_down"}, {"requalify"}};
constexpr KeyRule kRetention[] = {{"closed"}, {"won"}, {"inactive"}, {"erased_may_return"}};
constexpr KeyRule kTable[] = {{"sha256", kRequired}};
constexpr KeyRule kReasons[] = {{"extend", kRequired}};
constexpr KeyRule kReason[] = {{"code", kRequired}, {"class", kRequired},     {"fault"},
                               {"cool_down"},       {"counts_in_acceptance"}, {"needs_revisit_at"}};
constexpr KeyRule kPolicyTest[] = {
    {"name", kRequired}, {"given", kRequired}, {"expect", kRequired}};
constexpr KeyRule kTestGiven[] = {{"lead"}, {"account"}, {"last_owner"}, {"events"}, {"now"}};
constexpr KeyRule kTestAccount[] = {
    {"id"},    {"name"},     {"domain"},         {"domains"},          {"group"},
    {"owner"}, {"customer"}, {"customer_owner"}, {"open_opportunity"}, {"opportunity_owner"}};
constexpr KeyRule kTestEvent[] = {{"activity"}, {"properties"}, {"times"},
                                  {"ago"},      {"lead"},       {"consent"}};
constexpr KeyRule kTestExpect[] = {{"mql"},      {"queue"},    {"rule"},  {"owner"},
                                   {"requires"}, {"priority"}, {"score"}, {"disqualified"}};
constexpr KeyRule kTestScore[] = {{"fit"}, {"intent"}};

}  // namespace

const KeyTable kDocumentKeys = {"document", kDocument};
const KeyTable kMetadataKeys = {"metadata", kMetadata};
const KeyTable kSpecKeys = {"spec", kSpec};
const KeyTable kScoringKeys = {"scoring", kScoring};
const KeyTable kFitRuleKeys = {"fit_rule", kFitRule};
const KeyTable kIntentRuleKeys = {"intent_rule", kIntentRule};
const KeyTable kDefinitionKeys = {"definition", kDefinition};
const KeyTable kMqlKeys = {"mql", kMql};
const KeyTable kDisqualifyRuleKeys = {"disqualify_rule", kDisqualifyRule};
const KeyTable kRouteRuleKeys = {"route_rule", kRouteRule};
const KeyTable kRouteTargetKeys = {"route_target", kRouteTarget};
const KeyTable kQueueKeys = {"queue", kQueue};
const KeyTable kAgeKeys = {"age", kAge};
const KeyTable kWidenKeys = {"widen", kWiden};
const KeyTable kRequiresKeys = {"requires", kRequires};
const KeyTable kCalendarKeys = {"calendar", kCalendar};
const KeyTable kSlaKeys = {"sla", kSla};
const KeyTable kSlaTierKeys = {"sla_tier", kSlaTier};
const KeyTable kRecycleKeys = {"recycle", kRecycle};
const KeyTable kRetentionKeys = {"retention", kRetention};
const KeyTable kTableKeys = {"table", kTable};
const KeyTable kReasonsKeys = {"reasons", kReasons};
const KeyTable kReasonKeys = {"reason", kReason};
const KeyTable kPolicyTestKeys = {"policy_test", kPolicyTest};
const KeyTable kTestGivenKeys = {"test_given", kTestGiven};
const KeyTable kTestAccountKeys = {"test_account", kTestAccount};
const KeyTable kTestEventKeys = {"test_event", kTestEvent};
const KeyTable kTestExpectKeys = {"test_expect", kTestExpect};
const KeyTable kTestScoreKeys = {"test_score", kTestScore};

std::vector<KeyTable> AllPolicyKeyTables() {
  return {kDocumentKeys,    kMetadataKeys,   kSpecKeys,       kScoringKeys,        kFitRuleKeys,
          kIntentRuleKeys,  kDefinitionKeys, kMqlKeys,        kDisqualifyRuleKeys, kRouteRuleKeys,
          kRouteTargetKeys, kQueueKeys,      kAgeKeys,        kWidenKeys,          kRequiresKeys,
          kCalendarKeys,    kTableKeys,      kReasonsKeys,    kReasonKeys,         kPolicyTestKeys,
          kTestGivenKeys,   kTestEventKeys,  kTestExpectKeys, kTestScoreKeys,      kTestAccountKeys,
          kSlaKeys,         kSlaTierKeys,    kRecycleKeys,    kRetentionKeys};
}

}  // namespace baton::policy
