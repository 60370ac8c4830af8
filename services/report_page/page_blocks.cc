// The blocks about the whole way: funnel, service levels, speed, reasons.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "report_page/blocks.h"
#include "report_page/definitions.h"
#include "report_page/drill.h"
#include "report_page/text.h"

namespace baton::report_page {
namespace {

StackedChart FunnelChart(const Figures& now, const std::vector<std::string>& stages) {
  StackedChart chart;
  chart.title = "Where cycles went on and where they were lost";
  std::vector<std::string> figures = {"went_on", "open", "recycled", "rejected", "lost"};
  chart.legend = {"went on", "still there", "recycled", "rejected", "lost"};
  if (now.report().scope().view() == v1::REPORT_VIEW_PERIOD) {
    figures = {"reached"};
    chart.legend = {"reached"};
  }
  for (const std::string& stage : stages) {
    StackedChart::Bar bar{stage, {}};
    for (const std::string& figure : figures) {
      bar.parts.push_back(now.Count("funnel", figure, stage));
    }
    chart.bars.push_back(std::move(bar));
  }
  return chart;
}

// A reason with what it ended and how often.
struct Given {
  std::string figure;  // "rejected" ...
  std::string reason;
  int64_t count = 0;
};

std::vector<Given> ReasonsGiven(const Figures& now) {
  std::vector<Given> all;
  for (const char* figure : {"rejected", "recycled", "lost", "declined", "rerouted"}) {
    for (const std::string& reason : now.Items("dispositions", {figure})) {
      all.push_back({figure, reason, now.Count("dispositions", figure, reason)});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Given& a, const Given& b) { return a.count > b.count; });
  return all;
}

// The sources with most of the dispositions, those first.
std::vector<std::string> SourcesOf(const Figures& by_source, const std::vector<Given>& reasons) {
  std::vector<std::pair<int64_t, std::string>> sums;
  for (const std::string& source : by_source.Groups()) {
    int64_t sum = 0;
    for (const Given& each : reasons) {
      sum += by_source.Count("dispositions", each.figure, each.reason, source);
    }
    if (sum > 0) sums.emplace_back(-sum, source);
  }
  std::sort(sums.begin(), sums.end());
  std::vector<std::string> sources;
  for (const auto& [sum, source] : sums) sources.push_back(source);
  return sources;
}

StackedChart ReasonsChart(const Figures& by_source, const std::vector<Given>& reasons,
                          const std::vector<std::string>& sources) {
  StackedChart chart;
  chart.title = "Reasons by source";
  for (const std::string& source : sources) chart.legend.push_back(NameText(source));
  chart.legend.emplace_back("others");
  for (const Given& each : reasons) {
    StackedChart::Bar bar{each.reason, {}};
    int64_t rest = each.count;
    for (const std::string& source : sources) {
      bar.parts.push_back(by_source.Count("dispositions", each.figure, each.reason, source));
      rest -= bar.parts.back();
    }
    bar.parts.push_back(std::max<int64_t>(rest, 0));
    chart.bars.push_back(std::move(bar));
  }
  return chart;
}

Grid ReasonsGrid(const Figures& now, const Figures& by_source, const std::vector<Given>& reasons,
                 const std::vector<std::string>& sources) {
  Grid grid;
  grid.columns = {{"Reason", ""}, {"What it ended", ""}, {"All", ""}};
  for (const std::string& source : sources)
    grid.columns.push_back({NameText(source), "", /*is_name=*/true});
  for (const Given& each : reasons) {
    std::vector<Cell> row = {NameCell(each.reason),
                             {each.figure, "", ""},
                             FigureCell(now, "dispositions", each.figure, each.reason)};
    for (const std::string& source : sources) {
      row.push_back(FigureCell(by_source, "dispositions", each.figure, each.reason, source));
    }
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

}  // namespace

Block FunnelBlock(const Figures& now) {
  Block block;
  block.id = "funnel";
  block.title = "Funnel";
  block.about = "Each bar adds up: what went on, what is still there, what was lost on the way.";
  const std::vector<std::string> stages = now.Items("funnel", {"reached"});
  block.charts.push_back(FunnelChart(now, stages));
  block.grids.push_back(ItemGrid(now, "funnel", "Stage", stages,
                                 {{"Reached", "reached"},
                                  {"Went on", "went_on"},
                                  {"Still there", "open"},
                                  {"Recycled", "recycled"},
                                  {"Rejected", "rejected"},
                                  {"Lost", "lost"},
                                  {"Again", "again"}}));
  Grid conversion = ItemGrid(now, "funnel", "From > to", now.Items("funnel", {"conversion"}),
                             {{"Conversion", "conversion"}});
  conversion.title = "Conversion";
  block.grids.push_back(std::move(conversion));
  return block;
}

Block SlaBlock(const Figures& now) {
  Block block;
  block.id = "sla";
  block.title = "Service levels";
  block.about = "Clocks met in time, met late and broken.";
  std::vector<std::string> levels = now.Items("sla", {"compliance"});
  Grid cut;
  CutTo(kRowsMax, now.report(), "sla", levels, cut);
  StackedChart chart{"Clocks by service level", {"met", "running", "met late", "broken"}, {}};
  for (const std::string& level : levels) {
    chart.bars.push_back(
        {level,
         {now.Count("sla", "met", level), now.Ratio("sla", "compliance", level).pending(),
          now.Count("sla", "met_late", level), now.Count("sla", "broken", level)}});
  }
  block.charts.push_back(std::move(chart));
  Grid grid = ItemGrid(now, "sla", "Service level", levels,
                       {{"Kept", "compliance"},
                        {"Warned", "warned"},
                        {"Met", "met"},
                        {"Met late", "met_late"},
                        {"Broken", "broken"}});
  grid.more = cut.more;
  block.grids.push_back(std::move(grid));
  return block;
}

Block SpeedBlock(const Figures& now) {
  Block block;
  block.id = "speed";
  block.title = "Speed to lead";
  block.about = "Who still waits is in it with the time waited so far: >= says so.";
  const std::pair<const char*, const char*> parts[] = {
      {"Speed to lead", "speed_to_lead"},
      {"System delay", "system_delay"},
      {"Time to accept", "time_to_accept"},
      {"Re-offers", "reoffer_delay"},
      {"Time to first touch", "time_to_first_touch"}};
  RangeChart chart{"From the median to the 95th percentile", {}};
  Grid grid;
  grid.columns = {{"Part", ""},
                  {"p50", "Half took no longer."},
                  {"p90", "Nine of ten took no longer."},
                  {"p95", "19 of 20 took no longer."},
                  {"Of", "Observations, those who still wait among them."},
                  {"Still wait", "Observations that are not over."}};
  for (const auto& [name, figure] : parts) {
    const v1::ReportFigure* found = now.Find("speed", figure);
    if (found == nullptr) continue;
    const v1::ReportDistribution& times = found->distribution();
    chart.bars.push_back({name, times});
    const std::string definition = DefinitionOf("speed", figure);
    std::vector<Cell> row = {{name, definition, ""}};
    for (const int percent : {50, 90, 95}) {
      row.push_back({PercentileText(times, percent), definition,
                     LeadsCommand(now.report(), "speed", *found)});
    }
    row.push_back(
        {absl::StrCat(times.count()), definition, LeadsCommand(now.report(), "speed", *found)});
    row.push_back({absl::StrCat(times.censored()), definition,
                   LeadsCommand(now.report(), "speed", *found, "censored")});
    grid.rows.push_back(std::move(row));
  }
  block.charts.push_back(std::move(chart));
  block.grids.push_back(std::move(grid));
  return block;
}

Block ReasonsBlock(const Figures& now, const Figures& by_source) {
  Block block;
  block.id = "reasons";
  block.title = "Why sales said no";
  block.about = "Coded reasons, by the source that the lead came from.";
  std::vector<Given> reasons = ReasonsGiven(now);
  std::vector<std::string> sources = SourcesOf(by_source, reasons);
  std::string more;
  if (reasons.size() > kRowsMax || sources.size() > kSourcesMax) {
    more = absl::StrCat("all reasons and sources: ",
                        SectionCommand(by_source.report(), "dispositions"));
    reasons.resize(std::min(reasons.size(), kRowsMax));
    sources.resize(std::min(sources.size(), kSourcesMax));
  }
  block.charts.push_back(ReasonsChart(by_source, reasons, sources));
  block.grids.push_back(ReasonsGrid(now, by_source, reasons, sources));
  block.grids.back().more = more;
  return block;
}

}  // namespace baton::report_page
