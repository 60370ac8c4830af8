// The alignment report as one HTML file that needs nothing else: no script, no request, dark and
// light, two columns on wide screens, A4 on paper.
#ifndef BATON_REPORT_PAGE_PAGE_HTML_H_
#define BATON_REPORT_PAGE_PAGE_HTML_H_

#include <string>

#include "report_page/page.h"

namespace baton::report_page {

// Every number says in its title what it counts and which command lists its leads; the same stands
// in the legend at the end, for paper.
std::string PageHtml(const Page& page);

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_PAGE_HTML_H_
