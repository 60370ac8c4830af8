// Reports over the cycles of a workspace, and the cycles behind each number. Pure; a table is only
// read, by a few threads at once if it is large.
#ifndef BATON_REPORTS_REPORT_H_
#define BATON_REPORTS_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "reports/sections.h"

namespace baton::reports {

inline constexpr size_t kGroupsMax = 1000;  // the largest ones are told
inline constexpr size_t kItemsMax = 1000;   // of a section and group, likewise

struct Count {
  int64_t value = 0;
};
struct Amount {
  int64_t minor = 0;
};
struct Ratio {
  int64_t numerator = 0;
  int64_t denominator = 0;
  int64_t excluded = 0;
  int64_t pending = 0;
};
struct Distribution {
  std::string_view unit;
  int64_t count = 0;
  int64_t censored = 0;
  int64_t excluded = 0;
  int64_t p50 = 0;
  int64_t p90 = 0;
  int64_t p95 = 0;
  int32_t bounds_from = 0;  // 50, 90, 95: the first percentile that is a lower bound; 0: none is
};

struct Figure {
  std::string_view id;
  std::string_view title;
  std::string item;
  std::string group;
  std::variant<Count, Ratio, Distribution, double, Amount> value;
};

struct SectionReport {
  const SectionInfo* info = nullptr;
  std::vector<Figure> figures;  // by group, then as sections.cc has them, then by item
};

// By queue and rep: got - entitled, in leads. Who is not in it got what was due.
using Deviations = std::map<std::pair<std::string, std::string>, double>;

struct ReportQuery {
  Scope scope;
  Dimension dimension = Dimension::kNone;
  std::vector<const SectionInfo*> sections;
};

std::vector<SectionReport> MakeReport(const CycleTable& table, const ReportQuery& query,
                                      const Deviations& deviations);

struct Cell {
  std::string section;
  std::string figure;
  std::string item;
  std::string group;
  std::string part;
};

// A cycle behind a number.
struct Behind {
  const Row* row = nullptr;
  int64_t counted = 0;   // what it adds to the number
  int64_t observed = 0;  // of a distribution
};

// The cycles that a number counts, by their start, lead and cycle. INVALID_ARGUMENT if reports have
// no such number. What a number is made from stands for it: of `jain` and `deviation` the charged
// offers, of a lift the numerator with the rule.
absl::StatusOr<std::vector<Behind>> CyclesBehind(const CycleTable& table, const Scope& scope,
                                                 Dimension dimension, const Cell& cell);

// What a cycle (or offer) belongs to, and its name.
int64_t GroupOf(const Row& row, Dimension dimension);
int64_t GroupOf(const Row& row, const RowOffer& offer, Dimension dimension);
std::string NameOfGroup(const CycleTable& table, int64_t group, Dimension dimension);

}  // namespace baton::reports

#endif  // BATON_REPORTS_REPORT_H_
