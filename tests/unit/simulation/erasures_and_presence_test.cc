// Simulations of installations in which people are erased or withdraw consent, leads are paused or
// recycled, and reps are set away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "installation.h"
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

core::Action Doing(ActionType type, const std::string& reason = "") {
  core::Action action;
  action.type = type;
  action.reason = reason;
  return action;
}

Setting SettingOfCandidate(const Installation& installation, const core::Policy& policy) {
  Setting setting = installation.SettingOf(policy);
  setting.follows = false;
  return setting;
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

}  // namespace
}  // namespace baton::simulation
