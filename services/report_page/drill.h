// The commands that list the leads behind numbers.
#ifndef BATON_REPORT_PAGE_DRILL_H_
#define BATON_REPORT_PAGE_DRILL_H_

#include <string>

#include "baton/v1/report_service.pb.h"

namespace baton::report_page {

// RFC 3339 with milliseconds, as the command line takes it; "" for the unset one.
std::string TimeText(const google::protobuf::Timestamp& time);

// "source" for REPORT_DIMENSION_SOURCE ...; "" for none.
std::string DimensionText(v1::ReportDimension dimension);

// `batonctl -w demo report leads acceptance/acceptance --since ... --until ... --at ...`: with the
// scope and the read time of `report`, so that it lists the very cycles that were counted. `part`
// as in ReportCell. Words that a shell would not take as they are stand in quotes.
std::string LeadsCommand(const v1::Report& report, const std::string& section,
                         const v1::ReportFigure& figure, const std::string& part = "");

// `batonctl -w demo report SECTION ...`, in the same way.
std::string SectionCommand(const v1::Report& report, const std::string& section);

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_DRILL_H_
