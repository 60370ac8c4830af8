// The lookup tables that a policy names, from the store.
#ifndef BATON_AGREEMENT_POLICY_TABLES_H_
#define BATON_AGREEMENT_POLICY_TABLES_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "core/ids.h"
#include "policy/given_tables.h"
#include "store/table_store.h"

namespace baton::agreement {

// Those that `yaml` names, read and made ready. A table of `known` that is the one named is shared
// rather than read again. One that the workspace does not have is among the missing; other errors
// as the store says. May block on the store.
absl::StatusOr<policy::GivenTables> TablesOf(store::TableStore& tables,
                                             const core::WorkspaceId& workspace,
                                             std::string_view yaml, const core::Tables& known = {});

}  // namespace baton::agreement

#endif  // BATON_AGREEMENT_POLICY_TABLES_H_
