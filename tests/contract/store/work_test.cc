// Rules of work (core/work.h) in a store: hours, leave with a delegate, a cap a day, a ramp.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::CandidateReason;
using core::Stage;
using testing::ElementsAre;
using testing::Pair;

class WorkTest : public StoreTest {
 protected:
  core::Rep WithWork(const std::string& id, core::WorkRules work) {
    core::Rep rep = AddRep(id, 5, {"inside"});
    rep.work = std::move(work);
    return PutRep(rep);
  }

  void PutHours(const std::string& name, const core::Hours& hours) {
    EXPECT_TRUE(store().PutHours(acme_, 1, {{name, hours}}, false).ok());
  }

  std::vector<std::pair<std::string, CandidateReason>> Candidates(const std::string& lead) {
    std::vector<std::pair<std::string, CandidateReason>> all;
    for (const core::Candidate& candidate : Load(lead).pool.candidates) {
      all.emplace_back(candidate.rep.str(), candidate.reason);
    }
    return all;
  }
};

TEST_P(WorkTest, ARepIsStoredWithAllThatItIs) {
  core::Rep rep = AddRep("ada");
  rep.display_name = "Ada; of|Berlin, 100%";
  rep.work = {.daily_cap = 7,
              .calendar = "dach",
              .zone = "Europe/Vienna",
              .absences = {{kStart, kStart + 5, RepNamed("bob")}, {kStart + 9, kStart + 10, {}}},
              .ramp = {kStart, 30, 25}};
  rep.attributes = {{"languages", std::vector<std::string>{"de", "en|\"x\""}},
                    {"level", int64_t{3}},
                    {"quota", 2.0},
                    {"remote", true},
                    {"team", std::string("Süd; 1,2")}};
  const core::Rep stored = PutRep(rep);
  const auto found = store().GetRep(acme_, RepNamed("ada"));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->rep.work, rep.work);
  EXPECT_EQ(found->rep.attributes, rep.attributes);
  EXPECT_EQ(found->rep.display_name, rep.display_name);
  EXPECT_EQ(found->rep.revision, stored.revision);
  rep.work = {};
  rep.attributes.clear();
  PutRep(rep);
  EXPECT_TRUE(store().GetRep(acme_, RepNamed("ada"))->rep.work.empty());
}

TEST_P(WorkTest, OutsideItsHoursARepGetsNoLeadAndWithinThemTheBacklogDrains) {
  WithWork("ada", {.calendar = "dach"});
  PutHours("dach", {.open = {{kStart + 1000, kStart + 2000}}, .days = {}});
  CommitQualified("l1");
  EXPECT_EQ(Load("l1").stage, Stage::kQueued);
  EXPECT_THAT(Candidates("l1"), ElementsAre(Pair("ada", CandidateReason::kOutsideHours)));
  clock_.Advance(999);
  EXPECT_EQ(Drain(), 0);
  clock_.Advance(1);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l1").rep, RepNamed("ada"));
  clock_.Advance(1000);
  CommitQualified("l2");
  EXPECT_EQ(Load("l2").stage, Stage::kQueued);
}

TEST_P(WorkTest, ADrainSaysWhenTimeAloneMayGiveAMemberMore) {
  const auto next_work = [this] {
    const auto drained = store().Drain(acme_, QueueNamed("inside"), 9);
    EXPECT_TRUE(drained.ok()) << drained.status();
    return drained->next_work_ms == 0 ? 0 : drained->next_work_ms - kStart;
  };
  WithWork("ada", {.calendar = "dach"});
  PutHours("dach",
           {.open = {{kStart + 1000, kStart + 2000}, {kStart + 9000, kStart + 9500}}, .days = {}});
  EXPECT_EQ(next_work(), 0) << "nobody waits";
  CommitQualified("l1");
  EXPECT_EQ(next_work(), 1000);
  WithWork("bo", {.absences = {{kStart, kStart + 700, {}}}});
  EXPECT_EQ(next_work(), 700);
  AddRep("cy", 0);  // works at any time, but has no room
  EXPECT_EQ(next_work(), 700);
  clock_.Advance(500);
  Pause("inside", true);
  EXPECT_EQ(next_work(), 0) << "paused";
  Pause("inside", false);
  clock_.Advance(200);
  EXPECT_EQ(next_work(), 0) << "bo is back and gets it";
  EXPECT_EQ(Load("l1").rep, RepNamed("bo"));
}

