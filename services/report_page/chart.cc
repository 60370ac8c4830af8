#include "report_page/chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/text.h"
#include "report_page/html.h"
#include "report_page/text.h"

namespace baton::report_page {
namespace {

// Units of the viewBox, which the page scales to its column.
constexpr double kWidth = 640, kLabelWidth = 170, kNumberWidth = 70, kRow = 24, kBarHeight = 15;
constexpr double kBarWidth = kWidth - kLabelWidth - kNumberWidth;
constexpr double kCharacterWidth = 6.8, kLegendBox = 11, kGap = 16;
constexpr size_t kLabelBytesMax = 24;
constexpr double kFarthestLift = 3;  // as a power of two: eight times as good, or as bad

std::string Px(double value) {
  return absl::StrFormat("%.1f", value);
}

std::string Titled(const std::string& text) {
  return Element("title", {}, Escaped(text));
}

std::string Text(double x, double y, const char* css, const std::string& text) {
  return Element("text", {{"x", Px(x)}, {"y", Px(y)}, {"class", css}}, Escaped(text));
}

std::string Rect(double x, double y, double width, double height, const std::string& css,
                 const std::string& title) {
  return Element(
      "rect",
      {{"x", Px(x)}, {"y", Px(y)}, {"width", Px(width)}, {"height", Px(height)}, {"class", css}},
      Titled(title));
}

std::string Line(double x1, double y1, double x2, double y2, const char* css) {
  return Element(
      "line", {{"x1", Px(x1)}, {"y1", Px(y1)}, {"x2", Px(x2)}, {"y2", Px(y2)}, {"class", css}}, "");
}

// The name of a bar, shortened to its column.
std::string Label(double y, const std::string& name) {
  return Element("text",
                 {{"x", Px(kLabelWidth - 8)}, {"y", Px(y + kBarHeight - 3)}, {"class", "label"}},
                 absl::StrCat(Titled(name), Escaped(core::Shortened(name, kLabelBytesMax))));
}

std::string Svg(double height, const std::string& title, const std::string& inner) {
  return Element("svg",
                 {{"viewBox", absl::StrCat("0 0 ", Px(kWidth), " ", Px(height))},
                  {"role", "img"},
                  {"aria-label", title}},
                 inner);
}

std::string Colour(size_t place) {
  return absl::StrCat("c", place % kChartColours);
}

// Boxes with names, in as many lines as they need; `y` moves below them.
std::string Legend(const std::vector<std::string>& names, double& y) {
  std::string out;
  double x = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string name = core::Shortened(names[i], kLabelBytesMax);
    const double width = kLegendBox + 4 + kCharacterWidth * static_cast<double>(name.size()) + kGap;
    if (x > 0 && x + width > kWidth) {
      x = 0;
      y += kRow;
    }
    out += Rect(x, y + 2, kLegendBox, kLegendBox, Colour(i), names[i]);
    out += Text(x + kLegendBox + 4, y + kLegendBox + 1, "legend", name);
    x += width;
  }
  y += kRow;
  return out;
}

std::string Draw(const StackedChart& chart) {
  int64_t most = 0;
  for (const StackedChart::Bar& bar : chart.bars) {
    int64_t total = 0;
    for (const int64_t part : bar.parts) total += part;
    most = std::max(most, total);
  }
  if (most == 0) return "";
  double y = 0;
  std::string inner = Legend(chart.legend, y);
  for (const StackedChart::Bar& bar : chart.bars) {
    inner += Label(y, bar.label);
    double x = kLabelWidth;
    int64_t total = 0;
    for (size_t i = 0; i < bar.parts.size(); ++i) {
      total += bar.parts[i];
      const double width =
          kBarWidth * static_cast<double>(bar.parts[i]) / static_cast<double>(most);
      if (width <= 0) continue;
      inner += Rect(x, y, width, kBarHeight, Colour(i),
                    absl::StrCat(bar.label, ": ", bar.parts[i], " ", chart.legend[i]));
      x += width;
    }
    inner += Text(x + 6, y + kBarHeight - 3, "number", absl::StrCat(total));
    y += kRow;
  }
  return Svg(y, chart.title, inner);
}

// Where a logarithmic axis of times has its marks.
constexpr core::DurationMs kTicks[] = {
    core::kSecondMs,   10 * core::kSecondMs, core::kMinuteMs,    10 * core::kMinuteMs,
    core::kHourMs,     6 * core::kHourMs,    core::kDayMs,       7 * core::kDayMs,
    30 * core::kDayMs, 365 * core::kDayMs,   3650 * core::kDayMs};

// Times on a logarithmic axis that begins at one second.
class TimeAxis {
 public:
  explicit TimeAxis(const RangeChart& chart) {
    int64_t longest = 0;
    for (const RangeChart::Bar& bar : chart.bars) {
      longest = std::max(longest, bar.distribution.p95());
    }
    while (last_ < std::size(kTicks) - 1 && kTicks[last_] < longest) ++last_;
  }

