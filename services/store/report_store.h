// Cycles of leads as reports count them (reports/cycle.h): rows whose content the store does not
// know, and how far the changes of a shard have been counted into them. Contract, errors and
// thread-safety as in lead_store.h.
#ifndef BATON_STORE_REPORT_STORE_H_
#define BATON_STORE_REPORT_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/ids.h"

namespace baton::store {

inline constexpr size_t kCycleRowsMax = 2000;  // of one call
inline constexpr size_t kCycleRowBytesMax = 128 * 1024;
inline constexpr int32_t kErasedCyclesMax = 500;  // of a lead that is erased; of more the latest

struct CycleKey {
  core::LeadKey lead;
  int32_t cycle = 0;
  bool operator==(const CycleKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const CycleKey& key) {
    return H::combine(std::move(h), key.lead.workspace, key.lead.lead, key.cycle);
  }
};

struct CycleRow {
  CycleKey key;
  // Of the latest change that it counts; at most two rows share one, of an erasure
  // kErasedCyclesMax.
  int64_t sequence = 0;
  std::string row;  // written as empty: the row is dropped
};

// Who a cycle of an erased lead belongs to: nobody; `sequence` is that of its erasure. No lead has
// such an id.
inline core::LeadId NobodysLead(int64_t sequence) {
  return core::LeadId::Trusted(absl::StrCat("~", sequence));
}
inline bool IsNobodys(std::string_view lead) {
  return !lead.empty() && lead.front() == '~';
}

class ReportStore {
 public:
  virtual ~ReportStore() = default;

  // Sequence up to which the changes of a shard are counted; 0: none is.
  virtual absl::StatusOr<int64_t> Counted(int shard) = 0;
  // Rows in the order of the keys, at most kCycleRowsMax; empty: there is no such row.
  virtual absl::StatusOr<std::vector<std::string>> LoadCycles(absl::Span<const CycleKey> keys) = 0;
  // Writes rows of workspaces of the shard, at most kCycleRowsMax of at most kCycleRowBytesMax, and
  // says that its changes up to `upto` are counted: both or neither. ABORTED COUNTED_MEANWHILE
  // without any change unless they are counted up to `from`: who counts at the same time, or has
  // lost the answer, looks again. `upto` >= `from`; sequences in (from, upto].
  virtual absl::Status PutCycles(int shard, int64_t from, int64_t upto,
                                 absl::Span<const CycleRow> rows) = 0;
  // Rows of a workspace with sequence >= from, ascending, at most `max` of 3 to kCycleRowsMax (of
  // more than kErasedCyclesMax where leads were erased). The
  // next ones: from the last one's sequence, which then comes again. A row that is written
  // meanwhile may come with a smaller sequence than its own; it then comes again, too.
  virtual absl::StatusOr<std::vector<CycleRow>> ChangedCycles(const core::WorkspaceId& workspace,
                                                              int64_t from, int max) = 0;
  // How many rows a workspace has.
  virtual absl::StatusOr<int64_t> CountCycles(const core::WorkspaceId& workspace) = 0;
  // Drops rows with sequence <= upto, at most kCycleRowsMax, the oldest first. Gives their number.
  virtual absl::StatusOr<int64_t> ForgetCycles(const core::WorkspaceId& workspace,
                                               int64_t upto) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_REPORT_STORE_H_
