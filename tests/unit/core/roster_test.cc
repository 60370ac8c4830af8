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

TEST(ChooseRepTest, SharesAreExactAtTheLargestQueue) {
  std::vector<Member> members;
  for (size_t i = 0; i < kRepsPerQueueMax; ++i) {
    members.push_back(SampleMember("r" + std::to_string(100'000 + i), kWeightMax));
  }
  const Choice choice = ChooseRep(members, {}, {});
  EXPECT_EQ(choice.rep, RepNamed("r100000"));
  EXPECT_EQ(choice.candidates.back().share_nano, 100'000);
}

TEST(ChargeLedgerTest, ChosenPaysWhatTheOthersGain) {
  const Choice choice =
      ChooseRep({{SampleMember("ada", 3), SampleMember("bob", 2), SampleMember("cyd", 2)}}, {}, {});
  std::map<RepId, int64_t> owed;
  ChargeLedger(choice, owed);
  // floor(10^9 * 3/7), floor(10^9 * 2/7) twice: the payer carries the rounding, the sum is zero.
  EXPECT_EQ(owed.at(RepNamed("ada")), -571'428'570);
  EXPECT_EQ(owed.at(RepNamed("bob")), 285'714'285);
  EXPECT_EQ(owed.at(RepNamed("cyd")), 285'714'285);
}

TEST(ChargeLedgerTest, ChoiceOfNobodyChargesNobody) {
  Member away = SampleMember("ada");
  away.presence = Presence::kAway;
  std::map<RepId, int64_t> owed;
  ChargeLedger(ChooseRep({{away}}, {}, {}), owed);
  EXPECT_TRUE(owed.empty());
}

TEST(ChargeLedgerTest, AbsentRepKeepsWhatItIsOwed) {
  std::vector<Member> members = {SampleMember("ada"), SampleMember("bob"), SampleMember("cyd")};
  members[1].presence = Presence::kAway;
  std::map<RepId, int64_t> owed = {{RepNamed("bob"), 123}};
  ChargeLedger(ChooseRep(members, {}, {}), owed);
  EXPECT_EQ(owed.at(RepNamed("bob")), 123);
}

TEST(RefundLedgerTest, UndoesTheCharge) {
  const Choice choice = ChooseRep({{SampleMember("ada", 3), SampleMember("bob", 4)}}, {}, {});
  const std::map<RepId, int64_t> before = {{RepNamed("ada"), -5}, {RepNamed("bob"), 5}};
  std::map<RepId, int64_t> owed = before;
  ChargeLedger(choice, owed);
  EXPECT_NE(owed, before);
  RefundLedger(choice.candidates, owed);
  EXPECT_EQ(owed, before);
}

TEST(CandidateReasonNameTest, NamesEachReason) {
  EXPECT_EQ(CandidateReasonName(CandidateReason::kChosen), "chosen");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kFairness), "fairness");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kAtCapacity), "at_capacity");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kAway), "away");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kOffline), "offline");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kMissingSkill), "missing_skill");
  EXPECT_EQ(CandidateReasonName(CandidateReason::kPassed), "passed");
}

}  // namespace
}  // namespace baton::core
