#include "core/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::RecordIn;
using support::RepNamed;
using support::SampleMember;
using testing::SizeIs;

// `count` reps who are owed 1, 2, 3 ... nano-leads in the order of their ids.
std::vector<Candidate> Many(int count) {
  std::vector<Member> members;
  for (int i = 0; i < count; ++i) {
    Member member = SampleMember(absl::StrFormat("r%05d", i));
    member.owed_nano = i;
    members.push_back(member);
  }
  members.front().presence = Presence::kAway;
  return ChooseRep(members, {}, {}).candidates;
}

TEST(MakePoolTest, KeepsAllOfAHundredAndCountsTheirReasons) {
  const std::vector<Candidate> all = Many(100);
  const CandidatePool pool = MakePool(all);
  EXPECT_EQ(pool.candidates, all);
  EXPECT_TRUE(pool.is_whole());
  EXPECT_EQ(pool.counts, (std::map<CandidateReason, int32_t>{{CandidateReason::kChosen, 1},
                                                             {CandidateReason::kFairness, 98},
                                                             {CandidateReason::kAway, 1}}));
}

TEST(MakePoolTest, OfMoreKeepsTheNearestByClaimInTheOrderOfTheirIds) {
  const CandidatePool pool = MakePool(Many(250));
  ASSERT_THAT(pool.candidates, SizeIs(kCandidatesKeptMax));
  EXPECT_EQ(pool.candidates.front().rep, RepNamed("r00150"));
  EXPECT_EQ(pool.candidates.back().rep, RepNamed("r00249"));
  EXPECT_EQ(pool.chosen(), &pool.candidates.back());
  EXPECT_FALSE(pool.is_whole());
  EXPECT_EQ(pool.size(), 250);
  EXPECT_EQ(pool.counts.at(CandidateReason::kFairness), 248);
  EXPECT_EQ(pool.paid_nano, 249 * (1'000'000'000 / 249));
}

TEST(MakePoolTest, OfMoreKeepsThoseWhoCouldNotHaveItOnlyBehindAllWhoCould) {
  std::vector<Candidate> all = Many(102);
  all.front().deviation_nano = 5'000'000'000;  // away
  const CandidatePool pool = MakePool(all);
  EXPECT_EQ(pool.candidates.front().rep, RepNamed("r00002"));
}

TEST(MakePoolTest, TheLedgerAfterTheChoiceFollows) {
  std::vector<Candidate> all = Many(4);
  std::map<RepId, int64_t> owed;
  for (const Candidate& candidate : all) owed[candidate.rep] = candidate.deviation_nano;
  Choice choice;
  choice.candidates = all;
  ChargeLedger(choice, owed);
  const CandidatePool pool = MakePool(all);
  for (const Candidate& candidate : pool.candidates) {
    EXPECT_EQ(OwedAfter(candidate, pool), owed[candidate.rep]) << candidate.rep.str();
  }
}

TEST(LatestTest, ALeadHasQualifiedFromMqlOn) {
  for (const Stage stage : {Stage::kNew, Stage::kScored, Stage::kNurture}) {
    LeadRecord record = RecordIn(stage);
    record.cycle = 1;
    EXPECT_FALSE(HasQualified(record)) << StageName(stage);
  }
  for (const Stage stage : {Stage::kQueued, Stage::kOffered, Stage::kWon, Stage::kRecycled}) {
    LeadRecord record = RecordIn(stage);
    record.cycle = 1;
    EXPECT_TRUE(HasQualified(record)) << StageName(stage);
    record.cycle = 0;
    EXPECT_FALSE(HasQualified(record)) << StageName(stage);
  }
}

TEST(LatestTest, AChoiceThatFoundNobodyIsNoAssignment) {
  LeadRecord record = RecordIn(Stage::kQueued);
  record.candidates = {{RepNamed("ada"), CandidateReason::kAway}};
  EXPECT_FALSE(HasChosen(record));
  record.candidates.push_back({RepNamed("ben"), CandidateReason::kChosen});
  EXPECT_TRUE(HasChosen(record));
}

}  // namespace
}  // namespace baton::core
