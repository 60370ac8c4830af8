#include "policy/match_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::policy {
namespace {

using core::AttributeType;
using core::AttributeValue;
using core::CompareOp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const AttributeTypes kAttributes = {
    {"country", AttributeType::kString},  {"employees", AttributeType::kInt},
    {"budget", AttributeType::kDouble},   {"vip", AttributeType::kBool},
    {"tags", AttributeType::kStringList}, {"email", AttributeType::kString}};

struct Result {
  core::Match match;
  std::vector<std::string> errors;
};

Result Parse(const std::string& yaml, bool with_scores = true) {
  ErrorList errors("f");
  const auto root = ParseYaml(yaml, errors);
  Result result;
  if (root.has_value()) {
    result.match = MatchParser(kAttributes, with_scores, errors).Parse(*root, "rule.match");
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

core::FieldMatch OnlyField(const std::string& yaml) {
  Result result = Parse(yaml);
  EXPECT_THAT(result.errors, ElementsAre()) << yaml;
  EXPECT_EQ(result.match.fields.size(), 1u);
  return result.match.fields.empty() ? core::FieldMatch{} : result.match.fields.front();
}

TEST(MatchParserTest, PlainValueMeansEqualityInTheDeclaredType) {
  EXPECT_THAT(OnlyField("{country: NO}").all.at(0).values,
              ElementsAre(AttributeValue(std::string("NO"))));
  EXPECT_THAT(OnlyField("{employees: 200}").all.at(0).values,
              ElementsAre(AttributeValue(int64_t{200})));
  EXPECT_THAT(OnlyField("{budget: 1.5}").all.at(0).values, ElementsAre(AttributeValue(1.5)));
  EXPECT_THAT(OnlyField("{vip: true}").all.at(0).values, ElementsAre(AttributeValue(true)));
  EXPECT_THAT(OnlyField("{tags: saas}").all.at(0).values,
              ElementsAre(AttributeValue(std::string("saas"))));
  EXPECT_EQ(OnlyField("{country: DE}").all.at(0).op, CompareOp::kIn);
  EXPECT_THAT(OnlyField("{country: \"Korea, Republic of\"}").all.at(0).values,
              ElementsAre(AttributeValue(std::string("Korea, Republic of"))));
}

TEST(MatchParserTest, CommaMeansAllOf) {
  const core::FieldMatch field = OnlyField("{employees: \">= 200, < 5000\"}");
  ASSERT_EQ(field.all.size(), 2u);
  EXPECT_EQ(field.all[0].op, CompareOp::kGreaterEqual);
  EXPECT_EQ(field.all[1].op, CompareOp::kLess);
  EXPECT_EQ(field.all[1].values.at(0), AttributeValue(int64_t{5000}));
  EXPECT_EQ(field.text, "employees: >= 200, < 5000");
}

TEST(MatchParserTest, ListMeansAnyOf) {
  const core::FieldMatch field = OnlyField("{country: [DE, AT, CH]}");
  ASSERT_EQ(field.all.size(), 1u);
  EXPECT_EQ(field.all[0].op, CompareOp::kIn);
  EXPECT_EQ(field.all[0].values.size(), 3u);
  EXPECT_EQ(field.text, "country: [DE, AT, CH]");
}

TEST(MatchParserTest, ReadsEachOperator) {
  EXPECT_EQ(OnlyField("{employees: \"> 1\"}").all.at(0).op, CompareOp::kGreater);
  EXPECT_EQ(OnlyField("{budget: \"<=-1.5\"}").all.at(0).op, CompareOp::kLessEqual);
  EXPECT_EQ(OnlyField("{country: \"!= DE\"}").all.at(0).op, CompareOp::kNotIn);
  EXPECT_EQ(OnlyField("{email: present}").all.at(0).op, CompareOp::kPresent);
  EXPECT_EQ(OnlyField("{email: \"absent\"}").all.at(0).op, CompareOp::kAbsent);
  EXPECT_EQ(OnlyField("{email: [present]}").all.at(0).op, CompareOp::kIn);
  EXPECT_EQ(OnlyField("{consent: \"!= withdrawn\"}").all.at(0).op, CompareOp::kNotIn);
  EXPECT_EQ(OnlyField("{fit: \">= 30\"}").all.at(0).values.at(0), AttributeValue(int64_t{30}));
  const core::FieldMatch ending = OnlyField("{email: \"*.edu, != x@y.edu\"}");
  ASSERT_EQ(ending.all.size(), 2u);
  EXPECT_EQ(ending.all[0].op, CompareOp::kEndsWith);
  EXPECT_EQ(ending.all[0].values.at(0), AttributeValue(std::string(".edu")));
  EXPECT_EQ(OnlyField("{email: [\"*.edu\", \"*.ac.uk\"]}").all.at(0).values.size(), 2u);
}

TEST(MatchParserTest, RefusesUndeclaredAttributes) {
  EXPECT_EQ(FirstError("{employes: 5}"),
            "attribute 'employes' in rule.match is not declared in spec.attributes; did you mean "
            "'employees'?");
  EXPECT_THAT(FirstError("{fit: \">= 3\"}", /*with_scores=*/false),
              HasSubstr("it can stand in definition and routing"));
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
  EXPECT_THAT(FirstError("lead.employees >= 200"), HasSubstr("expressions are not supported yet"));
}

TEST(MatchParserTest, BoundsListsValuesAndTexts) {
  std::string list = "{country: [";
  for (int i = 0; i < 1001; ++i) list += "c" + std::to_string(i) + ", ";
  EXPECT_THAT(FirstError(list + "x]}"), HasSubstr("at most 1000 are allowed"));
  EXPECT_THAT(FirstError("{country: " + std::string(1025, 'a') + "}"), HasSubstr("1024 bytes"));
  EXPECT_LT(OnlyField("{country: [" + std::string(900, 'a') + "]}").text.size(), 300u);
}

}  // namespace
}  // namespace baton::policy
