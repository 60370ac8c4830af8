#include <gtest/gtest.h>

#include "core/decide.h"
#include "core/errors.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::QueueNamed;
using support::RecordIn;
using support::RepNamed;
using support::SamplePolicy;

Action ActionOf(ActionType type, std::string reason = "") {
  Action action;
  action.type = type;
  action.generation = 1;
  action.reason = std::move(reason);
  action.channel = type == ActionType::kLogTouch ? "call" : "";
  return action;
}

Action OutcomeOf(Stage outcome) {
  Action action = ActionOf(ActionType::kReportOutcome, outcome == Stage::kLost ? "PRICE" : "");
  action.outcome = outcome;
  if (outcome == Stage::kSqo) {
    action.amount_minor = 120'000;
    action.currency = "EUR";
    action.close_date_ms = kNow + 30 * kDayMs;
  }
  return action;
}

// The plan of an action that must be allowed.
Plan Decide(const LeadRecord& record, const Action& action) {
  const Policy policy = SamplePolicy();
  const absl::StatusOr<ActionDecision> decision = DecideAction(record, action, &policy, kNow);
  EXPECT_TRUE(decision.ok()) << decision.status();
  if (!decision.ok() || !std::holds_alternative<Plan>(*decision)) {
    ADD_FAILURE() << "no plan";
    return {};
  }
  return std::get<Plan>(*decision);
}

const Change& OnlyChange(const Plan& plan) {
  EXPECT_EQ(plan.changes.size(), 1u);
  return plan.changes.at(0);
}

TEST(DecideActionTest, AcceptStopsTheTimerAndKeepsTheOwner) {
  const LeadRecord record = RecordIn(Stage::kOffered);
  const Plan plan = Decide(record, ActionOf(ActionType::kAccept));
  EXPECT_EQ(plan.key, record.key);
  EXPECT_EQ(plan.expected_revision, record.revision);
  EXPECT_EQ(plan.policy_revision, 0);
  EXPECT_TRUE(plan.may_use_reserve);
  EXPECT_FALSE(plan.facts_changed);
  EXPECT_FALSE(plan.judgment_changed);
  EXPECT_EQ(plan.placement, Placement::kKeep);
  EXPECT_EQ(plan.after.stage, Stage::kAccepted);
  EXPECT_EQ(plan.after.rep, RepNamed("ada"));
  EXPECT_EQ(plan.after.accepted_at_ms, kNow);
  EXPECT_EQ(plan.after.due_at_ms, 0);
  EXPECT_EQ(plan.after.timer, TimerKind::kNone);

  Change accepted;
  accepted.type = ChangeType::kAccepted;
  accepted.stage = Stage::kAccepted;
  accepted.queue = QueueNamed("dach");
  accepted.rep = RepNamed("ada");
  accepted.generation = 1;
  accepted.actor = "rep/ada";
  EXPECT_EQ(OnlyChange(plan), accepted);
}

TEST(DecideActionTest, TheLeadGoesOnInTheTraceOfWhoActs) {
  LeadRecord record = RecordIn(Stage::kOffered);
  record.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  Action action = ActionOf(ActionType::kAccept);
  EXPECT_EQ(Decide(record, action).after.traceparent, record.traceparent);
  action.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(Decide(record, action).after.traceparent, action.traceparent);
}

TEST(DecideActionTest, DeclineHandsTheLeadBackUnchargedAndPassesTheRepOver) {
  const LeadRecord record = RecordIn(Stage::kOffered);
  const Plan plan = Decide(record, ActionOf(ActionType::kDecline, "AT_CAPACITY"));
  EXPECT_EQ(plan.placement, Placement::kOffer);
  EXPECT_TRUE(plan.refund);
  EXPECT_EQ(plan.after.stage, Stage::kQueued);
  EXPECT_TRUE(plan.after.rep.empty());
  EXPECT_EQ(plan.after.passed, (std::vector<RepId>{RepNamed("ada")}));
  EXPECT_EQ(plan.after.due_at_ms, 0);
  EXPECT_EQ(plan.after.reason, "");
  const Change& change = OnlyChange(plan);
  EXPECT_EQ(change.type, ChangeType::kDeclined);
  EXPECT_EQ(change.stage, Stage::kQueued);
  EXPECT_EQ(change.rep, RepNamed("ada"));
  EXPECT_EQ(change.generation, 1);
  EXPECT_EQ(change.reason, "AT_CAPACITY");
}

