#include "core/roster.h"

#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::core {
namespace {

using support::RepNamed;
using support::SampleMember;

CandidateReason ReasonOf(const Choice& choice, std::string_view rep) {
  for (const Candidate& candidate : choice.candidates) {
    if (candidate.rep == RepNamed(rep)) return candidate.reason;
  }
  ADD_FAILURE() << "no candidate " << rep;
  return CandidateReason::kChosen;
}

TEST(ChooseRepTest, NobodyAmongNobody) {
  const Choice choice = ChooseRep({}, {}, {});
  EXPECT_TRUE(choice.rep.empty());
  EXPECT_TRUE(choice.candidates.empty());
}

TEST(ChooseRepTest, TakesTheHeaviestWhenNothingIsOwed) {
  const Choice choice = ChooseRep({{SampleMember("ada", 1), SampleMember("bob", 3)}}, {}, {});
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(choice.candidates[0].share_nano, 250'000'000);
  EXPECT_EQ(choice.candidates[1].share_nano, 750'000'000);
}

TEST(ChooseRepTest, TakesWhoIsOwedMost) {
  std::vector<Member> members = {SampleMember("ada", 3), SampleMember("bob", 1)};
  members[0].owed_nano = -400'000'000;
  members[1].owed_nano = 400'000'000;
  const Choice choice = ChooseRep(members, {}, {});
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(ReasonOf(choice, "ada"), CandidateReason::kFairness);
  EXPECT_EQ(choice.candidates[1].deviation_nano, 400'000'000);
}

TEST(ChooseRepTest, SmallestIdWinsATie) {
  const Choice choice = ChooseRep({{SampleMember("ada"), SampleMember("bob")}}, {}, {});
  EXPECT_EQ(choice.rep, RepNamed("ada"));
}

TEST(ChooseRepTest, SkipsRepAtCapacity) {
  std::vector<Member> members = {SampleMember("ada"), SampleMember("bob")};
  members[0].open = members[0].capacity;
  const Choice choice = ChooseRep(members, {}, {});
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(ReasonOf(choice, "ada"), CandidateReason::kAtCapacity);
  EXPECT_EQ(choice.candidates[0].share_nano, 0);
  EXPECT_EQ(choice.candidates[0].open, 5);
  EXPECT_EQ(choice.candidates[0].capacity, 5);
  EXPECT_EQ(choice.candidates[1].share_nano, 1'000'000'000);
}

TEST(ChooseRepTest, SkipsRepWithCapacityZero) {
  std::vector<Member> members = {SampleMember("ada")};
  members[0].capacity = 0;
  EXPECT_TRUE(ChooseRep(members, {}, {}).rep.empty());
}

TEST(ChooseRepTest, SkipsAwayOfflineAndPassed) {
  std::vector<Member> members = {SampleMember("ada"), SampleMember("bob"), SampleMember("cyd"),
                                 SampleMember("dan")};
  members[0].presence = Presence::kAway;
  members[1].presence = Presence::kOffline;
  const Choice choice = ChooseRep(members, {}, {RepNamed("cyd")});
  EXPECT_EQ(choice.rep, RepNamed("dan"));
  EXPECT_EQ(ReasonOf(choice, "ada"), CandidateReason::kAway);
  EXPECT_EQ(ReasonOf(choice, "bob"), CandidateReason::kOffline);
  EXPECT_EQ(ReasonOf(choice, "cyd"), CandidateReason::kPassed);
}

TEST(ChooseRepTest, NeedsEverySkill) {
  std::vector<Member> members = {SampleMember("ada"), SampleMember("bob")};
  members[0].skills = {"de"};
  members[1].skills = {"de", "en", "enterprise"};
  const Choice choice = ChooseRep(members, {"de", "enterprise"}, {});
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(ReasonOf(choice, "ada"), CandidateReason::kMissingSkill);
}

TEST(ChooseRepTest, FirstReasonInTheAgreedOrderIsGiven) {
  Member member = SampleMember("ada");
  member.open = member.capacity;
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {"de"}, {}), "ada"), CandidateReason::kMissingSkill);
  member.presence = Presence::kAway;
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {"de"}, {}), "ada"), CandidateReason::kAway);
  member.presence = Presence::kOffline;
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {"de"}, {}), "ada"), CandidateReason::kOffline);
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {"de"}, {RepNamed("ada")}), "ada"),
            CandidateReason::kPassed);
}

