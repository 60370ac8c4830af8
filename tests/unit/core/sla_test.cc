#include "core/sla.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/decide.h"
#include "core/sla_hours.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::QueueNamed;
using support::RecordIn;
using support::RepNamed;
using support::SamplePolicy;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;

Sla Level(std::string name, SlaMetric metric, DurationMs target_ms) {
  Sla sla;
  sla.name = std::move(name);
  sla.metric = metric;
  sla.target_ms = target_ms;
  sla.restarts = metric == SlaMetric::kAccept || metric == SlaMetric::kFirstTouch;
  return sla;
}

std::vector<ChangeType> TypesOf(const std::vector<Change>& changes) {
  std::vector<ChangeType> types;
  for (const Change& change : changes) types.push_back(change.type);
  return types;
}

class SlaTest : public testing::Test {
 protected:
  // The lead of RecordIn(stage), given to ada at kNow - 1 minute, under the policy's levels.
  LeadRecord LeadIn(Stage stage) {
    LeadRecord lead = RecordIn(stage);
    for (const Sla& sla : policy_.slas) lead.clocks.push_back({.sla = sla.name});
    return lead;
  }

  // What is said at `at_ms`, and the lead then.
  std::vector<Change> Look(TimeMs at_ms, LeadRecord& lead) {
    return ReviewClocks(policy_, at_ms, lead).changes;
  }

  Plan Fire(LeadRecord& lead) {
    const std::optional<Plan> plan =
        DecideTimer(lead, &policy_, lead.clock_at_ms, lead.clock_at_ms);
    EXPECT_TRUE(plan.has_value());
    return plan.value_or(Plan());
  }

  Plan Do(const LeadRecord& lead, Action action, TimeMs at_ms) {
    action.generation = lead.generation;
    const auto decision = DecideAction(lead, action, &policy_, at_ms);
    EXPECT_TRUE(decision.ok()) << decision.status();
    return decision.ok() ? std::get<Plan>(*decision) : Plan();
  }

  static Action Touch() {
    Action touch;
    touch.type = ActionType::kLogTouch;
    touch.channel = "call";
    return touch;
  }

  Policy policy_ = SamplePolicy();
  static constexpr TimeMs kGiven = kNow - kMinuteMs;
};

TEST_F(SlaTest, AClockBeginsWithTheAssignmentAndIsLookedAtWhenItsTargetIsUsedUp) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, 5 * kMinuteMs)};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  EXPECT_THAT(Look(kNow, lead), IsEmpty());
  EXPECT_EQ(lead.clocks[0].state, SlaState::kPending);
  EXPECT_EQ(lead.clocks[0].started_ms, kGiven);
  EXPECT_EQ(lead.clocks[0].due_ms, kGiven + 5 * kMinuteMs);
  EXPECT_EQ(lead.clock_at_ms, kGiven + 5 * kMinuteMs);
}

TEST_F(SlaTest, WarnsEscalatesAndBreaksInOrderAndEachOnce) {
  Sla sla = Level("touch", SlaMetric::kFirstTouch, 10 * kMinuteMs);
  sla.warn_percent = 60;
  sla.tiers = {{100, "rep"}, {150, "manager"}};
  policy_.slas = {sla};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  EXPECT_THAT(Look(kGiven + 6 * kMinuteMs - 1, lead), IsEmpty());
  EXPECT_EQ(lead.clock_at_ms, kGiven + 6 * kMinuteMs);
  EXPECT_THAT(TypesOf(Look(lead.clock_at_ms, lead)), ElementsAre(ChangeType::kSlaWarned));
  EXPECT_EQ(lead.clocks[0].state, SlaState::kWarned);
  EXPECT_THAT(Look(kGiven + 7 * kMinuteMs, lead), IsEmpty());
  EXPECT_EQ(lead.clock_at_ms, kGiven + 10 * kMinuteMs);

  const std::vector<Change> late = Look(kGiven + 20 * kMinuteMs, lead);
  EXPECT_THAT(TypesOf(late), ElementsAre(ChangeType::kSlaBreached, ChangeType::kSlaEscalated));
  EXPECT_THAT(late[0].details, Contains(Pair("notify", "rep")));
  EXPECT_THAT(late[0].details, Contains(Pair("action", "notify")));
  EXPECT_THAT(late[1].details, Contains(Pair("notify", "manager")));
  EXPECT_THAT(late[1].details, Contains(Pair("percent", "150")));
  EXPECT_EQ(late[0].rep, RepNamed("ada"));
  EXPECT_EQ(late[0].actor, "clock");
  EXPECT_EQ(lead.clocks[0].state, SlaState::kBreached);
  EXPECT_EQ(lead.clock_at_ms, 0);
  EXPECT_THAT(Look(kGiven + kDayMs, lead), IsEmpty());
}

