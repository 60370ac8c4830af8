// What a process keeps to itself, and what it may use.
#ifndef BATON_PLATFORM_PROCESS_H_
#define BATON_PLATFORM_PROCESS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace baton::platform {

// From now on nothing of this process' memory, in which passwords and personal data stand, gets out
// of it: it leaves no core dump, and no other process of the same user may attach to it or read its
// memory or environment. Idempotent. INTERNAL: the system refuses.
absl::Status KeepMemoryPrivate();

// As many open files as the system lets this process have, from now on; how many that are.
int64_t RaiseOpenFilesMax();

}  // namespace baton::platform

#endif  // BATON_PLATFORM_PROCESS_H_
