#include "platform/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace baton::platform {

absl::Status KeepMemoryPrivate() {
  const rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return absl::ErrnoToStatus(errno, "core dumps cannot be turned off");
  }
  return absl::OkStatus();
}

int64_t RaiseOpenFilesMax() {
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);  // cannot be refused: the most stays what it is
  return static_cast<int64_t>(
      std::min<rlim_t>(files.rlim_cur, std::numeric_limits<int32_t>::max()));
}

}  // namespace baton::platform