TEST_F(SlaTest, ATouchInTimeMeetsTheLevelAndIsSaidBeforeTheTouch) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, 5 * kMinuteMs)};
  const Plan plan = Do(LeadIn(Stage::kAccepted), Touch(), kNow);
  EXPECT_THAT(TypesOf(plan.changes), ElementsAre(ChangeType::kSlaMet, ChangeType::kTouched));
  EXPECT_EQ(plan.changes[0].stage, Stage::kAccepted);
  EXPECT_EQ(plan.changes[0].actor, "rep/ada");
  EXPECT_THAT(plan.changes[0].details, Not(Contains(Key("late"))));
  EXPECT_EQ(plan.after.clocks[0].state, SlaState::kMet);
  EXPECT_EQ(plan.after.clock_at_ms, 0);
}

TEST_F(SlaTest, ATouchBehindTheDueTimeIsLateAlthoughNobodyHadLookedYet) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, 30 * kSecondMs)};
  const Plan plan = Do(LeadIn(Stage::kAccepted), Touch(), kNow);
  EXPECT_THAT(TypesOf(plan.changes), ElementsAre(ChangeType::kSlaMet, ChangeType::kTouched));
  EXPECT_THAT(plan.changes[0].details, Contains(Pair("late", "true")));
  EXPECT_EQ(plan.after.clocks[0].state, SlaState::kMetLate);
}

TEST_F(SlaTest, AcceptingAndTouchingAreTwoClocks) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, kHourMs),
                  Level("touch", SlaMetric::kFirstTouch, 2 * kHourMs)};
  Action accept;
  const Plan plan = Do(LeadIn(Stage::kOffered), accept, kNow);
  EXPECT_EQ(plan.after.clocks[0].state, SlaState::kMet);
  EXPECT_EQ(plan.after.clocks[1].state, SlaState::kPending);
  EXPECT_EQ(plan.after.clock_at_ms, kGiven + 2 * kHourMs);
}

TEST_F(SlaTest, ALeadThatIsOwnedAtOnceHasNothingToAccept) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, kHourMs)};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  EXPECT_THAT(Look(kNow + kDayMs, lead), IsEmpty());
  EXPECT_EQ(lead.clocks[0].state, SlaState::kIdle);
}

TEST_F(SlaTest, TimeToAssignRunsFromTheQualificationUntilSomebodyHasTheLead) {
  policy_.slas = {Level("assign", SlaMetric::kAssign, kMinuteMs)};
  LeadRecord lead = RecordIn(Stage::kQueued);
  lead.judgment.slas = {"assign"};
  OpenClocks(policy_, kNow, lead);
  EXPECT_EQ(lead.clock_at_ms, kNow + kMinuteMs);
  LeadRecord waiting = lead;
  const std::vector<Change> said = Look(kNow + kMinuteMs, waiting);
  EXPECT_THAT(TypesOf(said), ElementsAre(ChangeType::kSlaBreached));
  EXPECT_TRUE(said[0].rep.empty());

  lead.stage = Stage::kOffered;
  lead.rep = RepNamed("ada");
  lead.generation = 1;
  lead.offered_at_ms = kNow + 40 * kSecondMs;
  EXPECT_THAT(TypesOf(Look(kNow + 2 * kMinuteMs, lead)), ElementsAre(ChangeType::kSlaMet));
  EXPECT_EQ(lead.clocks[0].state, SlaState::kMet);
}

