// Simulations of installations in which people are erased or withdraw consent, leads are paused or
// recycled, and reps are set away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "installation.h"
#include "simulation/comparison.h"
#include "simulation/reproduction.h"
#include "support/builders.h"

namespace baton::simulation {
namespace {

using core::ActionType;
using core::kHourMs;
using core::kMinuteMs;
using core::kSecondMs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// To queue dach, or triage if from the US.
void Capture(Installation& installation, const std::string& lead, const std::string& country = "DE",
             const std::string& again = "") {
  installation.Advance(kSecondMs);
  core::LeadEvent event =
      support::QualifyingCapture("capture-" + lead + again, installation.now_ms());
  event.key = support::Key(lead);
  event.attributes["country"] = country;
  installation.Publish(event);
  installation.Intake();
}

void Tell(Installation& installation, core::LeadEvent event, const std::string& lead) {
  event.key = support::Key(lead);
  event.occurred_at_ms = installation.now_ms();
  installation.Publish(event);
  installation.Intake();
}

core::Action Doing(ActionType type, const std::string& reason = "") {
  core::Action action;
  action.type = type;
  action.reason = reason;
  return action;
}

// Who had each cycle last: "l1/1 ada", "l2/1 -"; of lives behind an erasure "l1+1/1 ada".
std::vector<std::string> OwnersIn(const Outcome& outcome) {
  std::vector<std::string> owners;
  for (const Cycle& cycle : outcome.cycles) {
    const std::string life = cycle.life == 0 ? "" : "+" + std::to_string(cycle.life);
    owners.push_back(cycle.lead.str() + life + "/" + std::to_string(cycle.cycle) + " " +
                     (cycle.assigned.empty() ? "-" : cycle.assigned.back().rep.str()));
  }
  return owners;
}

Outcome MustReproduce(Installation& installation, const core::Policy& policy) {
  const Recording recording = installation.Record();
  const Outcome outcome = MustSimulate(recording, installation.SettingOf(policy));
  const Reproduction reproduction = Reproduce(recording, outcome, policy.revision);
  EXPECT_TRUE(reproduction.exact());
  EXPECT_EQ(outcome.refused_actions, 0);
  for (const std::string& difference : reproduction.differences) ADD_FAILURE() << difference;
  return outcome;
}

Setting SettingOfCandidate(const Installation& installation, const core::Policy& policy) {
  Setting setting = installation.SettingOf(policy);
  setting.follows = false;
  return setting;
}

TEST(SimulatedErasuresTest, WhoeverIsErasedFreesItsRepAndComesBackAsANewLead) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}, /*capacity=*/1));
  Capture(installation, "l1");
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kAccept)));
  Capture(installation, "l2");
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Erase("l1"));
  installation.Advance(20);
  installation.Drain();
  ASSERT_EQ(installation.Lead("l2").rep.str(), "ada");
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Act("l2", Doing(ActionType::kReject, "NO_NEED")));
  // With what was known before it would be an MQL.
  installation.Advance(kMinuteMs);
  Tell(installation, support::Activity("demo", "demo_request"), "l1");
  ASSERT_EQ(installation.Lead("l1").stage, core::Stage::kNurture);
  Capture(installation, "l1", "DE", "-again");
  ASSERT_EQ(installation.Lead("l1").cycle, 1);
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kReject, "NO_NEED")));
  Capture(installation, "l3");

  const Outcome outcome = MustReproduce(installation, policy);
  EXPECT_THAT(OwnersIn(outcome), ElementsAre("l1/1 ada", "l1+1/1 ada", "l2/1 ada", "l3/1 ada"));
  EXPECT_EQ(outcome.actions, 3);
}

TEST(SimulatedErasuresTest, EventsFromBeforeThatAreReadBehindItAreNoNews) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}));
  Tell(installation, support::Updated("seen", {}), "l1");
  installation.Advance(kSecondMs);
  core::LeadEvent late = support::QualifyingCapture("late", installation.now_ms());
  late.key = support::Key("l1");
  installation.Publish(late);
  installation.Advance(20);
  ASSERT_TRUE(installation.Erase("l1"));
  installation.Intake();
  ASSERT_EQ(installation.Lead("l1").stage, core::Stage::kErased);
  installation.Advance(kMinuteMs);
  Tell(installation, support::Activity("demo", "demo_request"), "l1");
  EXPECT_THAT(MustReproduce(installation, policy).cycles, IsEmpty());
}

