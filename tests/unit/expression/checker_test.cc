#include "expression/checker.h"

#include "expression_test/evaluated.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::expression {
namespace {

using testing::HasSubstr;

const LeadEnvironment checked_lead;

std::string Problems(const std::string& text, const Limits& limits = {}) {
  return checked_lead.Problems(text, limits);
}

TEST(CheckerTest, FindsWrongComparisonsBeforeAnythingIsEvaluated) {
  EXPECT_EQ(Problems("lead.country == 49"), "1:14: there is no string == int\n");
  EXPECT_EQ(Problems("lead.employees >= '200'"), "1:16: there is no int >= string\n");
  EXPECT_EQ(Problems("lead.country + 1"), "1:14: there is no string + int\n");
  EXPECT_EQ(Problems("1 + 1.0"), "1:3: there is no int + double\n");
  EXPECT_EQ(Problems("fit in ['a']"), "1:5: there is no int in list(string)\n");
  EXPECT_EQ(Problems("['a'] + [1]"), "1:7: there is no list(string) + list(int)\n");
  EXPECT_EQ(Problems("([] + [1])[0] == 'a'"), "1:15: there is no int == string\n");
  EXPECT_EQ(Problems("fit > 1.5"), "");
  EXPECT_EQ(Problems("anything > 1 && anything == 'a'"), "");
}

TEST(CheckerTest, TellsAllMistakesAtOnce) {
  EXPECT_EQ(Problems("fit && lead.country > 2 && !lead.employees"),
            "1:21: there is no string > int\n"
            "1:5: && asks for a bool, not int\n"
            "1:28: ! asks for a bool, not int\n");
}

TEST(CheckerTest, NamesTheNearestKnownName) {
  EXPECT_EQ(Problems("lead.employes > 1"),
            "1:6: there is no lead.employes; did you mean 'employees'?\n");
  EXPECT_EQ(Problems("fitt > 1"), "1:1: there is no fitt; did you mean 'fit'?\n");
  EXPECT_EQ(Problems("lead.country.startWith('D')"),
            "1:14: there is no function startWith; did you mean 'startsWith'?\n");
  EXPECT_EQ(Problems("lead == 1"), "1:1: lead has no value of its own; name one of its fields\n");
  EXPECT_EQ(Problems("size(fit)"), "1:1: size does not take (int)\n");
}

TEST(CheckerTest, KnowsTheTypesOfItems) {
  EXPECT_EQ(Problems("lead.tags.exists(t, t == 1)"), "1:23: there is no string == int\n");
  EXPECT_EQ(Problems("lead.tags.map(t, size(t)).all(n, n.startsWith('x'))"),
            "1:36: startsWith does not take (int, string)\n");
  EXPECT_EQ(Problems("lead.tags.filter(t, t)"),
            "1:11: the items' condition must be a bool, not string\n");
  EXPECT_EQ(Problems("{'a': 1}.a + 'x'"), "1:12: there is no int + string\n");
  EXPECT_EQ(Problems("fit.all(x, true)"), "1:5: int has no items\n");
  EXPECT_EQ(Problems("true ? 1 : 'a'"), "1:6: either int or string: both must be of one type\n");
}

TEST(CheckerTest, ReadsAPatternThatIsWrittenOut) {
  EXPECT_EQ(Problems("lead.email.matches('[a-')"), "1:20: not a pattern: missing ]: [a-\n");
}

TEST(CheckerTest, BoundsTheStepsOfAnEvaluation) {
  const auto cost = [](const std::string& text) {
    const auto compiled = Program::Compile(text, checked_lead.environment());
    return std::get<Program>(compiled).cost();
  };
  EXPECT_EQ(cost("fit > 1"), 3);
  EXPECT_EQ(cost("[1, 2].all(x, x > 0)"), 1 + 3 + 2 * 3);
  EXPECT_EQ(cost("lead.tags.all(x, x == 'a')"), 1 + 1 + kItemsAssumed * 3);
  Limits limits;
  limits.cost_max = 1'000;
  EXPECT_EQ(Problems("lead.tags.all(x, lead.tags.exists(y, x == y))", limits),
            "1:1: takes up to 49410 steps, at most 1000 are allowed; have fewer items looked at "
            "inside each other\n");
}

}  // namespace
}  // namespace baton::expression
