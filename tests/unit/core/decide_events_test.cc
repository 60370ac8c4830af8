#include <gtest/gtest.h>

#include "core/decide.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::Activity;
using support::ConsentEvent;
using support::Key;
using support::kNow;
using support::QualifyingCapture;
using support::QueueNamed;
using support::RecordIn;
using support::RepNamed;
using support::SamplePolicy;
using support::Updated;

LeadRecord NewLead() {
  LeadRecord record;
  record.key = Key();
  return record;
}

LeadEvent At(LeadEvent event, int64_t offset) {
  event.position = {5, offset};
  return event;
}

Plan Decide(const LeadRecord& record, const std::vector<LeadEvent>& events,
            const Policy& policy = SamplePolicy(), TimeMs now_ms = kNow) {
  return DecideEvents(record, events, &policy, now_ms);
}

TEST(DecideEventsTest, ErrorsThatTheLeadDoesNotKeepGoWithThePlan) {
  Policy policy = SamplePolicy();
  const FitRule erring{"vip", support::When(policy, "lead.email == 'x'"), 1};
  policy.fit.assign(kConditionErrorsMax + 3, erring);
  LeadEvent event = Activity("e1", "page_view");
  Plan plan = Decide(NewLead(), {event}, policy);
  EXPECT_EQ(plan.after.judgment.errors.size(), kConditionErrorsMax);
  EXPECT_TRUE(plan.after.judgment.more_errors.empty());
  EXPECT_EQ(plan.more_errors.at(2), (ConditionError{RuleSection::kFit, "vip", ""}));
  EXPECT_GE(plan.more_errors.size(), 3u);
}

TEST(DecideEventsTest, QualifiedLeadOpensTheFirstCycleAndIsOffered) {
  const Plan plan = Decide(NewLead(), {QualifyingCapture()});
  EXPECT_EQ(plan.key, Key());
  EXPECT_EQ(plan.expected_revision, 0);
  EXPECT_EQ(plan.policy_revision, 1);
  EXPECT_EQ(plan.placement, Placement::kOffer);
  EXPECT_FALSE(plan.refund);
  EXPECT_FALSE(plan.may_use_reserve);
  EXPECT_TRUE(plan.facts_changed);
  EXPECT_TRUE(plan.judgment_changed);
  EXPECT_EQ(plan.after.stage, Stage::kMql);
  EXPECT_EQ(plan.after.cycle, 1);
  EXPECT_EQ(plan.after.queue, QueueNamed("dach"));
  EXPECT_TRUE(plan.after.judgment.qualified);

  Change qualified;
  qualified.type = ChangeType::kQualified;
  qualified.stage = Stage::kMql;
  qualified.queue = QueueNamed("dach");
  qualified.actor = "policy";
  qualified.cause = "e1";
  qualified.details = {{"fit", "50"}, {"intent", "60"}, {"signalTime", "2026-03-01T09:00:00.000Z"}};
  EXPECT_EQ(plan.changes, (std::vector<Change>{qualified}));
}

TEST(DecideEventsTest, UnqualifiedLeadIsNurtured) {
  const Plan plan = Decide(NewLead(), {Updated("e1", {{"country", std::string("DE")}})});
  EXPECT_EQ(plan.after.stage, Stage::kNurture);
  EXPECT_EQ(plan.after.cycle, 0);
  EXPECT_EQ(plan.placement, Placement::kKeep);
  ASSERT_EQ(plan.changes.size(), 1u);
  EXPECT_EQ(plan.changes[0].type, ChangeType::kNurtured);
  EXPECT_EQ(plan.changes[0].stage, Stage::kNurture);
  EXPECT_EQ(plan.changes[0].details,
            (std::map<std::string, std::string>{{"fit", "0"}, {"intent", "0"}}));
  EXPECT_EQ(plan.changes[0].reason, "");
}

TEST(DecideEventsTest, DisqualifiedLeadIsNurturedWithTheReason) {
  LeadEvent event = QualifyingCapture();
  event.attributes["industry"] = std::string("crm");
  const Plan plan = Decide(NewLead(), {event});
  EXPECT_EQ(plan.after.stage, Stage::kNurture);
  EXPECT_EQ(plan.changes.at(0).reason, "COMPETITOR");
}

TEST(DecideEventsTest, NurturedLeadIsNotNurturedTwice) {
  const Plan plan =
      Decide(RecordIn(Stage::kNurture), {ConsentEvent("e9", Consent::kWithdrawn, kNow)});
  EXPECT_EQ(plan.after.stage, Stage::kNurture);
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_TRUE(plan.judgment_changed);
  EXPECT_TRUE(plan.facts_changed);
}

