// One stream of WatchAssignments.
#ifndef BATON_DISPATCH_WATCH_STREAM_H_
#define BATON_DISPATCH_WATCH_STREAM_H_

#include <deque>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "dispatch/stream_guard.h"
#include "dispatch/watch_hub.h"
#include "dispatch/watch_source.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "platform/grpc/bounded_executor.h"

namespace baton::dispatch {

// Pulls from its WatchSource as fast as the reader reads until it has caught up, then takes what
// the hub pushes. A live reader that leaves more than backlog_max responses unread is closed with
// RESOURCE_EXHAUSTED SLOW_READER: its last token is good for another stream. Errors of the store
// end the stream; its reader resumes.
//
// One response is being written at a time. Owns itself from Begin to OnDone; hub and executor hold
// shared references beyond. Thread-safe: mutex_ guards all, also the order of StartWrite and Finish
// (gRPC never runs a reaction within the call that starts an operation); the hub and the executor
// are not called under it. The source belongs to the filling task while filling_, else to mutex_.
class WatchStream final : public ::grpc::ServerWriteReactor<::grpc::ByteBuffer>,
                          public Watcher,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  // The reactor of a new stream; an error of the guard or the hub ends it at once. The guard ends
  // it when `pass` is good no more.
  static WatchStream* Begin(WatchSource source, WatchHub& hub,
                            platform::rpc::BoundedExecutor& executor, size_t backlog_max,
                            StreamGuard& guard, StreamPass pass);

  const core::WorkspaceId& workspace() const override { return scope_.workspace; }
  const core::RepId& rep() const override { return scope_.rep; }
  void OnEntry(const SharedEntry& entry) override;
  void OnBookmark(OutboxPosition position) override;
  void OnGap() override;
  void OnDraining() override;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  WatchStream(WatchSource source, WatchHub& hub, platform::rpc::BoundedExecutor& executor,
              size_t backlog_max, StreamGuard& guard);

  // Enters guard and hub.
  absl::Status Join(StreamPass pass);
  // Starts the next write or, if there is nothing to write and the stream is not live, the next
  // fill.
  void Kick();
  void Fill();  // on the executor
  absl::Status FillOnce(WatchResponses& responses, bool& live);
  // Registers with the hub and reads what lies between the source and the hub's position.
  absl::Status GoLive(WatchResponses& responses, bool& live);
  void EndFill(WatchResponses responses, bool live);
  // False: the reader is too slow.
  bool TakeEntry(const store::OutboxEntry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Close(const absl::Status& status);

  const Scope scope_;  // the source's own belongs to who fills
  WatchHub& hub_;
  platform::rpc::BoundedExecutor& executor_;
  const size_t backlog_max_;
  StreamGuard& guard_;
  WatchSource source_;

  absl::Mutex mutex_;
  std::deque<WatchResponse> unread_ ABSL_GUARDED_BY(mutex_);
  std::vector<SharedEntry> early_ ABSL_GUARDED_BY(mutex_);  // came from the hub while filling
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool filling_ ABSL_GUARDED_BY(mutex_) = false;
  bool live_ ABSL_GUARDED_BY(mutex_) = false;
  bool gap_ ABSL_GUARDED_BY(mutex_) = false;  // start anew when the fill ends
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  ::grpc::ByteBuffer written_;  // the one being written; belongs to gRPC while writing_
  std::shared_ptr<WatchStream> self_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WATCH_STREAM_H_
