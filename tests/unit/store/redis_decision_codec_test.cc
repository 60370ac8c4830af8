#include "store/redis/decision_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "store/redis/record_codec.h"
#include "support/builders.h"

namespace baton::store::redis {
namespace {

using core::CandidateReason;
using support::RepNamed;
using testing::ElementsAre;
using testing::IsEmpty;

// {'ada', 1 (chosen), 5, 1000000000, 0, 3}
const std::string& OneCandidate() {
  static const auto& packed = *new std::string(
      "\x96\xa3"
      "ada\x01\x05\xce\x3b\x9a\xca\x00\x00\x03",
      14);
  return packed;
}

TEST(RedisDecisionCodecTest, ReadsAnAssignment) {
  core::PastDecisions past;
  ASSERT_TRUE(
      DecodeDecision(
          "A|2|7|inside|9,1700000000000,4,owner,none|bo,cy|a%2Cb,de|eve\n" + OneCandidate(), past)
          .ok());
  ASSERT_EQ(past.assignments.size(), 1u);
  const core::AssignmentDecision& decision = past.assignments[0];
  EXPECT_EQ(decision.cycle, 2);
  EXPECT_EQ(decision.generation, 7);
  EXPECT_EQ(decision.queue, support::QueueNamed("inside"));
  EXPECT_EQ(decision.choice,
            (core::ChoiceNote{9, 1'700'000'000'000, 4, core::ChoiceBasis::kOwner}));
  EXPECT_THAT(decision.passed, ElementsAre(RepNamed("bo"), RepNamed("cy")));
  EXPECT_THAT(decision.skills, ElementsAre("a,b", "de"));
  EXPECT_THAT(decision.owners, ElementsAre(RepNamed("eve")));
  EXPECT_TRUE(decision.pool.is_whole());
  EXPECT_EQ(decision.pool.paid_nano, 1'000'000'000);
}

TEST(RedisDecisionCodecTest, ReadsTheCountsOfAGreatPool) {
  core::PastDecisions past;
  // {999, chosen, 1, fairness, 150, away, 3} behind the one that is kept
  const std::string blob = "\x97" + OneCandidate().substr(1) +
                           std::string("\x97\xcd\x03\xe7\x01\x01\x02\xcc\x96\x04\x03", 11);
  ASSERT_TRUE(DecodeDecision("A|1|1|inside||||\n" + blob, past).ok());
  const core::CandidatePool& pool = past.assignments[0].pool;
  EXPECT_FALSE(pool.is_whole());
  EXPECT_EQ(pool.size(), 154);
  EXPECT_EQ(pool.counts.at(CandidateReason::kAway), 3);
  EXPECT_EQ(pool.paid_nano, 999);
}

// {'bo', 999, 2 groups: {fairness, 100, 7, 1 kept}, {away, -3, 5, 2 kept}, 3 reasons: fairness,
// 150, away, 3, chosen, 1, 'cy', 10, 1, 9, 'bo', 20, 2, 8, 'ada', -1, 0, 7}
const std::string& RankedPool() {
  static const auto& packed = *new std::string(
      "\xc1\xdc\x00\x1e\xa2"
      "bo\xcd\x03\xe7\x02\x02\x64\x07\x01\x04\xfd\x05\x02\x03\x02\xcc\x96\x04\x03\x01\x01\xa2"
      "cy\x0a\x01\x09\xa2"
      "bo\x14\x02\x08\xa3"
      "ada\xff\x00\x07",
      46);
  return packed;
}

TEST(RedisDecisionCodecTest, ReadsAChoiceAmongRanks) {
  core::CandidatePool pool;
  ASSERT_TRUE(DecodePool(RankedPool(), pool).ok());
  EXPECT_EQ(pool.paid_nano, 999);
  EXPECT_EQ(pool.size(), 154);
  EXPECT_EQ(pool.counts.at(CandidateReason::kAway), 3);
  const core::Candidate ada{RepNamed("ada"), CandidateReason::kAway, -4, 5, 0, 7};
  const core::Candidate bo{RepNamed("bo"), CandidateReason::kChosen, 17, 5, 2, 8};
  const core::Candidate cy{RepNamed("cy"), CandidateReason::kFairness, 110, 7, 1, 9};
  EXPECT_THAT(pool.candidates, ElementsAre(ada, bo, cy));
}

TEST(RedisDecisionCodecTest, ReadsAChoiceAmongRanksThatFoundNobody) {
  core::CandidatePool pool;
  // {'', 0, 1 group: {away, 0, 0, 1 kept}, 1 reason: away, 120, 'ada', 3, 0, 7}
  const std::string blob =
      std::string("\xc1\xdc\x00\x0e\xa0\x00\x01\x04\x00\x00\x01\x01\x04\x78\xa3", 15) + "ada" +
      std::string("\x03\x00\x07", 3);
  ASSERT_TRUE(DecodePool(blob, pool).ok());
  EXPECT_EQ(pool.chosen(), nullptr);
  EXPECT_EQ(pool.size(), 120);
  EXPECT_THAT(pool.candidates,
              ElementsAre(core::Candidate{RepNamed("ada"), CandidateReason::kAway, 3, 0, 0, 7}));
}

TEST(RedisDecisionCodecTest, RefusesAChoiceAmongRanksThatIsCutOffAnywhere) {
  for (size_t size = 1; size < RankedPool().size(); ++size) {
    core::CandidatePool pool;
    EXPECT_FALSE(DecodePool(RankedPool().substr(0, size), pool).ok()) << size;
  }
}

TEST(RedisDecisionCodecTest, ReadsAQualification) {
  core::Judgment judgment;
  judgment.policy_revision = 3;
  judgment.fit = 50;
  judgment.judged_at_ms = support::kNow;
  judgment.qualified = true;
  const std::string scores = EncodeScores(judgment);
  core::PastDecisions past;
  ASSERT_TRUE(DecodeDecision(
                  absl::StrCat("Q|4|", scores.size(), "\n", scores, EncodeJudgment(judgment)), past)
                  .ok());
  ASSERT_EQ(past.qualifications.size(), 1u);
  EXPECT_EQ(past.qualifications[0].cycle, 4);
  EXPECT_EQ(past.qualifications[0].judgment, judgment);
  EXPECT_THAT(past.assignments, IsEmpty());
}

TEST(RedisDecisionCodecTest, ReadsAChoiceOrNone) {
  core::ChoiceNote choice;
  EXPECT_TRUE(DecodeChoice("", choice).ok());
  EXPECT_EQ(choice, core::ChoiceNote());
  EXPECT_TRUE(DecodeChoice("1,2,3,none,id,later", choice).ok());
  EXPECT_EQ(choice, (core::ChoiceNote{1, 2, 3, core::ChoiceBasis::kNone, core::TieBreak::kId}));
  for (const char* text : {"1,2,3", "a,2,3,none,none", "1,2,3,x,none", ","})
    EXPECT_FALSE(DecodeChoice(text, choice).ok());
}

TEST(RedisDecisionCodecTest, WhatNobodyWroteIsAnError) {
  for (const char* element : {"", "A", "X|1|2\n", "A|1|1|q\n", "A|x|1|q||||\n", "A|1|1|q||||\nx",
                              "A|1|1|q||||\n\x91\x93\x01\x63\x01", "A|1|1|q||||\n\x91\x02",
                              "A|1|1|q|1,2|||\n", "Q|1\n", "Q|1|5\nab", "Q|1|2\n\xff\xff"}) {
    core::PastDecisions past;
    EXPECT_TRUE(absl::IsInternal(DecodeDecision(element, past))) << element;
  }
}

}  // namespace
}  // namespace baton::store::redis
