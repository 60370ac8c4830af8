#include "reports/report.h"

#include <algorithm>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "reports/totals.h"

namespace baton::reports {
namespace {

// Percentiles by nearest rank, asked for in ascending order: each orders only what is behind the
// one before.
class Percentiles {
 public:
  // REQUIRES: values is not empty.
  explicit Percentiles(std::vector<int64_t>& values) : values_(values), from_(values.begin()) {}

  int64_t At(size_t percent) {
    const size_t rank = std::max<size_t>((percent * values_.size() + 99) / 100, 1);
    const auto at = values_.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    if (at >= from_) std::nth_element(from_, at, values_.end());
    from_ = std::max(from_, at);
    return *at;
  }

 private:
  std::vector<int64_t>& values_;
  std::vector<int64_t>::iterator from_;
};

Distribution MakeDistribution(std::string_view unit, Observations& observed) {
  Distribution distribution;
  distribution.unit = unit;
  distribution.count = static_cast<int64_t>(observed.values.size());
  distribution.censored = observed.censored;
  distribution.excluded = observed.excluded;
  if (observed.values.empty()) return distribution;
  Percentiles percentiles(observed.values);
  const auto set = [&](int32_t percent, int64_t& value) {
    value = percentiles.At(static_cast<size_t>(percent));
    if (distribution.bounds_from == 0 && observed.least_censored <= value) {
      distribution.bounds_from = percent;
    }
  };
  set(50, distribution.p50);
  set(90, distribution.p90);
  set(95, distribution.p95);
  return distribution;
}

// The figures of one section and group.
class Writer {
 public:
  Writer(const CycleTable& table, const ReportQuery& query, std::string group,
         SectionReport& section)
      : table_(table), query_(query), group_(std::move(group)), section_(section) {}

  void Marked(const GroupTotals& totals) {
    for (const MarkFigure& figure : section_.info->marked) {
      if (figure.cohort_only && query_.scope.view != View::kCohort) continue;
      Ratio ratio;
      for (const auto& [marks, count] : totals.marks) {
        AddTo(figure.parts(marks, figure.index), count, ratio);
      }
      Add(figure.info, figure.item, ratio);
    }
  }

  void Visited(SectionTotals& totals) {
    for (size_t i = 0; i < section_.info->visited.size(); ++i) {
      const FigureInfo& info = section_.info->visited[i];
      if (info.kind == FigureKind::kDistribution) {
        const std::string_view unit = info.id == "follow_up_depth" ? "touches" : "ms";
        Put(info, "", MakeDistribution(unit, totals.observed[i]));
        continue;
      }
      for (const auto& [item, ratio] : Told(totals, totals.items[i])) {
        Add(info, section_.info->item_name(table_, item), ratio);
      }
    }
  }

  void Fairness(SectionTotals& totals, const Deviations& deviations) {
    std::map<std::string, std::pair<double, double>> sums;  // of charges, of their squares
    std::map<std::string, double> reps;
    totals.items[0].ForEach([&](int64_t item, const Ratio& ratio) {
      const std::string& queue = table_.queues().Text(item >> 32);
      const auto charged = static_cast<double>(ratio.numerator);
      sums[queue].first += charged;
      sums[queue].second += charged * charged;
      reps[queue] += 1;
    });
    for (const auto& [queue, sum] : sums) {
      Put({"jain", "Evenness (Jain)", FigureKind::kNumber}, queue,
          sum.first * sum.first / (reps[queue] * sum.second));
    }
    if (!group_.empty() || query_.dimension != Dimension::kNone) return;
    Deviations all = deviations;
    totals.items[0].ForEach([&](int64_t item, const Ratio&) {
      all.try_emplace({table_.queues().Text(item >> 32), table_.reps().Text(item & 0xffffffff)}, 0);
    });
    for (const auto& [pair, deviation] : all) {
      Put({"deviation", "Off its share", FigureKind::kNumber},
          absl::StrCat(pair.first, "/", pair.second), deviation);
    }
  }

  void Calibration(SectionTotals& totals) {
    CompleteWithout(kAcceptanceWith, kAcceptanceWithout, totals);
    CompleteWithout(kWonWith, kWonWithout, totals);
    Visited(totals);
    Lift("acceptance_lift", "Acceptance lift", kAcceptanceWith, kAcceptanceWithout, totals);
    Lift("won_lift", "Lift of won", kWonWith, kWonWithout, totals);
  }

 private:
  using Items = std::vector<std::pair<int64_t, Ratio>>;

