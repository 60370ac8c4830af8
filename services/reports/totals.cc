#include "reports/totals.h"

#include <algorithm>

namespace baton::reports {
namespace {

constexpr int64_t kFewMax = 1 << 16;

}  // namespace

Ratio& ItemTotals::At(int64_t item) {
  if (item < 0 || item >= kFewMax) return many_[item];
  const auto index = static_cast<size_t>(item);
  if (index >= few_.size()) few_.resize(index + 1);
  return few_[index];
}

const Ratio* ItemTotals::Find(int64_t item) const {
  if (item >= 0 && item < static_cast<int64_t>(few_.size())) {
    const Ratio& ratio = few_[static_cast<size_t>(item)];
    return Counts(ratio) ? &ratio : nullptr;
  }
  const auto found = many_.find(item);
  return found == many_.end() ? nullptr : &found->second;
}

void ItemTotals::Take(const ItemTotals& others) {
  others.ForEach([this](int64_t item, const Ratio& other) {
    Ratio& ratio = At(item);
    ratio.numerator += other.numerator;
    ratio.denominator += other.denominator;
    ratio.excluded += other.excluded;
    ratio.pending += other.pending;
  });
}

namespace {

void TakeObserved(const Observations& others, Observations& observed) {
  observed.values.insert(observed.values.end(), others.values.begin(), others.values.end());
  observed.censored += others.censored;
  observed.excluded += others.excluded;
  observed.least_censored = std::min(observed.least_censored, others.least_censored);
}

}  // namespace

Totals::Totals(const CycleTable& table, const ReportQuery& query)
    : table_(table), query_(query), filter_(table, query.scope) {}

GroupTotals& Totals::GroupAt(int64_t group) {
  if (last_ != nullptr && last_group_ == group) return *last_;
  std::unique_ptr<GroupTotals>& totals = groups_[group];
  if (totals == nullptr) {
    totals = std::make_unique<GroupTotals>();
    totals->sections.resize(query_.sections.size());
    for (size_t i = 0; i < query_.sections.size(); ++i) {
      totals->sections[i].items.resize(query_.sections[i]->visited.size());
      totals->sections[i].observed.resize(query_.sections[i]->visited.size());
    }
  }
  last_group_ = group;
  last_ = totals.get();
  return *last_;
}

void Totals::Count(size_t begin, size_t end) {
  for (const Row& row : absl::MakeConstSpan(table_.rows()).subspan(begin, end - begin)) {
    const bool taken = filter_.Takes(row, false);
    if (taken || filter_.Takes(row, true)) CountRow(row, taken);
  }
}

void Totals::Take(Totals& others) {
  for (const auto& [group, other] : others.groups_) {
    GroupTotals& totals = GroupAt(group);
    totals.cycles += other->cycles;
    for (const auto& [marks, count] : other->marks) totals.marks[marks] += count;
    for (size_t s = 0; s < totals.sections.size(); ++s) {
      SectionTotals& section = totals.sections[s];
      for (size_t i = 0; i < section.items.size(); ++i) {
        section.items[i].Take(other->sections[s].items[i]);
        TakeObserved(other->sections[s].observed[i], section.observed[i]);
      }
    }
  }
}

// `taken`: also by the queue and rep of the cycle.
void Totals::CountRow(const Row& row, bool taken) {
  const Marks marks = filter_.MarksOf(row);
  row_ = &row;
  GroupTotals* own = nullptr;
  if (taken) {
    own = &GroupAt(GroupOf(row, query_.dimension));
    ++own->cycles;
    ++own->marks[marks];
  }
  const Visit visit = {table_, query_.scope, filter_, row, marks};
  for (section_ = 0; section_ < query_.sections.size(); ++section_) {
    const SectionInfo& info = *query_.sections[section_];
    if (info.visit == nullptr || !(taken || info.by_offer)) continue;
    group_ = own;
    info.visit(visit, *this);
  }
}

void Totals::Add(int figure, int64_t item, unsigned parts, int64_t weight) {
  ItemTotals& items = group_->sections[section_].items[static_cast<size_t>(figure)];
  AddTo(parts, weight, items.At(item));
}

void Totals::Observe(int figure, Observed kind, int64_t value) {
  Observations& observed = group_->sections[section_].observed[static_cast<size_t>(figure)];
  if (kind == Observed::kExcluded) {
    ++observed.excluded;
    return;
  }
  observed.values.push_back(value);
  if (kind != Observed::kCensored) return;
  ++observed.censored;
  observed.least_censored = std::min(observed.least_censored, value);
}

void Totals::SetOffer(const RowOffer& offer) {
  group_ = &GroupAt(GroupOf(*row_, offer, query_.dimension));
}

std::vector<std::pair<std::string, GroupTotals*>> Totals::Told() {
  if (query_.dimension == Dimension::kNone) return {{"", &GroupAt(0)}};
  std::vector<std::pair<int64_t, GroupTotals*>> found;
  for (const auto& [group, totals] : groups_) found.emplace_back(group, totals.get());
  std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) {
    if (one.second->cycles != other.second->cycles) {
      return one.second->cycles > other.second->cycles;
    }
    return one.first < other.first;
  });
  if (found.size() > kGroupsMax) found.resize(kGroupsMax);
  std::vector<std::pair<std::string, GroupTotals*>> told;
  for (const auto& [group, totals] : found) {
    told.emplace_back(NameOfGroup(table_, group, query_.dimension), totals);
  }
  std::sort(told.begin(), told.end());
  return told;
}

}  // namespace baton::reports