TEST(SimulatedErasuresTest, EventsOfWhoCameBackThatWereDecidedTogetherAreSoAgain) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}));
  Tell(installation, support::Activity("demo", "demo_request"), "l1");
  installation.Advance(kSecondMs);
  ASSERT_TRUE(installation.Erase("l1"));
  installation.Advance(kSecondMs);
  Tell(installation, support::Updated("back", {}), "l1");
  // Alone it would qualify; intake saw it with the next one only.
  installation.Advance(kSecondMs);
  core::LeadEvent capture = support::QualifyingCapture("capture", installation.now_ms());
  capture.key = support::Key("l1");
  installation.Publish(capture);
  installation.Advance(kHourMs);
  Tell(installation, support::Updated("few", {{"employees", int64_t{3}}}), "l1");
  installation.Advance(kHourMs);
  Tell(installation, support::Updated("many", {{"employees", int64_t{300}}}), "l1");
  const Outcome outcome = MustReproduce(installation, policy);
  EXPECT_THAT(OwnersIn(outcome), ElementsAre("l1+1/1 ada"));
  EXPECT_THAT(outcome.deferred, SizeIs(1));
}

TEST(SimulatedErasuresTest, TheClockDoesNotLookAtALeadThatWasErasedBeforeItCame) {
  core::Policy policy = support::SamplePolicy();
  core::Sla level;
  level.name = "touch";
  level.metric = core::SlaMetric::kFirstTouch;
  level.target_ms = kHourMs;
  level.breach = core::SlaBreach::kReassign;
  policy.slas = {level};
  Installation installation(policy, RosterOf({"ada", "ben"}));
  Capture(installation, "l1");
  installation.FireTimers();
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kAccept)));
  installation.Advance(kHourMs + kMinuteMs);
  ASSERT_TRUE(installation.Erase("l1"));
  installation.FireTimers();
  EXPECT_THAT(OwnersIn(MustReproduce(installation, policy)), ElementsAre("l1/1 ada"));
}

// l1 is nobody's MQL and erased an hour later; then l2 comes. Returns who has what by a policy that
// takes l1.
std::vector<std::string> WithLeadsFromAbroad(bool on_request, core::DurationMs retention_ms) {
  core::Policy candidate = support::SamplePolicy();
  candidate.retention.inactive_ms = retention_ms;
  core::Policy policy = candidate;
  policy.retention.inactive_ms = kHourMs;
  policy.disqualify.push_back({"abroad",
                               support::When(policy, "has(lead.country) && lead.country == 'US'"),
                               "NOT_ICP_GEO"});
  Installation installation(policy, RosterOf({"ada"}, /*capacity=*/1));
  Capture(installation, "l1", "US");
  installation.Advance(kHourMs);
  if (on_request) {
    EXPECT_TRUE(installation.Erase("l1"));
  } else {
    installation.Retain({"l1"});
  }
  EXPECT_EQ(installation.Lead("l1").stage, core::Stage::kErased);
  Capture(installation, "l2");
  EXPECT_THAT(OwnersIn(MustReproduce(installation, policy)), ElementsAre("l2/1 ada"));
  return OwnersIn(MustSimulate(installation.Record(), SettingOfCandidate(installation, candidate)));
}

TEST(SimulatedErasuresTest, RetentionErasesNobodyWhomSalesHasInTheRun) {
  EXPECT_THAT(WithLeadsFromAbroad(/*on_request=*/true, kHourMs),
              ElementsAre("l1/1 ada", "l2/1 ada"));
  EXPECT_THAT(WithLeadsFromAbroad(/*on_request=*/false, kHourMs),
              ElementsAre("l1/1 ada", "l2/1 -"));
}