TEST_F(SlaTest, ADecisionIsSqlOrTheEndOfTheCycleAndWhatIsLeftIsCancelled) {
  policy_.slas = {Level("decision", SlaMetric::kDecision, kDayMs),
                  Level("touch", SlaMetric::kFirstTouch, kHourMs)};
  Action reject;
  reject.type = ActionType::kReject;
  reject.reason = "NO_NEED";
  const Plan plan = Do(LeadIn(Stage::kAccepted), reject, kNow);
  EXPECT_THAT(TypesOf(plan.changes), ElementsAre(ChangeType::kSlaMet, ChangeType::kRejected));
  EXPECT_EQ(plan.changes[0].rep, RepNamed("ada"));
  EXPECT_EQ(plan.after.clocks[0].state, SlaState::kMet);
  EXPECT_EQ(plan.after.clocks[1].state, SlaState::kCancelled);
  EXPECT_EQ(plan.after.clock_at_ms, 0);
}

TEST_F(SlaTest, ACadenceIsMetByItsNumberOfTouches) {
  Sla sla = Level("cadence", SlaMetric::kCadence, 14 * kDayMs);
  sla.touches = 2;
  policy_.slas = {sla};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  lead = Do(lead, Touch(), kNow).after;
  EXPECT_EQ(lead.clocks[0].state, SlaState::kPending);
  lead = Do(lead, Touch(), kNow + kHourMs).after;
  EXPECT_EQ(lead.clocks[0].state, SlaState::kMet);
}

TEST_F(SlaTest, ABrokenLevelGivesTheLeadToAnotherRep) {
  Sla sla = Level("touch", SlaMetric::kFirstTouch, 5 * kMinuteMs);
  sla.breach = SlaBreach::kReassign;
  policy_.slas = {sla};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Look(kNow, lead);
  const Plan plan = Fire(lead);
  EXPECT_THAT(TypesOf(plan.changes),
              ElementsAre(ChangeType::kSlaBreached, ChangeType::kPulledBack));
  EXPECT_EQ(plan.changes[1].rep, RepNamed("ada"));
  EXPECT_EQ(plan.changes[1].stage, Stage::kQueued);
  EXPECT_EQ(plan.placement, Placement::kOffer);
  EXPECT_THAT(plan.after.passed, ElementsAre(RepNamed("ada")));
  EXPECT_FALSE(plan.refund);
  EXPECT_EQ(plan.not_before_ms, lead.clock_at_ms);
}

TEST_F(SlaTest, TheNextRepHasAClockOfItsOwn) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, 5 * kMinuteMs)};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Look(kNow + kHourMs, lead);
  lead.generation = 2;
  lead.rep = RepNamed("bob");
  lead.offered_at_ms = kNow + kHourMs;
  EXPECT_THAT(Look(kNow + kHourMs, lead), IsEmpty());
  EXPECT_EQ(lead.clocks[0].state, SlaState::kPending);
  EXPECT_EQ(lead.clocks[0].due_ms, kNow + kHourMs + 5 * kMinuteMs);
}

TEST_F(SlaTest, AClockThatIsKeptGoesOnWhoeverHasTheLead) {
  Sla sla = Level("touch", SlaMetric::kFirstTouch, kHourMs);
  sla.restarts = false;
  policy_.slas = {sla};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Look(kNow, lead);
  lead.stage = Stage::kQueued;
  lead.rep = RepId();
  EXPECT_THAT(TypesOf(Look(kGiven + kHourMs, lead)), ElementsAre(ChangeType::kSlaBreached));
}

TEST_F(SlaTest, ALeadThatIsReturnedGoesWhereTheLevelSays) {
  Sla sla = Level("touch", SlaMetric::kFirstTouch, 5 * kMinuteMs);
  sla.breach = SlaBreach::kReturn;
  sla.return_to = QueueNamed("triage");
  policy_.slas = {sla};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Look(kNow, lead);
  const Plan plan = Fire(lead);
  EXPECT_EQ(plan.after.queue, QueueNamed("triage"));
  EXPECT_EQ(plan.after.home, QueueNamed("triage"));
  EXPECT_EQ(plan.policy_revision, policy_.revision);
}

