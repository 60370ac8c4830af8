#include "core/action_checks.h"

#include <gtest/gtest.h>

#include <set>

#include "core/errors.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::QueueNamed;
using support::RecordIn;
using support::SamplePolicy;

Action Checked(ActionType type) {
  Action action;
  action.type = type;
  action.generation = 1;
  action.channel = "call";
  return action;
}

Action CheckedOutcome(Stage outcome) {
  Action action = Checked(ActionType::kReportOutcome);
  action.outcome = outcome;
  return action;
}

// "REASON field" of a refusal, "" if accepted.
std::string Refusal(const absl::Status& status) {
  if (status.ok()) return "";
  const ErrorMetadata variables = ErrorVariables(status);
  const auto field = variables.find("field");
  return ErrorReason(status) + (field == variables.end() ? "" : " " + field->second);
}

std::string FieldsRefusal(const Action& action, const Reason* reason = nullptr) {
  const Policy policy = SamplePolicy();
  return Refusal(CheckFields(RecordIn(Stage::kAccepted), action, reason, &policy, kNow));
}

TEST(CheckGenerationTest, AnotherGenerationIsStaleAndBothAreNamed) {
  Action action = Checked(ActionType::kAccept);
  action.generation = 2;
  const absl::Status status = CheckGeneration(RecordIn(Stage::kOffered), action);
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(status), "STALE_GENERATION");
  EXPECT_EQ(ErrorVariables(status).at("current_generation"), "1");
  EXPECT_EQ(ErrorVariables(status).at("given_generation"), "2");
}

TEST(CheckGenerationTest, AGenerationThatIsYetToComeIsNotOver) {
  Action action = Checked(ActionType::kAccept);
  LeadRecord record = RecordIn(Stage::kOffered);
  action.generation = record.generation + 1;
  const std::string message(CheckGeneration(record, action).message());
  EXPECT_NE(message.find(" never was; the lead is OFFERED"), std::string::npos) << message;
}

TEST(CheckGenerationTest, LeadThatIsBackInTheQueueHasNoCurrentAssignment) {
  LeadRecord record = RecordIn(Stage::kQueued);
  record.generation = 1;
  EXPECT_EQ(Refusal(CheckGeneration(record, Checked(ActionType::kAccept))), "STALE_GENERATION");
}

TEST(CheckGenerationTest, WhoeverWithdrewConsentHasNoCurrentAssignment) {
  LeadRecord record = RecordIn(Stage::kRejected);
  record.reason = kDoNotContact;
  record.facts.consent = Consent::kWithdrawn;
  EXPECT_EQ(Refusal(CheckGeneration(record, Checked(ActionType::kReject))), "STALE_GENERATION");
}

TEST(CheckGenerationTest, WhoWasRejectedAsNotToBeContactedKnowsTheLastAssignment) {
  LeadRecord record = RecordIn(Stage::kRejected);
  record.reason = kDoNotContact;
  EXPECT_TRUE(CheckGeneration(record, Checked(ActionType::kReject)).ok());
}

TEST(CheckGenerationTest, OwnedAndClosedLeadsKnowTheirLastAssignment) {
  for (const Stage stage : {Stage::kOffered, Stage::kSqo, Stage::kRejected, Stage::kWon}) {
    EXPECT_TRUE(CheckGeneration(RecordIn(stage), Checked(ActionType::kAccept)).ok());
  }
}

// The stages at which an action is allowed, of all.
std::set<Stage> StagesAllowing(const Action& action) {
  std::set<Stage> stages;
  for (int i = 0; i <= static_cast<int>(Stage::kErased); ++i) {
    LeadRecord record = RecordIn(Stage::kOffered);
    record.stage = static_cast<Stage>(i);
    const absl::Status status = CheckStage(record, action);
    if (status.ok()) {
      stages.insert(record.stage);
      continue;
    }
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ErrorReason(status), "WRONG_STAGE");
    EXPECT_EQ(ErrorVariables(status).at("stage"), StageName(record.stage));
  }
  return stages;
}

TEST(CheckStageTest, EachActionHasItsStages) {
  using enum Stage;
  EXPECT_EQ(StagesAllowing(Checked(ActionType::kAccept)), (std::set<Stage>{kOffered}));
  EXPECT_EQ(StagesAllowing(Checked(ActionType::kDecline)), (std::set<Stage>{kOffered}));
  EXPECT_EQ(StagesAllowing(Checked(ActionType::kLogTouch)),
            (std::set<Stage>{kAccepted, kWorking, kSql, kSqo, kWon}));
  EXPECT_EQ(StagesAllowing(Checked(ActionType::kReject)),
            (std::set<Stage>{kOffered, kAccepted, kWorking}));
  EXPECT_EQ(StagesAllowing(Checked(ActionType::kRecycle)),
            (std::set<Stage>{kOffered, kAccepted, kWorking}));
  EXPECT_EQ(StagesAllowing(Checked(ActionType::kReroute)), (std::set<Stage>{kOffered, kAccepted}));
  EXPECT_EQ(StagesAllowing(Checked(ActionType::kReassign)),
            (std::set<Stage>{kOffered, kAccepted, kWorking, kSql, kSqo}));
  EXPECT_EQ(StagesAllowing(CheckedOutcome(kSql)), (std::set<Stage>{kWorking}));
  EXPECT_EQ(StagesAllowing(CheckedOutcome(kSqo)), (std::set<Stage>{kSql}));
  EXPECT_EQ(StagesAllowing(CheckedOutcome(kWon)), (std::set<Stage>{kSqo}));
  EXPECT_EQ(StagesAllowing(CheckedOutcome(kLost)), (std::set<Stage>{kSqo}));
}

