// Simulations of installations whose leads have accounts and whose reps claim.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "installation.h"
#include "simulation/comparison.h"
#include "simulation/reproduction.h"
#include "support/builders.h"

namespace baton::simulation {
namespace {

using core::kMinuteMs;
using core::kSecondMs;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// The sample policy, whose first rule is for leads of accounts that somebody owns.
core::Policy OwnedFirst() {
  core::Policy policy = support::SamplePolicy();
  policy.routing[0].when = support::When(policy, "has(account.owner)");
  policy.routing[0].to.owner = core::OwnerOf::kAccount;
  policy.routing[0].to.owner_wait_ms = kMinuteMs;
  return policy;
}

// The sample policy, whose default queue is pulled from.
core::Policy Pulled() {
  core::Policy policy = support::SamplePolicy();
  policy.queues[support::QueueNamed("triage")].mode = core::QueueMode::kPull;
  return policy;
}

core::Account Globex(const std::string& owner) {
  core::Account account;
  account.id = core::AccountId::Trusted("globex");
  account.domains = {"globex.com"};
  account.owner = support::RepNamed(owner);
  return account;
}

core::AccountEvent Upserted(const std::string& owner, const std::string& id) {
  core::AccountEvent event;
  event.key = {core::WorkspaceId::Trusted("acme"), core::AccountId::Trusted("globex")};
  event.id = id;
  event.source = "crm";
  event.account = Globex(owner);
  return event;
}

core::LeadEvent CaptureOfGlobex(const std::string& lead, core::TimeMs at_ms,
                                const std::string& country = "DE") {
  core::LeadEvent event = support::QualifyingCapture("capture-" + lead, at_ms);
  event.key = support::Key(lead);
  event.attributes["email"] = lead + "@globex.com";
  event.attributes["country"] = country;
  return event;
}

void ExpectReproduced(const Recording& recording, const Outcome& outcome, int64_t assignments) {
  const Reproduction reproduction = Reproduce(recording, outcome, 0);
  EXPECT_TRUE(reproduction.exact());
  EXPECT_EQ(reproduction.assignments, (Agreement{assignments, assignments}));
  for (const std::string& difference : reproduction.differences) ADD_FAILURE() << difference;
}

TEST(SimulatedAccountsTest, AreWhatTheirEventsSaidWhenALeadWasJudged) {
  const core::Policy policy = OwnedFirst();
  Installation installation(policy, RosterOf({"ada", "ben", "cy"}));
  const auto handle = [&](const std::string& lead) {
    installation.Advance(10 * kSecondMs);
    installation.Publish(CaptureOfGlobex(lead, installation.now_ms()));
    installation.Intake();
    return installation.Lead(lead).judgment.route.rule;
  };
  EXPECT_EQ(handle("l1"), "default");
  installation.Publish(Upserted("ben", "a1"));
  EXPECT_EQ(handle("l2"), "DACH");
  installation.Publish(Upserted("cy", "a2"));
  EXPECT_EQ(handle("l3"), "DACH");
  EXPECT_EQ(installation.Lead("l2").rep.str(), "ben");
  EXPECT_EQ(installation.Lead("l3").rep.str(), "cy");

  const Recording recording = installation.Record();
  EXPECT_THAT(recording.accounts, SizeIs(2));
  EXPECT_EQ(recording.records, 5);
  const Outcome outcome = MustSimulate(recording, installation.SettingOf(policy));
  ASSERT_THAT(outcome.cycles, SizeIs(3));
  EXPECT_EQ(outcome.cycles[0].route, "default");
  EXPECT_EQ(outcome.cycles[2].assigned.at(0).rep.str(), "cy");
  ExpectReproduced(recording, outcome, 3);
}

TEST(SimulatedAccountsTest, ThoseThatNoEventNamesAreThereFromTheBeginning) {
  const core::Policy policy = OwnedFirst();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  installation.PutAccount(Globex("ben"));
  installation.Publish(CaptureOfGlobex("l1", installation.now_ms()));
  installation.Intake();
  const Recording recording = installation.Record();
  Setting setting = installation.SettingOf(policy);
  EXPECT_FALSE(Reproduce(recording, MustSimulate(recording, setting), 0).exact());
  setting.accounts = {Globex("ben")};
  ExpectReproduced(recording, MustSimulate(recording, setting), 1);
}

TEST(SimulatedAccountsTest, WhatAnEventSaysLaterIsNotKnownBefore) {
  const core::Policy policy = OwnedFirst();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  installation.Publish(CaptureOfGlobex("l1", installation.now_ms()));
  installation.Intake();
  installation.Advance(kMinuteMs);
  installation.Publish(Upserted("ben", "a1"));
  installation.Intake();
  const Recording recording = installation.Record();
  Setting setting = installation.SettingOf(policy);
  setting.accounts = {Globex("ben")};  // as the server has it now
  ExpectReproduced(recording, MustSimulate(recording, setting), 1);
}

// Three leads wait in a queue of mode pull; ben claims twice, ada once.
void PlayClaims(Installation& installation) {
  for (const std::string lead : {"l1", "l2", "l3"}) {
    installation.Advance(kSecondMs);
    installation.Publish(CaptureOfGlobex(lead, installation.now_ms(), "US"));
    installation.Intake();
  }
  for (const std::string rep : {"ben", "ada", "ben"}) {
    installation.Advance(kMinuteMs);
    ASSERT_TRUE(installation.Claim(rep));
  }
}

TEST(SimulatedClaimsTest, RepsClaimWhenTheyDid) {
  const core::Policy policy = Pulled();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  PlayClaims(installation);
  ASSERT_EQ(installation.Lead("l2").rep.str(), "ada");
  const Recording recording = installation.Record();
  ASSERT_THAT(recording.leads, SizeIs(3));
  EXPECT_TRUE(recording.leads[0].assignments.at(0).claimed);
  ExpectReproduced(recording, MustSimulate(recording, installation.SettingOf(policy)), 3);
}

TEST(SimulatedClaimsTest, UnderAnotherPolicyTheyGetWhatIsFirstInLineThen) {
  const core::Policy policy = Pulled();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  PlayClaims(installation);
  core::Policy candidate = policy;
  candidate.disqualify.push_back(
      {"first", support::When(candidate, "lead.email == 'l1@globex.com'"), "NOT_ICP_GEO"});
  Setting setting = installation.SettingOf(candidate);
  setting.follows = false;
  const Outcome outcome = MustSimulate(installation.Record(), setting);
  ASSERT_THAT(outcome.cycles, SizeIs(2));
  ASSERT_THAT(outcome.cycles[0].assigned, SizeIs(1));
  EXPECT_EQ(outcome.cycles[0].assigned[0].rep.str(), "ben");
  EXPECT_EQ(outcome.cycles[1].assigned.at(0).rep.str(), "ada");
}

TEST(SimulatedClaimsTest, WhoWasGivenALeadClaimsItWhereTheQueueIsPulled) {
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  for (const std::string lead : {"l1", "l2"}) {
    installation.Advance(kSecondMs);
    installation.Publish(CaptureOfGlobex(lead, installation.now_ms(), "US"));
    installation.Intake();
  }
  const core::Policy candidate = Pulled();
  Setting setting = installation.SettingOf(candidate);
  setting.follows = false;
  const Outcome outcome = MustSimulate(installation.Record(), setting);
  ASSERT_THAT(outcome.cycles, SizeIs(2));
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_THAT(outcome.cycles[i].assigned, SizeIs(1));
    EXPECT_EQ(outcome.cycles[i].assigned[0].rep, installation.Lead(i == 0 ? "l1" : "l2").rep);
  }
}

}  // namespace
}  // namespace baton::simulation