TEST_F(SlaTest, NoClockCountsWhileTheLeadWaitsOnTheCustomer) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, 10 * kMinuteMs)};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Action pause;
  pause.type = ActionType::kPause;
  pause.until_ms = kNow + 2 * kDayMs;
  const Plan paused = Do(lead, pause, kNow);  // one minute is used up
  EXPECT_THAT(TypesOf(paused.changes), ElementsAre(ChangeType::kPaused));
  EXPECT_EQ(paused.after.clocks[0].spent_ms, kMinuteMs);
  EXPECT_EQ(paused.after.clocks[0].due_ms, 0);
  EXPECT_EQ(paused.after.clock_at_ms, kNow + 2 * kDayMs);

  Action resume;
  resume.type = ActionType::kResume;
  const Plan resumed = Do(paused.after, resume, kNow + kDayMs);
  EXPECT_EQ(resumed.after.clocks[0].due_ms, kNow + kDayMs + 9 * kMinuteMs);
  EXPECT_EQ(resumed.after.clock_at_ms, kNow + kDayMs + 9 * kMinuteMs);
  resume.generation = 1;
  EXPECT_EQ(DecideAction(resumed.after, resume, &policy_, kNow + kDayMs).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(SlaTest, APauseEndsByItselfAndThenTheClockGoesOn) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, 10 * kMinuteMs)};
  Action pause;
  pause.type = ActionType::kPause;
  pause.until_ms = kNow + kDayMs;
  LeadRecord paused = Do(LeadIn(Stage::kAccepted), pause, kNow).after;
  const Plan plan = Fire(paused);
  EXPECT_THAT(TypesOf(plan.changes), ElementsAre(ChangeType::kResumed));
  EXPECT_EQ(plan.after.paused_at_ms, 0);
  EXPECT_EQ(plan.after.clock_at_ms, kNow + kDayMs + 9 * kMinuteMs);
}

TEST_F(SlaTest, APauseEndsByItselfWithoutServiceLevelsToo) {
  Action pause;
  pause.type = ActionType::kPause;
  pause.until_ms = kNow + kDayMs;
  const LeadRecord paused = Do(LeadIn(Stage::kAccepted), pause, kNow).after;
  const Policy* const policies[] = {&policy_, nullptr};  // a clock need not know it then
  for (const Policy* policy : policies) {
    const auto plan = DecideTimer(paused, policy, paused.clock_at_ms, paused.clock_at_ms);
    ASSERT_TRUE(plan.has_value());
    EXPECT_THAT(TypesOf(plan->changes), ElementsAre(ChangeType::kResumed));
    EXPECT_EQ(plan->after.paused_at_ms, 0);
    EXPECT_EQ(plan->after.clock_at_ms, 0);
  }
}

TEST_F(SlaTest, APausedLeadThatGoesOnOrEndsHasNoTimerLeft) {
  Action pause;
  pause.type = ActionType::kPause;
  const LeadRecord paused = Do(LeadIn(Stage::kWorking), pause, kNow).after;
  ASSERT_NE(paused.clock_at_ms, 0);
  Action resume, reject, release;
  resume.type = ActionType::kResume;
  reject.type = ActionType::kReject;
  reject.reason = "NO_NEED";
  release.type = ActionType::kRelease;
  for (const Action& action : {resume, reject, release}) {
    const LeadRecord after = Do(paused, action, kNow + 1).after;
    EXPECT_EQ(after.clock_at_ms, 0) << static_cast<int>(action.type);
    EXPECT_EQ(after.paused_until_ms, 0) << static_cast<int>(action.type);
  }
}

TEST_F(SlaTest, ASilentOfferBreaksItsAcceptLevelBeforeItExpires) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, 2 * kHourMs)};
  LeadRecord lead = LeadIn(Stage::kOffered);
  Look(kNow, lead);
  ASSERT_EQ(lead.clock_at_ms, lead.due_at_ms);
  const auto plan = DecideTimer(lead, &policy_, lead.due_at_ms, lead.due_at_ms);
  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(TypesOf(plan->changes),
              ElementsAre(ChangeType::kSlaBreached, ChangeType::kOfferExpired));
}