TEST(SimulatedErasuresTest, RetentionErasesNobodyWhomThePolicyOfTheRunWouldKeep) {
  core::Policy policy = support::SamplePolicy();
  policy.retention.inactive_ms = kHourMs;
  Installation installation(policy, RosterOf({"ada"}));
  Tell(installation, support::Activity("demo", "demo_request"), "l1");
  installation.Advance(kHourMs);
  installation.Retain({"l1"});
  installation.Advance(kSecondMs);
  Tell(installation,
       support::Updated("rest", {{"employees", int64_t{500}},
                                 {"industry", std::string("saas")},
                                 {"email", std::string("a@b.example")}}),
       "l1");
  EXPECT_THAT(OwnersIn(MustReproduce(installation, policy)), IsEmpty());
  core::Policy keeping = policy;
  keeping.retention = {};
  const Setting setting = SettingOfCandidate(installation, keeping);
  EXPECT_THAT(OwnersIn(MustSimulate(installation.Record(), setting)), ElementsAre("l1+1/1 ada"));
}

// ada keeps the lead for 40 minutes and has it come back an hour later.
void PlayCycle(Installation& installation, const std::string& lead) {
  installation.Advance(12 * kMinuteMs);
  ASSERT_TRUE(installation.Act(lead, Doing(ActionType::kAccept)));
  installation.Advance(28 * kMinuteMs);
  core::Action recycle = Doing(ActionType::kRecycle, "BAD_TIMING");
  recycle.revisit_at_ms = installation.now_ms() + kHourMs;
  ASSERT_TRUE(installation.Act(lead, recycle));
  installation.Advance(kHourMs);
  installation.FireTimers();
  ASSERT_EQ(installation.Lead(lead).stage, core::Stage::kNurture);
}

TEST(SimulatedErasuresTest, WhomOnlyTheRecordErasedIsComparedWithWhoCameBack) {
  core::Policy policy = support::SamplePolicy();
  policy.retention.inactive_ms = kHourMs;
  Installation installation(policy, RosterOf({"ada"}));
  Capture(installation, "l1");
  PlayCycle(installation, "l1");
  installation.Advance(kHourMs);
  installation.Retain({"l1"});
  ASSERT_EQ(installation.Lead("l1").stage, core::Stage::kErased);
  for (const char* again : {"-again", "-once-more"}) {
    Capture(installation, "l1", "DE", again);
    PlayCycle(installation, "l1");
  }
  ASSERT_EQ(installation.Lead("l1").cycle, 2);

  const Outcome baseline = MustReproduce(installation, policy);
  ASSERT_THAT(OwnersIn(baseline), ElementsAre("l1/1 ada", "l1+1/1 ada", "l1+1/2 ada"));
  core::Policy keeping = policy;
  keeping.retention = {};
  const Outcome outcome =
      MustSimulate(installation.Record(), SettingOfCandidate(installation, keeping));
  EXPECT_EQ(OwnersIn(outcome), OwnersIn(baseline));
  EXPECT_EQ(outcome.actions, baseline.actions);
  EXPECT_EQ(outcome.modelled_actions, 0);
  const Comparison comparison = Compare(baseline, outcome, 0);
  EXPECT_EQ(comparison.lost, 0);
  EXPECT_EQ(comparison.gained, 0);
}

// l1 is with ada in the run when retention erases it in the record, and comes back thereafter.
TEST(SimulatedErasuresTest, ACycleBelongsToTheLifeInWhichItBegan) {
  core::Policy policy = support::SamplePolicy();
  policy.retention.inactive_ms = kHourMs;
  const core::Policy candidate = policy;
  policy.disqualify.push_back({"abroad",
                               support::When(policy, "has(lead.country) && lead.country == 'US'"),
                               "NOT_ICP_GEO"});
  Installation installation(policy, RosterOf({"ada", "ben"}));
  Capture(installation, "l1", "US");
  installation.Advance(kHourMs);
  installation.Retain({"l1"});
  ASSERT_EQ(installation.Lead("l1").stage, core::Stage::kErased);
  Capture(installation, "l1", "DE", "-again");
  ASSERT_EQ(installation.Lead("l1").rep.str(), "ada");
  installation.Advance(kHourMs);
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kDecline, "AT_CAPACITY")));
  ASSERT_EQ(installation.Lead("l1").rep.str(), "ben");
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kAccept)));

  Setting setting = SettingOfCandidate(installation, candidate);
  setting.behaviour.accept_after_ms = core::kDayMs;  // the offer to ada runs out
  const Outcome outcome = MustSimulate(installation.Record(), setting);
  EXPECT_THAT(OwnersIn(outcome), ElementsAre("l1/1 ben"));
  EXPECT_EQ(outcome.actions, 0);
  const Comparison comparison = Compare(MustReproduce(installation, policy), outcome, 0);
  ASSERT_THAT(comparison.differences, SizeIs(2));
  const Difference &gained = comparison.differences[0], &lost = comparison.differences[1];
  EXPECT_STREQ(gained.kind(), "gained");
  EXPECT_STREQ(lost.kind(), "lost");
  EXPECT_EQ(std::pair(gained.life, gained.cycle), std::pair(0, 1));
  EXPECT_EQ(std::pair(lost.life, lost.cycle), std::pair(1, 1));
}

