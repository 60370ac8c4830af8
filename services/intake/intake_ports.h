// What intake needs of the other folders.
#ifndef BATON_INTAKE_INTAKE_PORTS_H_
#define BATON_INTAKE_INTAKE_PORTS_H_

#include <cstddef>

#include "agreement/policy_cache.h"
#include "store/account_store.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"
#include "store/roster_store.h"

namespace baton::intake {

// Leads of a batch that are decided while the store applies those before: few enough that a full
// batch has several such slices, enough that the store may take many leads of a shard together.
inline constexpr size_t kSliceLeads = 500;

struct IntakePorts {  // all outlive who uses them
  store::LeadStore& leads;
  store::AccountStore& accounts;
  store::InputStore& input;
  store::RosterStore& roster;
  agreement::PolicyCache& policies;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_INTAKE_PORTS_H_
