#include "expression/conjuncts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::expression {
namespace {

using ::testing::ElementsAre;

TEST(ConjunctsTest, AreWhatAndJoinsOutermost) {
  EXPECT_THAT(Conjuncts(" a && b>1 &&c "), ElementsAre("a", "b>1", "c"));
  EXPECT_THAT(Conjuncts("a"), ElementsAre("a"));
  EXPECT_THAT(Conjuncts("!a && -b < 1"), ElementsAre("!a", "-b < 1"));
}

TEST(ConjunctsTest, StayWholeInsideOfBrackets) {
  EXPECT_THAT(Conjuncts("(a && b) && c.all(x, x && y)"),
              ElementsAre("(a && b)", "c.all(x, x && y)"));
  EXPECT_THAT(Conjuncts("[a && b][0] && {'k': a && b}.k"),
              ElementsAre("[a && b][0]", "{'k': a && b}.k"));
}

TEST(ConjunctsTest, OperatorsThatBindLessKeepAllTogether) {
  EXPECT_THAT(Conjuncts("a && b || c && d"), ElementsAre("a && b || c && d"));
  EXPECT_THAT(Conjuncts("a ? b && c : d"), ElementsAre("a ? b && c : d"));
  EXPECT_THAT(Conjuncts("a && (b || c)"), ElementsAre("a", "(b || c)"));
}

TEST(ConjunctsTest, SignsInTextsAreText) {
  EXPECT_THAT(Conjuncts("a == '&& ||(' && b == \"?\""), ElementsAre("a == '&& ||('", "b == \"?\""));
}

}  // namespace
}  // namespace baton::expression
