#include "report_page/page.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "report_page/blocks.h"
#include "report_page/definitions.h"
#include "report_page/drill.h"
#include "report_page/text.h"

namespace baton::report_page {
namespace {

// "2026-11-21 00:00 UTC".
std::string MinuteText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string PeriodText(const v1::ReportScope& scope) {
  return absl::StrCat(MinuteText(scope.start_time()), " to ", MinuteText(scope.end_time()));
}

void AddFilter(const char* what, const std::string& value, std::vector<std::string>& notes) {
  if (!value.empty()) notes.push_back(absl::StrCat("Only ", what, " ", value, "."));
}

std::vector<std::string> Notes(const PageInput& input) {
  const v1::Report& now = input.now;
  const v1::ReportScope& scope = now.scope();
  std::vector<std::string> notes;
  if (scope.view() == v1::REPORT_VIEW_PERIOD) {
    notes.push_back("What happened in the period, whenever the lead qualified.");
  } else {
    notes.push_back(
        absl::StrCat("Cycles that began in the period, with all that became of them "
                     "until ",
                     MinuteText(now.read_time()), ". Those of the period before had more time."));
  }
  notes.push_back(absl::StrCat("Compared with ", PeriodText(input.before.scope()), "."));
  AddFilter("source", scope.source(), notes);
  AddFilter("campaign", scope.campaign(), notes);
  AddFilter("queue", scope.queue(), notes);
  AddFilter("rep", scope.rep(), notes);
  if (scope.policy_revision() != 0) {
    notes.push_back(absl::StrCat("Only policy revision ", scope.policy_revision(), "."));
  }
  if (now.uncounted_changes() > 0) {
    notes.push_back(absl::StrCat("Not counted yet: ", now.uncounted_changes(), " changes."));
  }
  return notes;
}

}  // namespace

std::string NameText(const std::string& name) {
  return name.empty() ? "(not known)" : name;
}

Cell NameCell(const std::string& name) {
  return {NameText(name), "", ""};
}

Cell FigureCell(const Figures& figures, const std::string& section, const std::string& figure,
                const std::string& item, const std::string& group) {
  const v1::ReportFigure* found = figures.Find(section, figure, item, group);
  if (found == nullptr) return {};
  return {ValueText(*found), DefinitionOf(section, figure),
          LeadsCommand(figures.report(), section, *found)};
}

Column FigureColumn(const std::string& name, const std::string& section,
                    const std::string& figure) {
  return {name, DefinitionOf(section, figure)};
}

Grid ItemGrid(const Figures& figures, const std::string& section, const std::string& item_name,
              const std::vector<std::string>& items,
              const std::vector<std::pair<std::string, std::string>>& names_and_figures) {
  Grid grid;
  grid.columns.push_back({item_name, ""});
  for (const auto& [name, figure] : names_and_figures) {
    grid.columns.push_back(FigureColumn(name, section, figure));
  }
  for (const std::string& item : items) {
    std::vector<Cell> row = {NameCell(item)};
    for (const auto& [name, figure] : names_and_figures) {
      row.push_back(FigureCell(figures, section, figure, item));
    }
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

void CutTo(size_t most, const v1::Report& report, const std::string& section,
           std::vector<std::string>& names, Grid& grid) {
  if (names.size() <= most) return;
  grid.more = absl::StrCat("and ", names.size() - most, " more: ", SectionCommand(report, section));
  names.resize(most);
}

Page MakePage(const PageInput& input) {
  const Figures now(input.now), before(input.before), by_source(input.by_source),
      by_campaign(input.by_campaign);
  Page page;
  const std::string& parent = input.now.parent();
  page.title = absl::StrCat("Alignment report: ", parent.substr(parent.rfind('/') + 1));
  page.period = PeriodText(input.now.scope());
  page.notes = Notes(input);
  page.blocks.push_back(HeadlineBlock(now, before));
  page.blocks.push_back(FunnelBlock(now));
  page.blocks.push_back(SlaBlock(now));
  page.blocks.push_back(SpeedBlock(now));
  page.blocks.push_back(ReasonsBlock(now, by_source));
  page.blocks.push_back(MarketingBlock(now));
  page.blocks.push_back(SalesBlock(now));
  page.blocks.push_back(FairnessBlock(now));
  page.blocks.push_back(WorkloadBlock(now));
  page.blocks.push_back(OriginsBlock(by_source, by_campaign));
  return page;
}

}  // namespace baton::report_page
