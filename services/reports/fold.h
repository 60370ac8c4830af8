// Changes of leads become cycles. Pure.
#ifndef BATON_REPORTS_FOLD_H_
#define BATON_REPORTS_FOLD_H_

#include "reports/cycle.h"
#include "store/pipe_store.h"

namespace baton::reports {

// Adds a change to the cycle that it names. Changes of a lead come in the order of their versions,
// each once; kErased leaves a cycle that had ended as it ended. `first`: of a "qualified" of cycle
// 1, that its lead has no cycle 0.
void Fold(const store::OutboxEntry& entry, bool first, Cycle& cycle);

// True if the change begins a cycle, so that the one before has qualified again.
bool Begins(const store::OutboxEntry& entry);
// Adds that to the cycle before, if there is one.
void FoldNext(const store::OutboxEntry& entry, Cycle& before);

}  // namespace baton::reports

#endif  // BATON_REPORTS_FOLD_H_
