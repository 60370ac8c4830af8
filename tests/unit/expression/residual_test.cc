#include "expression/residual.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace baton::expression {
namespace {

using testing::HasSubstr;

constexpr int kFirstOfRep = 5;

// The lead's values are known, the rep's are not.
class ResidualTest : public testing::Test {
 protected:
  ResidualTest() {
    environment_.AddVariable("lead.country", Kind::kString);
    environment_.AddVariable("lead.employees", Kind::kInt);
    environment_.AddVariable("lead.language", Kind::kString);
    environment_.AddVariable("lead.tags", Type::List(Kind::kString));
    environment_.AddVariable("lead.ratio", Kind::kDouble);
    environment_.AddVariable("rep.territories", Type::List(Kind::kString));
    environment_.AddVariable("rep.level", Kind::kInt);
    environment_.AddVariable("rep.quota", Kind::kDouble);
    environment_.AddVariable("rep.senior", Kind::kBool);
    environment_.AddVariable("rep.name", Kind::kString);
  }

  // What is left for a lead without a language.
  std::string Left(const std::string& text) {
    const auto compiled = Program::Compile(text, environment_);
    if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
      return "refused: " + problems->front().message;
    }
    const ListValue tags = {Value::String("vip"), Value::String("a\"b")};
    std::vector<Value> values(environment_.slots());
    values[0] = Value::String("DE");
    values[1] = Value::Int(-300);
    values[3] = Value::List(&tags);
    values[4] = Value::Double(2);
    Scratch scratch;
    error_.clear();
    return Residual(
        std::get<Program>(compiled), values, [](int slot) { return slot >= kFirstOfRep; }, scratch,
        &error_);
  }

  Environment environment_;
  std::string error_;  // of what is left
};

TEST_F(ResidualTest, KnownVariablesAreWrittenOut) {
  EXPECT_EQ(Left("lead.country in rep.territories"), "\"DE\" in rep.territories");
  EXPECT_EQ(Left("rep.level > lead.employees"), "rep.level > -300");
  EXPECT_EQ(Left("rep.level - lead.employees == 0"), "rep.level - -300 == 0");
  EXPECT_EQ(Left("rep.name in lead.tags"), "rep.name in [\"vip\", \"a\\\"b\"]");
}

TEST_F(ResidualTest, WhatIsKnownIsEvaluated) {
  EXPECT_EQ(Left("rep.level >= lead.employees * -2 + 1"), "rep.level >= 601");
  EXPECT_EQ(Left("lead.country.lowerAscii() in rep.territories"), "\"de\" in rep.territories");
  EXPECT_EQ(Left("rep.level > size(lead.tags)"), "rep.level > 2");
  EXPECT_EQ(Left("lead.tags.exists(t, t == 'vip') && rep.senior"), "rep.senior");
}

TEST_F(ResidualTest, AnErrorIsToldIfItsPartIsStillThere) {
  Left("rep.level > lead.employees / 0");
  EXPECT_THAT(error_, HasSubstr("divide by zero"));
  Left("lead.employees / 0 > 1 || rep.senior");
  EXPECT_THAT(error_, HasSubstr("divide by zero"));
  EXPECT_EQ(Left("lead.employees / 0 > 1 || lead.country == 'DE'"), "true");
  EXPECT_EQ(error_, "");
  EXPECT_EQ(Left("(rep.level > lead.employees / 0 || lead.country == 'DE') && rep.senior"),
            "rep.senior");
  EXPECT_EQ(error_, "");
  Left("lead.country in rep.territories");
  EXPECT_EQ(error_, "");
}

