#include "core/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::core {
namespace {

using support::RecordIn;
using support::RepNamed;

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
  record.pool.candidates = {{RepNamed("ada"), CandidateReason::kAway}};
  EXPECT_FALSE(HasChosen(record));
  record.pool.candidates.push_back({RepNamed("ben"), CandidateReason::kChosen});
  EXPECT_TRUE(HasChosen(record));
}

}  // namespace
}  // namespace baton::core
