#include "core/candidate_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "absl/strings/str_format.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::RepNamed;
using support::SampleMember;
using testing::Each;
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

using Ledger = std::map<RepId, int64_t>;

// The ledger before the choice among `all`, and after it.
std::pair<Ledger, Ledger> ChargedBy(const std::vector<Candidate>& all) {
  Ledger before;
  for (const Candidate& candidate : all) before[candidate.rep] = candidate.deviation_nano;
  Ledger after = before;
  Choice choice;
  choice.candidates = all;
  ChargeLedger(choice, after);
  return {before, after};
}

TEST(RefundLedgerTest, UndoesTheChargeOfAWholePool) {
  for (const int reps : {3, 50, 100}) {
    const std::vector<Candidate> all = Many(reps);
    auto [before, ledger] = ChargedBy(all);
    EXPECT_NE(ledger, before) << reps;
    RefundLedger(MakePool(all), ledger);
    EXPECT_EQ(ledger, before) << reps;
  }
}

TEST(RefundLedgerTest, OfAGreatPoolTheChosenOneGetsItsLeadBackAndTheNearestPayForIt) {
  const std::vector<Candidate> all = Many(1000);
  auto [before, ledger] = ChargedBy(all);
  const int64_t sum =
      std::accumulate(ledger.begin(), ledger.end(), int64_t{0},
                      [](int64_t total, const auto& owed) { return total + owed.second; });
  RefundLedger(MakePool(all), ledger);
  std::vector<int64_t> changes;
  int64_t rest = 0;
  for (const auto& [rep, owed] : ledger) {
    changes.push_back(owed - before[rep]);
    rest += owed;
  }
  EXPECT_EQ(rest, sum);
  // Who is not kept keeps the thousandth of a lead; who is kept gave a hundredth.
  EXPECT_THAT(changes, Each(testing::AllOf(testing::Ge(-10'000'000), testing::Le(1'001'002))));
}

TEST(RefundLedgerTest, WhereNobodyPaidNothingMoves) {
  std::vector<Candidate> all = Many(300);
  for (Candidate& candidate : all) candidate.share_nano = 0;
  auto [before, ledger] = ChargedBy(all);
  RefundLedger(MakePool(all), ledger);
  EXPECT_EQ(ledger, before);
}

}  // namespace
}  // namespace baton::core