TEST_F(ResidualTest, WhatCannotMatterIsLeftOut) {
  EXPECT_EQ(Left("lead.country != 'DE' || 'de' in rep.territories"), "\"de\" in rep.territories");
  EXPECT_EQ(Left("lead.country == 'DE' || rep.senior"), "true");
  EXPECT_EQ(Left("lead.country == 'FR' && rep.senior"), "false");
  EXPECT_EQ(Left("rep.senior && lead.country == 'DE'"), "rep.senior");
  EXPECT_EQ(Left("!(lead.country == 'DE' || rep.senior)"), "false");
  EXPECT_EQ(Left("lead.country == 'DE' ? rep.level > 1 : rep.senior"), "rep.level > 1");
}

TEST_F(ResidualTest, ItemsOfUnknownListsStay) {
  EXPECT_EQ(Left("rep.territories.exists(t, t == lead.country)"),
            "rep.territories.exists(t, t == \"DE\")");
  EXPECT_EQ(Left("rep.territories.map(t, t.size()).exists(n, n > 1)"),
            "rep.territories.map(t, t.size()).exists(n, n > 1)");
  EXPECT_EQ(Left("rep.territories.map(t, t != 'X', t + '!') == lead.tags"),
            "rep.territories.map(t, t != \"X\", t + \"!\") == [\"vip\", \"a\\\"b\"]");
  EXPECT_EQ(Left("lead.tags.exists(t, t in rep.territories)"),
            "[\"vip\", \"a\\\"b\"].exists(t, t in rep.territories)");
  EXPECT_EQ(Left("rep.territories.all(t, lead.tags.exists(g, g == t))"),
            "rep.territories.all(t, [\"vip\", \"a\\\"b\"].exists(g, g == t))");
}

TEST_F(ResidualTest, PartsThatErrStayAsTheyAre) {
  EXPECT_EQ(Left("lead.language in rep.territories"), "lead.language in rep.territories");
  EXPECT_EQ(Left("lead.language == 'de' || rep.senior"), "lead.language == \"de\" || rep.senior");
  EXPECT_EQ(Left("!has(lead.language) && rep.senior"), "rep.senior");
}

TEST_F(ResidualTest, OperatorsKeepTheirOrder) {
  EXPECT_EQ(Left("(rep.level + 1) * 2 == 4"), "(rep.level + 1) * 2 == 4");
  EXPECT_EQ(Left("rep.level - (rep.level - 1) == 1"), "rep.level - (rep.level - 1) == 1");
  EXPECT_EQ(Left("(rep.senior || rep.level > 1) && rep.level < 9"),
            "(rep.senior || rep.level > 1) && rep.level < 9");
  EXPECT_EQ(Left("!(rep.level == 1)"), "!(rep.level == 1)");
  EXPECT_EQ(Left("-rep.level < 0"), "-rep.level < 0");
  EXPECT_EQ(Left("(rep.senior ? 1 : 2) == 1"), "(rep.senior ? 1 : 2) == 1");
}

TEST_F(ResidualTest, EveryFormOfTheLanguageIsWritten) {
  EXPECT_EQ(Left("has(rep.level) && rep.name.matches('^a|b$')"),
            "has(rep.level) && rep.name.matches(\"^a|b$\")");
  EXPECT_EQ(Left("rep.territories[0] == {'a': lead.country}['a']"), "rep.territories[0] == \"DE\"");
  EXPECT_EQ(Left("{'a': rep.level}.a == 1"), "{\"a\": rep.level}.a == 1");
  EXPECT_EQ(Left("has({'a': rep.level}.a)"), "has({\"a\": rep.level}.a)");
  EXPECT_EQ(Left("[rep.level, 1] == [1, 1]"), "[rep.level, 1] == [1, 1]");
  EXPECT_EQ(Left("string(rep.level) == '1'"), "string(rep.level) == \"1\"");
  EXPECT_EQ(Left("type(rep.level) == int"), "type(rep.level) == int");
}

TEST_F(ResidualTest, DoublesStayDoubles) {
  EXPECT_EQ(Left("rep.quota * lead.ratio > 1.5"), "double(rep.quota) * 2.0 > 1.5");
}

}  // namespace
}  // namespace baton::expression
