// Which reps meet requirements of leads (core/requirement.h): asked each time.
#ifndef BATON_STORE_MEMORY_FITS_H_
#define BATON_STORE_MEMORY_FITS_H_

#include <string>

#include "store/memory/state.h"

namespace baton::store::memory {

// Gives the member, a rep of the workspace, the word of the requirement (empty: none) if the rep
// meets it.
void NoteFit(const std::string& requirement, WorkspaceState& workspace, core::Member& member);

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_FITS_H_
