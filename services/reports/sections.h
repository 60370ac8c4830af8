// The figures of reports, each defined once: reports add them up, and lists of leads are what the
// same definitions say of each cycle. KPIS.md has them in words.
#ifndef BATON_REPORTS_SECTIONS_H_
#define BATON_REPORTS_SECTIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/scope.h"

namespace baton::reports {

// Where a cycle (offer, clock) counts in a figure: at most one of the last three, and in the first
// besides. A count has only the first.
enum Part : unsigned {
  kNumerator = 1,
  kDenominator = 2,
  kExcluded = 4,
  kPending = 8,
};

enum class FigureKind { kCount, kRatio, kDistribution, kNumber, kAmount };

struct FigureInfo {
  std::string_view id;
  std::string_view title;
  FigureKind kind = FigureKind::kCount;
};

// A figure that follows from the marks of a cycle.
struct MarkFigure {
  FigureInfo info;
  std::string item;
  unsigned (*parts)(Marks marks, int index);  // `index`: of the milestone or conversion
  int index = 0;
  bool cohort_only = false;
};

enum class Observed { kValue, kCensored, kExcluded };

// What visitors tell. `figure`: index in SectionInfo::visited.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void Add(int figure, int64_t item, unsigned parts, int64_t weight) = 0;
  virtual void Observe(int figure, Observed kind, int64_t value) = 0;
  // The group of what follows, where it is an offer's own; else it is the cycle's.
  virtual void SetOffer(const RowOffer& offer) = 0;
  // The only item that is asked for; -1: all are.
  virtual int64_t wanted_item() const = 0;
};

struct Visit {
  const CycleTable& table;
  const Scope& scope;
  const RowFilter& filter;
  const Row& row;
  Marks marks = 0;
};

struct SectionInfo {
  std::string_view id;
  std::string_view title;
  std::string_view item_kind;
  std::vector<MarkFigure> marked;
  std::vector<FigureInfo> visited;
  void (*visit)(const Visit& visit, Sink& sink) = nullptr;  // nullptr: none are visited
  bool by_offer = false;  // queue and rep of scope and groups are each offer's own
  std::string (*item_name)(const CycleTable& table, int64_t item) = nullptr;
  int64_t (*find_item)(const CycleTable& table, std::string_view name) = nullptr;  // -1: none
};

// In the order of reports.
const std::vector<SectionInfo>& Sections();
// nullptr: there is no such section.
const SectionInfo* FindSection(std::string_view id);

// Index in the visited figures of calibration.
enum CalibrationFigure {
  kAcceptanceWith,
  kAcceptanceWithout,
  kWonWith,
  kWonWithout,
};

}  // namespace baton::reports

#endif  // BATON_REPORTS_SECTIONS_H_
