#include "core/table_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/condition.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::Updated;
using testing::HasSubstr;

Tables SomeTables() {
  return {{"postcodes", LookupTable::Parse("postcode,territory\n80331,south\n").table},
          {"owners", LookupTable::Parse("domain,rep,tier\nacme.example,ada,1\n").table},
          {"rivals", LookupTable::Parse("domain\nrival.example\n").table},
          {"unknown", nullptr}};
}

// A lead of postcode 80331 asked about one condition.
class TableFunctionsTest : public testing::Test {
 protected:
  TableFunctionsTest() {
    Fold(Updated("e1", {{"postcode", std::string("80331")}}), facts_);
    Fold(Updated("e2", {{"email", std::string("a@acme.example")}}), facts_);
  }

  Truth Ask(std::string_view text) {
    Subjects subjects(vocabulary_, facts_, {}, kNow, scratch_);
    results_.clear();
    return std::get<Condition>(Condition::Compile(text, vocabulary_))
        .Explain(subjects, Condition::Extent::kAllTests, results_, error_);
  }
  std::string Problem(std::string_view text) {
    const auto compiled = Condition::Compile(text, vocabulary_);
    const auto* problems = std::get_if<std::vector<expression::Problem>>(&compiled);
    return problems == nullptr ? "" : problems->front().message;
  }

  const Vocabulary vocabulary_{
      {{"postcode", AttributeType::kString}, {"email", AttributeType::kString}}, {}, SomeTables()};
  Facts facts_;
  expression::Scratch scratch_;
  std::vector<ConditionResult> results_;
  std::string error_;
};

TEST_F(TableFunctionsTest, LookupGivesTheValueOfTheKey) {
  EXPECT_EQ(Ask("lookup('postcodes', lead.postcode) == 'south'"), Truth::kHolds);
  EXPECT_EQ(results_[0].found, "lead.postcode 80331, lookup(postcodes, 80331) \"south\"");
  EXPECT_EQ(Ask("lookup('owners', domain(lead.email), 'rep') == 'ada'"), Truth::kHolds);
  EXPECT_EQ(Ask("int(lookup('owners', domain(lead.email), 'tier')) <= 2"), Truth::kHolds);
  EXPECT_EQ(Ask("lookup('postcodes', lead.postcode) in ['north', 'west']"), Truth::kFails);
}

TEST_F(TableFunctionsTest, AKeyThatIsNotThereIsAnErrorUnlessOneAsksFirst) {
  EXPECT_EQ(Ask("lookup('postcodes', '1') != 'south'"), Truth::kErrs);
  EXPECT_EQ(error_, "no such key in table postcodes: \"1\"");
  EXPECT_EQ(Ask("in_table('postcodes', '1') && lookup('postcodes', '1') == 'south'"),
            Truth::kFails);
  EXPECT_EQ(Ask("(in_table('postcodes', '1') ? lookup('postcodes', '1') : 'rest') == 'rest'"),
            Truth::kHolds);
  EXPECT_EQ(Ask("in_table('rivals', 'rival.example')"), Truth::kHolds);
}

TEST_F(TableFunctionsTest, TheCheckerKnowsTablesAndColumns) {
  EXPECT_EQ(Problem("lookup('postcode', '1') == ''"),
            "there is no table 'postcode' among spec.tables; did you mean 'postcodes'?");
  EXPECT_EQ(Problem("in_table('rivls', '1')"),
            "there is no table 'rivls' among spec.tables; did you mean 'rivals'?");
  EXPECT_EQ(Problem("lookup('owners', '1') == ''"),
            "table 'owners' has several columns of values; name one as the third argument: rep, "
            "tier");
  EXPECT_EQ(Problem("lookup('owners', '1', 'reps') == ''"),
            "table 'owners' has no column 'reps' of values; did you mean 'rep'?");
  EXPECT_THAT(Problem("lookup('owners', '1', 'domain') == ''"), HasSubstr("no column 'domain'"));
  EXPECT_THAT(Problem("lookup('rivals', '1') == ''"), HasSubstr("ask in_table(\"rivals\", ...)"));
  EXPECT_THAT(Problem("lookup(lead.postcode, '1') == ''"), HasSubstr("must be written out"));
  EXPECT_EQ(Problem("lookup('owners', '1', lead.postcode) == ''"),
            "which column is meant must be written out: rep, tier");
  EXPECT_EQ(Problem("lookup('postcodes', 80331) == ''"), "lookup does not take (string, int)");
}

TEST_F(TableFunctionsTest, OfATableThatIsNotAtHandNothingIsChecked) {
  EXPECT_EQ(Problem("lookup('unknown', '1', 'any') == '' && lookup('unknown', '1') == ''"), "");
  EXPECT_EQ(Ask("in_table('unknown', '1')"), Truth::kErrs);
  EXPECT_EQ(error_, "table unknown is not at hand");
}

}  // namespace
}  // namespace baton::core
