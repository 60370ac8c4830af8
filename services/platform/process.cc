#include "platform/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>

namespace baton::platform {

absl::Status KeepMemoryPrivate() {
  const rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return absl::ErrnoToStatus(errno, "core dumps cannot be turned off");
  }
  return absl::OkStatus();
}

}  // namespace baton::platform