TEST(DecideActionTest, PassedRepsAreCappedOldestFirst) {
  LeadRecord record = RecordIn(Stage::kOffered);
  for (size_t i = 0; i < kPassedMax; ++i) {
    record.passed.push_back(RepNamed("r" + std::to_string(i)));
  }
  const Plan plan = Decide(record, ActionOf(ActionType::kDecline, "AWAY"));
  EXPECT_EQ(plan.after.passed.size(), kPassedMax);
  EXPECT_EQ(plan.after.passed.front(), RepNamed("r1"));
  EXPECT_EQ(plan.after.passed.back(), RepNamed("ada"));
}

TEST(DecideActionTest, AReturnForMarketingsFaultIsCreditedIfThePolicySaysSo) {
  Policy policy = support::SamplePolicy();
  const LeadRecord record = RecordIn(Stage::kWorking);
  const auto is_credited = [&](const std::string& reason) {
    const auto decided = DecideAction(record, ActionOf(ActionType::kReject, reason), &policy, kNow);
    return std::get<Plan>(*decided).refund;
  };
  EXPECT_FALSE(is_credited("SPAM_OR_TEST"));
  policy.queues[record.queue].credit_returned = true;
  EXPECT_TRUE(is_credited("SPAM_OR_TEST")) << "fault data";
  EXPECT_TRUE(is_credited("WRONG_PERSONA")) << "fault quality";
  EXPECT_FALSE(is_credited("EXISTING_CUSTOMER")) << "fault status";
}

TEST(DecideActionTest, RerouteIntoTheSameQueueKeepsWhoPassed) {
  LeadRecord record = RecordIn(Stage::kAccepted);
  record.passed = {RepNamed("bob")};
  const Plan plan = Decide(record, ActionOf(ActionType::kReroute, "WRONG_LANGUAGE"));
  EXPECT_EQ(plan.placement, Placement::kOffer);
  EXPECT_TRUE(plan.refund);
  EXPECT_EQ(plan.policy_revision, 1);
  EXPECT_EQ(plan.after.queue, QueueNamed("dach"));
  EXPECT_EQ(plan.after.accepted_at_ms, 0);
  EXPECT_EQ(plan.after.passed, (std::vector<RepId>{RepNamed("bob"), RepNamed("ada")}));
  EXPECT_EQ(OnlyChange(plan).type, ChangeType::kRerouted);
}

TEST(DecideActionTest, RerouteIntoAnotherQueueStartsAnew) {
  LeadRecord record = RecordIn(Stage::kOffered);
  record.passed = {RepNamed("bob")};
  Action action = ActionOf(ActionType::kReroute, "WRONG_TERRITORY");
  action.queue = QueueNamed("triage");
  const Plan plan = Decide(record, action);
  EXPECT_EQ(plan.policy_revision, 1);
  EXPECT_EQ(plan.after.queue, QueueNamed("triage"));
  EXPECT_EQ(plan.after.passed, (std::vector<RepId>{RepNamed("ada")}));
  EXPECT_EQ(OnlyChange(plan).queue, QueueNamed("triage"));
  EXPECT_EQ(OnlyChange(plan).rep, RepNamed("ada"));
}

