// The 200 leads of tests/golden/reports, and what was worked out of them by hand.
#ifndef BATON_TESTS_UNIT_REPORTS_GOLDEN_HISTORIES_H_
#define BATON_TESTS_UNIT_REPORTS_GOLDEN_HISTORIES_H_

#include <string>
#include <vector>

#include "core/time.h"
#include "store/pipe_store.h"

namespace baton::reports {

inline constexpr core::TimeMs kGoldenBegin = 1'772'442'000'000;  // 2026-03-02T09:00:00Z
inline constexpr core::TimeMs kGoldenNow = kGoldenBegin + 28 * core::kDayMs;

// The changes of all leads, in the order of their versions.
std::vector<store::OutboxEntry> GoldenHistories();

// A line of expected.tsv; what is not said there ("-") is empty.
struct GoldenNumber {
  std::string view;  // "cohort", "period"
  std::string group;
  std::string section;
  std::string figure;
  std::string item;
  std::string part;
  double value = 0;
};
std::vector<GoldenNumber> GoldenNumbers();

}  // namespace baton::reports

#endif  // BATON_TESTS_UNIT_REPORTS_GOLDEN_HISTORIES_H_
