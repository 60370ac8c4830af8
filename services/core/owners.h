// To whom a lead belongs. Pure functions.
#ifndef BATON_CORE_OWNERS_H_
#define BATON_CORE_OWNERS_H_

#include "core/account_match.h"
#include "core/lead.h"

namespace baton::core {

// Fills judgment.route.owners with those whom the rule that made the route asks first, and
// judgment.account with why, if the policy asks for accounts. With `owner: account`, or in a queue
// of strategy owner_first, these are the owners of the lead's account and then the rep who had
// accepted the lead before (account_match.h); with `owner: lead` that rep alone; else nobody.
// `account`: nullptr: the lead has none.
void NameOwners(const Policy& policy, const LeadRecord& lead, const AccountView* account,
                Judgment& judgment);

// What the policy says of the lead now: Judge, with the owners named.
Judgment JudgeWithOwners(const Policy& policy, const LeadRecord& lead, const AccountView* account,
                         TimeMs now_ms);

}  // namespace baton::core

#endif  // BATON_CORE_OWNERS_H_
