#include "batonctl/report_view.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "batonctl/colours.h"
#include "batonctl/format.h"
#include "policy/document_error.h"
#include "report_page/drill.h"
#include "report_page/text.h"

namespace baton::batonctl {
namespace {

using report_page::DimensionText;
using report_page::TimeText;
using report_page::ValueText;

std::string Heading(const std::string& text, bool colour) {
  return colour ? absl::StrCat(kBold, text, kPlain, "\n") : absl::StrCat(text, "\n");
}

// Figures with items of different kinds stand in tables of their own.
enum class Part { kWhole, kItems, kOther };

Part PartOf(const v1::ReportFigure& figure) {
  if (figure.item().empty()) return Part::kWhole;
  // A stage and a step between stages, a rep of a queue and a queue.
  return figure.id() == "conversion" || figure.id() == "jain" ? Part::kOther : Part::kItems;
}

std::string TitleOf(const v1::ReportFigure& figure) {
  return figure.title().empty() ? absl::StrReplaceAll(figure.id(), {{"_", " "}}) : figure.title();
}

// A table whose rows are what they came in first, and whose columns are too.
class Pivot {
 public:
  void Add(const std::vector<std::string>& row, const std::string& column, std::string value) {
    if (!cells_.contains(row)) rows_.push_back(row);
    if (std::find(columns_.begin(), columns_.end(), column) == columns_.end()) {
      columns_.push_back(column);
    }
    cells_[row][column] = std::move(value);
  }

  bool empty() const { return rows_.empty(); }