TEST(SimulatedWithdrawalsTest, LeadsThatAreLeftAloneFreeTheirPlaceAndTheirRep) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}, /*capacity=*/1));
  for (const char* lead : {"l1", "l2", "l3", "l4"}) Capture(installation, lead);
  const core::LeadEvent withdrawn = support::ConsentEvent("no", core::Consent::kWithdrawn);
  installation.Advance(kMinuteMs);
  Tell(installation, withdrawn, "l2");  // waits
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kReject, "NO_NEED")));
  installation.Drain();
  ASSERT_EQ(installation.Lead("l3").rep.str(), "ada");
  installation.Advance(kMinuteMs);
  Tell(installation, withdrawn, "l3");  // ada has it
  installation.Drain();
  const Outcome outcome = MustReproduce(installation, policy);
  EXPECT_THAT(OwnersIn(outcome), ElementsAre("l1/1 ada", "l2/1 -", "l3/1 ada", "l4/1 ada"));
  EXPECT_THAT(outcome.deferred, IsEmpty());
}

TEST(SimulatedPausesTest, EndAsMuchLaterOrEarlierAsTheAssignment) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}, /*capacity=*/1));
  Capture(installation, "l1", "US");
  Capture(installation, "l2");
  installation.Advance(kHourMs);
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kReject, "NO_NEED")));
  installation.Drain();
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Act("l2", Doing(ActionType::kAccept)));
  ASSERT_TRUE(installation.Act("l2", Doing(ActionType::kPause)));  // for as long as it may
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Act("l2", Doing(ActionType::kResume)));
  core::Policy candidate = policy;
  candidate.disqualify.push_back(
      {"abroad", support::When(candidate, "has(lead.country) && lead.country == 'US'"),
       "NOT_ICP_GEO"});
  const Outcome outcome =
      MustSimulate(installation.Record(), SettingOfCandidate(installation, candidate));
  ASSERT_THAT(outcome.cycles, SizeIs(1));
  EXPECT_EQ(outcome.cycles[0].assigned.at(0).at_ms, outcome.cycles[0].qualified_at_ms);
  EXPECT_EQ(outcome.refused_actions, 0);
  EXPECT_EQ(outcome.actions, 3);
}

TEST(SimulatedPausesTest, AnOfferIsAcceptedByWhoPausesOrReleasesTheLead) {
  core::Policy policy = support::SamplePolicy();
  for (auto& [id, queue] : policy.queues) queue.mode = core::QueueMode::kDirect;
  Installation installation(policy, RosterOf({"ada", "ben"}));
  for (const ActionType type : {ActionType::kPause, ActionType::kRelease}) {
    const std::string lead = type == ActionType::kPause ? "l1" : "l2";
    Capture(installation, lead);
    ASSERT_TRUE(installation.Act(lead, Doing(type)));
  }
  const core::Policy candidate = support::SamplePolicy();
  const Outcome outcome =
      MustSimulate(installation.Record(), SettingOfCandidate(installation, candidate));
  EXPECT_EQ(outcome.refused_actions, 0);
  EXPECT_EQ(outcome.actions, 2);
}

