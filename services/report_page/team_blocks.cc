// The blocks about what each team should do, about the reps, and about where leads come from.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "report_page/blocks.h"
#include "report_page/definitions.h"
#include "report_page/drill.h"
#include "report_page/text.h"

namespace baton::report_page {
namespace {

double NumberOf(const Figures& figures, const char* section, const char* figure,
                const std::string& item, double otherwise) {
  const v1::ReportFigure* found = figures.Find(section, figure, item);
  return found == nullptr ? otherwise : found->number();
}

void SetTone(double lift, Cell& cell) {
  if (!cell.text.empty()) cell.tone = lift < 1 ? Tone::kBad : lift > 1 ? Tone::kGood : Tone::kPlain;
}

DivergingChart LiftChart(const Figures& now, const char* title, const char* figure,
                         const std::vector<std::string>& rules) {
  DivergingChart chart{title, 1.0, {}};
  for (const std::string& rule : rules) {
    const v1::ReportFigure* found = now.Find("calibration", figure, rule);
    if (found != nullptr) chart.bars.push_back({rule, found->number()});
  }
  return chart;
}

// A row of the list of what sales can mend.
void AddTodo(const char* what, Cell number, Grid& grid) {
  if (!number.text.empty()) grid.rows.push_back({{what, "", ""}, std::move(number)});
}

Cell CensoredCell(const Figures& now, const char* section, const char* figure) {
  const v1::ReportFigure* found = now.Find(section, figure);
  if (found == nullptr) return {};
  return {absl::StrCat(found->distribution().censored()), DefinitionOf(section, figure),
          LeadsCommand(now.report(), section, *found, "censored")};
}

// The names whose MQLs are most, those first.
std::vector<std::string> Origins(const Figures& by) {
  std::vector<std::string> names = by.Groups();
  std::stable_sort(names.begin(), names.end(), [&by](const std::string& a, const std::string& b) {
    return by.Count("funnel", "reached", "mql", a) > by.Count("funnel", "reached", "mql", b);
  });
  return names;
}

Cell ValueCell(const Figures& by, const std::string& group) {
  std::vector<std::string> amounts, commands;
  for (const std::string& currency : by.Items("value", {"won"})) {
    const v1::ReportFigure* found = by.Find("value", "won", currency, group);
    if (found == nullptr) continue;
    amounts.push_back(ValueText(*found));
    commands.push_back(LeadsCommand(by.report(), "value", *found));
  }
  return {absl::StrJoin(amounts, ", "), DefinitionOf("value", "won"),
          absl::StrJoin(commands, "\n")};
}

Grid OriginsGrid(const char* title, const Figures& by) {
  Grid grid;
  grid.title = title;
  grid.columns = {{title, ""},
                  FigureColumn("MQLs", "funnel", "reached"),
                  FigureColumn("Delivered", "acceptance", "delivered"),
                  FigureColumn("Acceptance", "acceptance", "acceptance"),
                  FigureColumn("Marketing's fault", "dispositions", "marketing_fault"),
                  FigureColumn("Won", "funnel", "reached"),
                  FigureColumn("MQL to won", "funnel", "conversion"),
                  FigureColumn("Value won", "value", "won")};
  std::vector<std::string> names = Origins(by);
  CutTo(kRowsMax, by.report(), "funnel", names, grid);
  for (const std::string& name : names) {
    grid.rows.push_back({NameCell(name), FigureCell(by, "funnel", "reached", "mql", name),
                         FigureCell(by, "acceptance", "delivered", "", name),
                         FigureCell(by, "acceptance", "acceptance", "", name),
                         FigureCell(by, "dispositions", "marketing_fault", "", name),
                         FigureCell(by, "funnel", "reached", "won", name),
                         FigureCell(by, "funnel", "conversion", "mql>won", name),
                         ValueCell(by, name)});
  }
  return grid;
}

}  // namespace

Block MarketingBlock(const Figures& now) {
  Block block;
  block.id = "marketing";
  block.title = "What marketing should change";
  block.about =
      "Scoring rules by what sales made of their leads. A lift below 1 is points for leads that "
      "sales takes less often; above 1 the rule earns its points.";
  const std::vector<std::string> all_lifts = {"acceptance_lift", "won_lift"};
  std::vector<std::string> rules = now.Items("calibration", all_lifts);
  std::stable_sort(rules.begin(), rules.end(), [&now](const auto& a, const auto& b) {
    return NumberOf(now, "calibration", "acceptance_lift", a, 1) <
           NumberOf(now, "calibration", "acceptance_lift", b, 1);
  });
  Grid cut;
  if (rules.size() > kRowsMax) {  // the worst and the best
    rules.erase(rules.begin() + kRowsMax / 2, rules.end() - kRowsMax / 2);
    cut.more = absl::StrCat("all rules: ", SectionCommand(now.report(), "calibration"));
  }
  block.charts.push_back(LiftChart(now, "Acceptance lift by rule", "acceptance_lift", rules));
  block.charts.push_back(LiftChart(now, "Lift of won by rule", "won_lift", rules));
  Grid grid = ItemGrid(now, "calibration", "Rule", rules,
                       {{"Accepted with", "acceptance_with"},
                        {"without", "acceptance_without"},
                        {"Lift", "acceptance_lift"},
                        {"Won with", "won_with"},
                        {"without", "won_without"},
                        {"Lift", "won_lift"}});
  constexpr size_t kAcceptanceLift = 3, kWonLift = 6;
  for (size_t i = 0; i < rules.size(); ++i) {
    SetTone(NumberOf(now, "calibration", "acceptance_lift", rules[i], 1),
            grid.rows[i][kAcceptanceLift]);
    SetTone(NumberOf(now, "calibration", "won_lift", rules[i], 1), grid.rows[i][kWonLift]);
  }
  grid.more = cut.more;
  block.grids.push_back(std::move(grid));
  return block;
}

Block SalesBlock(const Figures& now) {
  Block block;
  block.id = "sales";
  block.title = "What sales should change";
  block.about = "Leads that wait, that were late, that got no answer, that nobody has.";
  Grid grid;
  grid.columns = {{"What", ""}, {"How many", ""}};
  AddTodo("Nobody has touched them", CensoredCell(now, "speed", "speed_to_lead"), grid);
  AddTodo("Not decided in time", FigureCell(now, "acceptance", "no_response"), grid);
  for (const std::string& level : now.Items("sla", {"compliance"})) {
    if (grid.rows.size() > kRowsMax) break;
    for (const char* figure : {"broken", "met_late"}) {
      if (now.Count("sla", figure, level) == 0) continue;
      grid.rows.push_back(
          {{absl::StrCat(figure == std::string("broken") ? "Broken: " : "Met late: ", level), "",
            ""},
           FigureCell(now, "sla", figure, level)});
    }
  }
  AddTodo("Feedback given", FigureCell(now, "feedback", "feedback_rate"), grid);
  AddTodo("With nobody after an offer", FigureCell(now, "leakage", "leakage"), grid);
  AddTodo("Never offered", FigureCell(now, "leakage", "undelivered"), grid);
  AddTodo("Given up too early", FigureCell(now, "recycling", "premature"), grid);
  AddTodo("Sent from rep to rep", FigureCell(now, "recycling", "reassigned"), grid);
  block.grids.push_back(std::move(grid));
  return block;
}

Block WorkloadBlock(const Figures& now) {
  Block block;
  block.id = "workload";
  block.title = "Workload";
  block.about = "Offers by rep and what the reps made of them.";
  std::vector<std::string> reps = now.Items("workload", {"offers"});
  std::stable_sort(reps.begin(), reps.end(), [&now](const auto& a, const auto& b) {
    return now.Count("workload", "offers", a) > now.Count("workload", "offers", b);
  });
  Grid cut;
  CutTo(kRowsMax, now.report(), "workload", reps, cut);
  StackedChart chart{"Offers by rep", {"accepted", "declined", "expired"}, {}};
  for (const std::string& rep : reps) {
    chart.bars.push_back(
        {rep,
         {now.Count("workload", "accepted", rep), now.Count("workload", "declined", rep),
          now.Count("workload", "expired", rep)}});
  }
  block.charts.push_back(std::move(chart));
  Grid grid = ItemGrid(now, "workload", "Rep", reps,
                       {{"Offers", "offers"},
                        {"Accepted", "accepted"},
                        {"Declined", "declined"},
                        {"Expired", "expired"},
                        {"Returned", "returned"},
                        {"Pulled back", "pulled_back"},
                        {"Open", "open"},
                        {"Touches", "touches"},
                        {"Won", "won"}});
  grid.more = cut.more;
  block.grids.push_back(std::move(grid));
  return block;
}

Block FairnessBlock(const Figures& now) {
  Block block;
  block.id = "fairness";
  block.title = "Fairness";
  block.about = "What reps got against what they were entitled to, by queue.";
  std::vector<std::string> shares = now.Items("fairness", {"charged", "deviation"});
  Grid cut;
  CutTo(kRowsMax, now.report(), "fairness", shares, cut);
  DivergingChart chart{"Deviation in leads", 0.0, {}};
  for (const std::string& share : shares) {
    if (now.Find("fairness", "deviation", share) == nullptr) continue;
    chart.bars.push_back({share, NumberOf(now, "fairness", "deviation", share, 0)});
  }
  block.charts.push_back(std::move(chart));
  Grid grid = ItemGrid(now, "fairness", "Queue/rep", shares,
                       {{"Charged", "charged"}, {"Deviation", "deviation"}});
  grid.more = cut.more;
  block.grids.push_back(std::move(grid));
  Grid jain =
      ItemGrid(now, "fairness", "Queue", now.Items("fairness", {"jain"}), {{"Jain index", "jain"}});
  jain.title = "Evenness";
  block.grids.push_back(std::move(jain));
  return block;
}

Block OriginsBlock(const Figures& by_source, const Figures& by_campaign) {
  Block block;
  block.id = "origins";
  block.title = "By source and campaign";
  block.about = "What became of the leads of each.";
  block.grids.push_back(OriginsGrid("Source", by_source));
  block.grids.push_back(OriginsGrid("Campaign", by_campaign));
  return block;
}

}  // namespace baton::report_page