TEST_P(WorkTest, ADrainKnowsWhenTheDayOfACapAndTheHoursOfADelegateEnd) {
  const auto next_work = [this] {
    return store().Drain(acme_, QueueNamed("inside"), 9)->next_work_ms - kStart;
  };
  core::Rep zoe = AddRep("zoe", 5, {"field"});
  zoe.work.calendar = "dach";
  PutRep(zoe);
  PutHours("dach", {.open = {{kStart + 600, kStart + 2000}}, .days = {}});
  WithWork("ada", {.absences = {{kStart, kStart + 5000, RepNamed("zoe")}}});
  WithWork("bo", {.daily_cap = 1, .zone = "Europe/Vienna"});
  PutHours("@Europe/Vienna", {.always = true, .open = {}, .days = {kStart - 9, kStart + 900}});
  EXPECT_EQ(CommitQualified("l1").rep, RepNamed("bo"));
  CommitQualified("l2");
  EXPECT_EQ(next_work(), 600) << "zoe, who stands in for ada";
  clock_.Advance(600);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l2").rep, RepNamed("zoe"));
  zoe = store().GetRep(acme_, zoe.id)->rep;
  zoe.capacity = 1;
  PutRep(zoe);
  CommitQualified("l3");
  EXPECT_EQ(next_work(), 900) << "bo's next day";
  clock_.Advance(300);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l3").rep, RepNamed("bo"));
}

TEST_P(WorkTest, TheOutlookOfALeadIsWhatAChoiceWouldFindNow) {
  WithWork("ada", {.calendar = "dach"});
  PutHours("dach", {.open = {{kStart + 1000, kStart + 2000}}, .days = {}});
  CommitQualified("l1");
  const auto reason_now = [this] {
    const auto outlook = store().OutlookOf(Load("l1").key);
    EXPECT_TRUE(outlook.ok()) << outlook.status();
    EXPECT_TRUE(outlook->waits);
    return outlook->pool.candidates.at(0).reason;
  };
  EXPECT_EQ(reason_now(), CandidateReason::kOutsideHours);
  clock_.Advance(1000);
  EXPECT_EQ(reason_now(), CandidateReason::kChosen);
  EXPECT_EQ(Load("l1").stage, Stage::kQueued) << "looking changes nothing";
  clock_.Advance(1000);
  EXPECT_EQ(reason_now(), CandidateReason::kOutsideHours);
}

TEST_P(WorkTest, ARepWhoseHoursAreNotStoredIsOutsideThem) {
  WithWork("ada", {.calendar = "dach", .zone = "Europe/Vienna"});
  PutHours("dach", {.open = {{kStart, kStart + 2000}}, .days = {}});
  CommitQualified("l1");
  EXPECT_THAT(Candidates("l1"), ElementsAre(Pair("ada", CandidateReason::kOutsideHours)));
  PutHours("dach@Europe/Vienna", {.open = {{kStart, kStart + 2000}}, .days = {}});
  EXPECT_EQ(Drain(), 1);
}

TEST_P(WorkTest, OnLeaveARepGetsNoLeadUntilItEnds) {
  WithWork("ada", {.absences = {{kStart + 10, kStart + 20, {}}}});
  EXPECT_EQ(CommitQualified("l1").rep, RepNamed("ada"));
  clock_.Advance(10);
  CommitQualified("l2");
  EXPECT_THAT(Candidates("l2"), ElementsAre(Pair("ada", CandidateReason::kOnLeave)));
  clock_.Advance(10);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l2").rep, RepNamed("ada"));
}