TEST(DecideEventsTest, JudgmentThatSaysTheSameLaterIsNotWritten) {
  LeadRecord record = RecordIn(Stage::kNurture);
  Fold(ConsentEvent("e9", Consent::kWithdrawn, kNow), record.facts);
  record.judgment = Judge(record.facts, SamplePolicy(), kNow);
  const Plan plan = Decide(record, {Updated("e10", {{"city", std::string("Ulm")}})}, SamplePolicy(),
                           kNow + kHourMs);
  EXPECT_FALSE(plan.judgment_changed);
  EXPECT_EQ(plan.after.judgment, record.judgment);
  EXPECT_EQ(plan.policy_revision, 1);
}

TEST(DecideEventsTest, NurturedLeadThatQualifiesOpensAFreshCycle) {
  LeadRecord record = RecordIn(Stage::kNurture);
  record.cycle = 1;
  record.generation = 4;
  record.version = 9;
  record.passed = {RepNamed("ada")};
  record.pool = MakePool(std::vector<Candidate>{{RepNamed("ada")}});
  record.accepted_at_ms = record.first_touch_at_ms = record.last_touch_at_ms = kNow - kDayMs;
  record.touches = 3;
  record.reason = "NO_BUDGET";
  record.revisit_at_ms = kNow - kHourMs;
  record.amount_minor = 5;
  record.currency = "EUR";
  record.close_date_ms = kNow;
  const LeadRecord after = Decide(record, {Activity("e9", "demo_request")}).after;
  EXPECT_EQ(after.stage, Stage::kMql);
  EXPECT_EQ(after.cycle, 2);
  EXPECT_EQ(after.generation, 4);
  EXPECT_EQ(after.version, 9);
  EXPECT_TRUE(after.passed.empty());
  EXPECT_TRUE(after.pool.candidates.empty());
  EXPECT_EQ(after.accepted_at_ms, 0);
  EXPECT_EQ(after.first_touch_at_ms, 0);
  EXPECT_EQ(after.last_touch_at_ms, 0);
  EXPECT_EQ(after.touches, 0);
  EXPECT_EQ(after.reason, "");
  EXPECT_EQ(after.revisit_at_ms, 0);
  EXPECT_EQ(after.amount_minor, 0);
  EXPECT_EQ(after.currency, "");
  EXPECT_EQ(after.close_date_ms, 0);
}

TEST(DecideEventsTest, OtherStagesOnlyGainFacts) {
  for (const Stage stage :
       {Stage::kMql, Stage::kQueued, Stage::kOffered, Stage::kAccepted, Stage::kWorking,
        Stage::kSql, Stage::kSqo, Stage::kWon, Stage::kLost, Stage::kRejected, Stage::kRecycled}) {
    const LeadRecord record = RecordIn(stage);
    const Plan plan = Decide(record, {Activity("e9", "page_view")});
    EXPECT_EQ(plan.after.stage, stage);
    EXPECT_EQ(plan.policy_revision, 0);
    EXPECT_EQ(plan.placement, Placement::kKeep);
    EXPECT_TRUE(plan.changes.empty());
    EXPECT_FALSE(plan.judgment_changed);
    EXPECT_EQ(plan.after.judgment, record.judgment);
    EXPECT_EQ(plan.after.due_at_ms, record.due_at_ms);
    EXPECT_TRUE(plan.facts_changed);
    EXPECT_EQ(plan.after.facts.activities.count("page_view"), 1u);
  }
}

TEST(DecideEventsTest, WithoutPolicyOnlyFactsAreGathered) {
  const Plan plan =
      DecideEvents(NewLead(), std::vector<LeadEvent>{QualifyingCapture()}, nullptr, kNow);
  EXPECT_EQ(plan.after.stage, Stage::kNew);
  EXPECT_EQ(plan.policy_revision, 0);
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_EQ(plan.applied, 1);
}

TEST(DecideEventsTest, EveryAppliedEventEntersTheJourney) {
  const Plan plan = Decide(NewLead(), {QualifyingCapture("e1"), Activity("e2", "demo_request"),
                                       ConsentEvent("e3", Consent::kGranted),
                                       Updated("e4", {}, kNow - kDayMs), Updated("e4", {})});
  ASSERT_EQ(plan.inputs.size(), 4u);
  EXPECT_EQ(plan.inputs[0].type, "captured");
  EXPECT_EQ(plan.inputs[1].type, "activity demo_request");
  EXPECT_EQ(plan.inputs[2].type, "consent granted");
  EXPECT_EQ(plan.inputs[3].type, "updated");
  EXPECT_EQ(plan.inputs[3].at_ms, kNow - kDayMs);
  EXPECT_EQ(plan.inputs[3].source, "/forms");
  EXPECT_EQ(plan.inputs[3].id, "e4");
  EXPECT_EQ(plan.applied, 4);
  EXPECT_EQ(plan.duplicates, 1);
  EXPECT_EQ(plan.changes.at(0).cause, "e4");
}