TEST(DecideActionTest, AManagerTakesALeadAtAnyStageOfItsOwner) {
  LeadRecord record = RecordIn(Stage::kSql);
  record.queued_at_ms = 77;
  record.touches = 3;
  const Plan plan = Decide(record, ActionOf(ActionType::kReassign));
  EXPECT_EQ(plan.placement, Placement::kOffer);
  EXPECT_EQ(plan.after.stage, Stage::kQueued);
  EXPECT_EQ(plan.after.queued_at_ms, 77);
  EXPECT_EQ(plan.after.touches, 3);
  EXPECT_EQ(plan.after.passed, (std::vector<RepId>{RepNamed("ada")}));
  const Change& change = OnlyChange(plan);
  EXPECT_EQ(change.type, ChangeType::kRerouted);
  EXPECT_EQ(change.actor, "manager");
  EXPECT_EQ(change.reason, "REASSIGNED");
  EXPECT_EQ(change.rep, RepNamed("ada"));
}

TEST(DecideActionTest, AManagerMayNameWhoIsAskedFirst) {
  LeadRecord record = RecordIn(Stage::kAccepted);
  record.passed = {RepNamed("bob"), RepNamed("cyd")};
  record.owners = {RepNamed("ada")};
  record.owners_only = true;
  Action action = ActionOf(ActionType::kReassign);
  action.to = RepNamed("bob");
  const Plan plan = Decide(record, action);
  EXPECT_EQ(plan.after.owners, (std::vector<RepId>{RepNamed("bob")}));
  EXPECT_FALSE(plan.after.owners_only);
  EXPECT_EQ(plan.after.passed, (std::vector<RepId>{RepNamed("cyd"), RepNamed("ada")}));
  EXPECT_EQ(OnlyChange(plan).details.at("to"), "bob");
  action.to = RepNamed("ada");
  EXPECT_FALSE(DecideAction(record, action, nullptr, kNow).ok());
}

// What a caller who may act for `rep` only gets.
std::string ReasonFor(const char* rep, const LeadRecord& record) {
  Action action = ActionOf(ActionType::kAccept);
  action.generation = record.generation;
  action.only_rep = RepNamed(rep);
  const Policy policy = SamplePolicy();
  return ErrorReason(DecideAction(record, action, &policy, kNow).status());
}

TEST(DecideActionTest, OnlyTheOwnerMayActWhereRepsActForThemselves) {
  LeadRecord record = RecordIn(Stage::kOffered);
  EXPECT_EQ(ReasonFor("ada", record), "");
  EXPECT_EQ(ReasonFor("bob", record), "LEAD_NOT_FOUND");
  record.passed = {RepNamed("bob")};
  EXPECT_EQ(ReasonFor("bob", record), "STALE_GENERATION");
  record.passed.clear();
  record.last_owner = RepNamed("bob");
  EXPECT_EQ(ReasonFor("bob", record), "STALE_GENERATION");
}

TEST(DecideActionTest, FirstTouchBeginsTheWork) {
  Action action = ActionOf(ActionType::kLogTouch);
  action.touch_outcome = "no_answer";
  action.touched_at_ms = kNow - 5 * kSecondMs;
  const Plan plan = Decide(RecordIn(Stage::kAccepted), action);
  EXPECT_EQ(plan.placement, Placement::kKeep);
  EXPECT_EQ(plan.after.stage, Stage::kWorking);
  EXPECT_EQ(plan.after.touches, 1);
  EXPECT_EQ(plan.after.first_touch_at_ms, kNow - 5 * kSecondMs);
  EXPECT_EQ(plan.after.last_touch_at_ms, kNow - 5 * kSecondMs);
  EXPECT_EQ(OnlyChange(plan).stage, Stage::kWorking);
  EXPECT_EQ(OnlyChange(plan).details,
            (std::map<std::string, std::string>{{"channel", "call"},
                                                {"outcome", "no_answer"},
                                                {"touchTime", "2026-03-01T08:59:55.000Z"}}));
}

TEST(DecideActionTest, LaterTouchesCountWithoutAMove) {
  for (const Stage stage : {Stage::kWorking, Stage::kSql, Stage::kSqo}) {
    const LeadRecord record = RecordIn(stage);
    const Plan plan = Decide(record, ActionOf(ActionType::kLogTouch));
    EXPECT_EQ(plan.after.stage, stage);
    EXPECT_EQ(plan.after.touches, 2);
    EXPECT_EQ(plan.after.first_touch_at_ms, record.first_touch_at_ms);
    EXPECT_EQ(plan.after.last_touch_at_ms, kNow);
  }
}