TEST_P(WorkTest, ADelegateOutsideTheQueueStandsInWhileTheLeaveLasts) {
  WithWork("ada", {.absences = {{kStart, kStart + 20, RepNamed("zoe")}}});
  AddRep("zoe", 1, {"field"});
  EXPECT_EQ(CommitQualified("l1").rep, RepNamed("zoe"));
  EXPECT_THAT(Candidates("l1"), ElementsAre(Pair("ada", CandidateReason::kOnLeave),
                                            Pair("zoe", CandidateReason::kChosen)));
  CommitQualified("l2");
  EXPECT_THAT(Candidates("l2"), ElementsAre(Pair("ada", CandidateReason::kOnLeave),
                                            Pair("zoe", CandidateReason::kAtCapacity)));
  clock_.Advance(20);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l2").rep, RepNamed("ada"));
  EXPECT_THAT(Candidates("l2"), ElementsAre(Pair("ada", CandidateReason::kChosen)));
}

TEST_P(WorkTest, ADelegateInTheQueueIsThereOnce) {
  WithWork("ada", {.absences = {{kStart, kStart + 20, RepNamed("bob")}}});
  AddRep("bob", 5, {"inside"});
  CommitQualified("l1");
  EXPECT_THAT(Candidates("l1"), ElementsAre(Pair("ada", CandidateReason::kOnLeave),
                                            Pair("bob", CandidateReason::kChosen)));
}

TEST_P(WorkTest, ADelegateWhoIsAwayOrGoneDoesNotStandIn) {
  WithWork("ada", {.absences = {{kStart, kStart + 20, RepNamed("zoe")}}});
  CommitQualified("l1");
  EXPECT_THAT(Candidates("l1"), ElementsAre(Pair("ada", CandidateReason::kOnLeave)));
  core::Rep zoe = AddRep("zoe", 1, {});
  zoe.presence = core::Presence::kAway;
  PutRep(zoe);
  CommitQualified("l2");
  EXPECT_THAT(Candidates("l2"), ElementsAre(Pair("ada", CandidateReason::kOnLeave),
                                            Pair("zoe", CandidateReason::kAway)));
}

TEST_P(WorkTest, TheDelegateOfAnOwnerOnLeaveGetsTheOwnersLeads) {
  WithWork("ada", {.absences = {{kStart, kStart + 20, RepNamed("zoe")}}});
  AddRep("bob", 5, {"inside"});
  AddRep("zoe", 1, {});
  core::Plan plan = Qualify("l1", "inside");
  plan.after.owners = {RepNamed("ada"), RepNamed("zoe")};
  plan.after.owners_only = true;
  EXPECT_EQ(Commit(plan).rep, RepNamed("zoe"));
  EXPECT_THAT(Candidates("l1"), ElementsAre(Pair("ada", CandidateReason::kOnLeave),
                                            Pair("bob", CandidateReason::kNotOwner),
                                            Pair("zoe", CandidateReason::kChosen)));
  plan = Qualify("l2", "inside");
  plan.after.owners = {RepNamed("ada")};
  plan.after.owners_only = true;
  EXPECT_EQ(Commit(plan).stage, Stage::kQueued);  // zoe is full
  clock_.Advance(20);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l2").rep, RepNamed("ada"));
}

TEST_P(WorkTest, ADailyCapEndsWithTheDay) {
  WithWork("ada", {.daily_cap = 2, .zone = "Europe/Berlin"});
  PutHours("@Europe/Berlin", {.always = true, .open = {}, .days = {kStart - 5, kStart + 100}});
  EXPECT_EQ(CommitQualified("l1").rep, RepNamed("ada"));
  Commit(Release("l1", Stage::kRejected));  // what became of a lead does not matter
  EXPECT_EQ(CommitQualified("l2").rep, RepNamed("ada"));
  CommitQualified("l3");
  EXPECT_THAT(Candidates("l3"), ElementsAre(Pair("ada", CandidateReason::kDailyCap)));
  clock_.Advance(99);
  EXPECT_EQ(Drain(), 0);
  clock_.Advance(1);
  EXPECT_EQ(Drain(), 1);
}

