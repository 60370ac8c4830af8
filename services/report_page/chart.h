// The charts of the alignment report as SVG that stands in HTML: no script, colours by classes of
// the page's style (c0 .. c5, up, down), so that they follow dark and light.
#ifndef BATON_REPORT_PAGE_CHART_H_
#define BATON_REPORT_PAGE_CHART_H_

#include <string>

#include "report_page/page.h"

namespace baton::report_page {

inline constexpr int kChartColours = 6;

// One <svg> element; "" if there is nothing to draw.
std::string ChartSvg(const Chart& chart);

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_CHART_H_
