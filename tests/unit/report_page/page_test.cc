#include "report_page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "report_page/page_html.h"
#include "sample_report.h"

namespace baton::report_page {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

PageInput SampleInput() {
  PageInput input;
  input.now = SampleReport();
  ReportBuilder before;
  before.Section("funnel", "Funnel", "stage")
      .Add("reached", 25, "mql")
      .Section("acceptance", "Acceptance")
      .Add("acceptance", Ratio(10, 20))
      .Section("speed", "Speed")
      .Add("speed_to_lead", Times(19, 300'000, 7'200'000, 90'000'000))
      .Section("leakage", "Leakage")
      .Add("leakage", Ratio(1, 19));
  input.before = before.report();
  input.by_source = SampleBySource();
  input.by_campaign = ReportBuilder().report();
  return input;
}

const Block& BlockOf(const Page& page, const std::string& id) {
  for (const Block& block : page.blocks) {
    if (block.id == id) return block;
  }
  ADD_FAILURE() << "no block " << id;
  static const Block none;
  return none;
}

std::vector<std::string> Texts(const std::vector<Cell>& row) {
  std::vector<std::string> texts;
  for (const Cell& cell : row) texts.push_back(cell.text);
  return texts;
}

// The row of the first grid of a block that begins with `name`.
const std::vector<Cell>& RowOf(const Block& block, const std::string& name) {
  for (const std::vector<Cell>& row : block.grids.front().rows) {
    if (row.front().text == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  static const std::vector<Cell> none(4);
  return none;
}

TEST(PageTest, TheHeadlineSaysWhatChangedAndWhetherThatIsGood) {
  const Page page = MakePage(SampleInput());
  const Block& kept = BlockOf(page, "kept");
  const auto& qualified = RowOf(kept, "Leads that qualified");
  EXPECT_THAT(Texts(qualified), ElementsAre("Leads that qualified", "20", "25", "-5"));
  EXPECT_EQ(qualified[3].tone, Tone::kBad);
  const auto& acceptance = RowOf(kept, "Acceptance");
  EXPECT_EQ(acceptance[3].text, "+25.0 points");
  EXPECT_EQ(acceptance[3].tone, Tone::kGood);
  const auto& speed = RowOf(kept, "Speed to lead");
  EXPECT_EQ(speed[3].text, "-50s");
  EXPECT_EQ(speed[3].tone, Tone::kGood);  // less is better
  EXPECT_EQ(RowOf(kept, "Leads that leak")[3].text, "same");
  EXPECT_EQ(RowOf(kept, "SLA first touch")[3].text, "-");  // there was none before
}

TEST(PageTest, TheHeadlineHasWhatFellToNothing) {
  PageInput input = SampleInput();
  ReportBuilder before;
  before.Section("funnel", "Funnel", "stage")
      .Add("reached", 4, "won")
      .Section("acceptance", "Acceptance")
      .Add("acceptance", Ratio(10, 20))
      .Section("sla", "Service levels", "sla")
      .Add("compliance", Ratio(9, 10), "decision")
      .Section("speed", "Speed")
      .Add("speed_to_lead", Times(19, 300'000, 7'200'000, 90'000'000))
      .Section("value", "Value", "currency")
      .AddAmount("won", 5'000'000, "EUR")
      .AddAmount("won", 300, "USD");
  input.before = before.report();
  ReportBuilder now;
  now.Section("value", "Value", "currency").AddAmount("won", 100, "USD");
  input.now = now.report();
  const Page page = MakePage(input);
  const Block& kept = BlockOf(page, "kept");
  const auto& euros = RowOf(kept, "Value won, EUR");
  EXPECT_THAT(Texts(euros),
              ElementsAre("Value won, EUR", "0.00 EUR", "50,000.00 EUR", "-50,000.00 EUR"));
  EXPECT_EQ(euros[3].tone, Tone::kBad);
  EXPECT_FALSE(euros[1].definition.empty());
  EXPECT_THAT(Texts(RowOf(kept, "Value won, USD")),
              ElementsAre("Value won, USD", "1.00 USD", "3.00 USD", "-2.00 USD"));
  EXPECT_THAT(Texts(RowOf(kept, "Won")), ElementsAre("Won", "0", "4", "-4"));
  EXPECT_THAT(Texts(RowOf(kept, "SLA decision")),
              ElementsAre("SLA decision", "-", "90.0% (9 of 10)", "-"));
  EXPECT_THAT(Texts(RowOf(kept, "Speed to lead")), ElementsAre("Speed to lead", "-", _, "-"));
}

TEST(PageTest, TheHeadlineHasWhatRoseFromNothing) {
  const Page page = MakePage(SampleInput());
  EXPECT_THAT(Texts(RowOf(BlockOf(page, "kept"), "Value won, EUR")),
              ElementsAre("Value won, EUR", "12,500.00 EUR", "0.00 EUR", "+12,500.00 EUR"));
  EXPECT_THAT(Texts(RowOf(BlockOf(page, "kept"), "SLA first touch")),
              ElementsAre("SLA first touch", _, "-", "-"));
}

TEST(PageTest, NumbersComeWithTheirDefinitionAndTheCommandThatListsTheirLeads) {
  const Page page = MakePage(SampleInput());
  const Cell& acceptance = RowOf(BlockOf(page, "kept"), "Acceptance")[1];
  EXPECT_EQ(acceptance.text, "75.0% (12 of 16, 2 pending, 1 left out)");
  EXPECT_THAT(acceptance.definition, HasSubstr("undecided too long"));
  EXPECT_THAT(acceptance.command, HasSubstr("report leads acceptance/acceptance --since"));
  const Cell& untouched = RowOf(BlockOf(page, "sales"), "Nobody has touched them")[1];
  EXPECT_EQ(untouched.text, "4");
  EXPECT_THAT(untouched.command, HasSubstr("speed/speed_to_lead --part censored"));
}

TEST(PageTest, ReasonsAreToldApartBySource) {
  const Page page = MakePage(SampleInput());
  const Grid& grid = BlockOf(page, "reasons").grids.front();
  EXPECT_THAT(Texts(grid.rows[0]), ElementsAre("NO_NEED", "rejected", "4", "3", "1"));
  EXPECT_THAT(Texts(grid.rows[1]), ElementsAre("BAD_TIMING", "recycled", "2", "", ""));
  EXPECT_EQ(grid.columns[3].name, "//google.example");
  EXPECT_EQ(grid.columns[4].name, "(not known)");
  const auto& chart = std::get<StackedChart>(BlockOf(page, "reasons").charts.front());
  EXPECT_THAT(chart.bars[1].parts, ElementsAre(0, 0, 2));  // of others
}

TEST(PageTest, RulesThatPointTheWrongWayStandFirst) {
  const Page page = MakePage(SampleInput());
  const auto& row = BlockOf(page, "marketing").grids.front().rows.front();
  EXPECT_EQ(row[3].text, "0.5");
  EXPECT_EQ(row[3].tone, Tone::kBad);
  EXPECT_THAT(row[3].command, HasSubstr("calibration/acceptance_lift/<script>"));
}

TEST(PageTest, HtmlHasNothingThatRunsOrLoads) {
  const std::string html = PageHtml(MakePage(SampleInput()));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"));
  EXPECT_FALSE(std::regex_search(html, std::regex("(src|href)=\"(?!data:)")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  EXPECT_THAT(html, HasSubstr("default-src &#39;none&#39;"));
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme: dark"));
}

TEST(PageTest, HtmlHasTheChartsAndTheDefinitionOfEachNumber) {
  const std::string html = PageHtml(MakePage(SampleInput()));
  const std::regex chart("<svg ");
  EXPECT_EQ(std::distance(std::sregex_iterator(html.begin(), html.end(), chart), {}), 7);
  EXPECT_THAT(html, HasSubstr("title=\"Came to the second stage within the horizon"));
  EXPECT_THAT(
      html, HasSubstr("&#10;batonctl -w demo report leads &#39;funnel/conversion/mql&gt;won&#39;"));
}

TEST(PageTest, AnEmptyReportIsAPageThatSaysSo) {
  const PageInput nothing = {ReportBuilder().report(), ReportBuilder().report(),
                             ReportBuilder().report(), ReportBuilder().report()};
  const std::string html = PageHtml(MakePage(nothing));
  EXPECT_THAT(html, Not(HasSubstr("<svg")));
  EXPECT_THAT(html, HasSubstr("Nothing in this period."));
}

TEST(PageTest, LongListsAreCutAndSayWhatShowsTheRest) {
  PageInput input = SampleInput();
  ReportBuilder many;
  many.Section("workload", "Workload", "rep");
  for (int i = 0; i < 20; ++i) many.Add("offers", i, "rep" + std::to_string(i));
  input.now = many.report();
  const Page page = MakePage(input);
  const Grid& grid = BlockOf(page, "workload").grids.front();
  EXPECT_EQ(grid.rows.size(), 12U);
  EXPECT_EQ(grid.rows.front().front().text, "rep19");
  EXPECT_THAT(grid.more, HasSubstr("and 8 more: batonctl -w demo report workload"));
}

}  // namespace
}  // namespace baton::report_page