TEST(ChooseRepTest, ReasonsOfWorkHaveTheirPlaceInTheOrder) {
  Member member = SampleMember("ada");
  member.left_today = 0;
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {}, {}), "ada"), CandidateReason::kDailyCap);
  member.open = member.capacity;
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {}, {}), "ada"), CandidateReason::kAtCapacity);
  member.unavailable = CandidateReason::kOutsideHours;
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {"de"}, {}), "ada"), CandidateReason::kOutsideHours);
  member.presence = Presence::kAway;
  EXPECT_EQ(ReasonOf(ChooseRep({{member}}, {}, {}), "ada"), CandidateReason::kAway);
}

TEST(SkillWordsTest, ALevelIncludesThoseBelowIt) {
  const std::map<std::string, int32_t> levels = {{"french", 1}, {"german", 3}};
  const std::vector<std::string> words = SkillWords(levels);
  EXPECT_THAT(words, testing::ElementsAre("french", "german", "german>=2", "german>=3"));
  EXPECT_EQ(SkillLevels(words), levels);
}

TEST(SkillWordsTest, ALeadAsksForASkillOrALevel) {
  EXPECT_EQ(WantedSkill("german"), "german");
  EXPECT_EQ(WantedSkill("german>=1"), "german");
  EXPECT_EQ(WantedSkill("german>=5"), "german>=5");
  for (const char* wrong : {"german>=6", "german>=0", "german>=", "german>3", ">=3", "a b", "",
                            "german>=33", "german>=x"}) {
    EXPECT_EQ(WantedSkill(wrong), std::nullopt) << wrong;
  }
}

TEST(AsMemberTest, CarriesOutTheRulesOfWork) {
  Rep rep;
  rep.id = RepNamed("ada");
  rep.weight = 3;
  rep.capacity = 10;
  EXPECT_EQ(AsMember(rep, nullptr, 0, 0).weight, 3000);
  EXPECT_EQ(AsMember(rep, nullptr, 0, 0).left_today, std::nullopt);
  rep.work = {.daily_cap = 4, .calendar = "dach", .ramp = {0, 10, 50}};
  Member member = AsMember(rep, nullptr, 3, 0);
  EXPECT_EQ(member.weight, 1500);
  EXPECT_EQ(member.capacity, 5);
  EXPECT_EQ(member.left_today, 1);
  EXPECT_EQ(member.unavailable, CandidateReason::kOutsideHours);
  rep.work.absences = {{0, 1, {}}};
  EXPECT_EQ(AsMember(rep, nullptr, 0, 0).unavailable, CandidateReason::kOnLeave);
}

