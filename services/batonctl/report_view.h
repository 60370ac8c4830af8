// Figures of a report as tables for people and as CSV for sheets.
#ifndef BATON_BATONCTL_REPORT_VIEW_H_
#define BATON_BATONCTL_REPORT_VIEW_H_

#include <string>
#include <vector>

#include "baton/v1/report_service.pb.h"
#include "batonctl/table.h"
#include "report_page/page.h"

namespace baton::batonctl {

// Each section with its title and its tables: a row for each group and item, a column for each
// figure.
std::string ReportText(const v1::Report& report, const TableStyle& style);

// A line for each figure after one of headers; before each, `before` (with headers of its own).
std::string ReportCsvHeader(const std::vector<std::string>& before);
std::string ReportCsvLines(const v1::Report& report, const std::vector<std::string>& before);

Table ReportLeadsTable(const v1::ListReportLeadsResponse& response);
std::string ReportLeadsCsv(const v1::ListReportLeadsResponse& response);

// The alignment report as text.
std::string PageText(const report_page::Page& page, const TableStyle& style);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_REPORT_VIEW_H_