TEST(SimulatedRecyclingTest, LeadsComeBackWhenTheClockSawThatTheirTimeWasOver) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}));
  Capture(installation, "l1");
  core::Action recycle = Doing(ActionType::kRecycle, "BAD_TIMING");
  recycle.revisit_at_ms = installation.now_ms() + kHourMs;
  ASSERT_TRUE(installation.Act("l1", recycle));
  installation.Advance(kHourMs + kMinuteMs);
  Tell(installation, support::Activity("early", "demo_request"), "l1");
  ASSERT_EQ(installation.Lead("l1").stage, core::Stage::kRecycled);
  installation.Advance(kMinuteMs);
  installation.FireTimers();
  ASSERT_EQ(installation.Lead("l1").stage, core::Stage::kNurture);
  const Outcome outcome = MustReproduce(installation, policy);
  EXPECT_THAT(outcome.deferred, IsEmpty());
}

// Ways to set a rep away who leaves an offer without an answer for two hours.
std::vector<core::Policy> Strict() {
  core::Policy after_one = support::SamplePolicy();
  after_one.queues[support::QueueNamed("dach")].away_after = 1;
  core::Policy by_level = support::SamplePolicy();
  core::Sla level;
  level.name = "accept";
  level.metric = core::SlaMetric::kAccept;
  level.target_ms = kHourMs;
  level.breach = core::SlaBreach::kPauseRep;
  by_level.slas = {level};
  return {after_one, by_level};
}

// ada is silent on l1, which ben takes then; ben has l2, too.
void PlaySilence(Installation& installation) {
  Capture(installation, "l1");
  ASSERT_EQ(installation.Lead("l1").rep.str(), "ada");
  for (int i = 0; i < 2; ++i) {
    installation.Advance(kHourMs);
    installation.FireTimers();
  }
  ASSERT_EQ(installation.Lead("l1").rep.str(), "ben");
  ASSERT_TRUE(installation.Act("l1", Doing(ActionType::kAccept)));
  Capture(installation, "l2");
  ASSERT_EQ(installation.Lead("l2").rep.str(), "ben");
  ASSERT_TRUE(installation.Act("l2", Doing(ActionType::kAccept)));
  installation.Advance(kMinuteMs);
}

TEST(SimulatedPresenceTest, RepsWhoWereSetAwayAreBackWithTheirNextLead) {
  for (const core::Policy& policy : Strict()) {
    SCOPED_TRACE(policy.slas.empty() ? "away_after" : "breach: pause_rep");
    Installation installation(policy, RosterOf({"ada", "ben"}, /*capacity=*/2));
    PlaySilence(installation);
    installation.ComeBack("ada");
    Capture(installation, "l3");
    ASSERT_EQ(installation.Lead("l3").rep.str(), "ada");
    EXPECT_THAT(OwnersIn(MustReproduce(installation, policy)),
                ElementsAre("l1/1 ben", "l2/1 ben", "l3/1 ada"));
  }
}

TEST(SimulatedPresenceTest, AlsoIfTheyClaimIt) {
  core::Policy policy = Strict().front();
  policy.queues[support::QueueNamed("triage")].mode = core::QueueMode::kPull;
  Installation installation(policy, RosterOf({"ada", "ben"}));
  PlaySilence(installation);
  Capture(installation, "l3", "US");
  ASSERT_FALSE(installation.Claim("ada"));
  installation.ComeBack("ada");
  ASSERT_TRUE(installation.Claim("ada"));
  EXPECT_THAT(OwnersIn(MustReproduce(installation, policy)),
              ElementsAre("l1/1 ben", "l2/1 ben", "l3/1 ada"));
}

TEST(SimulatedPresenceTest, TheCallThatSetsARepAwayMayGiveItALead) {
  const core::Policy policy = Strict().front();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  for (const std::string lead : {"l1", "l2"}) {
    core::LeadEvent event = support::QualifyingCapture("capture-" + lead, installation.now_ms());
    event.key = support::Key(lead);
    installation.Publish(event);
  }
  installation.Intake();
  ASSERT_EQ(installation.Lead("l1").rep.str(), "ada");
  installation.Advance(2 * kHourMs);
  installation.FireTimers();
  ASSERT_EQ(installation.Lead("l2").rep.str(), "ada");
  Capture(installation, "l3");
  EXPECT_THAT(OwnersIn(MustReproduce(installation, policy)),
              ElementsAre("l1/1 ben", "l2/1 ada", "l3/1 -"));
}

}  // namespace
}  // namespace baton::simulation
