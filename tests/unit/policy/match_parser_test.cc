#include "policy/match_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/condition.h"
#include "expression/problem.h"
#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::policy {
namespace {

using core::AttributeType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const core::AttributeTypes kAttributes = {
    {"in", AttributeType::kInt},        {"country", AttributeType::kString},
    {"employees", AttributeType::kInt}, {"budget", AttributeType::kDouble},
    {"vip", AttributeType::kBool},      {"tags", AttributeType::kStringList},
    {"email", AttributeType::kString}};

struct Result {
  std::vector<std::string> cel;
  std::vector<std::string> errors;
};

core::Policy Declaring(const core::AttributeTypes& attributes) {
  core::Policy policy;
  policy.attributes = attributes;
  return policy;
}

Result Parse(const std::string& yaml, bool with_scores = true) {
  ErrorList errors("f");
  const auto root = ParseYaml(yaml, errors);
  Result result;
  if (root.has_value()) {
    const MatchParser parser(Declaring(kAttributes), with_scores ? Names::kScores : Names::kNoMore,
                             errors);
    for (const MatchField& field : parser.Parse(*root, "rule.match")) {
      result.cel.push_back(field.cel);
    }
  }
  for (const DocumentError& error : std::move(errors).Take()) {
    result.errors.push_back(error.message);
  }
  return result;
}

std::string FirstError(const std::string& yaml, bool with_scores = true) {
  const Result result = Parse(yaml, with_scores);
  return result.errors.empty() ? "" : result.errors.front();
}

// The CEL of the only field, which compiles.
std::string Cel(const std::string& yaml) {
  const Result result = Parse(yaml);
  EXPECT_THAT(result.errors, ElementsAre()) << yaml;
  if (result.cel.size() != 1) return std::to_string(result.cel.size()) + " fields";
  const core::Vocabulary vocabulary(kAttributes);
  const auto compiled = core::Condition::Compile(result.cel[0], vocabulary);
  if (const auto* problems = std::get_if<std::vector<expression::Problem>>(&compiled)) {
    ADD_FAILURE() << expression::Describe(problems->front(), result.cel[0]);
  }
  return result.cel[0];
}

TEST(MatchParserTest, PlainValueMeansEqualityInTheDeclaredType) {
  EXPECT_EQ(Cel("{country: NO}"), R"(has(lead.country) && lead.country == "NO")");
  EXPECT_EQ(Cel("{employees: 200}"), "has(lead.employees) && lead.employees == 200");
  EXPECT_EQ(Cel("{budget: 1.5}"), "has(lead.budget) && lead.budget == 1.5");
  EXPECT_EQ(Cel("{budget: 2}"), "has(lead.budget) && lead.budget == 2.0");
  EXPECT_EQ(Cel("{budget: 1e30}"), "has(lead.budget) && lead.budget == 1e+30");
  EXPECT_EQ(Cel("{vip: true}"), "has(lead.vip) && lead.vip == true");
  EXPECT_EQ(Cel("{tags: saas}"), R"(has(lead.tags) && "saas" in lead.tags)");
  EXPECT_EQ(Cel("{country: \"Korea, Republic of\"}"),
            R"(has(lead.country) && lead.country == "Korea, Republic of")");
  EXPECT_EQ(Cel("{country: 'a\"b\\c'}"), R"(has(lead.country) && lead.country == "a\"b\\c")");
}

TEST(MatchParserTest, CommaMeansAllOf) {
  EXPECT_EQ(Cel("{employees: \">= 200, < 5000\"}"),
            "has(lead.employees) && lead.employees >= 200 && lead.employees < 5000");
}

TEST(MatchParserTest, ListMeansAnyOf) {
  EXPECT_EQ(Cel("{country: [DE, AT, CH]}"),
            R"(has(lead.country) && lead.country in ["DE", "AT", "CH"])");
  EXPECT_EQ(Cel("{country: [DE]}"), R"(has(lead.country) && lead.country == "DE")");
  EXPECT_EQ(Cel("{tags: [a, b]}"),
            R"(has(lead.tags) && ["a", "b"].exists(item, item in lead.tags))");
  EXPECT_EQ(Cel("{email: [\"*.edu\", \"*.ac.uk\"]}"),
            R"(has(lead.email) && [".edu", ".ac.uk"].exists(ending, lead.email.endsWith(ending)))");
  EXPECT_EQ(Cel("{email: [present]}"), R"(has(lead.email) && lead.email == "present")");
}

TEST(MatchParserTest, ReadsEachOperator) {
  EXPECT_EQ(Cel("{employees: \"> 1\"}"), "has(lead.employees) && lead.employees > 1");
  EXPECT_EQ(Cel("{budget: \"<=-1.5\"}"), "has(lead.budget) && lead.budget <= -1.5");
  EXPECT_EQ(Cel("{email: \"*.edu\"}"), R"(has(lead.email) && lead.email.endsWith(".edu"))");
  EXPECT_EQ(Cel("{email: present}"), "has(lead.email)");
  EXPECT_EQ(Cel("{email: \"absent\"}"), "!has(lead.email)");
}

TEST(MatchParserTest, ComputedSubjectsAreAlwaysThere) {
  EXPECT_EQ(Cel("{fit: \">= 30\"}"), "fit >= 30");
  EXPECT_EQ(Cel("{intent: 5}"), "intent == 5");
  EXPECT_EQ(Cel("{consent: \"!= withdrawn\"}"), R"(lead.consent != "withdrawn")");
}

TEST(MatchParserTest, UnequalLetsAnAbsentAttributePass) {
  EXPECT_EQ(Cel("{country: \"!= DE\"}"), R"(!has(lead.country) || lead.country != "DE")");
  EXPECT_EQ(Cel("{tags: \"!= saas\"}"), R"(!has(lead.tags) || !("saas" in lead.tags))");
  EXPECT_EQ(Cel("{country: \"!= DE, != AT\"}"),
            R"(!has(lead.country) || lead.country != "DE" && lead.country != "AT")");
  EXPECT_EQ(Cel("{country: \"present, != DE\"}"), R"(has(lead.country) && lead.country != "DE")");
  EXPECT_EQ(Cel("{email: \"*.edu, != x@y.edu\"}"),
            R"(has(lead.email) && lead.email.endsWith(".edu") && lead.email != "x@y.edu")");
  EXPECT_EQ(Cel("{country: \"absent, != DE\"}"), "!has(lead.country)");
}

TEST(MatchParserTest, WordsOfTheLanguageCanNameAttributes) {
  EXPECT_EQ(Cel("{in: 5}"), "has(lead.`in`) && lead.`in` == 5");
}

TEST(MatchParserTest, RefusesUndeclaredAttributes) {
  EXPECT_EQ(FirstError("{employes: 5}"),
            "attribute 'employes' in rule.match is not declared in spec.attributes; did you mean "
            "'employees'?");
  EXPECT_THAT(FirstError("{fit: \">= 3\"}", /*with_scores=*/false),
              HasSubstr("it can stand in definition, routing and sla"));
}

TEST(MatchParserTest, RefusesLiteralsOfAnotherType) {
  EXPECT_EQ(FirstError("{employees: many}"),
            "'many' is not a whole number, but employees is declared int");
  EXPECT_THAT(FirstError("{employees: 1.5}"), HasSubstr("not a whole number"));
  EXPECT_THAT(FirstError("{employees: \">= 99999999999999999999\"}"), HasSubstr("whole number"));
  EXPECT_THAT(FirstError("{budget: \"> nan\"}"), HasSubstr("not a number"));
  EXPECT_THAT(FirstError("{budget: .inf}"), HasSubstr("not a number"));
  EXPECT_THAT(FirstError("{vip: yes}"), HasSubstr("not true or false"));
  EXPECT_THAT(FirstError("{employees: [1, two]}"), HasSubstr("'two' is not a whole number"));
  EXPECT_THAT(FirstError("{consent: withdrawm}"), HasSubstr("did you mean 'withdrawn'?"));
}

TEST(MatchParserTest, RefusesOperatorsThatTheTypeDoesNotHave) {
  EXPECT_EQ(FirstError("{country: \">= DE\"}"), "'>=' compares numbers; country is string");
  EXPECT_THAT(FirstError("{employees: \"*00\"}"), HasSubstr("is for attributes declared string"));
  EXPECT_THAT(FirstError("{tags: \"*x\"}"), HasSubstr("list(string)"));
  EXPECT_THAT(FirstError("{fit: present}"), HasSubstr("computed and always present"));
}

TEST(MatchParserTest, RefusesMalformedConditions) {
  EXPECT_THAT(FirstError("{employees: \">= 200, 5000\"}"), HasSubstr("'5000' has none"));
  EXPECT_THAT(FirstError("{employees: \">= 200,\"}"), HasSubstr("needs an operator"));
  EXPECT_THAT(FirstError("{employees: \">=\"}"), HasSubstr("not a whole number"));
  EXPECT_THAT(FirstError("{country: \"!=\"}"), HasSubstr("country needs a value"));
  EXPECT_THAT(FirstError("{country: \"== DE\"}"), HasSubstr("without '='"));
  EXPECT_THAT(FirstError("{email: \"*\"}"), HasSubstr("as in *.edu"));
  EXPECT_THAT(FirstError("{email: \"*a*\"}"), HasSubstr("as in *.edu"));
  EXPECT_THAT(FirstError("{country: []}"), HasSubstr("is empty"));
  EXPECT_THAT(FirstError("{country: [DE, \"*E\"]}"), HasSubstr("not both"));
  EXPECT_THAT(FirstError("{employees: [\">= 5\"]}"), HasSubstr("outside of a list"));
  EXPECT_THAT(FirstError("{country: [[DE]]}"), HasSubstr("must be text, this is a list"));
  EXPECT_THAT(FirstError("{country: {in: DE}}"), HasSubstr("this is a mapping"));
  EXPECT_THAT(FirstError("{country: }"), HasSubstr("this is nothing"));
  EXPECT_THAT(FirstError("{}"), HasSubstr("at least one condition"));
  EXPECT_THAT(FirstError("lead.employees >= 200"), HasSubstr("written as when: 'lead."));
}

TEST(MatchParserTest, BoundsListsAndValues) {
  std::string list = "{country: [";
  for (int i = 0; i < 1001; ++i) list += "c" + std::to_string(i) + ", ";
  EXPECT_THAT(FirstError(list + "x]}"), HasSubstr("at most 1000 are allowed"));
  EXPECT_THAT(FirstError("{country: " + std::string(1025, 'a') + "}"), HasSubstr("1024 bytes"));
}

}  // namespace
}  // namespace baton::policy
