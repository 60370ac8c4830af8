// Checks across leads, by the instants that feedback names (milliseconds of the store's clock,
// which never goes back). Within one instant whatever is innocent is believed: leads leave reps
// before they come to them, and all who are served at once are served in order.
#ifndef BATON_VERIFY_ORDER_CHECK_H_
#define BATON_VERIFY_ORDER_CHECK_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "verify/change_history.h"
#include "verify/findings.h"

namespace baton::verify {

// What a lead asks of a rep in its cycle.
struct Wants {
  int32_t cycle = 0;
  int32_t priority = 0;
  std::string skills;
  std::string queue;  // "workspace/queue" in which it wants that; empty: in all
};

// The highest capacity that each rep ("workspace/rep") is known to have had: that of the roster,
// and those that the latest choices kept with the leads name. A rep that is not in it is not
// checked.
using Capacities = absl::flat_hash_map<std::string, int64_t>;

void CheckCapacity(const ChangeHistory& history, const Capacities& capacities, Findings& findings);

// A lead that gets the first rep of its cycle, at once or after it has waited from its
// qualification on, must not overtake one that waits for the same (queue, skills) in front of it
// (higher priority, earlier, smaller id) and so could have had that rep. Leads that had owners in
// their cycle, what a lead wanted in an earlier queue than its latest, and workspaces with a queue
// in which waiting adds to priorities, are left out. Looked at only while at most kBacklogChecked
// leads wait in the queue: a longer backlog is drained in several steps, between which capacity may
// come free. `wants`: by lead.
inline constexpr size_t kBacklogChecked = 100;
using LeadWants = absl::flat_hash_map<std::string, Wants>;
void CheckOrder(const ChangeHistory& history, const LeadWants& wants, Findings& findings);

}  // namespace baton::verify

#endif  // BATON_VERIFY_ORDER_CHECK_H_
