#include "expression/program.h"

#include "expression_test/evaluated.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::expression {
namespace {

const LeadEnvironment evaluated_lead;

std::string Evaluated(const std::string& text) {
  return evaluated_lead.Evaluated(text);
}

TEST(ProgramTest, ReadsVariablesByName) {
  EXPECT_EQ(Evaluated("lead.country == 'DE' && lead.employees >= 200 && fit == 40"), "true");
  EXPECT_EQ(Evaluated("lead.tags[1]"), "\"de\"");
}

TEST(ProgramTest, WhatIsAbsentIsAnErrorUnlessAsked) {
  EXPECT_EQ(Evaluated("lead.email == 'a@b.example'"), "error: no such key: lead.email");
  EXPECT_EQ(Evaluated("has(lead.email)"), "false");
  EXPECT_EQ(Evaluated("has(lead.country)"), "true");
  EXPECT_EQ(Evaluated("has(lead.email) && lead.email.endsWith('.edu')"), "false");
}

TEST(ProgramTest, AnErrorDoesNotMatterIfTheOtherSideDecides) {
  EXPECT_EQ(Evaluated("1 / 0 == 1 || true"), "true");
  EXPECT_EQ(Evaluated("1 / 0 == 1 && false"), "false");
  EXPECT_EQ(Evaluated("1 / 0 == 1 || false"), "error: divide by zero");
  EXPECT_EQ(Evaluated("[0, 1].exists(x, 1 / x == 1)"), "true");
  EXPECT_EQ(Evaluated("[0, 2].exists(x, 1 / x == 1)"), "error: divide by zero");
  EXPECT_EQ(Evaluated("[0, 2].all(x, 1 / x == 1)"), "false");
  EXPECT_EQ(Evaluated("[0, 1].exists_one(x, 1 / x == 1)"), "error: divide by zero");
  EXPECT_EQ(Evaluated("true ? 1 : 1 / 0"), "1");
}

TEST(ProgramTest, NumbersNeverWrapAround) {
  EXPECT_EQ(Evaluated("9223372036854775807 + 1"), "error: overflow: the result is out of range");
  EXPECT_EQ(Evaluated("-9223372036854775808 / -1"), "error: overflow: the result is out of range");
  EXPECT_EQ(Evaluated("-(-9223372036854775808)"), "error: overflow: the result is out of range");
  EXPECT_EQ(Evaluated("5 % 0"), "error: modulus by zero");
  EXPECT_EQ(Evaluated("-7 / 2"), "-3");
  EXPECT_EQ(Evaluated("-7 % 2"), "-1");
  EXPECT_EQ(Evaluated("1.0 / 0.0"), "+Inf");
}

TEST(ProgramTest, MacrosLookAtItems) {
  EXPECT_EQ(Evaluated("lead.tags.filter(t, t != 'vip').map(t, t + '!')"), "[\"de!\"]");
  EXPECT_EQ(Evaluated("[1, 2, 3].map(x, x > 1, x * x)"), "[4, 9]");
  EXPECT_EQ(Evaluated("{'a': 1, 'b': 2}.all(key, key < 'c')"), "true");
  EXPECT_EQ(Evaluated("[[1, 2], [3]].exists(x, x.exists(y, y == 3))"), "true");
  EXPECT_EQ(Evaluated("[1].all(x, [2].all(x, x == 2))"), "true");  // the inner one hides the outer
  EXPECT_EQ(Evaluated("[].all(x, false)"), "true");
}

TEST(ProgramTest, EveryThreadMayEvaluateAgainAndAgain) {
  const auto compiled =
      Program::Compile("[fit].map(x, string(x))[0] + 'x'", evaluated_lead.environment());
  const Program& program = std::get<Program>(compiled);
  std::vector<Value> variables(evaluated_lead.environment().slots());
  Scratch scratch;
  for (int i = 0; i < 100; ++i) {
    variables[4] = Value::Int(i);
    EXPECT_EQ(program.Evaluate(variables, scratch).text(), std::to_string(i) + "x");
    scratch.Reset();
  }
}

TEST(ProgramTest, ConditionsMayNotHoardMemory) {
  std::string text = "'0123456789abcdef'";
  for (int i = 0; i < 18; ++i) text = "[" + text + "].map(x, x + x)[0]";
  EXPECT_EQ(Evaluated(text), "error: the condition makes more than it may keep");
}

TEST(ProgramTest, HostsAddFunctions) {
  Environment environment;
  environment.AddVariable("lead.email", Kind::kString);
  environment.AddFunction(
      {"domain", false, {Kind::kString}, Kind::kString, [](Scratch& scratch, const Value* args) {
         const std::string_view text = args[0].text();
         return scratch.Text(text.substr(text.find('@') + 1));
       }});
  const auto compiled = Program::Compile("domain(lead.email) == 'b.example'", environment);
  const std::vector<Value> variables = {Value::String("a@b.example")};
  Scratch scratch;
  EXPECT_TRUE(std::get<Program>(compiled).Evaluate(variables, scratch).IsTrue());
}

}  // namespace
}  // namespace baton::expression