TEST_F(SlaTest, ASilentOfferSetsTheRepAwayIfItsAcceptLevelSaysSo) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, 2 * kHourMs)};
  policy_.slas[0].breach = SlaBreach::kPauseRep;
  LeadRecord lead = LeadIn(Stage::kOffered);
  Look(kNow, lead);
  const auto plan = DecideTimer(lead, &policy_, lead.due_at_ms, lead.due_at_ms);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->away, RepNamed("ada"));
  EXPECT_THAT(TypesOf(plan->changes), ElementsAre(ChangeType::kSlaBreached, ChangeType::kRepAway,
                                                  ChangeType::kOfferExpired));
}

TEST_F(SlaTest, ASilentOfferGoesWhereItsAcceptLevelReturnsIt) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, 2 * kHourMs)};
  policy_.slas[0].breach = SlaBreach::kReturn;
  policy_.slas[0].return_to = QueueNamed("triage");
  LeadRecord lead = LeadIn(Stage::kOffered);
  lead.owners = {RepNamed("bob")};
  lead.passed = {RepNamed("cyd")};
  Look(kNow, lead);
  const auto plan = DecideTimer(lead, &policy_, lead.due_at_ms, lead.due_at_ms);
  ASSERT_TRUE(plan.has_value());
  ASSERT_THAT(TypesOf(plan->changes), ElementsAre(ChangeType::kSlaBreached,
                                                  ChangeType::kOfferExpired, ChangeType::kQueued));
  EXPECT_EQ(plan->changes[1].queue, QueueNamed("dach")) << "where it was offered";
  EXPECT_EQ(plan->changes[2].queue, QueueNamed("triage"));
  EXPECT_TRUE(plan->changes[2].rep.empty());
  EXPECT_THAT(plan->changes[2].details,
              ElementsAre(Pair("from", "dach"), Pair("sla", "accept"), Pair("why", "returned")));
  EXPECT_EQ(plan->after.queue, QueueNamed("triage"));
  EXPECT_EQ(plan->after.home, QueueNamed("triage"));
  EXPECT_THAT(plan->after.passed, ElementsAre(RepNamed("ada")));
  EXPECT_THAT(plan->after.owners, IsEmpty());
  EXPECT_EQ(plan->policy_revision, policy_.revision);
  EXPECT_EQ(plan->placement, Placement::kOffer);
}

TEST_F(SlaTest, ASilentOfferIsReturnedAlsoWhereALevelBeforeThatReassigns) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, 2 * kHourMs),
                  Level("touch", SlaMetric::kFirstTouch, 2 * kHourMs)};
  policy_.slas[0].breach = SlaBreach::kReassign;
  policy_.slas[1].breach = SlaBreach::kReturn;
  policy_.slas[1].return_to = QueueNamed("triage");
  LeadRecord lead = LeadIn(Stage::kOffered);
  Look(kNow, lead);
  const auto plan = DecideTimer(lead, &policy_, lead.due_at_ms, lead.due_at_ms);
  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(TypesOf(plan->changes),
              ElementsAre(ChangeType::kSlaBreached, ChangeType::kSlaBreached,
                          ChangeType::kOfferExpired, ChangeType::kQueued));
  EXPECT_EQ(plan->changes[3].details.at("sla"), "touch");
  EXPECT_EQ(plan->after.queue, QueueNamed("triage"));
}

TEST_F(SlaTest, ASilentOfferThatIsReturnedToItsQueueIsForAnybodyThere) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, 2 * kHourMs)};
  policy_.slas[0].breach = SlaBreach::kReturn;
  LeadRecord lead = LeadIn(Stage::kOffered);
  lead.home = lead.queue;
  lead.owners = {RepNamed("bob")};
  lead.passed = {RepNamed("cyd")};
  Look(kNow, lead);
  const auto plan = DecideTimer(lead, &policy_, lead.due_at_ms, lead.due_at_ms);
  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(TypesOf(plan->changes),
              ElementsAre(ChangeType::kSlaBreached, ChangeType::kOfferExpired));
  EXPECT_THAT(plan->after.passed, ElementsAre(RepNamed("ada")));
  EXPECT_THAT(plan->after.owners, IsEmpty());
}