  std::string Render(std::vector<std::string> headers, const TableStyle& style) const {
    headers.insert(headers.end(), columns_.begin(), columns_.end());
    for (std::string& header : headers) absl::AsciiStrToUpper(&header);
    Table table(headers);
    for (const std::vector<std::string>& row : rows_) {
      std::vector<std::string> cells = row;
      const auto& values = cells_.at(row);
      for (const std::string& column : columns_) {
        const auto found = values.find(column);
        cells.push_back(found == values.end() ? "" : found->second);
      }
      table.AddRow(std::move(cells));
    }
    return table.Render(style);
  }

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::map<std::vector<std::string>, std::map<std::string, std::string>> cells_;
};

std::string ItemHeader(Part part, const v1::ReportSection& section) {
  if (part == Part::kWhole) return "figure";
  if (part == Part::kOther) return section.id() == "funnel" ? "from > to" : "queue";
  return section.item_kind().empty() ? "item" : section.item_kind();
}

std::string SectionText(const v1::ReportSection& section, const std::string& group,
                        const TableStyle& style) {
  std::map<Part, Pivot> parts;
  for (const v1::ReportFigure& figure : section.figures()) {
    std::vector<std::string> row;
    if (!group.empty()) row.push_back(figure.group().empty() ? "(not known)" : figure.group());
    const Part part = PartOf(figure);
    if (part == Part::kWhole) {
      row.push_back(TitleOf(figure));
      parts[part].Add(row, "value", ValueText(figure));
    } else {
      row.push_back(figure.item());
      parts[part].Add(row, TitleOf(figure), ValueText(figure));
    }
  }
  std::string text =
      Heading(section.title().empty() ? section.id() : section.title(), style.colour);
  if (parts.empty()) absl::StrAppend(&text, "nothing in this period\n");
  for (const auto& [part, pivot] : parts) {
    std::vector<std::string> headers;
    if (!group.empty()) headers.push_back(group);
    headers.push_back(ItemHeader(part, section));
    text += pivot.Render(headers, style);
  }
  return text;
}

std::string ScopeText(const v1::Report& report) {
  const v1::ReportScope& scope = report.scope();
  std::string text = absl::StrCat(
      scope.view() == v1::REPORT_VIEW_PERIOD ? "What happened from " : "Cycles that began from ",
      TimeText(scope.start_time()), " to ", TimeText(scope.end_time()), ", as of ",
      TimeText(report.read_time()), "\n");
  if (report.uncounted_changes() > 0) {
    absl::StrAppend(&text, "not counted yet: ", Counted(report.uncounted_changes(), "change"),
                    "\n");
  }
  return text;
}

// kind, value, and the numbers behind it, as columns of CSV.
std::vector<std::string> NumbersOf(const v1::ReportFigure& figure) {
  const auto number = [](int64_t value) { return absl::StrCat(value); };
  switch (figure.value_case()) {
    case v1::ReportFigure::kCount:
      return {"count", number(figure.count()), "", "", "", "", "", "", "", "", "", "", ""};
    case v1::ReportFigure::kRatio: {
      const v1::ReportRatio& ratio = figure.ratio();
      const std::optional<double> share = report_page::Share(ratio);
      return {"ratio",
              share.has_value() ? absl::StrCat(*share) : "",
              number(ratio.numerator()),
              number(ratio.denominator()),
              number(ratio.excluded()),
              number(ratio.pending()),
              "",
              "",
              "",
              "",
              "",
              "",
              ""};
    }
    case v1::ReportFigure::kDistribution: {
      const v1::ReportDistribution& spread = figure.distribution();
      return {"distribution",
              "",
              "",
              "",
              number(spread.excluded()),
              "",
              spread.unit(),
              number(spread.count()),
              number(spread.censored()),
              number(spread.p50()),
              number(spread.p90()),
              number(spread.p95()),
              number(spread.bounds_from())};
    }
    case v1::ReportFigure::kNumber:
      return {"number", absl::StrCat(figure.number()), "", "", "", "", "", "", "", "", "", "", ""};
    case v1::ReportFigure::kAmountMinor:
      return {"amount_minor",
              number(figure.amount_minor()),
              "",
              "",
              "",
              "",
              "",
              "",
              "",
              "",
              "",
              "",
              ""};
    case v1::ReportFigure::VALUE_NOT_SET:
      break;
  }
  return {"", "", "", "", "", "", "", "", "", "", "", "", ""};
}

}  // namespace

std::string ReportText(const v1::Report& report, const TableStyle& style) {
  std::string text = ScopeText(report);
  for (const v1::ReportSection& section : report.sections()) {
    absl::StrAppend(&text, "\n", SectionText(section, DimensionText(report.group_by()), style));
  }
  return text;
}

std::string ReportCsvHeader(const std::vector<std::string>& before) {
  std::vector<std::string> headers = before;
  for (const char* header :
       {"section", "figure", "item", "group", "kind", "value", "numerator", "denominator",
        "excluded", "pending", "unit", "count", "censored", "p50", "p90", "p95", "bounds_from"}) {
    headers.emplace_back(header);
  }
  return CsvLine(headers);
}

std::string ReportCsvLines(const v1::Report& report, const std::vector<std::string>& before) {
  std::string lines;
  for (const v1::ReportSection& section : report.sections()) {
    for (const v1::ReportFigure& figure : section.figures()) {
      std::vector<std::string> fields = before;
      for (const std::string& field : {section.id(), figure.id(), figure.item(), figure.group()}) {
        fields.push_back(field);
      }
      for (std::string& field : NumbersOf(figure)) fields.push_back(std::move(field));
      lines += CsvLine(fields);
    }
  }
  return lines;
}

Table ReportLeadsTable(const v1::ListReportLeadsResponse& response) {
  const auto any = [&response](auto is_it) {
    return std::any_of(response.leads().begin(), response.leads().end(), is_it);
  };
  const bool is_counted = any([](const v1::ReportLead& lead) { return lead.counted() != 1; });
  const bool is_observed = any([](const v1::ReportLead& lead) { return lead.observed() != 0; });
  std::vector<std::string> headers = {"LEAD", "CYCLE", "STAGE", "REASON", "REP", "SINCE"};
  if (is_counted) headers.emplace_back("COUNTED");
  if (is_observed) headers.emplace_back("OBSERVED");
  Table table(headers);
  for (const v1::ReportLead& lead : response.leads()) {
    std::vector<std::string> row = {ShortName(lead.name()),  absl::StrCat(lead.cycle()),
                                    StageText(lead.stage()), lead.reason(),
                                    ShortName(lead.rep()),   FormatTime(lead.start_time())};
    if (is_counted) row.push_back(absl::StrCat(lead.counted()));
    if (is_observed) row.push_back(absl::StrCat(lead.observed()));
    table.AddRow(std::move(row));
  }
  return table;
}

std::string ReportLeadsCsv(const v1::ListReportLeadsResponse& response) {
  std::string text =
      CsvLine({"lead", "cycle", "stage", "reason", "rep", "start_time", "counted", "observed"});
  for (const v1::ReportLead& lead : response.leads()) {
    text += CsvLine({ShortName(lead.name()), absl::StrCat(lead.cycle()), StageText(lead.stage()),
                     lead.reason(), ShortName(lead.rep()), TimeText(lead.start_time()),
                     absl::StrCat(lead.counted()), absl::StrCat(lead.observed())});
  }
  return text;
}

std::string PageText(const report_page::Page& page, const TableStyle& style) {
  std::string text = absl::StrCat(Heading(page.title, style.colour), page.period, "\n");
  for (const std::string& note : page.notes) {
    absl::StrAppend(&text, policy::Printable(note), "\n");
  }
  for (const report_page::Block& block : page.blocks) {
    absl::StrAppend(&text, "\n", Heading(block.title, style.colour));
    for (const report_page::Grid& grid : block.grids) {
      std::vector<std::string> headers;
      for (const report_page::Column& column : grid.columns) {
        headers.push_back(column.is_name ? column.name : absl::AsciiStrToUpper(column.name));
      }
      Table table(headers);
      for (const std::vector<report_page::Cell>& row : grid.rows) {
        std::vector<std::string> cells;
        for (const report_page::Cell& cell : row) cells.push_back(cell.text);
        table.AddRow(std::move(cells));
      }
      absl::StrAppend(&text, grid.rows.empty() ? "nothing in this period\n" : table.Render(style));
      if (!grid.more.empty()) absl::StrAppend(&text, policy::Printable(grid.more), "\n");
    }
  }
  return text;
}

}  // namespace baton::batonctl