  // The items of a figure that are told, by name: the largest in the first figure of the section.
  Items Told(SectionTotals& totals, const ItemTotals& figure) {
    Items items;
    figure.ForEach([&](int64_t item, const Ratio& ratio) { items.emplace_back(item, ratio); });
    if (items.size() > kItemsMax) {
      const auto weight = [&](int64_t item) {
        const Ratio* ratio = totals.items[0].Find(item);
        return ratio == nullptr ? 0 : std::max(ratio->numerator, ratio->denominator);
      };
      std::stable_sort(items.begin(), items.end(), [&](const auto& one, const auto& other) {
        return weight(one.first) > weight(other.first);
      });
      items.resize(kItemsMax);
    }
    std::sort(items.begin(), items.end(), [&](const auto& one, const auto& other) {
      return section_.info->item_name(table_, one.first) <
             section_.info->item_name(table_, other.first);
    });
    return items;
  }

  // What was counted as `without` is everything: takes those with each rule away.
  static void CompleteWithout(size_t with, size_t without, SectionTotals& totals) {
    const Ratio* found = totals.items[without].Find(0);
    const Ratio all = found == nullptr ? Ratio() : *found;
    ItemTotals parts;
    totals.items[with].ForEach([&](int64_t item, const Ratio& ratio) {
      parts.At(item) = {all.numerator - ratio.numerator, all.denominator - ratio.denominator,
                        all.excluded - ratio.excluded, all.pending - ratio.pending};
    });
    totals.items[without] = std::move(parts);
  }

  void Lift(std::string_view id, std::string_view title, size_t with, size_t without,
            SectionTotals& totals) {
    for (const auto& [item, ratio] : Told(totals, totals.items[with])) {
      const Ratio* other = totals.items[without].Find(item);
      if (other == nullptr || ratio.denominator == 0 || other->denominator == 0) continue;
      if (other->numerator == 0) continue;
      const double share =
          static_cast<double>(ratio.numerator) / static_cast<double>(ratio.denominator);
      const double reference =
          static_cast<double>(other->numerator) / static_cast<double>(other->denominator);
      Put({id, title, FigureKind::kNumber}, section_.info->item_name(table_, item),
          share / reference);
    }
  }

  void Add(const FigureInfo& info, const std::string& item, const Ratio& ratio) {
    if (info.kind == FigureKind::kRatio) return Put(info, item, ratio);
    if (info.kind == FigureKind::kAmount) return Put(info, item, Amount{ratio.numerator});
    Put(info, item, Count{ratio.numerator});
  }

  template <typename Value>
  void Put(const FigureInfo& info, const std::string& item, const Value& value) {
    section_.figures.push_back({info.id, info.title, item, group_, value});
  }

  const CycleTable& table_;
  const ReportQuery& query_;
  const std::string group_;
  SectionReport& section_;
};

void Write(const CycleTable& table, const ReportQuery& query, const Deviations& deviations,
           size_t number, const std::string& name, GroupTotals& group, SectionReport& section) {
  Writer writer(table, query, name, section);
  writer.Marked(group);
  if (section.info->visit == nullptr) return;
  SectionTotals& totals = group.sections[number];
  if (section.info->id == "calibration") return writer.Calibration(totals);
  writer.Visited(totals);
  if (section.info->id == "fairness") writer.Fairness(totals, deviations);
}

void CountTogether(const CycleTable& table, const ReportQuery& query, Totals& totals) {
  const size_t rows = table.rows().size();
  const size_t threads = std::clamp<size_t>(
      std::min<size_t>(rows / kRowsPerThreadMin, std::thread::hardware_concurrency()), 1,
      kThreadsMax);
  const auto from = [&](size_t part) { return rows * part / threads; };
  std::vector<std::unique_ptr<Totals>> parts;
  std::vector<std::thread> running;
  for (size_t part = 1; part < threads; ++part) {
    Totals& counted = *parts.emplace_back(std::make_unique<Totals>(table, query));
    running.emplace_back(
        [&counted, begin = from(part), end = from(part + 1)] { counted.Count(begin, end); });
  }
  totals.Count(0, from(1));
  for (std::thread& thread : running) thread.join();
  for (const std::unique_ptr<Totals>& part : parts) totals.Take(*part);
}

}  // namespace

std::vector<SectionReport> MakeReport(const CycleTable& table, const ReportQuery& query,
                                      const Deviations& deviations) {
  Totals totals(table, query);
  CountTogether(table, query, totals);
  std::vector<SectionReport> sections(query.sections.size());
  for (size_t i = 0; i < sections.size(); ++i) {
    sections[i].info = query.sections[i];
    for (const auto& [name, group] : totals.Told()) {
      Write(table, query, deviations, i, name, *group, sections[i]);
    }
  }
  return sections;
}

}  // namespace baton::reports
