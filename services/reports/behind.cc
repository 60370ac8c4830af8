#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/errors.h"
#include "reports/report.h"
#include "reports/totals.h"
#include "store/report_store.h"

namespace baton::reports {
namespace {

// A number as it is counted.
struct Number {
  const SectionInfo* section = nullptr;
  const MarkFigure* marked = nullptr;  // nullptr: `visited`
  int visited = 0;
  FigureKind kind = FigureKind::kCount;
  std::string item;
  unsigned part = kNumerator;
};

// What a number that is made from others goes back to.
Cell Underlying(Cell cell) {
  if (cell.section == "fairness") cell.figure = "charged";
  if (cell.figure == "acceptance_lift") cell.figure = "acceptance_with";
  if (cell.figure == "won_lift") cell.figure = "won_with";
  return cell;
}

std::optional<unsigned> PartOf(const std::string& name, FigureKind kind) {
  const bool is_ratio = kind == FigureKind::kRatio;
  if (name.empty() || name == (is_ratio ? "numerator" : "count")) return kNumerator;
  if (is_ratio && name == "denominator") return kDenominator;
  if (is_ratio && name == "pending") return kPending;
  if (name == "excluded" && kind != FigureKind::kCount) return kExcluded;
  if (name == "censored" && kind == FigureKind::kDistribution) return kPending;
  return std::nullopt;
}

absl::Status NoSuch(const char* field, const std::string& name, const std::string& valid) {
  return core::FieldError(field, absl::StrCat("there is no \"", name, "\"; valid: ", valid));
}

bool FindFigure(const Cell& cell, Number& number) {
  for (const MarkFigure& figure : number.section->marked) {
    if (figure.info.id != cell.figure || figure.item != cell.item) continue;
    number.marked = &figure;
    number.kind = figure.info.kind;
    return true;
  }
  const std::vector<FigureInfo>& visited = number.section->visited;
  for (size_t i = 0; i < visited.size(); ++i) {
    if (visited[i].id != cell.figure) continue;
    number.visited = static_cast<int>(i);
    number.kind = visited[i].kind;
    return true;
  }
  return false;
}

absl::StatusOr<Number> FindNumber(const Cell& given) {
  const Cell cell = Underlying(given);
  Number number;
  number.section = FindSection(cell.section);
  if (number.section == nullptr) {
    return NoSuch("cell.section", cell.section,
                  absl::StrJoin(Sections(), ", ", [](std::string* out, const SectionInfo& info) {
                    out->append(info.id);
                  }));
  }
  if (!FindFigure(cell, number)) {
    return NoSuch("cell.figure",
                  cell.item.empty() ? cell.figure : absl::StrCat(cell.figure, " of ", cell.item),
                  "what the report shows");
  }
  number.item = cell.item;
  const std::optional<unsigned> part = PartOf(cell.part, number.kind);
  if (!part) return NoSuch("cell.part", cell.part, "the parts of the number");
  number.part = *part;
  return number;
}

// Counts what one number says of one cycle.
class Listener : public Sink {
 public:
  Listener(const Number& number, int64_t item, Dimension dimension, std::optional<int64_t> group)
      : number_(number), item_(item), dimension_(dimension), group_(group) {}

  void Begin(const Row& row) {
    row_ = &row;
    behind_ = {&row, 0, 0};
    found_ = false;
    in_group_ = IsGroup(GroupOf(row, dimension_));
  }
  void Add(int figure, int64_t item, unsigned parts, int64_t weight) override {
    if (figure != number_.visited || !in_group_ || (parts & number_.part) == 0) return;
    if (!IsItem(item)) return;
    behind_.counted += weight;
    found_ = true;
  }
  void Observe(int figure, Observed kind, int64_t value) override {
    if (figure != number_.visited || !in_group_) return;
    const bool wanted = kind == Observed::kExcluded   ? number_.part == kExcluded
                        : kind == Observed::kCensored ? number_.part != kExcluded
                                                      : number_.part == kNumerator;
    if (!wanted) return;
    behind_.counted = 1;
    behind_.observed = value;
    found_ = true;
  }
  void SetOffer(const RowOffer& offer) override {
    in_group_ = IsGroup(GroupOf(*row_, offer, dimension_));
  }
  int64_t wanted_item() const override { return item_; }

  bool in_group() const { return in_group_; }
  bool found() const { return found_; }
  const Behind& behind() const { return behind_; }

 private:
  bool IsGroup(int64_t group) const { return !group_ || *group_ == group; }
  bool IsItem(int64_t item) const {
    // Of a queue: its offers, whoever got them.
    const bool is_queue = number_.section->id == "fairness" && (item_ & 0xffffffff) == 0;
    return is_queue ? item >> 32 == item_ >> 32 : item == item_;
  }

  const Number& number_;
  const int64_t item_;
  const Dimension dimension_;
  const std::optional<int64_t> group_;
  const Row* row_ = nullptr;
  Behind behind_;
  bool found_ = false;
  bool in_group_ = false;
};

// Number of the group of that name among those of the table; -1: no cycle has it.
int64_t FindGroup(const CycleTable& table, Dimension dimension, const std::string& name) {
  for (const Row& row : table.rows()) {
    const int64_t group = GroupOf(row, dimension);
    if (NameOfGroup(table, group, dimension) == name) return group;
  }
  if (dimension == Dimension::kQueue) return table.queues().Find(name);
  if (dimension == Dimension::kRep) return table.reps().Find(name);
  return -1;
}

bool IsBefore(const CycleTable& table, const Row& one, const Row& other) {
  if (one.start_ms() != other.start_ms()) return one.start_ms() < other.start_ms();
  const std::string_view lead = table.LeadOf(one);
  const std::string_view other_lead = table.LeadOf(other);
  return lead != other_lead ? lead < other_lead : one.cycle < other.cycle;
}

}  // namespace

absl::StatusOr<std::vector<Behind>> CyclesBehind(const CycleTable& table, const Scope& scope,
                                                 Dimension dimension, const Cell& cell) {
  const absl::StatusOr<Number> number = FindNumber(cell);
  if (!number.ok()) return number.status();
  const SectionInfo& section = *number->section;
  const bool has_items = number->marked == nullptr && section.find_item != nullptr &&
                         number->kind != FigureKind::kDistribution;
  const int64_t item = has_items ? section.find_item(table, number->item) : 0;
  std::optional<int64_t> group;
  if (dimension != Dimension::kNone) group = FindGroup(table, dimension, cell.group);
  std::vector<Behind> found;
  if (item < 0 || (group && *group < 0)) return found;
  const RowFilter filter(table, scope);
  Listener listener(*number, item, dimension, group);
  const bool by_offer = section.by_offer && number->marked == nullptr;
  for (const Row& row : table.rows()) {
    if (store::IsNobodys(table.LeadOf(row)) || !filter.Takes(row, by_offer)) continue;
    listener.Begin(row);
    const Marks marks = filter.MarksOf(row);
    if (number->marked == nullptr) {
      section.visit({table, scope, filter, row, marks}, listener);
      if (listener.found()) found.push_back(listener.behind());
    } else if (listener.in_group() &&
               (number->marked->parts(marks, number->marked->index) & number->part) != 0) {
      found.push_back({&row, 1, 0});
    }
  }
  std::sort(found.begin(), found.end(), [&](const Behind& one, const Behind& other) {
    return IsBefore(table, *one.row, *other.row);
  });
  return found;
}

}  // namespace baton::reports