TEST_P(WorkTest, LeadsOfOneCallCountAgainstTheCap) {
  WithWork("ada", {.daily_cap = 1});
  const auto results = store().Commit({Qualify("l1", "inside"), Qualify("l2", "inside")});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(Load("l1").stage, Stage::kOffered);
  EXPECT_EQ(Load("l2").stage, Stage::kQueued);
}

TEST_P(WorkTest, ADeletedRepBeginsItsDayAnew) {
  WithWork("ada", {.daily_cap = 1});
  CommitQualified("l1");
  Commit(Release("l1", Stage::kRejected));
  EXPECT_TRUE(store().DeleteRep(acme_, RepNamed("ada")).ok());
  WithWork("ada", {.daily_cap = 1});
  EXPECT_EQ(CommitQualified("l2").rep, RepNamed("ada"));
}

TEST_P(WorkTest, ARampReducesShareAndCapacity) {
  WithWork("ada", {.ramp = {kStart, 4, 20}});
  AddRep("bob", 5, {"inside"});
  const core::LeadRecord record = CommitQualified("l1");
  EXPECT_EQ(record.rep, RepNamed("bob"));
  ASSERT_EQ(record.pool.candidates.size(), 2u);
  EXPECT_EQ(record.pool.candidates[0].capacity, 1);
  EXPECT_EQ(record.pool.candidates[0].share_nano, 166'666'666);  // 1 to 5
  EXPECT_EQ(record.pool.candidates[1].share_nano, 833'333'333);
  clock_.Advance(4 * core::kDayMs);
  EXPECT_EQ(CommitQualified("l2").pool.candidates[0].share_nano, 500'000'000);
}

TEST_P(WorkTest, HoursAreOfThePolicyThatIsActive) {
  const std::map<std::string, core::Hours> hours = {{"dach", {.open = {{1, 2}}, .days = {1}}}};
  EXPECT_EQ(core::ErrorReason(store().PutHours(acme_, 2, hours, false)), "ETAG_MISMATCH");
  EXPECT_TRUE(store().PutHours(acme_, -1, hours, false).ok());
  const core::WorkspaceId nowhere = core::WorkspaceId::Trusted("nowhere");
  EXPECT_EQ(core::ErrorReason(store().PutHours(nowhere, -1, hours, false)), "WORKSPACE_NOT_FOUND");
}

TEST_P(WorkTest, HoursCanBeReplacedAsAWhole) {
  WithWork("ada", {.calendar = "dach"});
  PutHours("dach", {.open = {{kStart, kStart + 2000}}, .days = {}});
  EXPECT_TRUE(store().PutHours(acme_, 1, {}, /*only_these=*/true).ok());
  CommitQualified("l1");
  EXPECT_EQ(Load("l1").stage, Stage::kQueued);
}

TEST_P(WorkTest, HoursHaveACap) {
  std::map<std::string, core::Hours> hours;
  for (size_t i = 0; i < core::kHoursMax; ++i) hours["c" + std::to_string(i)] = {};
  EXPECT_TRUE(store().PutHours(acme_, 1, hours, false).ok());
  EXPECT_TRUE(store().PutHours(acme_, 1, hours, false).ok());
  EXPECT_EQ(QuotaOf(store().PutHours(acme_, 1, {{"one-more", {}}}, false)),
            "TOO_MANY_CALENDARS workspaces/acme 1000/1000 fixed");
}

INSTANTIATE_CONTRACT(WorkTest);

}  // namespace
}  // namespace baton::contract
