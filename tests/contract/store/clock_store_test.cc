// LeadStore::Commit and TimerStore::Due: when a lead is to be looked at for its clocks.
#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::LeadRecord;
using core::Plan;
using core::Stage;
using testing::ElementsAre;
using testing::IsEmpty;

class ClockStoreTest : public StoreTest {
 protected:
  Plan QualifyWithClock(const std::string& lead, core::TimeMs clock_at_ms = 0,
                        const std::string& queue = "inside") {
    Plan plan = Qualify(lead, queue);
    plan.after.clocks = {Clock()};
    plan.after.clock_at_ms = clock_at_ms;
    return plan;
  }

  static core::SlaClock Clock() {
    return {.sla = "hot, first|touch",
            .state = core::SlaState::kWarned,
            .generation = 3,
            .started_ms = kStart,
            .from_ms = kStart + 1,
            .spent_ms = 2,
            .due_ms = kStart + 4,
            .announced = 60,
            .touches_before = 5};
  }

  // Leads and instants of what is due.
  std::vector<std::string> DueNow() {
    std::vector<std::string> due;
    for (const store::DueTimer& timer : Due().timers) {
      due.push_back(timer.key.lead.str() + " " + std::to_string(timer.due_at_ms - kStart));
    }
    return due;
  }

  Plan LookedAt(const std::string& lead, core::TimeMs next_ms) {
    Plan plan = Keep(lead);
    plan.after = Load(lead);
    plan.after.clock_at_ms = next_ms;
    plan.changes.clear();
    return plan;
  }
};

TEST_P(ClockStoreTest, ALeadWithClocksIsDueTheMomentItIsGivenToARep) {
  AddRep("ada");
  const LeadRecord record = Commit(QualifyWithClock("l1"));
  EXPECT_EQ(record.clock_at_ms, kStart);
  EXPECT_EQ(record.due_at_ms, kStart + kAcceptWithin);
  EXPECT_THAT(record.clocks, ElementsAre(Clock()));
  EXPECT_EQ(Load("l1").clocks, record.clocks);
  EXPECT_EQ(Load("l1").clock_at_ms, kStart);
  EXPECT_THAT(DueNow(), ElementsAre("l1 0"));
}

TEST_P(ClockStoreTest, ALeadWithoutClocksIsNot) {
  AddRep("ada");
  EXPECT_EQ(CommitQualified("l1").clock_at_ms, 0);
  EXPECT_THAT(DueNow(), IsEmpty());
}

TEST_P(ClockStoreTest, WhatComesFirstIsDueFirstTimerOrClocks) {
  AddRep("ada");
  Commit(QualifyWithClock("l1"));
  Commit(LookedAt("l1", kStart + 100));
  EXPECT_THAT(DueNow(), IsEmpty());
  EXPECT_EQ(Due().next_due_at_ms, kStart + 100);
  Commit(LookedAt("l1", kStart + 2 * kAcceptWithin));
  EXPECT_EQ(Due().next_due_at_ms, kStart + kAcceptWithin);
  Commit(LookedAt("l1", 0));
  EXPECT_EQ(Due().next_due_at_ms, kStart + kAcceptWithin);
  clock_.Advance(kAcceptWithin);
  EXPECT_THAT(DueNow(), ElementsAre("l1 " + std::to_string(kAcceptWithin)));
}

TEST_P(ClockStoreTest, LookingAtClocksNeedsNoRoomInTheOutboxUnlessSomethingIsSaid) {
  store::StoreLimits limits;
  limits.outbox_max = 2;
  limits.outbox_reserve = 0;
  MakeStore(1, limits);
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  AddRep("ada");
  Commit(QualifyWithClock("l1"));
  EXPECT_EQ(TryCommit(LookedAt("l1", kStart + 5)), store::CommitCode::kCommitted);
  EXPECT_EQ(Load("l1").clock_at_ms, kStart + 5);
}

TEST_P(ClockStoreTest, AWaitingLeadIsLookedAtWhenItsPlanSaysAndAgainWhenItIsTaken) {
  LeadRecord record = Commit(QualifyWithClock("l1", kStart + 50));
  EXPECT_EQ(record.stage, Stage::kQueued);
  EXPECT_EQ(record.clock_at_ms, kStart + 50);
  EXPECT_EQ(Due().next_due_at_ms, kStart + 50);
  AddRep("ada");
  clock_.Advance(10);
  ASSERT_EQ(Drain(5), 1);
  record = Load("l1");
  EXPECT_EQ(record.stage, Stage::kOffered);
  EXPECT_EQ(record.clock_at_ms, kStart + 10);
  EXPECT_THAT(DueNow(), ElementsAre("l1 10"));
}

TEST_P(ClockStoreTest, TheHoursOfWhoGotTheLeadAreKnown) {
  core::Rep rep = AddRep("ada");
  rep.work.zone = "Europe/Vienna";
  PutRep(rep);
  EXPECT_EQ(Commit(QualifyWithClock("l1")).rep_hours, "@Europe/Vienna");
  EXPECT_EQ(Commit(LookedAt("l1", 0)).rep_hours, "@Europe/Vienna");
  EXPECT_EQ(Load("l1").rep_hours, "@Europe/Vienna");
  EXPECT_EQ(Commit(Decline("l1")).rep_hours, "");
  EXPECT_EQ(CommitQualified("l2").rep_hours, "");
}

