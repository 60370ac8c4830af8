// One pass over the cycles of a table, which adds up all sections of a report by group. Of a large
// table several threads count a part each; what they found is then added up.
#ifndef BATON_REPORTS_TOTALS_H_
#define BATON_REPORTS_TOTALS_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "reports/report.h"

namespace baton::reports {

// Adds one to each of the parts, or `weight`.
inline void AddTo(unsigned parts, int64_t weight, Ratio& ratio) {
  if ((parts & kNumerator) != 0) ratio.numerator += weight;
  if ((parts & kDenominator) != 0) ratio.denominator += weight;
  if ((parts & kExcluded) != 0) ratio.excluded += weight;
  if ((parts & kPending) != 0) ratio.pending += weight;
}

// Parts by item. Items of small numbers, which most are, are found without a search.
class ItemTotals {
 public:
  Ratio& At(int64_t item);
  const Ratio* Find(int64_t item) const;  // nullptr: nothing was counted
  void Take(const ItemTotals& others);
  // In no order; only items of which something was counted.
  template <typename Use>
  void ForEach(const Use& use) const {
    for (size_t i = 0; i < few_.size(); ++i) {
      if (Counts(few_[i])) use(static_cast<int64_t>(i), few_[i]);
    }
    for (const auto& [item, ratio] : many_) use(item, ratio);
  }

 private:
  static bool Counts(const Ratio& ratio) {
    return (ratio.numerator | ratio.denominator | ratio.excluded | ratio.pending) != 0;
  }
  std::vector<Ratio> few_;
  absl::flat_hash_map<int64_t, Ratio> many_;
};

// What one question of a report is counted by; more would only wait for memory.
inline constexpr size_t kThreadsMax = 4;
inline constexpr size_t kRowsPerThreadMin = 20'000;

struct Observations {
  std::vector<int64_t> values;  // censored ones among them
  int64_t censored = 0;
  int64_t excluded = 0;
  int64_t least_censored = std::numeric_limits<int64_t>::max();
};

// By visited figure.
struct SectionTotals {
  std::vector<ItemTotals> items;
  std::vector<Observations> observed;
};

struct GroupTotals {
  int64_t cycles = 0;
  absl::flat_hash_map<Marks, int64_t> marks;
  std::vector<SectionTotals> sections;  // in the order of the query
};

// Not thread-safe.
class Totals : private Sink {
 public:
  // Both outlive this.
  Totals(const CycleTable& table, const ReportQuery& query);

  // Of the rows [begin, end) of the table.
  void Count(size_t begin, size_t end);
  // Adds what was counted of other rows by the same query.
  void Take(Totals& others);
  // The kGroupsMax largest groups by name, in order; of no dimension the only one, even if it is
  // empty.
  std::vector<std::pair<std::string, GroupTotals*>> Told();

 private:
  void CountRow(const Row& row, bool taken);
  GroupTotals& GroupAt(int64_t group);

  void Add(int figure, int64_t item, unsigned parts, int64_t weight) override;
  void Observe(int figure, Observed kind, int64_t value) override;
  void SetOffer(const RowOffer& offer) override;
  int64_t wanted_item() const override { return -1; }

  const CycleTable& table_;
  const ReportQuery& query_;
  const RowFilter filter_;
  absl::flat_hash_map<int64_t, std::unique_ptr<GroupTotals>> groups_;
  // Of the row that is visited.
  const Row* row_ = nullptr;
  size_t section_ = 0;
  GroupTotals* group_ = nullptr;
  // The group that was looked for last.
  int64_t last_group_ = 0;
  GroupTotals* last_ = nullptr;
};

}  // namespace baton::reports

#endif  // BATON_REPORTS_TOTALS_H_