TEST_F(SlaTest, AWaitingLeadGoesWhereALevelReturnsItWhoseClockWasKept) {
  policy_.slas = {Level("decision", SlaMetric::kDecision, kHourMs)};
  policy_.slas[0].breach = SlaBreach::kReturn;
  policy_.slas[0].return_to = QueueNamed("triage");
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Look(kNow, lead);
  lead.stage = Stage::kQueued;
  lead.rep = RepId();
  lead.passed = {RepNamed("ada")};
  lead.timer = TimerKind::kRetry;
  lead.due_at_ms = lead.clock_at_ms + kMinuteMs;
  const Plan later = Fire(lead);
  EXPECT_THAT(TypesOf(later.changes), ElementsAre(ChangeType::kSlaBreached, ChangeType::kQueued));
  EXPECT_EQ(later.after.queue, QueueNamed("triage"));
  EXPECT_EQ(later.after.due_at_ms, 0);
  EXPECT_THAT(later.after.passed, IsEmpty());
  EXPECT_EQ(later.placement, Placement::kOffer);

  policy_.queues[QueueNamed("dach")].max_wait_ms = kMinuteMs;
  lead.home = lead.queue;
  lead.home_since_ms = kNow;
  lead.due_at_ms = lead.clock_at_ms;
  const Plan same = Fire(lead);
  EXPECT_THAT(TypesOf(same.changes), ElementsAre(ChangeType::kSlaBreached, ChangeType::kQueued))
      << "the times of the queue that it left are over";
  EXPECT_EQ(same.after.queue, QueueNamed("triage"));
}

TEST_F(SlaTest, LevelsBrokenInOneLookHaveTheirConsequencesAll) {
  policy_.slas = {Level("accept", SlaMetric::kAccept, kHourMs),
                  Level("touch", SlaMetric::kFirstTouch, 2 * kHourMs),
                  Level("decide", SlaMetric::kDecision, 2 * kHourMs)};
  policy_.slas[0].breach = SlaBreach::kPauseRep;
  policy_.slas[1].breach = SlaBreach::kReassign;
  policy_.slas[2].breach = SlaBreach::kReturn;
  LeadRecord lead = LeadIn(Stage::kOffered);
  lead.due_at_ms = kNow + kDayMs;
  lead.clock_at_ms = kNow + 3 * kHourMs;  // nobody could look before
  const Plan plan = Fire(lead);
  EXPECT_EQ(plan.away, RepNamed("ada"));
  EXPECT_THAT(TypesOf(plan.changes),
              ElementsAre(ChangeType::kSlaBreached, ChangeType::kSlaBreached,
                          ChangeType::kSlaBreached, ChangeType::kRepAway, ChangeType::kPulledBack));
  EXPECT_EQ(plan.changes[4].details.at("sla"), "touch");
}

TEST_F(SlaTest, AnActionLeavesABrokenLevelToTheTimerThatActsOnIt) {
  policy_.slas = {Level("decision", SlaMetric::kDecision, 30 * kSecondMs)};
  policy_.slas[0].breach = SlaBreach::kReassign;
  LeadRecord lead = Do(LeadIn(Stage::kAccepted), Touch(), kNow).after;
  EXPECT_EQ(lead.clocks[0].state, SlaState::kPending);
  EXPECT_EQ(lead.clock_at_ms, kGiven + 30 * kSecondMs);
  EXPECT_THAT(TypesOf(Fire(lead).changes),
              ElementsAre(ChangeType::kSlaBreached, ChangeType::kPulledBack));
}

