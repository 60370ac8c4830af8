#include "core/activity_days.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/types/span.h"
#include "core/facts.h"

namespace baton::core {
namespace {

constexpr size_t kSums = 16;

// The sum of counts[i] * left^(size - 1 - i): each day leaves `left` of what was there. Several
// sums side by side, so that no multiplication waits for the one before.
double SumUp(absl::Span<const double> counts, double left) {
  const size_t rest = counts.size() % kSums;
  double sum = 0;
  for (size_t i = 0; i < rest; ++i) sum = sum * left + counts[i];
  const double left4 = left * left * left * left, left16 = left4 * left4 * left4 * left4;
  double sums[kSums] = {};
  sums[kSums - 1] = sum;  // what is before the others has aged as the last one of its row
  for (size_t i = rest; i < counts.size(); i += kSums) {
    for (size_t k = 0; k < kSums; ++k) sums[k] = sums[k] * left16 + counts[i + k];
  }
  sum = 0;
  for (size_t k = 0; k < kSums; ++k) sum = sum * left + sums[k];
  return sum;
}

// Half is left after each half-life.
double LeftAfter(DurationMs age_ms, DurationMs half_life_ms) {
  return std::exp2(-static_cast<double>(age_ms) / static_cast<double>(half_life_ms));
}

}  // namespace

double LeftOf(int32_t day, DurationMs half_life_ms, TimeMs now_ms) {
  if (half_life_ms == 0) return 1;
  return LeftAfter(std::max<DurationMs>(0, now_ms - day * kDayMs), half_life_ms);
}

ActivityDays::ActivityDays(const DayCounts& occurrences) {
  if (occurrences.empty()) return;
  last_day_ = occurrences.back().first;
  const auto oldest = occurrences.lower_bound(last_day_ - static_cast<int32_t>(kActivityDaysMax));
  counts_.resize(static_cast<size_t>(last_day_ - oldest->first) + 1);
  for (auto day = oldest; day != occurrences.end(); ++day) {
    counts_[static_cast<size_t>(day->first - oldest->first)] = static_cast<double>(day->second);
  }
  total_ = std::accumulate(counts_.begin(), counts_.end(), 0.0);
}

double ActivityDays::Remaining(DurationMs half_life_ms, TimeMs now_ms) const {
  if (half_life_ms == 0) return total_;
  const int64_t ahead =
      std::clamp<int64_t>(last_day_ - DayNumber(now_ms), 0, static_cast<int64_t>(counts_.size()));
  const absl::Span<const double> aged(counts_.data(), counts_.size() - static_cast<size_t>(ahead));
  const double unaged = std::accumulate(counts_.end() - ahead, counts_.end(), 0.0);
  const DurationMs age_ms = now_ms - (last_day_ - ahead) * kDayMs;
  return SumUp(aged, LeftAfter(kDayMs, half_life_ms)) *
             LeftAfter(std::max<DurationMs>(0, age_ms), half_life_ms) +
         unaged;
}

}  // namespace baton::core
