// What a process keeps to itself.
#ifndef BATON_PLATFORM_PROCESS_H_
#define BATON_PLATFORM_PROCESS_H_

#include "absl/status/status.h"

namespace baton::platform {

// From now on nothing of this process' memory, in which passwords and personal data stand, gets out
// of it: it leaves no core dump, and no other process of the same user may attach to it or read its
// memory or environment. Idempotent. INTERNAL: the system refuses.
absl::Status KeepMemoryPrivate();

}  // namespace baton::platform

#endif  // BATON_PLATFORM_PROCESS_H_