TEST(DecideActionTest, ATouchAfterTheSaleChangesNothingElse) {
  LeadRecord record = RecordIn(Stage::kWon);
  record.rep = RepNamed("ada");
  record.touches = 3;
  const Plan plan = Decide(record, ActionOf(ActionType::kLogTouch));
  EXPECT_EQ(plan.placement, Placement::kKeep);
  EXPECT_EQ(plan.after.stage, Stage::kWon);
  EXPECT_EQ(plan.after.rep, RepNamed("ada"));
  EXPECT_EQ(plan.after.touches, 4);
  EXPECT_EQ(OnlyChange(plan).stage, Stage::kWon);
}

TEST(DecideActionTest, TouchReportedLateMayBeTheFirst) {
  const LeadRecord record = RecordIn(Stage::kWorking);
  Action action = ActionOf(ActionType::kLogTouch);
  action.touched_at_ms = record.offered_at_ms;
  const Plan plan = Decide(record, action);
  EXPECT_EQ(plan.after.first_touch_at_ms, record.offered_at_ms);
  EXPECT_EQ(plan.after.last_touch_at_ms, record.last_touch_at_ms);
}

TEST(DecideActionTest, TouchFromAFastClockIsNow) {
  Action action = ActionOf(ActionType::kLogTouch);
  action.touched_at_ms = kNow + 5 * kSecondMs;
  EXPECT_EQ(Decide(RecordIn(Stage::kAccepted), action).after.last_touch_at_ms, kNow);
}

TEST(DecideActionTest, RejectClosesTheCycle) {
  for (const Stage stage : {Stage::kOffered, Stage::kAccepted, Stage::kWorking}) {
    const Plan plan = Decide(RecordIn(stage), ActionOf(ActionType::kReject, "WRONG_PERSONA"));
    EXPECT_EQ(plan.placement, Placement::kRelease);
    EXPECT_FALSE(plan.refund);
    EXPECT_EQ(plan.after.stage, Stage::kRejected);
    EXPECT_TRUE(plan.after.rep.empty());
    EXPECT_EQ(plan.after.reason, "WRONG_PERSONA");
    EXPECT_EQ(plan.after.due_at_ms, 0);
    EXPECT_EQ(plan.after.timer, TimerKind::kNone);
    EXPECT_EQ(OnlyChange(plan).type, ChangeType::kRejected);
    EXPECT_EQ(OnlyChange(plan).rep, RepNamed("ada"));
    EXPECT_EQ(OnlyChange(plan).reason, "WRONG_PERSONA");
  }
}

TEST(DecideActionTest, RecycleComesBackAfterTheReasonsCoolDown) {
  const Plan plan = Decide(RecordIn(Stage::kWorking), ActionOf(ActionType::kRecycle, "NO_BUDGET"));
  EXPECT_EQ(plan.placement, Placement::kRelease);
  EXPECT_EQ(plan.after.stage, Stage::kRecycled);
  EXPECT_EQ(plan.after.revisit_at_ms, kNow + 90 * kDayMs);
  EXPECT_EQ(OnlyChange(plan).details.at("revisitTime"), "2026-05-30T09:00:00.000Z");
}

TEST(DecideActionTest, ARejectionSaysWhatReportsNeedOfItsReason) {
  const LeadRecord record = RecordIn(Stage::kWorking);
  using Details = std::map<std::string, std::string>;
  const auto details = [&](const char* reason) {
    return OnlyChange(Decide(record, ActionOf(ActionType::kReject, reason))).details;
  };
  EXPECT_EQ(details("VENDOR"), (Details{{"fault", "quality"}}));
  EXPECT_EQ(details("DUPLICATE"), (Details{{"fault", "data"}, {"counts", "false"}}));
}

