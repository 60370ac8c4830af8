#include "simulation/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "installation.h"
#include "simulation/comparison.h"
#include "simulation/reproduction.h"
#include "support/builders.h"

namespace baton::simulation {
namespace {

using core::ActionType;
using core::kHourMs;
using core::kMinuteMs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

core::LeadEvent Capture(const std::string& lead, core::TimeMs at_ms) {
  core::LeadEvent event = support::QualifyingCapture("capture-" + lead, at_ms);
  event.key = support::Key(lead);
  return event;
}

core::Action Do(ActionType type, const std::string& reason = "") {
  core::Action action;
  action.type = type;
  action.reason = reason;
  return action;
}

core::Action Touch() {
  core::Action action = Do(ActionType::kLogTouch);
  action.channel = "call";
  return action;
}

Setting CandidateSetting(const Installation& installation, const core::Policy& policy) {
  Setting setting = installation.SettingOf(policy);
  setting.follows = false;
  return setting;
}

std::vector<std::string> RepsOf(const Cycle& cycle) {
  std::vector<std::string> reps;
  for (const Assigned& assigned : cycle.assigned) reps.push_back(assigned.rep.str());
  return reps;
}

TEST(SimulatorTest, TheActivePolicyDoesWhatHappened) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  installation.Publish(Capture("l1", installation.now_ms()));
  installation.Advance(20);
  installation.Intake();
  installation.Advance(10 * kMinuteMs);
  ASSERT_TRUE(installation.Act("l1", Do(ActionType::kDecline, "AT_CAPACITY")));
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Act("l1", Do(ActionType::kAccept)));
  ASSERT_TRUE(installation.Act("l1", Touch()));

  const Recording recording = installation.Record();
  const Outcome outcome = MustSimulate(recording, installation.SettingOf(policy));
  ASSERT_EQ(outcome.cycles.size(), 1u);
  EXPECT_THAT(RepsOf(outcome.cycles[0]), ElementsAre("ada", "ben"));
  EXPECT_EQ(outcome.cycles[0].route, "DACH");
  EXPECT_EQ(outcome.actions, 3);
  const Reproduction reproduction = Reproduce(recording, outcome, policy.revision);
  EXPECT_TRUE(reproduction.exact());
  EXPECT_EQ(reproduction.mqls, (Agreement{1, 1}));
  EXPECT_EQ(reproduction.assignments, (Agreement{2, 2}));
  EXPECT_THAT(reproduction.differences, IsEmpty());
}

TEST(SimulatorTest, WhoeverWithdrewConsentIsLeftAloneAgain) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}));
  for (const char* lead : {"l1", "l2", "l3"}) {
    installation.Publish(Capture(lead, installation.now_ms()));
    installation.Intake();
    installation.Advance(kMinuteMs);
  }
  ASSERT_TRUE(installation.Act("l1", Do(ActionType::kAccept)));
  ASSERT_TRUE(installation.Act("l2", Do(ActionType::kAccept)));
  ASSERT_TRUE(installation.Act("l2", Touch()));
  ASSERT_TRUE(installation.Act("l2", Do(ActionType::kReportOutcome)));           // SQL
  ASSERT_TRUE(installation.Act("l3", Do(ActionType::kDecline, "AT_CAPACITY")));  // and waits
  for (const char* lead : {"l1", "l2", "l3"}) {
    installation.Advance(kMinuteMs);
    core::LeadEvent event = support::ConsentEvent("no-" + std::string(lead),
                                                  core::Consent::kWithdrawn, installation.now_ms());
    event.key = support::Key(lead);
    installation.Publish(event);
    installation.Intake();
  }
  installation.Advance(kMinuteMs);
  ASSERT_TRUE(installation.Act("l2", Do(ActionType::kRelease)));
  for (const char* lead : {"l1", "l2", "l3"}) {
    ASSERT_EQ(installation.Lead(lead).stage, core::Stage::kRejected);
  }
  installation.Advance(kHourMs);
  installation.Publish(Capture("l4", installation.now_ms()));
  installation.Intake();

  const Recording recording = installation.Record();
  const Outcome outcome = MustSimulate(recording, installation.SettingOf(policy));
  EXPECT_EQ(outcome.actions, 6);
  EXPECT_EQ(outcome.refused_actions, 0);
  EXPECT_THAT(outcome.deferred, IsEmpty());
  EXPECT_TRUE(Reproduce(recording, outcome, policy.revision).exact());
}

TEST(SimulatorTest, AnotherRosterIsToldAsDifferences) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}));
  installation.Publish(Capture("l1", installation.now_ms()));
  installation.Intake();
  const Recording recording = installation.Record();
  Setting setting = installation.SettingOf(policy);
  setting.roster = RosterOf({"zoe"});
  const Reproduction reproduction = Reproduce(recording, MustSimulate(recording, setting), 0);
  EXPECT_EQ(reproduction.mqls, (Agreement{1, 1}));
  EXPECT_EQ(reproduction.assignments, (Agreement{0, 1}));
  EXPECT_THAT(reproduction.differences,
              ElementsAre("lead l1, cycle 1: assignment 1 went to zoe; it was ada"));
}

