// The section tables: a document names lookup tables by their content.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lint_testing.h"
#include "policy/given_tables.h"
#include "policy_testing.h"
#include "support/builders.h"

namespace baton::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto kPostcodes = core::LookupTable::Parse("postcode,territory\n80331,south\n").table;
const GivenTables kGiven = {{{"postcodes", kPostcodes}}, {}};

std::string Section(const std::string& name = "postcodes",
                    const std::string& sha256 = kPostcodes->sha256()) {
  return absl::StrCat("  tables:\n    ", name, ": {sha256: ", sha256, "}\n");
}

// kSmallPolicy with tables, and a first route by `when`.
std::string With(const std::string& section,
                 const std::string& when = "lookup(\"postcodes\", lead.country) == \"south\"") {
  return Changed("match: {country: DE}", absl::StrCat("when: '", when, "'")) + section;
}

std::vector<std::string> Errors(const std::string& yaml, const GivenTables& given = kGiven) {
  std::vector<std::string> lines;
  for (const DocumentError& error : ParsePolicy(yaml, "policy.yaml", given).errors) {
    lines.push_back(ToString(error));
  }
  return lines;
}

TEST(TablesParserTest, ConditionsLookIntoTheTablesThatTheDocumentNames) {
  ParsedPolicy parsed = ParsePolicy(With(Section()), "policy.yaml", kGiven);
  ASSERT_TRUE(parsed.ok()) << parsed.errors[0].message;
  EXPECT_EQ(parsed.policy.tables.at("postcodes"), kPostcodes) << "shared, not copied";
  core::Facts facts;
  core::Fold(support::Updated("e1", {{"country", std::string("80331")}}), facts);
  core::Fold(support::Updated("e2", {{"employees", int64_t{300}}}), facts);
  EXPECT_EQ(core::Judge(facts, parsed.policy, support::kNow).route.rule, "DACH");
}

TEST(TablesParserTest, ATableThatIsNotTheOneNamedIsAnError) {
  const std::string other(64, 'a');
  EXPECT_THAT(
      Errors(With(Section("postcodes", other))),
      ElementsAre(absl::StrCat("policy.yaml:20:25: table 'postcodes': what is at hand has sha256 ",
                               kPostcodes->sha256(), "; if that is what is meant, write it here")));
  EXPECT_THAT(Errors(With(Section()), {}),
              ElementsAre(HasSubstr("table 'postcodes': it is not at hand")));
  EXPECT_THAT(Errors(With(Section()), {{}, {{"postcodes", "there is no postcodes.csv"}}}),
              ElementsAre(HasSubstr("20:25: table 'postcodes': there is no postcodes.csv")));
}

TEST(TablesParserTest, NamesAreChecked) {
  EXPECT_THAT(Errors(With(Section(), "lookup(\"postcode\", \"1\") == \"south\"")),
              ElementsAre(HasSubstr("there is no table 'postcode' among spec.tables; did you mean "
                                    "'postcodes'?")));
  EXPECT_THAT(Errors(With("", "in_table(\"postcodes\", \"1\")")),
              ElementsAre(HasSubstr("there is no table 'postcodes' among spec.tables")));
  EXPECT_THAT(Errors(With("  tables: {postcodes: {sha: x}}\n")),
              ElementsAre(HasSubstr("'sha256' is missing"), HasSubstr("did you mean 'sha256'")));
  EXPECT_THAT(Errors(With("  tables: {postcodes: {sha256: 12}}\n")),
              ElementsAre(HasSubstr("tables.postcodes.sha256 must be the SHA-256")));
  EXPECT_THAT(Errors(With("  tables: [postcodes]\n", "true")),
              ElementsAre(HasSubstr("tables must be a mapping")));
}

TEST(TablesParserTest, CapsAreNamed) {
  std::string section = "  tables:\n";
  for (int i = 0; i < 17; ++i) {
    absl::StrAppend(&section, "    t", i, ": {sha256: ", kPostcodes->sha256(), "}\n");
  }
  EXPECT_THAT(Errors(With(section, "true")),
              ElementsAre(HasSubstr("tables has 17 tables, at most 16 are allowed")));

  std::string rows = "key,a,b,c\n";
  for (int i = 0; rows.size() < 3'400'000; ++i) {
    absl::StrAppend(&rows, i, ",", std::string(1000, 'x'), ",", std::string(1000, 'y'), ",\n");
  }
  const auto large = core::LookupTable::Parse(rows).table;
  GivenTables given;
  section = "  tables:\n";
  for (const char* name : {"t1", "t2", "t3", "t4", "t5"}) {
    given.tables[name] = large;
    absl::StrAppend(&section, "    ", name, ": {sha256: ", large->sha256(), "}\n");
  }
  EXPECT_THAT(Errors(With(section, "true"), given),
              ElementsAre(HasSubstr("bytes together, at most 16000000 are allowed")));
}

TEST(TablesParserTest, PinsAreReadWithoutTheTables) {
  const std::string upper = "53E500C1E7E9668AA052BC5AD8BC141653A823195A9851A51D1FA5562F31BB55";
  const std::string lower = "53e500c1e7e9668aa052bc5ad8bc141653a823195a9851a51d1fa5562f31bb55";
  EXPECT_THAT(TablePinsOf(With(Section("postcodes", upper))),
              ElementsAre(TablePin{"postcodes", lower}));
  EXPECT_THAT(TablePinsOf(kSmallPolicy), IsEmpty());
  EXPECT_THAT(TablePinsOf("spec: {tables: {a: 1, b: {sha256: [x]}, c!: {sha256: 1}}}"), IsEmpty());
  EXPECT_THAT(TablePinsOf("tables: ["), IsEmpty());
}

TEST(TablesParserTest, LintNamesTablesThatNoConditionLooksInto) {
  const auto findings = [](const std::string& when) {
    std::vector<std::string> lines =
        Lines(FindingsOf(With(Section(), when), Severity::kWarning, std::nullopt, kGiven));
    std::erase_if(lines, [](const auto& line) { return !line.starts_with("unused-table"); });
    return lines;
  };
  EXPECT_THAT(findings("lead.vip"),
              ElementsAre("unused-table 20:5: no condition looks into table 'postcodes'"));
  EXPECT_THAT(findings("in_table(\"postcodes\", lead.country)"), IsEmpty());
}

}  // namespace
}  // namespace baton::policy
