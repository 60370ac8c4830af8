#include "expression/parser.h"

#include <string>

#include "expression_test/evaluated.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::expression {
namespace {

using testing::HasSubstr;

const LeadEnvironment lead;

std::string Repeated(int times, const std::string& text) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(ParserTest, OperatorsBindAsInCel) {
  EXPECT_EQ(lead.Evaluated("1 + 2 * 3 - 4 / 2"), "5");
  EXPECT_EQ(lead.Evaluated("10 - 4 - 3"), "3");
  EXPECT_EQ(lead.Evaluated("-2 * -3"), "6");
  EXPECT_EQ(lead.Evaluated("false && false || true"), "true");
  EXPECT_EQ(lead.Evaluated("1 < 2 && 2 < 3 ? 'in' : 'out'"), "\"in\"");
  EXPECT_EQ(lead.Evaluated("false ? 1 : false ? 2 : 3"), "3");
  EXPECT_EQ(lead.Evaluated("true ? (false ? 1 : 2) : 3"), "2");
  EXPECT_EQ(lead.Evaluated("!true || true"), "true");
  EXPECT_EQ(lead.Evaluated("(1 + 2) * 3"), "9");
  EXPECT_EQ(lead.Evaluated("[--fit, ---fit, !!!true]"), "[40, -40, false]");
}

TEST(ParserTest, ReadsEveryKindOfLiteral) {
  EXPECT_EQ(lead.Evaluated("[0x1F, -0x10, 1.5e3, -.5, null, true]"),
            "[31, -16, 1500, -0.5, null, true]");
  EXPECT_EQ(lead.Evaluated("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(lead.Evaluated(R"('a\n\x41\u00e9\101' + r"\n" + """x"y""")"), R"("a\nAéA\\nx\"y")");
  EXPECT_EQ(lead.Evaluated("{'a': 1, 2: [3]}"), "{\"a\": 1, 2: [3]}");
  EXPECT_EQ(lead.Evaluated("{'first name': 1}.`first name`"), "1");
  EXPECT_EQ(lead.Evaluated("1 // the rest is said, not asked\n + 1"), "2");
}

TEST(ParserTest, SaysWhereAndWhat) {
  EXPECT_EQ(lead.Problems("fit >="), "1:7: something is missing here\n");
  EXPECT_EQ(lead.Problems("fit = 3"), "1:5: an operator is missing before '='\n");
  EXPECT_EQ(lead.Problems("'DE"), "1:1: this string does not end\n");
  EXPECT_EQ(lead.Problems("fit >\n  (3"), "2:5: expected ')', found the end\n");
  EXPECT_EQ(lead.Problems("[1, 2"), "1:6: expected ',', found the end\n");
  EXPECT_EQ(lead.Problems("5u > 3"), "1:2: there are no unsigned numbers here; leave out the u\n");
  EXPECT_EQ(lead.Problems("b'x'"), "1:1: there are no bytes here; write a string\n");
  EXPECT_EQ(lead.Problems("Lead{}"), "1:5: there are no messages here\n");
  EXPECT_EQ(lead.Problems("9223372036854775808"),
            "1:1: this number is too great for an int of 64 bits\n");
  EXPECT_EQ(lead.Problems("'é' + #"), "1:7: this character has no meaning here\n");
  EXPECT_EQ(lead.Problems("`fit` > 1"), "1:1: only a field may stand between backquotes\n");
  EXPECT_EQ(lead.Problems("if > 1"), "1:1: 'if' is a reserved word\n");
  EXPECT_EQ(lead.Problems("has(fit)"), "1:1: has() takes one field: has(lead.email)\n");
}

TEST(ParserTest, ShowsTheLineWithACaret) {
  const std::string text = "fit > 1 &&\n  lead.contry == 'DE'";
  const auto compiled = Program::Compile(text, lead.environment());
  EXPECT_EQ(Describe(std::get<std::vector<Problem>>(compiled).front(), text),
            "2:8: there is no lead.contry; did you mean 'country'?\n"
            " |   lead.contry == 'DE'\n"
            " |        ^");
}

TEST(ParserTest, RefusesWhatIsTooMuch) {
  EXPECT_THAT(lead.Problems(std::string(9'000, ' ')), HasSubstr("at most 8192 are allowed"));
  EXPECT_THAT(lead.Problems(std::string(150, '(') + "1" + std::string(150, ')')),
              HasSubstr("nested deeper than 100 levels"));
  EXPECT_THAT(lead.Problems(Repeated(150, "!-") + "1"), HasSubstr("nested deeper than 100 levels"));
  std::string list = "[0";
  for (int i = 0; i < 1'000; ++i) list += ",1";
  EXPECT_THAT(lead.Problems(list + "]"), HasSubstr("more than 1000 items"));
  std::string parts = "[1+1";
  for (int i = 0; i < 700; ++i) parts += ",1+1";
  EXPECT_THAT(lead.Problems(parts + "]"), HasSubstr("more than 2000 parts"));
}

}  // namespace
}  // namespace baton::expression
