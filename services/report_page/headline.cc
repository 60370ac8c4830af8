// What was agreed and kept: the headline, with what changed since the period before.
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "report_page/blocks.h"
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

std::vector<Kpi> HeadlineKpis(const Figures& now) {
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
  std::vector<std::string> levels = now.Items("sla", {"compliance"});
  if (levels.size() > kLevelsMax) levels.resize(kLevelsMax);
  constexpr int kAfterNoResponse = 3;
  auto place = kpis.begin() + kAfterNoResponse;
  for (const std::string& level : levels) {
    place = kpis.insert(place, {absl::StrCat("SLA ", level), "sla", "compliance", level}) + 1;
  }
  for (const std::string& currency : now.Items("value", {"won"})) {
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

Difference ChangeOf(const v1::ReportFigure* before, const v1::ReportFigure* now) {
  if (now == nullptr) return {};
  const v1::ReportFigure none;
  const v1::ReportFigure& from = before == nullptr ? none : *before;
  switch (now->value_case()) {
    case v1::ReportFigure::kRatio:
      return BetweenShares(from.ratio(), now->ratio());
    case v1::ReportFigure::kDistribution:
      return BetweenMedians(from.distribution(), now->distribution());
    case v1::ReportFigure::kCount:
      return Between(from.count(), now->count(),
                     absl::StrCat(std::abs(now->count() - from.count())));
    case v1::ReportFigure::kAmountMinor:
      return Between(from.amount_minor(), now->amount_minor(),
                     MoneyText(std::abs(now->amount_minor() - from.amount_minor()), now->item()));
    default:
      return {};
  }
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
  for (const Kpi& kpi : HeadlineKpis(now)) {
    const Difference change = ChangeOf(before.Find(kpi.section, kpi.figure, kpi.item),
                                       now.Find(kpi.section, kpi.figure, kpi.item));
    grid.rows.push_back({{kpi.name, "", ""},
                         FigureCell(now, kpi.section, kpi.figure, kpi.item),
                         FigureCell(before, kpi.section, kpi.figure, kpi.item),
                         {change.text, "", "", ToneOf(change.direction, kpi.better)}});
  }
  block.grids.push_back(std::move(grid));
  return block;
}

}  // namespace baton::report_page
