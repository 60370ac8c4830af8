// The cycles of the workspaces that reports are asked of, in memory, as the store has them now.
#ifndef BATON_REPORTS_TABLE_CACHE_H_
#define BATON_REPORTS_TABLE_CACHE_H_

#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/ids.h"
#include "reports/cycle_table.h"
#include "store/report_store.h"

namespace baton::reports {

// Not thread-safe.
class TableCache {
 public:
  // `store` outlives this. cycles_max: of all workspaces together; who was not asked of for longest
  // is let go.
  TableCache(store::ReportStore& store, int64_t cycles_max)
      : store_(store), cycles_max_(cycles_max) {}

  // With everything that is counted by now; valid until the next call. Reads for `patience` at
  // most: UNAVAILABLE REPORTS_LOADING, after which the next call goes on where this one ended.
  // RESOURCE_EXHAUSTED TOO_MANY_CYCLES: the workspace alone has more than cycles_max.
  absl::StatusOr<const CycleTable*> Get(const core::WorkspaceId& workspace,
                                        absl::Duration patience);
  // Rows that could not be read and are left out, since the beginning.
  int64_t unreadable() const { return unreadable_; }

 private:
  struct Known {
    std::unique_ptr<CycleTable> table = std::make_unique<CycleTable>();
    int64_t from = 0;  // sequence of the latest row read
    int64_t used = 0;  // when it was asked of last: counts calls
  };

  static void StartAnew(Known& known);
  absl::Status MakeRoom(const core::WorkspaceId& workspace, int64_t cycles);
  absl::StatusOr<bool> ReadSome(const core::WorkspaceId& workspace, Known& known);

  store::ReportStore& store_;
  const int64_t cycles_max_;
  std::map<core::WorkspaceId, Known> known_;
  int64_t calls_ = 0;
  int64_t unreadable_ = 0;
};

}  // namespace baton::reports

#endif  // BATON_REPORTS_TABLE_CACHE_H_
