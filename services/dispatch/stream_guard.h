// Streams end when what let them in is gone: an expired token, a withdrawn key, a changed policy.
#ifndef BATON_DISPATCH_STREAM_GUARD_H_
#define BATON_DISPATCH_STREAM_GUARD_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "platform/worker.h"

namespace baton::dispatch {

// What a stream shows at the door.
struct StreamPass {
  std::string principal;                // empty: not counted
  std::string workspace;                // that it is about; empty: none, or not counted
  std::function<absl::Status()> check;  // whether it would still be let in; does not block
};

// Looks at all streams once a second on a thread of its own. Thread-safe but for Start and Stop.
class StreamGuard {
 public:
  static constexpr absl::Duration kLookInterval = absl::Seconds(1);

  // The most streams of one principal, and about one workspace.
  StreamGuard(int per_principal_max, int per_workspace_max)
      : per_principal_max_(per_principal_max), per_workspace_max_(per_workspace_max) {}
  ~StreamGuard() { Stop(); }

  void Start();
  void Stop();

  // `end` is called, once at most and not under a lock, with what `pass.check` says when it says no
  // more; it may call Leave. RESOURCE_EXHAUSTED TOO_MANY_STREAMS at the cap of the principal or the
  // workspace; then the stream has not entered.
  absl::Status Enter(const void* stream, StreamPass pass,
                     std::function<void(const absl::Status&)> end);
  void Leave(const void* stream);

  void LookAtAll();  // now

 private:
  struct Entered {
    StreamPass pass;
    std::function<void(const absl::Status&)> end;
  };

  using Counts = std::map<std::string, int>;
  // One more, or one less, of who is not empty.
  static void Count(Counts& counts, const std::string& who, int by);
  // RESOURCE_EXHAUSTED TOO_MANY_STREAMS unless one more may enter.
  static absl::Status CheckRoom(const Counts& counts, const char* kind, const std::string& who,
                                int max, const char* setting);

  const int per_principal_max_;
  const int per_workspace_max_;
  absl::Mutex mutex_;
  std::map<const void*, std::shared_ptr<const Entered>> entered_ ABSL_GUARDED_BY(mutex_);
  Counts by_principal_ ABSL_GUARDED_BY(mutex_);
  Counts by_workspace_ ABSL_GUARDED_BY(mutex_);
  platform::Worker worker_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_STREAM_GUARD_H_
