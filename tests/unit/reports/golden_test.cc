// 200 leads, and every number of a report as it was worked out by hand: tests/golden/reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/text.h"
#include "golden_histories.h"
#include "reports/report.h"
#include "story.h"

namespace baton::reports {
namespace {

using Numbers = std::map<std::string, double>;  // by group, section, figure, item and part

struct PartsOf {
  std::vector<std::pair<std::string, double>> operator()(const Count& count) const {
    return {{"count", count.value}};
  }
  std::vector<std::pair<std::string, double>> operator()(const Amount& amount) const {
    return {{"amount", amount.minor}};
  }
  std::vector<std::pair<std::string, double>> operator()(double number) const {
    return {{"number", number}};
  }
  std::vector<std::pair<std::string, double>> operator()(const Ratio& ratio) const {
    return {{"numerator", ratio.numerator},
            {"denominator", ratio.denominator},
            {"excluded", ratio.excluded},
            {"pending", ratio.pending}};
  }
  std::vector<std::pair<std::string, double>> operator()(const Distribution& spread) const {
    return {{"count", spread.count},
            {"censored", spread.censored},
            {"excluded", spread.excluded},
            {"p50", spread.p50},
            {"p90", spread.p90},
            {"p95", spread.p95},
            {"bounds_from", spread.bounds_from}};
  }
};

std::string KeyOf(const GoldenNumber& number) {
  return absl::StrJoin({number.group, number.section, number.figure, number.item, number.part},
                       "|");
}

class GoldenReportTest : public testing::Test {
 protected:
  GoldenReportTest() {
    FoldAll(GoldenHistories(), table_);
    query_.scope.from_ms = kGoldenBegin;
    query_.scope.to_ms = kGoldenNow;
    query_.scope.now_ms = kGoldenNow;
    query_.scope.horizon_ms = 240 * core::kHourMs;
    for (const SectionInfo& section : Sections()) query_.sections.push_back(&section);
  }

  // Of everything that is not 0.
  Numbers Made() const {
    Numbers made;
    for (const SectionReport& section : MakeReport(table_, query_, {})) {
      for (const Figure& figure : section.figures) {
        for (const auto& [part, value] : std::visit(PartsOf(), figure.value)) {
          const GoldenNumber number = {
              "",          figure.group, std::string(section.info->id), std::string(figure.id),
              figure.item, part};
          if (value != 0) made[KeyOf(number)] = value;
        }
      }
    }
    return made;
  }

  static void ExpectSame(const Numbers& made, const Numbers& hand) {
    for (const auto& [key, value] : made) {
      EXPECT_TRUE(hand.contains(key)) << key << " is " << value << ", by hand it is not";
    }
    for (const auto& [key, value] : hand) {
      const auto found = made.find(key);
      EXPECT_NEAR(found == made.end() ? 0 : found->second, value, 1e-8) << key;
    }
  }

  CycleTable table_;
  ReportQuery query_;
};

TEST_F(GoldenReportTest, EachNumberOfACohortIsTheOneWorkedOutByHandAndThereIsNoOther) {
  Numbers hand;
  for (const GoldenNumber& number : GoldenNumbers()) {
    if (number.view == "cohort" && number.group.empty()) hand[KeyOf(number)] = number.value;
  }
  ASSERT_GT(hand.size(), 200U);
  ExpectSame(Made(), hand);
}

TEST_F(GoldenReportTest, APeriodDiffersWhereAnEarlierCohortWasWon) {
  query_.scope.view = View::kPeriod;
  Numbers hand;
  for (const GoldenNumber& number : GoldenNumbers()) {
    const bool cohort_only =
        (number.section == "funnel" && (number.figure == "went_on" || number.figure == "open")) ||
        (number.section == "speed" && number.part == "excluded");
    if (number.group.empty() && !cohort_only) hand[KeyOf(number)] = number.value;
  }
  ExpectSame(Made(), hand);
}

TEST_F(GoldenReportTest, SourcesAreToldApart) {
  query_.dimension = Dimension::kSource;
  const Numbers made = Made();
  int compared = 0;
  for (const GoldenNumber& number : GoldenNumbers()) {
    if (number.group.empty()) continue;
    EXPECT_EQ(made.at(KeyOf(number)), number.value) << KeyOf(number);
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST_F(GoldenReportTest, EveryCountIsTheNumberOfTheLeadsBehindIt) {
  for (const GoldenNumber& number : GoldenNumbers()) {
    const bool is_listed = number.part != "amount" && number.part != "number" &&
                           !number.part.starts_with("p5") && !number.part.starts_with("p9") &&
                           number.part != "bounds_from";
    if (number.view != "cohort" || !number.group.empty() || !is_listed) continue;
    const Cell cell = {number.section, number.figure, number.item, "", number.part};
    const auto behind = CyclesBehind(table_, query_.scope, Dimension::kNone, cell);
    ASSERT_TRUE(behind.ok()) << KeyOf(number) << ": " << behind.status();
    int64_t counted = 0;
    for (const Behind& each : *behind) counted += each.counted;
    EXPECT_EQ(counted, number.value) << KeyOf(number);
  }
}

}  // namespace
}  // namespace baton::reports