  double At(double ms) const {
    const auto least = static_cast<double>(kTicks[0]), most = static_cast<double>(kTicks[last_]);
    const double place = std::log(std::clamp(ms, least, most) / least) / std::log(most / least);
    return kLabelWidth + kBarWidth * place;
  }

  std::string Ticks(double height) const {
    std::string out;
    for (size_t i = 0; i <= last_; ++i) {
      const double x = At(static_cast<double>(kTicks[i]));
      out += Line(x, 0, x, height, "tick");
      out += Text(x, height + 14, "axis", DurationText(kTicks[i]));
    }
    return out;
  }

 private:
  size_t last_ = 1;  // the tick where it ends
};

std::string Draw(const RangeChart& chart) {
  std::vector<RangeChart::Bar> bars;
  for (const RangeChart::Bar& bar : chart.bars) {
    if (bar.distribution.count() > 0) bars.push_back(bar);
  }
  if (bars.empty()) return "";
  const TimeAxis axis(chart);
  const double height = kRow * static_cast<double>(bars.size());
  std::string inner = axis.Ticks(height);
  double y = 0;
  for (const RangeChart::Bar& bar : bars) {
    const v1::ReportDistribution& times = bar.distribution;
    const double from = axis.At(static_cast<double>(times.p50()));
    const double most = axis.At(static_cast<double>(times.p90()));
    const double to = axis.At(static_cast<double>(times.p95()));
    const std::string title = absl::StrCat(bar.label, ": ", DistributionText(times));
    constexpr double kThin = 5, kLeast = 2;
    inner += Label(y, bar.label);
    inner += Rect(from, y, std::max(most - from, kLeast), kBarHeight, "c0", title);
    inner +=
        Rect(most, y + kThin, std::max(to - most, kLeast), kBarHeight - 2 * kThin, "c0", title);
    inner += Text(to + 6, y + kBarHeight - 3, "number", PercentileText(times, 50));
    y += kRow;
  }
  return Svg(height + kRow, chart.title, inner);
}

std::string Draw(const DivergingChart& chart) {
  if (chart.bars.empty()) return "";
  // A lift of 2 is as far from even as one of 1/2.
  const bool is_lift = chart.even == 1.0;
  const auto distance = [is_lift](double value) {
    if (!is_lift) return value;
    return value <= 0 ? -kFarthestLift
                      : std::clamp(std::log2(value), -kFarthestLift, kFarthestLift);
  };
  double most = is_lift ? 1 : 0.5;
  for (const DivergingChart::Bar& bar : chart.bars) {
    most = std::max(most, std::abs(distance(bar.value)));
  }
  const double centre = kLabelWidth + kBarWidth / 2;
  double y = 0;
  std::string inner;
  for (const DivergingChart::Bar& bar : chart.bars) {
    const double reach = distance(bar.value) / most * kBarWidth / 2;
    const std::string number = NumberText(bar.value);
    inner += Label(y, bar.label);
    inner += Rect(std::min(centre, centre + reach), y, std::max(std::abs(reach), 1.0), kBarHeight,
                  reach < 0 ? "down" : "up", absl::StrCat(bar.label, ": ", number));
    inner += Text(kWidth - kNumberWidth + 6, y + kBarHeight - 3, "number", number);
    y += kRow;
  }
  inner += Line(centre, 0, centre, y, "even");
  inner += Text(centre, y + 12, "axis", NumberText(chart.even));
  return Svg(y + kRow - 4, chart.title, inner);
}

}  // namespace

std::string ChartSvg(const Chart& chart) {
  return std::visit([](const auto& each) { return Draw(each); }, chart);
}

}  // namespace baton::report_page