TEST(SimulatorTest, AStricterPolicyLosesMqlsAndAnotherRouteMovesThem) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  for (const std::string lead : {"l1", "l2"}) {
    core::LeadEvent event = Capture(lead, installation.now_ms());
    if (lead == "l2") event.attributes["country"] = std::string("US");
    installation.Publish(event);
  }
  installation.Intake();
  const Recording recording = installation.Record();
  const Outcome baseline = MustSimulate(recording, installation.SettingOf(policy));

  core::Policy candidate = policy;
  candidate.routing[0].to.queue = support::QueueNamed("triage");
  candidate.disqualify.push_back(
      {"abroad", support::When(candidate, "has(lead.country) && lead.country == 'US'"),
       "NOT_ICP_GEO"});
  const Outcome other = MustSimulate(recording, CandidateSetting(installation, candidate));
  const Comparison comparison = Compare(baseline, other, 0);
  EXPECT_EQ(comparison.mqls_baseline, 2);
  EXPECT_EQ(comparison.lost, 1);
  EXPECT_EQ(comparison.moved, 1);
  EXPECT_EQ(comparison.queues.at("dach"), (Share{1, 0, 0, 1}));
  EXPECT_EQ(comparison.queues.at("triage"), (Share{1, 1, 1, 0}));
  ASSERT_EQ(comparison.differences.size(), 2u);
  EXPECT_STREQ(comparison.differences[0].kind(), "moved");
  EXPECT_STREQ(comparison.differences[1].kind(), "lost");
  EXPECT_EQ(comparison.differences[1].lead.str(), "l2");
}

TEST(SimulatorTest, EventsDecidedTogetherAreDecidedTogetherAgain) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}));
  // Alone the first one would qualify; intake saw it with the second one only.
  installation.Publish(Capture("l1", installation.now_ms()));
  installation.Advance(kHourMs);
  core::LeadEvent smaller =
      support::Updated("e2", {{"employees", int64_t{3}}}, installation.now_ms());
  smaller.key = support::Key("l1");
  installation.Publish(smaller);
  installation.Intake();
  const Recording recording = installation.Record();
  const Outcome outcome = MustSimulate(recording, installation.SettingOf(policy));
  EXPECT_THAT(outcome.cycles, IsEmpty());
  EXPECT_TRUE(Reproduce(recording, outcome, 0).exact());
}

TEST(SimulatorTest, WithoutARecordRepsDoWhatTheModelSays) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}, /*capacity=*/1));
  installation.Publish(Capture("l1", installation.now_ms()));
  installation.Publish(Capture("l2", installation.now_ms()));
  Recorder recorder(core::WorkspaceId::Trusted("acme"));
  for (const auto& record : installation.input()) ASSERT_TRUE(recorder.AddEvent(record).ok());
  installation.Advance(10 * kHourMs);
  installation.Publish(Capture("l3", installation.now_ms()));
  ASSERT_TRUE(recorder.AddEvent(installation.input().back()).ok());
  const Recording recording = std::move(recorder).Finish(false);

  Setting setting = installation.SettingOf(policy);
  setting.behaviour = {.replay = true, .accept_after_ms = kHourMs, .work_for_ms = 2 * kHourMs};
  const Outcome outcome = MustSimulate(recording, setting);
  ASSERT_EQ(outcome.cycles.size(), 3u);
  const Cycle& second = outcome.cycles[1];
  ASSERT_EQ(second.assigned.size(), 1u);
  EXPECT_EQ(second.assigned[0].at_ms - second.qualified_at_ms, 3 * kHourMs + kDrainDelay);
  EXPECT_EQ(outcome.modelled_actions, 4);
  EXPECT_FALSE(Reproduce(recording, outcome, 0).known);
}

TEST(SimulatorTest, APolicyThatBeginsLaterLeavesWhatWasDecidedBefore) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada"}));
  installation.Publish(Capture("l1", installation.now_ms()));
  installation.Intake();
  installation.Advance(kHourMs);
  const core::TimeMs since_ms = installation.now_ms();
  installation.Publish(Capture("l2", since_ms));
  installation.Intake();
  core::Policy candidate = policy;
  candidate.routing[0].to.queue = support::QueueNamed("triage");
  Setting setting = installation.SettingOf(policy);
  const Recording recording = installation.Record();
  const Outcome baseline = MustSimulate(recording, setting);
  setting.phases.push_back({since_ms, &candidate});
  const Comparison comparison = Compare(baseline, MustSimulate(recording, setting), since_ms);
  EXPECT_EQ(comparison.mqls_baseline, 1);
  EXPECT_EQ(comparison.moved, 1);
  EXPECT_EQ(comparison.differences.at(0).lead.str(), "l2");
}

TEST(SimulatorTest, AnOfferThatRunsOutSoonerGoesToTheNextRep) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  installation.Publish(Capture("l1", installation.now_ms()));
  installation.Intake();
  installation.Advance(kHourMs);
  ASSERT_TRUE(installation.Act("l1", Do(ActionType::kAccept)));
  core::Policy hurried = policy;
  for (auto& [id, queue] : hurried.queues) queue.accept_within_ms = 10 * kMinuteMs;
  const Outcome outcome =
      MustSimulate(installation.Record(), CandidateSetting(installation, hurried));
  EXPECT_THAT(RepsOf(outcome.cycles.at(0)), ElementsAre("ada", "ben"));
}

}  // namespace
}  // namespace baton::simulation
