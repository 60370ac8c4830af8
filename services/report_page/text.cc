#include "report_page/text.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/time.h"

namespace baton::report_page {
namespace {

using core::kDayMs;
using core::kHourMs;
using core::kMinuteMs;
using core::kSecondMs;

// "4m10s"; without the second unit if there is none of it.
std::string TwoUnits(int64_t ms, int64_t unit, const char* name, int64_t below,
                     const char* name_below) {
  const int64_t rest = ms % unit / below;
  return absl::StrCat(ms / unit, name, rest == 0 ? "" : absl::StrCat(rest, name_below));
}

// ISO 4217: how many digits an amount in minor units has after the point.
int MinorDigits(std::string_view currency) {
  constexpr std::array<std::string_view, 16> kNone = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                      "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                      "VND", "VUV", "XAF", "XPF"};
  constexpr std::array<std::string_view, 7> kThree = {"BHD", "IQD", "JOD", "KWD",
                                                      "LYD", "OMR", "TND"};
  for (const std::string_view code : kNone) {
    if (code == currency) return 0;
  }
  for (const std::string_view code : kThree) {
    if (code == currency) return 3;
  }
  return 2;
}

// "12,500".
std::string WithCommas(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(at, ",");
  return digits;
}

}  // namespace

std::string DurationText(int64_t duration_ms) {
  if (duration_ms < 0) return absl::StrCat("-", DurationText(-duration_ms));
  if (duration_ms < kSecondMs) return absl::StrCat(duration_ms, "ms");
  if (duration_ms < 10 * kSecondMs) {
    return absl::StrCat(NumberText(static_cast<double>(duration_ms / 100) / 10.0), "s");
  }
  if (duration_ms < kMinuteMs) return absl::StrCat(duration_ms / kSecondMs, "s");
  if (duration_ms < kHourMs) return TwoUnits(duration_ms, kMinuteMs, "m", kSecondMs, "s");
  if (duration_ms < kDayMs) return TwoUnits(duration_ms, kHourMs, "h", kMinuteMs, "m");
  return TwoUnits(duration_ms, kDayMs, "d", kHourMs, "h");
}

std::optional<double> Share(const v1::ReportRatio& ratio) {
  if (ratio.denominator() == 0) return std::nullopt;
  return static_cast<double>(ratio.numerator()) / static_cast<double>(ratio.denominator());
}

std::string PercentText(double share) {
  constexpr double kHundred = 100.0;
  return absl::StrFormat("%.1f%%", share * kHundred);
}

std::string ShareText(const v1::ReportRatio& ratio) {
  const std::optional<double> share = Share(ratio);
  return share.has_value() ? PercentText(*share) : kUndefined;
}

std::string RatioText(const v1::ReportRatio& ratio) {
  std::vector<std::string> parts = {absl::StrCat(ratio.numerator(), " of ", ratio.denominator())};
  if (ratio.pending() != 0) parts.push_back(absl::StrCat(ratio.pending(), " pending"));
  if (ratio.excluded() != 0) parts.push_back(absl::StrCat(ratio.excluded(), " left out"));
  return absl::StrCat(ShareText(ratio), " (", absl::StrJoin(parts, ", "), ")");
}

int64_t Percentile(const v1::ReportDistribution& distribution, int percent) {
  constexpr int kMedian = 50, kNinetieth = 90;
  if (percent == kMedian) return distribution.p50();
  return percent == kNinetieth ? distribution.p90() : distribution.p95();
}

bool IsLowerBound(const v1::ReportDistribution& distribution, int percent) {
  return distribution.bounds_from() != 0 && percent >= distribution.bounds_from();
}

std::string PercentileText(const v1::ReportDistribution& distribution, int percent) {
  if (distribution.count() == 0) return kUndefined;
  const int64_t value = Percentile(distribution, percent);
  return absl::StrCat(IsLowerBound(distribution, percent) ? ">= " : "",
                      distribution.unit() == "ms" ? DurationText(value) : absl::StrCat(value));
}

std::string DistributionText(const v1::ReportDistribution& distribution) {
  std::string text = absl::StrCat("p50 ", PercentileText(distribution, 50), ", p90 ",
                                  PercentileText(distribution, 90), ", p95 ",
                                  PercentileText(distribution, 95), " of ", distribution.count());
  std::vector<std::string> parts;
  if (distribution.censored() != 0) {
    parts.push_back(absl::StrCat(distribution.censored(), " still wait"));
  }
  if (distribution.excluded() != 0) {
    parts.push_back(absl::StrCat(distribution.excluded(), " left out"));
  }
  if (!parts.empty()) absl::StrAppend(&text, " (", absl::StrJoin(parts, ", "), ")");
  return text;
}

std::string NumberText(double number) {
  std::string text = absl::StrFormat("%.3f", number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string MoneyText(int64_t amount_minor, const std::string& currency) {
  const int digits = MinorDigits(currency);
  uint64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const bool negative = amount_minor < 0;
  const uint64_t amount =
      negative ? uint64_t{0} - static_cast<uint64_t>(amount_minor) : amount_minor;
  std::string text = absl::StrCat(negative ? "-" : "", WithCommas(amount / scale));
  if (digits > 0) absl::StrAppend(&text, absl::StrFormat(".%0*d", digits, amount % scale));
  return currency.empty() ? text : absl::StrCat(text, " ", currency);
}

std::string ValueText(const v1::ReportFigure& figure) {
  switch (figure.value_case()) {
    case v1::ReportFigure::kCount:
      return absl::StrCat(figure.count());
    case v1::ReportFigure::kRatio:
      return RatioText(figure.ratio());
    case v1::ReportFigure::kDistribution:
      return DistributionText(figure.distribution());
    case v1::ReportFigure::kNumber:
      return NumberText(figure.number());
    case v1::ReportFigure::kAmountMinor:
      return MoneyText(figure.amount_minor(), figure.item());
    case v1::ReportFigure::VALUE_NOT_SET:
      break;
  }
  return kUndefined;
}

}  // namespace baton::report_page