TEST_P(ClockStoreTest, AClosedLeadMayBeLookedAtLater) {
  AddRep("ada");
  Commit(QualifyWithClock("l1"));
  Plan plan = Release("l1", Stage::kRecycled);
  plan.after.clock_at_ms = kStart + 1000;
  EXPECT_EQ(Commit(plan).clock_at_ms, kStart + 1000);
  EXPECT_EQ(Due().next_due_at_ms, kStart + 1000);
  Commit(LookedAt("l1", 0));
  EXPECT_EQ(Due().next_due_at_ms, 0);
}

TEST_P(ClockStoreTest, APausedLeadIsStoredAsSuch) {
  AddRep("ada");
  Commit(QualifyWithClock("l1"));
  Plan plan = LookedAt("l1", kStart + 9);
  plan.after.paused_at_ms = kStart + 3;
  plan.after.paused_until_ms = kStart + 9;
  Commit(plan);
  EXPECT_EQ(Load("l1").paused_at_ms, kStart + 3);
  EXPECT_EQ(Load("l1").paused_until_ms, kStart + 9);
}

INSTANTIATE_CONTRACT(ClockStoreTest);

class RepCareTest : public StoreTest {
 protected:
  // The owner of `lead` left the offer without an answer; two in a row are too many.
  void LetExpire(const std::string& lead) {
    Plan plan = Decline(lead);
    plan.changes[0].type = core::ChangeType::kOfferExpired;
    plan.silent_max = 2;
    Commit(plan);
  }

  core::Presence PresenceOf(const std::string& rep) {
    return store().GetRep(acme_, RepNamed(rep))->rep.presence;
  }
};

TEST_P(RepCareTest, SilentOffersInARowSetARepAwayAndSaySo) {
  const int64_t revision = AddRep("ada").revision;
  CommitQualified("l1");
  LetExpire("l1");
  EXPECT_EQ(PresenceOf("ada"), core::Presence::kOnline);
  CommitQualified("l2");
  const auto before = static_cast<int64_t>(Outbox().size());
  LetExpire("l2");
  EXPECT_EQ(PresenceOf("ada"), core::Presence::kAway);
  EXPECT_EQ(store().GetRep(acme_, RepNamed("ada"))->rep.revision, revision + 1);
  EXPECT_THAT(OutboxTypes(before), ElementsAre("offer_expired", "rep_away"));
  const core::Change said = Outbox().back().change;
  EXPECT_EQ(said.rep, RepNamed("ada"));
  EXPECT_EQ(said.stage, Stage::kQueued);
  EXPECT_THAT(said.details, ElementsAre(testing::Pair("why", "silent")));
  EXPECT_EQ(CommitQualified("l3").stage, Stage::kQueued);
}

TEST_P(RepCareTest, AnAnswerBeginsTheCountAnew) {
  AddRep("ada");
  CommitQualified("l1");
  LetExpire("l1");
  CommitQualified("l2");
  Plan answer = Keep("l2");
  answer.after = Load("l2");
  answer.changes.clear();
  answer.answered = true;
  Commit(answer);
  LetExpire("l2");
  EXPECT_EQ(PresenceOf("ada"), core::Presence::kOnline);
}

TEST_P(RepCareTest, SoDoesWhoeverSaysThatTheRepIsThere) {
  core::Rep rep = AddRep("ada");
  CommitQualified("l1");
  LetExpire("l1");
  PutRep(rep);
  CommitQualified("l2");
  LetExpire("l2");
  EXPECT_EQ(PresenceOf("ada"), core::Presence::kOnline);
}

TEST_P(RepCareTest, APlanCanSetARepAwayAndOthersKeepTheirRows) {
  AddRep("ada");
  AddRep("ada-2");
  AddRep("bob");
  CommitQualified("l1");
  Plan plan = Keep("l1");
  plan.after = Load("l1");
  plan.changes.clear();
  plan.away = RepNamed("ada");
  Commit(plan);
  EXPECT_EQ(PresenceOf("ada"), core::Presence::kAway);
  EXPECT_EQ(PresenceOf("ada-2"), core::Presence::kOnline);
  EXPECT_EQ(CommitQualified("l2").rep, RepNamed("ada-2"));
  EXPECT_EQ(CommitQualified("l3", "field").rep, RepNamed("ada-2"));
  EXPECT_EQ(Queue("inside").members.size(), 3u);
}

TEST_P(RepCareTest, WhoIsOfflineStaysSo) {
  core::Rep rep = AddRep("ada");
  CommitQualified("l1");
  rep.presence = core::Presence::kOffline;
  PutRep(rep);
  Plan plan = Keep("l1");
  plan.after = Load("l1");
  plan.changes.clear();
  plan.away = RepNamed("ada");
  Commit(plan);
  EXPECT_EQ(PresenceOf("ada"), core::Presence::kOffline);
}

INSTANTIATE_CONTRACT(RepCareTest);

}  // namespace
}  // namespace baton::contract
