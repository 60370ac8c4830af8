// How the values of leads and queues are read from the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verify/store_reader.h"

namespace baton::verify {
namespace {

using core::CandidateReason;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// {'bo', 999, 1 group: {not_owner, 100, 7, 2 kept}, 2 reasons: not_owner, 150, chosen, 1,
// 'cy', 10, 1, 9, 'bo', -20, 2, 8}
const std::string& RankedPool() {
  static const auto& packed = *new std::string(
      "\xc1\xdc\x00\x14\xa2"
      "bo\xcd\x03\xe7\x01\x0b\x64\x07\x02\x02\x0b\xcc\x96\x01\x01\xa2"
      "cy\x0a\x01\x09\xa2"
      "bo\xec\x02\x08",
      33);
  return packed;
}

TEST(StoredValuesTest, CandidatesOfAChoiceAmongRanksAreRead) {
  std::vector<core::Candidate> candidates;
  EXPECT_EQ(ReadCandidates(RankedPool(), candidates), false);
  const auto rep = core::RepId::Trusted;
  const core::Candidate bo{rep("bo"), CandidateReason::kChosen, 80, 7, 2, 8};
  const core::Candidate cy{rep("cy"), CandidateReason::kNotOwner, 110, 7, 1, 9};
  EXPECT_THAT(candidates, ElementsAre(bo, cy));
}

TEST(StoredValuesTest, CandidatesOfAChoiceAmongRanksThatAreCutOffAreNone) {
  std::string cut = RankedPool().substr(0, 30);
  cut[3] = '\x11';  // without bo's last three
  std::vector<core::Candidate> candidates;
  EXPECT_EQ(ReadCandidates(cut, candidates), std::nullopt);
}

TEST(StoredValuesTest, WhoStandsInForARepOnLeaveIsRead) {
  StoredRep rep;
  ASSERT_TRUE(ParseRep("3|1|5|online|q|de|Ada", rep));
  EXPECT_THAT(rep.delegates, IsEmpty());
  ASSERT_TRUE(
      ParseRep("3|1|5|online|q|de|Ada|cap=3,hours=dach@Europe/Vienna,ramp=1:2:3,"
               "leave=10:20:ben,leave=30:40:cy|",
               rep));
  EXPECT_THAT(rep.delegates, ElementsAre("ben", "cy"));
}

TEST(StoredValuesTest, ALedgerIsWhatWasWrittenWholeAndWhatHasChangedSince) {
  std::map<std::string, int64_t> owed = {{"ada", 5}, {"bo", -5}, {"gone", 3}};
  // bo moved to group 2, cy to none; dee is new in group 1.
  EXPECT_TRUE(AddGains(
      "ada,bo,cy;;", {{"=1", "10"}, {"=2", "100"}, {"bo", "-50|2"}, {"cy", "7|0"}, {"dee", "-9|1"}},
      owed));
  EXPECT_THAT(owed, ElementsAre(Pair("ada", 15), Pair("bo", 45), Pair("cy", 7), Pair("dee", 1),
                                Pair("gone", 3)));
}

TEST(StoredValuesTest, ALedgerWithoutRanksHasNotChangedSince) {
  std::map<std::string, int64_t> owed = {{"ada", 5}};
  EXPECT_TRUE(AddGains("", {{"ada", "1|0"}}, owed));
  EXPECT_THAT(owed, ElementsAre(Pair("ada", 5)));
}

TEST(StoredValuesTest, ChangesOfALedgerThatAreNotReadableAreRefused) {
  for (const auto& [field, text] : {std::pair("=x", "1"), std::pair("=1", "x"),
                                    std::pair("ada", "1"), std::pair("ada", "x|1")}) {
    std::map<std::string, int64_t> owed;
    EXPECT_FALSE(AddGains("ada;", {{field, text}}, owed)) << field << " " << text;
  }
}

}  // namespace
}  // namespace baton::verify
