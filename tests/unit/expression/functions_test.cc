#include "expression/functions.h"

#include "expression_test/evaluated.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::expression {
namespace {

using testing::StartsWith;

const LeadEnvironment functions_lead;

std::string ResultOf(const std::string& text) {
  return functions_lead.Evaluated(text);
}

TEST(FunctionsTest, TextIsCountedInCharacters) {
  EXPECT_EQ(ResultOf("size('Köln')"), "4");
  EXPECT_EQ(ResultOf("'Köln'.charAt(1)"), R"("ö")");
  EXPECT_EQ(ResultOf("'Köln'.indexOf('n')"), "3");
  EXPECT_EQ(ResultOf("'Köln'.substring(1, 3)"), R"("öl")");
  EXPECT_EQ(ResultOf("'Köln'.substring(2, 9)"), "error: index out of range: 9");
  EXPECT_EQ(ResultOf("'abcabc'.lastIndexOf('b', 3)"), "1");
}

TEST(FunctionsTest, TextIsTakenApartAndPutTogether) {
  EXPECT_EQ(ResultOf("'a,b,c'.split(',', 2)"), R"(["a", "b,c"])");
  EXPECT_EQ(ResultOf("'abc'.split('')"), R"(["a", "b", "c"])");
  EXPECT_EQ(ResultOf("['a', 'b'].join('-')"), R"("a-b")");
  EXPECT_EQ(ResultOf("'hello'.replace('l', 'L', 1)"), R"("heLlo")");
  EXPECT_EQ(ResultOf("'ab'.replace('', '-')"), R"("-a-b-")");
  EXPECT_EQ(ResultOf("'  x\\u00a0 '.trim().upperAscii()"), R"("X")");
  EXPECT_EQ(ResultOf("'ab'.reverse()"), R"("ba")");
  EXPECT_EQ(ResultOf("strings.quote('a\"b\\n')"), R"("\"a\\\"b\\n\"")");
}

TEST(FunctionsTest, PatternsMayBeWrittenOutOrMade) {
  EXPECT_EQ(ResultOf("lead.country.matches('^D.$')"), "true");
  EXPECT_EQ(ResultOf("lead.country.matches('^' + lead.country)"), "true");
  EXPECT_THAT(ResultOf("lead.country.matches('[' + '')"), StartsWith("error: not a pattern"));
}

TEST(FunctionsTest, ConversionsSayWhatTheyCannotRead) {
  EXPECT_EQ(ResultOf("int('12') + int(3.9) + int(-3.9)"), "12");
  EXPECT_EQ(ResultOf("int('1 2')"), "error: not an int: \"1 2\"");
  EXPECT_EQ(ResultOf("int(1e30)"), "error: range: not an int: 1e+30");
  EXPECT_EQ(ResultOf("double('x')"), "error: not a double: \"x\"");
  EXPECT_EQ(ResultOf("string(0.1) + string(true) + string(-4)"), R"("0.1true-4")");
  EXPECT_EQ(ResultOf("type(1) == int && type('') == string"), "true");
}

TEST(FunctionsTest, TimesKnowZonesAndRanges) {
  EXPECT_EQ(ResultOf("timestamp('2026-07-01T22:30:00Z').getHours('Europe/Berlin')"), "0");
  EXPECT_EQ(ResultOf("timestamp('2026-07-01T22:30:00Z').getDayOfWeek()"), "3");
  EXPECT_EQ(ResultOf("timestamp('2026-01-01T00:30:00Z').getMinutes('-01:15')"), "15");
  EXPECT_EQ(ResultOf("timestamp('2026-01-01T00:00:00Z') - timestamp('2025-12-31T00:00:00Z') == "
                     "duration('24h')"),
            "true");
  EXPECT_EQ(ResultOf("duration('90m').getHours()"), "1");
  EXPECT_EQ(ResultOf("string(duration('-1.5s'))"), R"("-1.5s")");
  EXPECT_THAT(ResultOf("timestamp('10000-01-01T00:00:00Z')"), StartsWith("error: "));
  for (const std::string zone : {"Mars", "", "/etc/localtime", "../zoneinfo/UTC", "file:UTC"}) {
    EXPECT_THAT(ResultOf("timestamp(1).getHours('" + zone + "')"),
                StartsWith("error: unknown time zone"));
  }
}

}  // namespace
}  // namespace baton::expression