TEST(DecideEventsTest, RedeliveryHasNoEffectAtAll) {
  LeadRecord record = NewLead();
  Fold(At(Updated("e1", {}), 7), record.facts);
  std::vector<FoldOutcome> outcomes;
  const Policy policy = SamplePolicy();
  const Plan plan = DecideEvents(record, std::vector<LeadEvent>{At(QualifyingCapture("e2"), 7)},
                                 &policy, kNow, &outcomes);
  EXPECT_EQ(outcomes, (std::vector<FoldOutcome>{FoldOutcome::kRedelivered}));
  EXPECT_EQ(plan.applied, 0);
  EXPECT_EQ(plan.duplicates, 0);
  EXPECT_FALSE(plan.facts_changed);
  EXPECT_FALSE(plan.judgment_changed);
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_TRUE(plan.inputs.empty());
}

TEST(DecideEventsTest, DuplicatesMoveTheOffsetAndAreCounted) {
  LeadRecord record = NewLead();
  Fold(At(QualifyingCapture("e1"), 7), record.facts);
  std::vector<FoldOutcome> outcomes;
  const Policy policy = SamplePolicy();
  const Plan plan = DecideEvents(record, std::vector<LeadEvent>{At(QualifyingCapture("e1"), 8)},
                                 &policy, kNow, &outcomes);
  EXPECT_EQ(outcomes, (std::vector<FoldOutcome>{FoldOutcome::kDuplicate}));
  EXPECT_EQ(plan.duplicates, 1);
  EXPECT_TRUE(plan.facts_changed);
  EXPECT_EQ(plan.after.facts.applied_offsets.at(5), 8);
  EXPECT_EQ(plan.after.stage, Stage::kNew);
  EXPECT_EQ(plan.policy_revision, 0);
  EXPECT_TRUE(plan.changes.empty());
}

TEST(DecideEventsTest, TraceOfTheLatestEventWithOneIsKept) {
  LeadEvent traced = Updated("e1", {});
  traced.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(Decide(NewLead(), {traced, Updated("e2", {})}).after.traceparent, traced.traceparent);
}

TEST(DecideEventsTest, WhoeverWithdrawsConsentIsLeftAloneAtOnceUntilANeedWasConfirmed) {
  for (const Stage stage : {Stage::kQueued, Stage::kOffered, Stage::kAccepted, Stage::kWorking}) {
    const LeadRecord record = RecordIn(stage);
    const Plan plan = Decide(record, {ConsentEvent("e9", Consent::kWithdrawn)});
    EXPECT_EQ(plan.after.stage, Stage::kRejected);
    EXPECT_EQ(plan.after.reason, "DO_NOT_CONTACT");
    EXPECT_TRUE(plan.after.rep.empty());
    EXPECT_EQ(plan.placement, Placement::kRelease);
    ASSERT_EQ(plan.changes.size(), 1u);
    EXPECT_EQ(plan.changes[0].type, ChangeType::kRejected);
    EXPECT_EQ(plan.changes[0].rep, record.rep);
    EXPECT_EQ(plan.changes[0].actor, "policy");
    EXPECT_EQ(plan.changes[0].cause, "e9");
  }
  for (const Stage stage : {Stage::kSql, Stage::kWon, Stage::kRecycled}) {
    const Plan plan = Decide(RecordIn(stage), {ConsentEvent("e9", Consent::kWithdrawn)});
    EXPECT_EQ(plan.after.stage, stage);
    EXPECT_TRUE(plan.changes.empty());
  }
}

TEST(DecideEventsTest, WhoeverHadWithdrawnConsentBeforeIsLeftAloneWithTheNextEvent) {
  LeadRecord record = RecordIn(Stage::kOffered);
  Fold(At(ConsentEvent("e8", Consent::kWithdrawn), 7), record.facts);
  const Plan plan = Decide(record, {Activity("e9", "page_view")});
  EXPECT_EQ(plan.after.stage, Stage::kRejected);
  EXPECT_EQ(plan.changes.at(0).cause, "e9");
  const Plan repeated = Decide(record, {At(ConsentEvent("e8", Consent::kWithdrawn), 7)});
  EXPECT_EQ(repeated.after.stage, Stage::kOffered) << "nothing new";
  EXPECT_TRUE(repeated.changes.empty());
}

TEST(DecideEventsTest, ExpectsTheRevisionThatItSaw) {
  LeadRecord record = RecordIn(Stage::kOffered);
  record.revision = 41;
  EXPECT_EQ(Decide(record, {Updated("e9", {})}).expected_revision, 41);
}

}  // namespace
}  // namespace baton::core
