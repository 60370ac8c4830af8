// The cycles of one workspace in memory, packed: what figures are made of. About 400 bytes a cycle
// with one offer, two clocks and three factors.
//
// Names of sources, reps ... are numbers here, each kind with numbers of its own, 0 is the empty
// name. Not thread-safe.
#ifndef BATON_REPORTS_CYCLE_TABLE_H_
#define BATON_REPORTS_CYCLE_TABLE_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "reports/cycle.h"

namespace baton::reports {

class Names {
 public:
  Names() { texts_.emplace_back(); }
  uint32_t Number(const std::string& text);   // given now if it is new
  int64_t Find(std::string_view text) const;  // -1: nobody has it
  const std::string& Text(int64_t number) const { return texts_[static_cast<size_t>(number)]; }
  size_t size() const { return texts_.size(); }

 private:
  std::vector<std::string> texts_;
  absl::flat_hash_map<std::string, uint32_t> numbers_;
};

// A piece of a pool.
struct Slice {
  uint32_t begin = 0;
  uint32_t size = 0;
  uint32_t room = 0;
};

// Short lists of many owners in one piece of memory. A list that outgrows its room moves to the
// end, and its old room is lost.
template <typename T>
class Pool {
 public:
  void Put(absl::Span<const T> items, Slice& slice) {
    if (items.size() > slice.room) {
      lost_ += slice.room;
      slice.begin = static_cast<uint32_t>(items_.size());
      slice.room = static_cast<uint32_t>(items.size());
      items_.insert(items_.end(), items.begin(), items.end());
    } else {
      std::copy(items.begin(), items.end(), items_.begin() + slice.begin);
    }
    slice.size = static_cast<uint32_t>(items.size());
  }
  absl::Span<const T> Get(const Slice& slice) const {
    return absl::MakeConstSpan(items_).subspan(slice.begin, slice.size);
  }
  size_t lost() const { return lost_; }
  size_t size() const { return items_.size(); }

 private:
  std::vector<T> items_;
  size_t lost_ = 0;
};

enum class Milestone {
  kCaptured,
  kMql,
  kDelivered,
  kAccepted,
  kWorking,
  kSql,
  kSqo,
  kWon,
};
inline constexpr int kMilestones = 8;
inline constexpr std::array<std::string_view, kMilestones> kMilestoneNames = {
    "captured", "mql", "delivered", "accepted", "working", "sql", "sqo", "won"};

struct RowOffer {
  core::TimeMs at_ms = 0;
  core::TimeMs deadline_ms = 0;
  core::TimeMs accepted_at_ms = 0;
  core::TimeMs ended_at_ms = 0;
  uint32_t queue = 0;
  uint32_t rep = 0;
  uint32_t reason = 0;
  int32_t touches = 0;
  OfferEnd end = OfferEnd::kOpen;
  bool charged = true;
};

struct RowClock {
  core::TimeMs last_at_ms = 0;
  uint32_t sla = 0;
  bool accept = false;
  bool warned = false;
  bool broken = false;
  bool met = false;
  bool late = false;
};

struct Row {
  Slice lead;  // its id, in the table's texts
  int32_t cycle = 0;
  core::Stage stage = core::Stage::kNew;
  core::TimeMs last_at_ms = 0;
  std::array<core::TimeMs, kMilestones> reached{};  // by Milestone; 0: not
  core::TimeMs signal_at_ms = 0;
  core::TimeMs touch_offer_at_ms = 0;
  core::TimeMs lost_at_ms = 0;
  core::TimeMs rejected_at_ms = 0;
  core::TimeMs recycled_at_ms = 0;
  core::TimeMs requalified_at_ms = 0;
  uint32_t source = 0;
  uint32_t campaign = 0;
  uint32_t queue = 0;  // of the latest offer, or before the first the latest one named
  uint32_t rep = 0;    // of the latest offer
  uint32_t reason = 0;
  uint32_t currency = 0;
  int64_t amount_minor = 0;
  int64_t policy_revision = 0;
  int32_t touches = 0;
  core::ReasonFault fault = core::ReasonFault::kNone;
  bool counts = true;
  bool premature = false;
  Slice offers;
  Slice clocks;
  Slice factors;

  core::TimeMs at(Milestone milestone) const { return reached[static_cast<size_t>(milestone)]; }
  // Of the cohort it belongs to.
  core::TimeMs start_ms() const {
    return cycle == 0 ? at(Milestone::kCaptured) : at(Milestone::kMql);
  }
};

class CycleTable {
 public:
  CycleTable();
  // `index_` refers to the rows.
  CycleTable(const CycleTable&) = delete;
  CycleTable& operator=(const CycleTable&) = delete;

  // A new cycle, or the latest of one that is known.
  void Put(const std::string& lead, int32_t number, const Cycle& cycle);

  const std::vector<Row>& rows() const { return rows_; }
  std::string_view LeadOf(const Row& row) const;
  absl::Span<const RowOffer> OffersOf(const Row& row) const { return offers_.Get(row.offers); }
  absl::Span<const RowClock> ClocksOf(const Row& row) const { return clocks_.Get(row.clocks); }
  absl::Span<const uint32_t> FactorsOf(const Row& row) const { return factors_.Get(row.factors); }

  const Names& sources() const { return sources_; }
  const Names& campaigns() const { return campaigns_; }
  const Names& queues() const { return queues_; }
  const Names& reps() const { return reps_; }
  const Names& reasons() const { return reasons_; }
  const Names& slas() const { return slas_; }
  const Names& rules() const { return rules_; }
  const Names& currencies() const { return currencies_; }

  // So much of it is lost by growth that it had better be made anew.
  bool IsWorn() const;

 private:
  struct RowName {
    std::string_view lead;
    int32_t cycle = 0;
  };
  struct NameHash {
    using is_transparent = void;
    const CycleTable* table;
    size_t operator()(const RowName& name) const;
    size_t operator()(uint32_t row) const;
  };
  struct NameEqual {
    using is_transparent = void;
    const CycleTable* table;
    bool operator()(uint32_t one, uint32_t other) const { return one == other; }
    bool operator()(uint32_t row, const RowName& name) const;
    bool operator()(const RowName& name, uint32_t row) const { return (*this)(row, name); }
  };

  RowName NameOf(uint32_t row) const;
  Row& FindOrAdd(const std::string& lead, int32_t cycle);
  void PutLists(const Cycle& cycle, Row& row);

  std::vector<Row> rows_;
  absl::flat_hash_set<uint32_t, NameHash, NameEqual> index_;
  Pool<char> texts_;
  Pool<RowOffer> offers_;
  Pool<RowClock> clocks_;
  Pool<uint32_t> factors_;
  Names sources_, campaigns_, queues_, reps_, reasons_, slas_, rules_, currencies_;
};

}  // namespace baton::reports

#endif  // BATON_REPORTS_CYCLE_TABLE_H_