TEST(DecideActionTest, NoResponseSaysHowManyTouchesWereAgreed) {
  Policy policy = SamplePolicy();
  policy.slas.push_back({.name = "cadence", .metric = SlaMetric::kCadence, .touches = 7});
  LeadRecord record = RecordIn(Stage::kWorking);
  record.clocks.push_back({.sla = "cadence"});
  const auto cadence = [&](const char* reason) {
    const auto decision =
        DecideAction(record, ActionOf(ActionType::kRecycle, reason), &policy, kNow);
    Plan plan = std::get<Plan>(*decision);
    return plan.changes.back().details["cadence"];
  };
  EXPECT_EQ(cadence("NO_RESPONSE"), "7");
  EXPECT_EQ(cadence("BAD_TIMING"), "");
  record.clocks.clear();
  EXPECT_EQ(cadence("NO_RESPONSE"), "") << "no cadence was agreed for this lead";
}

TEST(DecideActionTest, RecycleTakesTheRevisitTimeGiven) {
  Action action = ActionOf(ActionType::kRecycle, "CONTRACT_LOCKED");
  action.revisit_at_ms = kNow + 365 * kDayMs;
  EXPECT_EQ(Decide(RecordIn(Stage::kOffered), action).after.revisit_at_ms, action.revisit_at_ms);
}