TEST(CheckStageTest, OnlyFourStagesAreOutcomes) {
  for (const Stage stage : {Stage::kNew, Stage::kRejected, Stage::kMerged, Stage::kErased}) {
    EXPECT_EQ(Refusal(CheckStage(RecordIn(Stage::kWorking), CheckedOutcome(stage))),
              "INVALID_FIELD outcome");
  }
}

TEST(CheckStageTest, ErrorNamesTheActionOrTheOutcome) {
  EXPECT_EQ(ErrorVariables(CheckStage(RecordIn(Stage::kLost), Checked(ActionType::kLogTouch)))
                .at("action"),
            "log_touch");
  EXPECT_EQ(ErrorVariables(CheckStage(RecordIn(Stage::kWorking), CheckedOutcome(Stage::kSqo)))
                .at("action"),
            "SQO");
}

std::string ReasonRefusal(Action action, std::string code) {
  action.reason = std::move(code);
  return Refusal(FindActionReason(action, StandardReasons()).status());
}

TEST(FindActionReasonTest, CodeMustBeOfTheActionsClass) {
  EXPECT_EQ(ReasonRefusal(Checked(ActionType::kDecline), "AWAY"), "");
  EXPECT_EQ(ReasonRefusal(Checked(ActionType::kDecline), "PRICE"), "UNKNOWN_REASON reason");
  EXPECT_EQ(ReasonRefusal(Checked(ActionType::kReject), "VENDOR"), "");
  EXPECT_EQ(ReasonRefusal(Checked(ActionType::kReject), "NO_BUDGET"), "UNKNOWN_REASON reason");
  EXPECT_EQ(ReasonRefusal(Checked(ActionType::kRecycle), "NO_RESPONSE"), "");
  EXPECT_EQ(ReasonRefusal(Checked(ActionType::kReroute), "WRONG_SEGMENT"), "");
  EXPECT_EQ(ReasonRefusal(CheckedOutcome(Stage::kLost), "PRICE"), "");
  EXPECT_EQ(ReasonRefusal(CheckedOutcome(Stage::kLost), ""), "MISSING_FIELD reason");
}

TEST(FindActionReasonTest, ErrorListsTheValidCodes) {
  Action action = Checked(ActionType::kDecline);
  action.reason = std::string(500, 'x');
  const absl::Status status = FindActionReason(action, StandardReasons()).status();
  EXPECT_EQ(ErrorVariables(status).at("valid"), "AT_CAPACITY, AWAY");
  EXPECT_EQ(ErrorVariables(status).at("class"), "decline");
  EXPECT_LT(status.message().size(), 200u);
}

TEST(FindActionReasonTest, PolicysOwnCodesCount) {
  Action action = Checked(ActionType::kReject);
  action.reason = "NO_FIBRE_AREA";
  const std::vector<Reason> reasons = {{"NO_FIBRE_AREA", ReasonClass::kReject}};
  const auto reason = FindActionReason(action, reasons);
  ASSERT_TRUE(reason.ok());
  EXPECT_EQ((*reason)->code, "NO_FIBRE_AREA");
}

TEST(FindActionReasonTest, AcceptTouchAndOtherOutcomesTakeNone) {
  for (const Action& action : {Checked(ActionType::kAccept), Checked(ActionType::kLogTouch),
                               CheckedOutcome(Stage::kSql), CheckedOutcome(Stage::kWon)}) {
    const auto reason = FindActionReason(action, StandardReasons());
    ASSERT_TRUE(reason.ok());
    EXPECT_EQ(*reason, nullptr);
  }
}

TEST(CheckFieldsTest, LengthsAreLimited) {
  Action action = Checked(ActionType::kAccept);
  action.note = std::string(1024, 'x');
  action.actor = std::string(160, 'x');
  action.request_id = std::string(128, 'x');
  EXPECT_EQ(FieldsRefusal(action), "");
  action.request_id += "x";
  EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD request_id");
  action.actor += "x";
  EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD actor");
  action.note += "x";
  EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD note");
}

