#include "demo/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// An audit that heard of lead-1 twice and of lead-2 once.
class ListedLeadsTest : public ::testing::Test {
 protected:
  ListedLeadsTest() {
    audit_.Add({.id = "1", .lead = "lead-1", .change = "captured", .stage = "LEAD", .version = 1});
    audit_.Add({.id = "2", .lead = "lead-2", .change = "captured", .stage = "LEAD", .version = 1});
    audit_.Add({.id = "3", .lead = "lead-1", .change = "qualified", .stage = "MQL", .version = 2});
  }

  std::vector<std::string> ViolationsOf(const std::map<std::string, int64_t>& listed) {
    audit_.CheckListed(listed, 3);
    return audit_.Counts().violations;
  }

  Audit audit_;
};

TEST_F(ListedLeadsTest, NothingIsWrongWhenEachIsListedAtItsVersion) {
  EXPECT_THAT(ViolationsOf({{"lead-1", 2}, {"lead-2", 1}}), IsEmpty());
}

TEST_F(ListedLeadsTest, ALeadAtAnotherVersionIsAViolation) {
  EXPECT_THAT(ViolationsOf({{"lead-1", 3}, {"lead-2", 1}}),
              ElementsAre("lead-1: at version 3, feedback ends at 2"));
}

TEST_F(ListedLeadsTest, ALeadWithoutFeedbackIsAViolation) {
  EXPECT_THAT(ViolationsOf({{"lead-1", 2}, {"lead-2", 1}, {"lead-3", 1}}),
              ElementsAre("lead-3: at version 1, feedback ends at 0"));
}

TEST_F(ListedLeadsTest, ALeadThatIsNotListedIsAViolation) {
  EXPECT_THAT(ViolationsOf({{"lead-1", 2}}),
              ElementsAre("lead-2: feedback ends at 1, but it is not listed"));
}

TEST_F(ListedLeadsTest, AnEmptyListIsAViolation) {
  EXPECT_THAT(ViolationsOf({}), ElementsAre("no lead is listed after 3 applied records",
                                            "lead-1: feedback ends at 2, but it is not listed",
                                            "lead-2: feedback ends at 1, but it is not listed"));
}

TEST(AuditTest, AnEmptyListIsRightWhereNothingWasApplied) {
  Audit audit;
  audit.CheckListed({}, 0);
  EXPECT_THAT(audit.Counts().violations, IsEmpty());
}

TEST(AuditTest, AnEmptyListIsAViolationAlsoWithoutFeedback) {
  Audit audit;
  audit.CheckListed({}, 7);
  EXPECT_THAT(audit.Counts().violations, ElementsAre("no lead is listed after 7 applied records"));
}

}  // namespace
}  // namespace baton::demo
