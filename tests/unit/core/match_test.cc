#include "core/match.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/builders.h"

namespace baton::core {
namespace {

using enum CompareOp;
using support::ConsentEvent;
using support::Field;
using support::Updated;

// Whether a lead whose attribute "x" is `value` satisfies the comparison.
bool Satisfies(AttributeValue value, CompareOp op, std::vector<AttributeValue> values = {}) {
  Facts facts;
  Fold(Updated("e1", {{"x", std::move(value)}}), facts);
  return Holds({{Field("x", op, std::move(values))}}, Subjects(facts));
}

bool AbsentSatisfies(CompareOp op, std::vector<AttributeValue> values = {}) {
  const Facts facts;
  return Holds({{Field("x", op, std::move(values))}}, Subjects(facts));
}

std::string Text(std::string_view text) {
  return std::string(text);
}

TEST(HoldsTest, EmptyMatchHolds) {
  const Facts facts;
  EXPECT_TRUE(Holds({}, Subjects(facts)));
}

TEST(HoldsTest, EqualityIsByValueAcrossNumbers) {
  EXPECT_TRUE(Satisfies(int64_t{200}, kIn, {200.0}));
  EXPECT_TRUE(Satisfies(200.0, kIn, {int64_t{200}}));
  EXPECT_FALSE(Satisfies(200.5, kIn, {int64_t{200}}));
  EXPECT_TRUE(Satisfies(Text("DE"), kIn, {Text("AT"), Text("DE")}));
  EXPECT_FALSE(Satisfies(Text("de"), kIn, {Text("DE")}));
  EXPECT_TRUE(Satisfies(true, kIn, {true}));
  EXPECT_FALSE(Satisfies(true, kIn, {int64_t{1}}));
  EXPECT_FALSE(Satisfies(Text("DE"), kIn, {}));
}

TEST(HoldsTest, NumbersCompareExactlyAtTheEdges) {
  constexpr int64_t kBig = (int64_t{1} << 53) + 1;  // no double
  EXPECT_TRUE(Satisfies(kBig, kGreater, {9007199254740992.0}));
  EXPECT_TRUE(Satisfies(9007199254740992.0, kLess, {kBig}));
  EXPECT_TRUE(Satisfies(std::numeric_limits<int64_t>::max(), kLess, {0x1p63}));
  EXPECT_TRUE(Satisfies(std::numeric_limits<int64_t>::min(), kGreaterEqual, {-0x1p63}));
  EXPECT_TRUE(Satisfies(std::numeric_limits<int64_t>::min(), kGreater, {-0x1p64}));
  EXPECT_TRUE(Satisfies(int64_t{-1}, kGreater, {-1.5}));
  EXPECT_TRUE(Satisfies(int64_t{1}, kLess, {1.5}));
}

TEST(HoldsTest, NotANumberMatchesNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(Satisfies(nan, kIn, {nan}));
  EXPECT_FALSE(Satisfies(nan, kLess, {int64_t{1}}));
  EXPECT_FALSE(Satisfies(int64_t{1}, kGreaterEqual, {nan}));
}

TEST(HoldsTest, OrderingOperators) {
  EXPECT_TRUE(Satisfies(int64_t{199}, kLess, {int64_t{200}}));
  EXPECT_FALSE(Satisfies(int64_t{200}, kLess, {int64_t{200}}));
  EXPECT_TRUE(Satisfies(int64_t{200}, kLessEqual, {int64_t{200}}));
  EXPECT_FALSE(Satisfies(int64_t{200}, kGreater, {int64_t{200}}));
  EXPECT_TRUE(Satisfies(int64_t{200}, kGreaterEqual, {int64_t{200}}));
  EXPECT_FALSE(Satisfies(int64_t{200}, kGreaterEqual, {}));
}

TEST(HoldsTest, ListContainsAny) {
  const std::vector<std::string> interests = {"fibre", "voice"};
  EXPECT_TRUE(Satisfies(interests, kIn, {Text("dsl"), Text("voice")}));
  EXPECT_FALSE(Satisfies(interests, kIn, {Text("dsl"), int64_t{1}}));
  EXPECT_TRUE(Satisfies(interests, kNotIn, {Text("dsl")}));
  EXPECT_FALSE(Satisfies(interests, kNotIn, {Text("fibre")}));
  EXPECT_FALSE(Satisfies(interests, kEndsWith, {Text("e")}));
}

TEST(HoldsTest, EndsWithAnyOfTheEndings) {
  EXPECT_TRUE(Satisfies(Text("a@uni.edu"), kEndsWith, {Text(".org"), Text(".edu")}));
  EXPECT_FALSE(Satisfies(Text("a@uni.edu"), kEndsWith, {Text(".EDU")}));
  EXPECT_FALSE(Satisfies(int64_t{7}, kEndsWith, {Text("7")}));
  EXPECT_FALSE(Satisfies(Text("7"), kEndsWith, {int64_t{7}}));
}

TEST(HoldsTest, AbsentAttributeFailsAllButAbsentAndNotIn) {
  EXPECT_TRUE(AbsentSatisfies(kAbsent));
  EXPECT_TRUE(AbsentSatisfies(kNotIn, {Text("DE")}));
  EXPECT_FALSE(AbsentSatisfies(kPresent));
  EXPECT_FALSE(AbsentSatisfies(kIn, {Text("DE")}));
  EXPECT_FALSE(AbsentSatisfies(kLess, {int64_t{1}}));
  EXPECT_FALSE(AbsentSatisfies(kEndsWith, {Text("x")}));
}

TEST(HoldsTest, PresentAndAbsentOfAPresentAttribute) {
  EXPECT_TRUE(Satisfies(Text(""), kPresent));
  EXPECT_FALSE(Satisfies(Text(""), kAbsent));
}

TEST(HoldsTest, WrongTypeFailsAlsoNotIn) {
  EXPECT_FALSE(Satisfies(Text("200"), kGreaterEqual, {int64_t{200}}));
  EXPECT_FALSE(Satisfies(Text("200"), kIn, {int64_t{200}}));
  EXPECT_FALSE(Satisfies(Text("200"), kNotIn, {int64_t{200}}));
}

TEST(HoldsTest, AllComparisonsAndAllFieldsMustHold) {
  Facts facts;
  Fold(Updated("e1", {{"employees", int64_t{300}}, {"country", Text("DE")}}), facts);
  FieldMatch between = Field("employees", kGreaterEqual, {int64_t{200}});
  between.all.push_back({kLess, {int64_t{301}}});
  const FieldMatch german = Field("country", kIn, {Text("DE")});
  EXPECT_TRUE(Holds({{between, german}}, Subjects(facts)));
  between.all.back() = {kLess, {int64_t{300}}};
  EXPECT_FALSE(Holds({{between, german}}, Subjects(facts)));
}

TEST(HoldsTest, ComputedSubjects) {
  Facts facts;
  Fold(ConsentEvent("e1", Consent::kWithdrawn), facts);
  const Subjects subjects(facts, 30, -5);
  EXPECT_TRUE(Holds({{Field("fit", kGreaterEqual, {int64_t{30}})}}, subjects));
  EXPECT_TRUE(Holds({{Field("intent", kLess, {int64_t{0}})}}, subjects));
  EXPECT_TRUE(Holds({{Field("consent", kIn, {Text("withdrawn")})}}, subjects));
}

TEST(HoldsTest, AttributeCannotPoseAsAScore) {
  Facts facts;
  Fold(Updated("e1", {{"fit", int64_t{1000}}}), facts);
  EXPECT_FALSE(Holds({{Field("fit", kGreater, {int64_t{0}})}}, Subjects(facts)));
}

std::string FoundFor(AttributeValue value, CompareOp op, std::vector<AttributeValue> values) {
  Facts facts;
  Fold(Updated("e1", {{"x", std::move(value)}}), facts);
  std::vector<ConditionResult> results;
  HoldsExplained({{Field("x", op, std::move(values))}}, Subjects(facts), results);
  return results.at(0).found;
}

TEST(HoldsExplainedTest, ShowsEveryFieldWithItsTextAndValue) {
  Facts facts;
  Fold(Updated("e1", {{"employees", int64_t{120}}}), facts);
  std::vector<ConditionResult> results;
  EXPECT_FALSE(HoldsExplained(
      {{Field("employees", kGreaterEqual, {int64_t{200}}), Field("country", kIn, {Text("DE")})}},
      Subjects(facts), results));
  EXPECT_EQ(results, (std::vector<ConditionResult>{{"employees: >=", "120", false},
                                                   {"country: in", "(absent)", false}}));
}

TEST(HoldsExplainedTest, ShowsValuesOfEachType) {
  EXPECT_EQ(FoundFor(true, kPresent, {}), "true");
  EXPECT_EQ(FoundFor(int64_t{-7}, kPresent, {}), "-7");
  EXPECT_EQ(FoundFor(1234567.25, kPresent, {}), "1234567.25");
  EXPECT_EQ(FoundFor(Text("DE"), kPresent, {}), "DE");
  EXPECT_EQ(FoundFor(std::vector<std::string>{"a", "b"}, kPresent, {}), "a, b");
}

TEST(HoldsExplainedTest, ShowsThatATypeDoesNotCompare) {
  EXPECT_EQ(FoundFor(Text("200"), kGreater, {int64_t{1}}), "200 (type string does not compare)");
  EXPECT_EQ(FoundFor(int64_t{7}, kEndsWith, {Text("7")}), "7 (type int does not compare)");
}

TEST(HoldsExplainedTest, ShortensLongValues) {
  EXPECT_EQ(FoundFor(std::string(1000, 'x'), kPresent, {}).size(), kFoundBytesMax);
}

TEST(HoldsUntilFirstFailureTest, StopsAtTheFirstFieldThatFails) {
  const Facts facts;
  const FieldMatch absent = Field("a", kAbsent);
  const FieldMatch present = Field("b", kPresent);
  std::vector<ConditionResult> results;
  EXPECT_FALSE(HoldsUntilFirstFailure({{absent, present, absent}}, Subjects(facts), results));
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[0].held);
  EXPECT_FALSE(results[1].held);
}

}  // namespace
}  // namespace baton::core
