// What each figure of a report counts, in one sentence: services/reports/KPIS.md for those who read
// a report.
#ifndef BATON_REPORT_PAGE_DEFINITIONS_H_
#define BATON_REPORT_PAGE_DEFINITIONS_H_

#include <string>
#include <vector>

namespace baton::report_page {

struct Definition {
  const char* section;
  const char* figure;
  const char* text;
};

// Every figure, in the order of KPIS.md.
const std::vector<Definition>& Definitions();

// Of one figure; "" if it is not known (the server is newer).
std::string DefinitionOf(const std::string& section, const std::string& figure);

// The sections that a report may have, in their order.
std::vector<std::string> SectionIds();

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_DEFINITIONS_H_
