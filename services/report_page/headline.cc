// What was agreed and kept: the headline, with what changed since the period before.
#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "report_page/blocks.h"
#include "report_page/definitions.h"
#include "report_page/text.h"

namespace baton::report_page {
namespace {

constexpr size_t kLevelsMax = 6;

enum class Better { kMore, kLess };

struct Kpi {
  std::string name;
  std::string section;
  std::string figure;
  std::string item;
  Better better = Better::kMore;
};

// The items of now, then those that there were before only.
std::vector<std::string> ItemsOfBoth(const Figures& now, const Figures& before,
                                     const std::string& section, const std::string& figure) {
  std::vector<std::string> items = now.Items(section, {figure});
  for (const std::string& item : before.Items(section, {figure})) {
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
  return items;
}

std::vector<Kpi> HeadlineKpis(const Figures& now, const Figures& before) {
  std::vector<Kpi> kpis = {
      {"Leads that qualified", "funnel", "reached", "mql"},
      {"Acceptance", "acceptance", "acceptance", ""},
      {"No response in time", "acceptance", "no_response", "", Better::kLess},
      {"Speed to lead", "speed", "speed_to_lead", "", Better::kLess},
      {"Feedback given", "feedback", "feedback_rate", ""},
      {"Leads that leak", "leakage", "leakage", "", Better::kLess},
      {"Rejected for quality or data", "dispositions", "marketing_fault", "", Better::kLess},
      {"Given up too early", "recycling", "premature", "", Better::kLess},
      {"MQL to won", "funnel", "conversion", "mql>won"},
      {"Won", "funnel", "reached", "won"}};
  std::vector<std::string> levels = ItemsOfBoth(now, before, "sla", "compliance");
  if (levels.size() > kLevelsMax) levels.resize(kLevelsMax);
  constexpr int kAfterNoResponse = 3;
  auto place = kpis.begin() + kAfterNoResponse;
  for (const std::string& level : levels) {
    place = kpis.insert(place, {absl::StrCat("SLA ", level), "sla", "compliance", level}) + 1;
  }
  for (const std::string& currency : ItemsOfBoth(now, before, "value", "won")) {
    kpis.push_back({absl::StrCat("Value won, ", currency), "value", "won", currency});
  }
  return kpis;
}

// A difference as text, with its sign, and its direction: -1, 0, 1.
struct Difference {
  std::string text = kUndefined;
  int direction = 0;
};

std::string Signed(int64_t difference, const std::string& absolute) {
  return absl::StrCat(difference < 0 ? "-" : "+", absolute);
}

Difference Between(int64_t before, int64_t now, const std::string& absolute) {
  const int64_t difference = now - before;
  if (difference == 0) return {"same", 0};
  return {Signed(difference, absolute), difference < 0 ? -1 : 1};
}

Difference BetweenShares(const v1::ReportRatio& before, const v1::ReportRatio& now) {
  const std::optional<double> from = Share(before), to = Share(now);
  if (!from.has_value() || !to.has_value()) return {};
  constexpr double kPoints = 100.0, kShown = 0.05;
  const double points = (*to - *from) * kPoints;
  if (points > -kShown && points < kShown) return {"same", 0};
  return {absl::StrFormat("%+.1f points", points), points < 0 ? -1 : 1};
}

// Of medians; a lower bound says nothing about a change.
Difference BetweenMedians(const v1::ReportDistribution& before, const v1::ReportDistribution& now) {
  constexpr int kMedian = 50;
  if (before.count() == 0 || now.count() == 0 || IsLowerBound(before, kMedian) ||
      IsLowerBound(now, kMedian)) {
    return {};
  }
  return Between(before.p50(), now.p50(), DurationText(std::abs(now.p50() - before.p50())));
}

// A report leaves out what there was nothing of: of the same kind as the other one then.
Difference ChangeOf(const v1::ReportFigure* before, const v1::ReportFigure* now) {
  const v1::ReportFigure* known = now == nullptr ? before : now;
  if (known == nullptr) return {};
  const v1::ReportFigure none;
  const v1::ReportFigure& from = before == nullptr ? none : *before;
  const v1::ReportFigure& to = now == nullptr ? none : *now;
  switch (known->value_case()) {
    case v1::ReportFigure::kRatio:
      return BetweenShares(from.ratio(), to.ratio());
    case v1::ReportFigure::kDistribution:
      return BetweenMedians(from.distribution(), to.distribution());
    case v1::ReportFigure::kCount:
      return Between(from.count(), to.count(), absl::StrCat(std::abs(to.count() - from.count())));
    case v1::ReportFigure::kAmountMinor:
      return Between(from.amount_minor(), to.amount_minor(),
                     MoneyText(std::abs(to.amount_minor() - from.amount_minor()), known->item()));
    default:
      return {};
  }
}

// What a report says that has no such figure, where `other` has it.
Cell NothingOf(const v1::ReportFigure& other, const Kpi& kpi) {
  Cell cell = {kUndefined, DefinitionOf(kpi.section, kpi.figure), ""};
  if (other.value_case() == v1::ReportFigure::kCount) cell.text = "0";
  if (other.value_case() == v1::ReportFigure::kAmountMinor) cell.text = MoneyText(0, other.item());
  return cell;
}

Cell HeadlineCell(const Figures& figures, const v1::ReportFigure* other, const Kpi& kpi) {
  const bool has_none = figures.Find(kpi.section, kpi.figure, kpi.item) == nullptr;
  if (has_none && other != nullptr) return NothingOf(*other, kpi);
  return FigureCell(figures, kpi.section, kpi.figure, kpi.item);
}

Tone ToneOf(int direction, Better better) {
  if (direction == 0) return Tone::kPlain;
  return (direction > 0) == (better == Better::kMore) ? Tone::kGood : Tone::kBad;
}

}  // namespace

Block HeadlineBlock(const Figures& now, const Figures& before) {
  Block block;
  block.id = "kept";
  block.title = "What was agreed, and what was kept";
  block.about = "Each number and the change against the period before.";
  Grid grid;
  grid.columns = {{"KPI", ""}, {"Now", ""}, {"Before", ""}, {"Change", ""}};
  for (const Kpi& kpi : HeadlineKpis(now, before)) {
    const v1::ReportFigure* was = before.Find(kpi.section, kpi.figure, kpi.item);
    const v1::ReportFigure* is = now.Find(kpi.section, kpi.figure, kpi.item);
    const Difference change = ChangeOf(was, is);
    grid.rows.push_back({{kpi.name, "", ""},
                         HeadlineCell(now, was, kpi),
                         HeadlineCell(before, is, kpi),
                         {change.text, "", "", ToneOf(change.direction, kpi.better)}});
  }
  block.grids.push_back(std::move(grid));
  return block;
}

}  // namespace baton::report_page
