// Functions of conditions that look into the tables of a policy (vocabulary.h).
#ifndef BATON_CORE_TABLE_FUNCTIONS_H_
#define BATON_CORE_TABLE_FUNCTIONS_H_

#include "core/lookup_table.h"
#include "expression/environment.h"

namespace baton::core {

// Which table and column are meant must be written out, so that a condition names only those that
// there are. A table that is nullptr is declared and its content not known: conditions about it are
// taken as they are, and are errors when they are evaluated.
void AddTableFunctions(const Tables& tables, expression::Environment& environment);

}  // namespace baton::core

#endif  // BATON_CORE_TABLE_FUNCTIONS_H_
