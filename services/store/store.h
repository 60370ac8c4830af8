// All ports together: what an implementation provides and the composition root hands out. Roles
// take only the ports they use.
#ifndef BATON_STORE_STORE_H_
#define BATON_STORE_STORE_H_

#include "store/account_store.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"
#include "store/policy_store.h"
#include "store/report_store.h"
#include "store/roster_store.h"
#include "store/shadow_store.h"
#include "store/table_store.h"
#include "store/webhook_store.h"
#include "store/workspace_store.h"

namespace baton::store {

class Store : public LeadStore,
              public RosterStore,
              public AccountStore,
              public WorkspaceStore,
              public PolicyStore,
              public ShadowStore,
              public TableStore,
              public WebhookStore,
              public ReportStore,
              public TimerStore,
              public OutboxStore,
              public InputStore,
              public DurabilityGate,
              public StoreHealth {
 public:
  int shards() const override = 0;
};

// Caps of an installation. At a cap the caller gets RESOURCE_EXHAUSTED; nothing is dropped.
struct StoreLimits {
  int64_t leads_per_workspace_max = 10'000'000;
  int64_t accounts_per_workspace_max = 1'000'000;
  int64_t reps_per_workspace_max = 20'000;   // <= kRepsMax
  int64_t queues_per_workspace_max = 1'000;  // <= kQueuesMax; with settings, and of a new policy
  int64_t rules_per_workspace_max = 1'000;   // of a new policy
  int64_t workspaces_max = 10'000;
  int64_t outbox_max = 200'000;     // entries per shard; new work is refused above this
  int64_t outbox_reserve = 50'000;  // further entries for rep actions and timers
};

}  // namespace baton::store

#endif  // BATON_STORE_STORE_H_
