// Whatever happens to leads: each number is the sum of what the cycles behind it add, groups add up
// to the whole, and the parts of the funnel to each of its stages.
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "reports/report.h"
#include "reports/totals.h"
#include "story.h"

namespace baton::reports {
namespace {

using core::ChangeType;
using core::Stage;

// The life of one cycle, as far as chance takes it.
void Live(const std::string& lead, int at, std::mt19937& random, Story& story) {
  const auto one_in = [&random](unsigned n) { return random() % n == 0; };
  const char* const reps[] = {"ada", "bob", "cy"};
  story.Qualified(lead, at).attribution = {{"campaign", one_in(2) ? "spring" : "autumn"}};
  if (one_in(3)) story.Qualified(lead, ++at).factors.pop_back();
  if (one_in(6)) return;
  while (true) {
    const bool direct = one_in(4);
    story.Assigned(lead, ++at, reps[random() % 3], one_in(3) ? "inside" : "inbound", direct);
    if (direct) break;
    if (one_in(4)) {
      story.Add(lead, ++at, ChangeType::kOfferExpired, Stage::kQueued);
    } else if (one_in(4)) {
      story.Add(lead, ++at, ChangeType::kDeclined, Stage::kQueued, "AWAY", {{"charged", "false"}});
    } else if (one_in(5)) {
      story.Rejected(lead, ++at, one_in(2) ? "VENDOR" : "DUPLICATE");
      return;
    } else if (one_in(6)) {
      return;
    } else {
      story.Accepted(lead, ++at);
      break;
    }
    if (one_in(3)) return;
  }
  story.Sla(lead, at + 1, one_in(2) ? ChangeType::kSlaMet : ChangeType::kSlaBreached, at);
  if (one_in(4)) return;
  story.Touched(lead, ++at);
  if (one_in(3)) {
    story.Add(lead, ++at, ChangeType::kRecycled, Stage::kRecycled, "NO_RESPONSE",
              {{"cadence", "2"}});
    return;
  }
  story.Add(lead, ++at, ChangeType::kSqlConfirmed, Stage::kSql);
  if (one_in(3)) return;
  const Details deal = {{"amountMinor", "100"}, {"currency", one_in(2) ? "EUR" : "USD"}};
  story.Add(lead, ++at, ChangeType::kSqoOpened, Stage::kSqo, "", deal);
  if (one_in(2)) {
    story.Add(lead, ++at, ChangeType::kWon, Stage::kWon, "", deal);
  } else {
    story.Add(lead, ++at, ChangeType::kLost, Stage::kLost, "PRICE");
  }
}

void Fill(unsigned seed, CycleTable& table) {
  std::mt19937 random(seed);
  Story story;
  for (int i = 0; i < 120; ++i) {
    const std::string lead = absl::StrCat("l", i);
    const int at = static_cast<int>(random() % 20000);
    if (random() % 4 == 0) story.Nurtured(lead, at);
    if (random() % 8 != 0) Live(lead, at + 1, random, story);
    if (random() % 5 == 0) Live(lead, at + 500, random, story);
  }
  story.FoldInto(table);
}

ReportQuery QueryOf(View view, Dimension dimension) {
  ReportQuery query;
  query.scope = {.from_ms = kMonday + 2000 * core::kMinuteMs,
                 .to_ms = kMonday + 15000 * core::kMinuteMs,
                 .now_ms = kMonday + 15000 * core::kMinuteMs,
                 .view = view};
  query.dimension = dimension;
  for (const SectionInfo& section : Sections()) query.sections.push_back(&section);
  return query;
}

int64_t Behind1(const CycleTable& table, const ReportQuery& query, const SectionReport& section,
                const Figure& figure, const std::string& part) {
  const auto behind = CyclesBehind(
      table, query.scope, query.dimension,
      {std::string(section.info->id), std::string(figure.id), figure.item, figure.group, part});
  EXPECT_TRUE(behind.ok()) << behind.status();
  int64_t sum = 0;
  for (const Behind& each : *behind) sum += each.counted;
  return sum;
}

class ReportPropertiesTest : public testing::TestWithParam<std::pair<View, Dimension>> {};

TEST_P(ReportPropertiesTest, EachNumberIsWhatTheCyclesBehindItAdd) {
  const auto [view, dimension] = GetParam();
  for (unsigned seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    CycleTable table;
    Fill(seed, table);
    const ReportQuery query = QueryOf(view, dimension);
    for (const SectionReport& section : MakeReport(table, query, {})) {
      for (const Figure& figure : section.figures) {
        SCOPED_TRACE(absl::StrCat(core::ToAbsl(section.info->id), "/", core::ToAbsl(figure.id), "/",
                                  figure.item, "@", figure.group));
        const auto behind = [&](const std::string& part) {
          return Behind1(table, query, section, figure, part);
        };
        if (const auto* count = std::get_if<Count>(&figure.value)) {
          EXPECT_EQ(behind(""), count->value);
        } else if (const auto* ratio = std::get_if<Ratio>(&figure.value)) {
          EXPECT_EQ(behind("numerator"), ratio->numerator);
          EXPECT_EQ(behind("denominator"), ratio->denominator);
          EXPECT_EQ(behind("excluded"), ratio->excluded);
          EXPECT_EQ(behind("pending"), ratio->pending);
        } else if (const auto* amount = std::get_if<Amount>(&figure.value)) {
          EXPECT_EQ(behind(""), amount->minor);
        } else if (const auto* times = std::get_if<Distribution>(&figure.value)) {
          EXPECT_EQ(behind("count"), times->count);
          EXPECT_EQ(behind("censored"), times->censored);
          EXPECT_EQ(behind("excluded"), times->excluded);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ReportPropertiesTest,
                         testing::Values(std::pair{View::kCohort, Dimension::kNone},
                                         std::pair{View::kCohort, Dimension::kRep},
                                         std::pair{View::kCohort, Dimension::kWeek},
                                         std::pair{View::kPeriod, Dimension::kQueue},
                                         std::pair{View::kPeriod, Dimension::kCampaign}));

TEST(ReportPartsTest, CountedInPartsItComesToTheSame) {
  CycleTable table;
  Fill(7, table);
  const ReportQuery query = QueryOf(View::kCohort, Dimension::kRep);
  const size_t rows = table.rows().size();
  Totals whole(table, query);
  whole.Count(0, rows);
  Totals parts(table, query);
  parts.Count(0, rows / 3);
  Totals rest(table, query);
  rest.Count(rows / 3, rows);
  parts.Take(rest);
  const auto one = whole.Told();
  const auto other = parts.Told();
  ASSERT_EQ(one.size(), other.size());
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].first, other[i].first);
    EXPECT_EQ(one[i].second->cycles, other[i].second->cycles);
    EXPECT_EQ(one[i].second->marks, other[i].second->marks);
    for (size_t s = 0; s < query.sections.size(); ++s) {
      SectionTotals& mine = one[i].second->sections[s];
      SectionTotals& theirs = other[i].second->sections[s];
      for (size_t f = 0; f < mine.items.size(); ++f) {
        int64_t sum = 0;
        mine.items[f].ForEach([&](int64_t item, const Ratio& ratio) {
          ASSERT_NE(theirs.items[f].Find(item), nullptr);
          EXPECT_EQ(theirs.items[f].Find(item)->denominator, ratio.denominator);
          EXPECT_EQ(theirs.items[f].Find(item)->numerator, ratio.numerator);
          sum += ratio.numerator;
        });
        theirs.items[f].ForEach([&](int64_t, const Ratio& ratio) { sum -= ratio.numerator; });
        EXPECT_EQ(sum, 0);
        EXPECT_EQ(mine.observed[f].values, theirs.observed[f].values);
        EXPECT_EQ(mine.observed[f].least_censored, theirs.observed[f].least_censored);
      }
    }
  }
}

TEST(ReportSumsTest, GroupsAddUpToTheWholeAndPartsToTheirStage) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    CycleTable table;
    Fill(seed, table);
    std::map<std::string, int64_t> whole, groups;
    const auto add = [&](Dimension dimension, std::map<std::string, int64_t>& sums) {
      for (const SectionReport& section :
           MakeReport(table, QueryOf(View::kCohort, dimension), {})) {
        for (const Figure& figure : section.figures) {
          const auto* count = std::get_if<Count>(&figure.value);
          const std::string name = absl::StrCat(core::ToAbsl(section.info->id), "/",
                                                core::ToAbsl(figure.id), "/", figure.item);
          if (count != nullptr) sums[name] += count->value;
        }
      }
    };
    add(Dimension::kNone, whole);
    add(Dimension::kCampaign, groups);
    EXPECT_EQ(whole, groups);
    EXPECT_GT(whole["funnel/reached/won"], 0);
    for (const std::string_view stage : kMilestoneNames) {
      const auto of = [&](const std::string& figure) {
        return whole[absl::StrCat("funnel/", figure, "/", core::ToAbsl(stage))];
      };
      EXPECT_EQ(of("reached"),
                of("went_on") + of("rejected") + of("recycled") + of("lost") + of("open"))
          << stage;
    }
  }
}

}  // namespace
}  // namespace baton::reports