TEST(CheckFieldsTest, TouchNeedsAChannelAndPlainWords) {
  Action action = Checked(ActionType::kLogTouch);
  EXPECT_EQ(FieldsRefusal(action), "");
  action.channel = "";
  EXPECT_EQ(FieldsRefusal(action), "MISSING_FIELD channel");
  const std::string too_long(33, 'a');
  for (const std::string& bad : {std::string("Call"), std::string("a b"), too_long}) {
    action.channel = bad;
    EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD channel") << bad;
  }
  action.channel = std::string(32, 'a');
  action.touch_outcome = "no answer";
  EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD outcome");
}

TEST(CheckFieldsTest, TouchLiesBetweenAssignmentAndNow) {
  Action action = Checked(ActionType::kLogTouch);
  const TimeMs offered = RecordIn(Stage::kAccepted).offered_at_ms;
  for (const auto& [at_ms, refusal] :
       std::map<TimeMs, std::string>{{offered, ""},
                                     {offered - 1, "INVALID_FIELD touch_time"},
                                     {-1, "INVALID_FIELD touch_time"},
                                     {kNow + 5000, ""},
                                     {kNow + 5001, "INVALID_FIELD touch_time"}}) {
    action.touched_at_ms = at_ms;
    EXPECT_EQ(FieldsRefusal(action), refusal) << at_ms;
  }
}

TEST(CheckFieldsTest, RevisitTimeLiesAheadButNotTooFar) {
  const Reason* reason = FindReason(StandardReasons(), "NO_BUDGET");
  Action action = Checked(ActionType::kRecycle);
  EXPECT_EQ(FieldsRefusal(action, reason), "");
  for (const auto& [at_ms, refusal] :
       std::map<TimeMs, std::string>{{kNow, "INVALID_FIELD revisit_time"},
                                     {kNow + 1, ""},
                                     {kNow + 3 * 365 * kDayMs, ""},
                                     {kNow + 3 * 365 * kDayMs + 1, "INVALID_FIELD revisit_time"}}) {
    action.revisit_at_ms = at_ms;
    EXPECT_EQ(FieldsRefusal(action, reason), refusal) << at_ms;
  }
}

TEST(CheckFieldsTest, ContractLockedNeedsARevisitTime) {
  const Reason* reason = FindReason(StandardReasons(), "CONTRACT_LOCKED");
  Action action = Checked(ActionType::kRecycle);
  EXPECT_EQ(FieldsRefusal(action, reason), "MISSING_FIELD revisit_time");
}

TEST(CheckFieldsTest, QueueMustBeThePolicysOrTheSame) {
  Action action = Checked(ActionType::kReroute);
  EXPECT_EQ(FieldsRefusal(action), "");
  action.queue = QueueNamed("triage");
  EXPECT_EQ(FieldsRefusal(action), "");
  action.queue = QueueNamed("nowhere");
  const Policy policy = SamplePolicy();
  const LeadRecord record = RecordIn(Stage::kAccepted);
  const absl::Status status = CheckFields(record, action, nullptr, &policy, kNow);
  EXPECT_EQ(Refusal(status), "UNKNOWN_QUEUE queue");
  EXPECT_EQ(ErrorVariables(status).at("valid"), "dach, inside, triage");
  EXPECT_EQ(Refusal(CheckFields(record, action, nullptr, nullptr, kNow)), "UNKNOWN_QUEUE queue");
  action.queue = record.queue;
  EXPECT_TRUE(CheckFields(record, action, nullptr, nullptr, kNow).ok());
}

TEST(CheckFieldsTest, OpportunityNeedsCurrencyAndCloseDate) {
  Action action = CheckedOutcome(Stage::kSqo);
  EXPECT_EQ(FieldsRefusal(action), "MISSING_FIELD currency");
  action.currency = "EUR";
  EXPECT_EQ(FieldsRefusal(action), "MISSING_FIELD close_time");
  action.close_date_ms = kNow;
  EXPECT_EQ(FieldsRefusal(action), "");
}

TEST(CheckFieldsTest, AmountsAreNotNegativeAndHaveACurrency) {
  Action action = CheckedOutcome(Stage::kWon);
  EXPECT_EQ(FieldsRefusal(action), "");
  action.amount_minor = 1;
  EXPECT_EQ(FieldsRefusal(action), "MISSING_FIELD currency");
  for (const std::string bad : {"eur", "EURO", "E1R", "EU"}) {
    action.currency = bad;
    EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD currency") << bad;
  }
  action.currency = "EUR";
  action.amount_minor = kAmountMinorMax;
  EXPECT_EQ(FieldsRefusal(action), "");
  for (const int64_t bad : {int64_t{-1}, kAmountMinorMax + 1}) {
    action.amount_minor = bad;
    EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD amount_minor");
  }
}

TEST(CheckFieldsTest, CloseDateIsATimestamp) {
  Action action = CheckedOutcome(Stage::kWon);
  action.close_date_ms = kTimeMsMax + 1;
  EXPECT_EQ(FieldsRefusal(action), "INVALID_FIELD close_time");
}

}  // namespace
}  // namespace baton::core
