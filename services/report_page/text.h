// Figures of reports as people read them: "63.2% (12 of 19, 2 pending)", "4m10s", ">= 2h".
#ifndef BATON_REPORT_PAGE_TEXT_H_
#define BATON_REPORT_PAGE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "baton/v1/report_service.pb.h"

namespace baton::report_page {

inline constexpr char kUndefined[] = "-";

// "450ms", "4.2s", "4m10s", "3h12m", "2d4h": two units at most, rounded down but for seconds below
// ten. A negative one has a minus.
std::string DurationText(int64_t duration_ms);

// numerator / denominator; nothing if the denominator is 0.
std::optional<double> Share(const v1::ReportRatio& ratio);
std::string PercentText(double share);  // "63.2%"
// "63.2%", or "-" if it is undefined.
std::string ShareText(const v1::ReportRatio& ratio);
// "63.2% (12 of 19, 2 pending, 1 left out)"; pending and left out only if there are some.
std::string RatioText(const v1::ReportRatio& ratio);

// The percentile 50, 90 or 95, and whether it is a lower bound.
int64_t Percentile(const v1::ReportDistribution& distribution, int percent);
bool IsLowerBound(const v1::ReportDistribution& distribution, int percent);
// In the unit of the distribution: "4m10s", ">= 2h", "7"; "-" if there is no observation.
std::string PercentileText(const v1::ReportDistribution& distribution, int percent);
// "p50 4m10s, p90 >= 2h, p95 >= 3h of 19 (2 still wait, 1 left out)".
std::string DistributionText(const v1::ReportDistribution& distribution);

// Three decimals at most: "0.995", "0.5", "3".
std::string NumberText(double number);
// "12,500.00 EUR": the currency's own digits, two if it is not known.
std::string MoneyText(int64_t amount_minor, const std::string& currency);

// The value of any figure.
std::string ValueText(const v1::ReportFigure& figure);

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_TEXT_H_
