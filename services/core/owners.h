// To whom a lead belongs. Pure functions.
#ifndef BATON_CORE_OWNERS_H_
#define BATON_CORE_OWNERS_H_

#include "core/lead.h"

namespace baton::core {

// Fills route.owners with those whom the rule that made the route asks first: with `owner: lead`,
// or in a queue of strategy owner_first, the rep who had accepted the lead before. Nobody
// otherwise.
void NameOwners(const Policy& policy, const LeadRecord& lead, Route& route);

}  // namespace baton::core

#endif  // BATON_CORE_OWNERS_H_