TEST_F(SlaTest, HoursOfTheCalendarCountAndNoOthers) {
  CalendarRules rules;
  rules.zone = "Europe/Berlin";
  for (int day = 0; day < 5; ++day) rules.week[day] = {{9 * 60, 17 * 60}};
  policy_.calendars.emplace("dach", *Calendar::Make(rules));
  policy_.queues[QueueNamed("dach")].calendar = "dach";
  Sla sla = Level("touch", SlaMetric::kFirstTouch, kHourMs);
  sla.hours = SlaCalendar::kQueue;
  policy_.slas = {sla};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Look(kNow, lead);  // a Sunday: due on Monday at 10:00 in Berlin
  EXPECT_EQ(lead.clock_at_ms, kNow + kDayMs);

  policy_.slas[0].hours = SlaCalendar::kRep;
  lead.rep_hours = "dach@America/New_York";
  Look(kNow, lead);
  EXPECT_EQ(lead.clock_at_ms, kNow + kDayMs + 6 * kHourMs);

  policy_.slas[0].hours = SlaCalendar::kLead;
  lead.facts.attributes[kTimeZoneAttribute].value = std::string("Asia/Tokyo");
  Look(kNow, lead);
  EXPECT_EQ(lead.clock_at_ms, kNow + kDayMs - 8 * kHourMs);
}

TEST_F(SlaTest, ALevelThatThePolicyHasNoMoreIsCancelled) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, kHourMs)};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  Look(kNow, lead);
  policy_.slas.clear();
  EXPECT_THAT(Look(kNow + kDayMs, lead), IsEmpty());
  EXPECT_EQ(lead.clocks[0].state, SlaState::kCancelled);
  EXPECT_EQ(lead.clock_at_ms, 0);
}

TEST_F(SlaTest, WithoutAPolicyItIsLookedAtAgainAMinuteLater) {
  policy_.slas = {Level("touch", SlaMetric::kFirstTouch, 10 * kMinuteMs)};
  LeadRecord lead = LeadIn(Stage::kAccepted);
  lead.clock_at_ms = kNow;
  const auto plan = DecideTimer(lead, nullptr, kNow, kNow + 5);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->after.clock_at_ms, kNow + 5 + kMinuteMs);
  EXPECT_THAT(plan->changes, IsEmpty());
}

TEST_F(SlaTest, ARecycledLeadComesBackWhenItsTimeAwayIsOver) {
  Action recycle;
  recycle.type = ActionType::kRecycle;
  recycle.reason = "NO_BUDGET";
  LeadRecord lead = Do(LeadIn(Stage::kWorking), recycle, kNow).after;
  EXPECT_EQ(lead.clock_at_ms, kNow + 90 * kDayMs);
  const Plan plan = Fire(lead);
  EXPECT_EQ(plan.after.stage, Stage::kNurture);
  EXPECT_EQ(plan.after.clock_at_ms, 0);
  EXPECT_EQ(plan.placement, Placement::kKeep);
  EXPECT_THAT(TypesOf(plan.changes), ElementsAre(ChangeType::kNurtured));
  EXPECT_THAT(plan.changes[0].details, ElementsAre(Pair("why", "revisit")));
}

TEST_F(SlaTest, LevelsThatApplyAreJudgedWithTheScores) {
  Sla hot = Level("hot", SlaMetric::kFirstTouch, kHourMs);
  hot.applies = support::When(policy_, "intent >= 60");
  Sla cold = Level("cold", SlaMetric::kFirstTouch, kDayMs);
  cold.applies = support::When(policy_, "intent < 60");
  policy_.slas = {hot, cold, Level("assign", SlaMetric::kAssign, kMinuteMs)};
  LeadRecord unknown;
  unknown.key = support::Key();
  const LeadEvent capture = support::QualifyingCapture();
  const Plan plan = DecideEvents(unknown, {&capture, 1}, &policy_, kNow);
  EXPECT_THAT(plan.after.judgment.slas, ElementsAre("hot", "assign"));
  ASSERT_EQ(plan.after.clocks.size(), 2u);
  EXPECT_EQ(plan.after.clocks[0].state, SlaState::kIdle);
  EXPECT_EQ(plan.after.clocks[1].state, SlaState::kPending);
  EXPECT_EQ(plan.after.clock_at_ms, kNow + kMinuteMs);
}

}  // namespace
}  // namespace baton::core
