// What erasing a lead means beyond its record. Pure functions of their arguments, not thread-safe.
#ifndef BATON_STORE_MEMORY_ERASED_H_
#define BATON_STORE_MEMORY_ERASED_H_

#include "store/memory/placement.h"

namespace baton::store::memory {

// After a step of the lead, which was at stage_before; `existed`: it was a lead then. One that is
// erased now leaves no journey, decisions, claims and difference, and does not count as a lead; one
// that came back does again.
void NoteErasure(core::Stage stage_before, bool existed, StoredLead& lead, Site site);

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_ERASED_H_