TEST(DecideActionTest, OutcomesGoFromWorkingToWon) {
  const Plan sql = Decide(RecordIn(Stage::kWorking), OutcomeOf(Stage::kSql));
  EXPECT_EQ(sql.placement, Placement::kKeep);
  EXPECT_EQ(OnlyChange(sql).type, ChangeType::kSqlConfirmed);
  EXPECT_EQ(sql.after.rep, RepNamed("ada"));

  const Plan sqo = Decide(RecordIn(Stage::kSql), OutcomeOf(Stage::kSqo));
  EXPECT_EQ(sqo.placement, Placement::kKeep);
  EXPECT_EQ(sqo.after.amount_minor, 120'000);
  EXPECT_EQ(sqo.after.currency, "EUR");
  EXPECT_EQ(sqo.after.close_date_ms, kNow + 30 * kDayMs);
  EXPECT_EQ(OnlyChange(sqo).type, ChangeType::kSqoOpened);
  EXPECT_EQ(OnlyChange(sqo).details,
            (std::map<std::string, std::string>{{"amountMinor", "120000"},
                                                {"currency", "EUR"},
                                                {"closeTime", "2026-03-31T09:00:00.000Z"}}));

  const Plan won = Decide(RecordIn(Stage::kSqo), OutcomeOf(Stage::kWon));
  EXPECT_EQ(won.placement, Placement::kRelease);
  EXPECT_EQ(won.after.rep, RepNamed("ada"));
  EXPECT_EQ(OnlyChange(won).type, ChangeType::kWon);
}

TEST(DecideActionTest, WonKeepsTheDealUnlessItSaysAnother) {
  LeadRecord record = RecordIn(Stage::kSqo);
  record.amount_minor = 120'000;
  record.currency = "EUR";
  EXPECT_EQ(Decide(record, OutcomeOf(Stage::kWon)).after.amount_minor, 120'000);
  Action action = OutcomeOf(Stage::kWon);
  action.amount_minor = 99'000;
  action.currency = "CHF";
  const Plan plan = Decide(record, action);
  EXPECT_EQ(plan.after.amount_minor, 99'000);
  EXPECT_EQ(plan.after.currency, "CHF");
}

TEST(DecideActionTest, LostClearsTheOwnerAndKeepsTheReason) {
  const Plan plan = Decide(RecordIn(Stage::kSqo), OutcomeOf(Stage::kLost));
  EXPECT_EQ(plan.placement, Placement::kRelease);
  EXPECT_TRUE(plan.after.rep.empty());
  EXPECT_EQ(plan.after.reason, "PRICE");
  EXPECT_EQ(OnlyChange(plan).type, ChangeType::kLost);
  EXPECT_EQ(OnlyChange(plan).reason, "PRICE");
}

TEST(DecideActionTest, ActorNoteAndRequestIdEnterTheChange) {
  Action action = ActionOf(ActionType::kReject, "NO_NEED");
  action.actor = "rep/boss";
  action.note = "has a contract";
  action.request_id = "q1";
  const Change change = OnlyChange(Decide(RecordIn(Stage::kOffered), action));
  EXPECT_EQ(change.actor, "rep/boss");
  EXPECT_EQ(change.cause, "q1");
  EXPECT_EQ(change.details.at("note"), "has a contract");
}

TEST(DecideActionTest, AnswerIsRememberedAsTheActionLeavesTheLead) {
  LeadRecord record = RecordIn(Stage::kOffered);
  record.version = 5;
  Action accept = ActionOf(ActionType::kAccept);
  accept.request_id = "q1";
  accept.fingerprint = 77;
  accept.actor = "rep/ada";
  EXPECT_EQ(Decide(record, accept).after.answered,
            (std::vector<AnsweredRequest>{
                {"q1", 77, Stage::kAccepted, RepNamed("ada"), 1, 6, "rep/ada"}}));
  Action decline = ActionOf(ActionType::kDecline, "AWAY");
  decline.request_id = "q2";
  EXPECT_EQ(Decide(record, decline).after.answered,
            (std::vector<AnsweredRequest>{{"q2", 0, Stage::kQueued, RepId(), 1, 6}}));
}

TEST(DecideActionTest, WithoutARequestIdNothingIsRemembered) {
  EXPECT_TRUE(
      Decide(RecordIn(Stage::kOffered), ActionOf(ActionType::kAccept)).after.answered.empty());
}

TEST(DecideActionTest, OnlyTheLatestRequestsAreRemembered) {
  LeadRecord record = RecordIn(Stage::kOffered);
  for (size_t i = 0; i < kAnsweredRequestsMax; ++i) {
    record.answered.push_back({"old" + std::to_string(i)});
  }
  Action action = ActionOf(ActionType::kAccept);
  action.request_id = "q1";
  const auto answered = Decide(record, action).after.answered;
  EXPECT_EQ(answered.size(), kAnsweredRequestsMax);
  EXPECT_EQ(answered.front().request_id, "old1");
  EXPECT_EQ(answered.back().request_id, "q1");
}

TEST(DecideActionTest, RepeatedRequestGetsTheFirstAnswerWhateverTheLeadBecame) {
  const AnsweredRequest answer{"q1", 77, Stage::kAccepted, RepNamed("ada"), 1, 6};
  LeadRecord record = RecordIn(Stage::kRejected);
  record.generation = 8;
  record.answered = {answer};
  Action action = ActionOf(ActionType::kAccept);
  action.request_id = "q1";
  action.fingerprint = 77;
  const auto decision = DecideAction(record, action, nullptr, kNow);
  ASSERT_TRUE(decision.ok());
  EXPECT_EQ(std::get<AnsweredRequest>(*decision), answer);
}

TEST(DecideActionTest, RequestIdWithAnotherBodyIsRefused) {
  LeadRecord record = RecordIn(Stage::kOffered);
  record.answered = {{"q1", 77, Stage::kAccepted, RepNamed("ada"), 1, 6}};
  Action action = ActionOf(ActionType::kAccept);
  action.request_id = "q1";
  action.fingerprint = 78;
  const absl::Status status = DecideAction(record, action, nullptr, kNow).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorReason(status), "REQUEST_ID_REUSED");
}

TEST(DecideActionTest, ARequestOfAnotherCallerIsNotARepetition) {
  LeadRecord record = RecordIn(Stage::kAccepted);
  record.answered = {{"q1", 77, Stage::kAccepted, RepNamed("ada"), 1, 6, "rep/ada"}};
  Action action = ActionOf(ActionType::kAccept);
  action.request_id = "q1";
  action.fingerprint = 77;
  for (const char* actor : {"rep/bob", "principal/crm", ""}) {
    action.actor = actor;
    EXPECT_EQ(ErrorReason(DecideAction(record, action, nullptr, kNow).status()),
              "REQUEST_ID_REUSED");
  }
  action.actor = "rep/bob";
  action.only_rep = RepNamed("bob");
  EXPECT_EQ(ErrorReason(DecideAction(record, action, nullptr, kNow).status()), "LEAD_NOT_FOUND");
  record.answered[0].actor.clear();  // an older release kept it
  EXPECT_TRUE(DecideAction(record, action, nullptr, kNow).ok());
}

TEST(DecideActionTest, ARepGetsTheFirstAnswerAlsoWhenTheLeadIsNoLongerItsOwn) {
  const AnsweredRequest answer{"q1", 77, Stage::kRejected, RepId(), 1, 6};
  LeadRecord record = RecordIn(Stage::kRejected);
  record.answered = {answer};
  record.rep = RepId();
  Action action = ActionOf(ActionType::kReject, "DO_NOT_CONTACT");
  action.only_rep = RepNamed("ada");
  action.request_id = "q1";
  action.fingerprint = 77;
  const auto decision = DecideAction(record, action, nullptr, kNow);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(std::get<AnsweredRequest>(*decision), answer);
  action.fingerprint = 78;
  EXPECT_EQ(ErrorReason(DecideAction(record, action, nullptr, kNow).status()), "LEAD_NOT_FOUND")
      << "whose request that was is nobody else's business";
}

TEST(DecideActionTest, WhoHasWithdrawnConsentIsOfferedToNobodyElse) {
  for (const ActionType type : {ActionType::kRelease, ActionType::kReassign}) {
    for (const Stage stage : {Stage::kSql, Stage::kSqo}) {
      LeadRecord record = RecordIn(stage);
      record.facts.consent = Consent::kWithdrawn;
      Action action = ActionOf(type);
      action.request_id = "q1";
      const Plan plan = Decide(record, action);
      EXPECT_EQ(plan.placement, Placement::kRelease);
      EXPECT_EQ(plan.after.stage, Stage::kRejected);
      EXPECT_EQ(plan.after.reason, "DO_NOT_CONTACT");
      EXPECT_EQ(plan.after.closed_at_ms, kNow);
      EXPECT_TRUE(plan.after.rep.empty());
      ASSERT_EQ(plan.changes.size(), 2u);
      EXPECT_EQ(plan.changes[0].stage, Stage::kQueued) << "as every such action says";
      EXPECT_EQ(plan.changes[0].rep, RepNamed("ada"));
      EXPECT_EQ(plan.changes[1].type, ChangeType::kRejected);
      EXPECT_EQ(plan.changes[1].stage, Stage::kRejected);
      EXPECT_EQ(plan.changes[1].actor, "policy");
      EXPECT_EQ(plan.changes[1].cause, "q1");
      EXPECT_EQ(plan.after.answered.at(0).stage, Stage::kRejected);
      EXPECT_EQ(plan.after.answered.at(0).version, record.version + 2);
    }
  }
}

TEST(DecideActionTest, UnknownLeadIsNotFound) {
  LeadRecord record;
  record.key = support::Key("nobody");
  const absl::Status status =
      DecideAction(record, ActionOf(ActionType::kAccept), nullptr, kNow).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ErrorReason(status), "LEAD_NOT_FOUND");
  EXPECT_EQ(ErrorVariables(status).at("lead"), "nobody");
}

TEST(DecideActionTest, GenerationIsTestedBeforeStageAndStageBeforeReason) {
  Action action = ActionOf(ActionType::kDecline, "NO_SUCH");
  action.generation = 9;
  const LeadRecord accepted = RecordIn(Stage::kAccepted);
  EXPECT_EQ(ErrorReason(DecideAction(accepted, action, nullptr, kNow).status()),
            "STALE_GENERATION");
  action.generation = 1;
  EXPECT_EQ(ErrorReason(DecideAction(accepted, action, nullptr, kNow).status()), "WRONG_STAGE");
  EXPECT_EQ(ErrorReason(DecideAction(RecordIn(Stage::kOffered), action, nullptr, kNow).status()),
            "UNKNOWN_REASON");
}

}  // namespace
}  // namespace baton::core