TEST(ChooseRepTest, SharesAreExactAtTheLargestQueue) {
  std::vector<Member> members;
  for (size_t i = 0; i < kRepsPerQueueMax; ++i) {
    members.push_back(SampleMember("r" + std::to_string(100'000 + i), kWeightMax));
  }
  const Choice choice = ChooseRep(members, {}, {});
  EXPECT_EQ(choice.rep, RepNamed("r100000"));
  EXPECT_EQ(choice.candidates.back().share_nano, 100'000);
}

std::vector<Member> ThreeMembers() {
  return {SampleMember("ada"), SampleMember("bob"), SampleMember("cyd")};
}

TEST(StrategyTest, LeastLoadedTakesWhoHasTheFewestOpenLeads) {
  std::vector<Member> members = ThreeMembers();
  members[0].open = 2;
  members[1].open = 1;
  members[2].open = 3;
  members[0].owed_nano = 5'000'000'000;
  const Choice choice = ChooseRep(members, {}, {}, Strategy::kLeastLoaded);
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(choice.basis, ChoiceBasis::kLeastLoaded);
  EXPECT_EQ(choice.tie, TieBreak::kNone);
  EXPECT_EQ(ReasonOf(choice, "ada"), CandidateReason::kBusier);
  EXPECT_EQ(choice.candidates[0].share_nano, 0) << "the ledger moves between equals only";
}

TEST(StrategyTest, EqualsByLoadAreToldApartByFairnessThenById) {
  std::vector<Member> members = ThreeMembers();
  members[0].open = 1;
  Choice choice = ChooseRep(members, {}, {}, Strategy::kLeastLoaded);
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(choice.tie, TieBreak::kId);
  members[2].owed_nano = 1;
  choice = ChooseRep(members, {}, {}, Strategy::kLeastLoaded);
  EXPECT_EQ(choice.rep, RepNamed("cyd"));
  EXPECT_EQ(choice.tie, TieBreak::kFairness);
  EXPECT_EQ(ReasonOf(choice, "bob"), CandidateReason::kFairness);
}

TEST(StrategyTest, LongestIdleTakesWhoWaitedLongestForALead) {
  std::vector<Member> members = ThreeMembers();
  members[0].last_assigned_ms = 300;
  members[1].last_assigned_ms = 100;
  members[2].last_assigned_ms = 200;
  const Choice choice = ChooseRep(members, {}, {}, Strategy::kLongestIdle);
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(choice.basis, ChoiceBasis::kLongestIdle);
  EXPECT_EQ(ReasonOf(choice, "cyd"), CandidateReason::kLessIdle);
  members[2].last_assigned_ms = 0;
  EXPECT_EQ(ChooseRep(members, {}, {}, Strategy::kLongestIdle).rep, RepNamed("cyd"))
      << "who never had one comes first";
}

TEST(StrategyTest, WhoCannotHaveTheLeadIsNotMeasured) {
  std::vector<Member> members = ThreeMembers();
  members[0].presence = Presence::kAway;
  members[1].open = 4;
  members[2].open = 3;
  const Choice choice = ChooseRep(members, {}, {}, Strategy::kLeastLoaded);
  EXPECT_EQ(choice.rep, RepNamed("cyd"));
  EXPECT_EQ(ReasonOf(choice, "ada"), CandidateReason::kAway);
}

TEST(StrategyTest, AFairChoiceTellsWhetherTheIdDecided) {
  EXPECT_EQ(ChooseRep(ThreeMembers(), {}, {}).tie, TieBreak::kId);
  std::vector<Member> members = ThreeMembers();
  members[1].owed_nano = 1;
  EXPECT_EQ(ChooseRep(members, {}, {}).tie, TieBreak::kNone);
  EXPECT_EQ(ChooseRep(members, {}, {}).basis, ChoiceBasis::kWeightedFair);
  EXPECT_EQ(ChooseRep({}, {}, {}).basis, ChoiceBasis::kNone);
}

class OwnerTest : public testing::Test {
 protected:
  Choice Choose(std::vector<RepId> passed = {}) const {
    Pool pool;
    pool.members = members_;
    pool.owners = owners_;
    pool.owners_only = owners_only_;
    pool.count_owned = count_owned_;
    return ChooseFrom(pool, {}, passed);
  }

  std::vector<Member> members_ = ThreeMembers();
  std::vector<Member> owners_ = {SampleMember("bob")};
  bool owners_only_ = true;
  bool count_owned_ = true;
};

TEST_F(OwnerTest, TheOwnerGetsTheLeadAndPaysForItsTurn) {
  const Choice choice = Choose();
  EXPECT_EQ(choice.rep, RepNamed("bob"));
  EXPECT_EQ(choice.basis, ChoiceBasis::kOwner);
  EXPECT_EQ(ReasonOf(choice, "ada"), CandidateReason::kNotOwner);
  std::map<RepId, int64_t> owed;
  EXPECT_TRUE(ChargeLedger(choice, owed));
  EXPECT_EQ(owed[RepNamed("bob")], -666'666'666);
  EXPECT_EQ(owed[RepNamed("ada")], 333'333'333);
}

TEST_F(OwnerTest, WithoutCountingTheLedgerStaysAsItIs) {
  count_owned_ = false;
  std::map<RepId, int64_t> owed;
  EXPECT_FALSE(ChargeLedger(Choose(), owed));
  EXPECT_TRUE(owed.empty());
  EXPECT_EQ(Choose().candidates.size(), 1u);
}

TEST_F(OwnerTest, AnOwnerOutsideTheQueueNeedsNoTurn) {
  owners_ = {SampleMember("zoe")};
  const Choice choice = Choose();
  EXPECT_EQ(choice.rep, RepNamed("zoe"));
  std::map<RepId, int64_t> owed;
  EXPECT_FALSE(ChargeLedger(choice, owed));
  EXPECT_TRUE(owed.empty());
}

TEST_F(OwnerTest, TheFirstOwnerWhoCanHaveItIsTaken) {
  owners_ = {SampleMember("zoe"), SampleMember("cyd"), SampleMember("ada")};
  owners_[0].presence = Presence::kAway;
  const Choice choice = Choose();
  EXPECT_EQ(choice.rep, RepNamed("cyd"));
  EXPECT_EQ(choice.candidates[0].rep, RepNamed("zoe")) << "a stranger to the queue comes first";
  EXPECT_EQ(choice.candidates[0].reason, CandidateReason::kAway);
  EXPECT_EQ(choice.candidates.size(), 4u);
}

TEST_F(OwnerTest, NobodyElseGetsTheLeadWhileItWaitsForItsOwner) {
  owners_[0].presence = Presence::kAway;
  const Choice choice = Choose();
  EXPECT_TRUE(choice.rep.empty());
  EXPECT_EQ(choice.candidates.size(), 1u);
  EXPECT_EQ(ReasonOf(choice, "bob"), CandidateReason::kAway);
}

TEST_F(OwnerTest, OthersAreAskedWhenTheWaitIsOverOrEveryOwnerPassed) {
  owners_[0].open = owners_[0].capacity;
  owners_only_ = false;
  EXPECT_EQ(Choose().rep, RepNamed("ada"));
  owners_only_ = true;
  EXPECT_EQ(Choose({RepNamed("bob")}).rep, RepNamed("ada"));
  owners_.clear();
  EXPECT_EQ(Choose().rep, RepNamed("ada")) << "an owner who is no rep is not waited for";
}

TEST(MayClaimTest, ARepClaimsWhatItCouldBeGiven) {
  Member ada = SampleMember("ada");
  ada.skills = {"de"};
  EXPECT_TRUE(MayClaim(ada, {"de"}, {}, {}, false));
  EXPECT_FALSE(MayClaim(ada, {"de", "fr"}, {}, {}, false));
  EXPECT_FALSE(MayClaim(ada, {}, {RepNamed("ada")}, {}, false));
}

TEST(MayClaimTest, ALeadThatWaitsForItsOwnerIsClaimedByNobodyElse) {
  const Member ada = SampleMember("ada"), bob = SampleMember("bob");
  EXPECT_FALSE(MayClaim(ada, {}, {}, {{bob}}, true));
  EXPECT_TRUE(MayClaim(bob, {"de"}, {}, {{bob}}, true)) << "who needs no skills";
  EXPECT_TRUE(MayClaim(ada, {}, {}, {{bob}}, false));
  EXPECT_TRUE(MayClaim(ada, {}, {RepNamed("bob")}, {{bob}}, true)) << "bob has passed";
}

TEST(ChargeLedgerTest, ChosenPaysWhatTheOthersGain) {
  const Choice choice =
      ChooseRep({{SampleMember("ada", 3), SampleMember("bob", 2), SampleMember("cyd", 2)}}, {}, {});
  std::map<RepId, int64_t> owed;
  EXPECT_TRUE(ChargeLedger(choice, owed));
  // floor(10^9 * 3/7), floor(10^9 * 2/7) twice: the payer carries the rounding, the sum is zero.
  EXPECT_EQ(owed.at(RepNamed("ada")), -571'428'570);
  EXPECT_EQ(owed.at(RepNamed("bob")), 285'714'285);
  EXPECT_EQ(owed.at(RepNamed("cyd")), 285'714'285);
}

TEST(ChargeLedgerTest, ChoiceOfNobodyChargesNobody) {
  Member away = SampleMember("ada");
  away.presence = Presence::kAway;
  std::map<RepId, int64_t> owed;
  EXPECT_FALSE(ChargeLedger(ChooseRep({{away}}, {}, {}), owed));
  EXPECT_TRUE(owed.empty());
}

TEST(ChargeLedgerTest, AbsentRepKeepsWhatItIsOwed) {
  std::vector<Member> members = {SampleMember("ada"), SampleMember("bob"), SampleMember("cyd")};
  members[1].presence = Presence::kAway;
  std::map<RepId, int64_t> owed = {{RepNamed("bob"), 123}};
  ChargeLedger(ChooseRep(members, {}, {}), owed);
  EXPECT_EQ(owed.at(RepNamed("bob")), 123);
}

TEST(CandidateReasonNameTest, NamesEachReason) {
  EXPECT_EQ(CandidateReasonName(CandidateReason::kChosen), "chosen");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kFairness), "fairness");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kAtCapacity), "at_capacity");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kAway), "away");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kOffline), "offline");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kMissingSkill), "missing_skill");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kPassed), "passed");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kOnLeave), "on_leave");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kOutsideHours), "outside_hours");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kDailyCap), "daily_cap");
}

}  // namespace
}  // namespace baton::core
