// One unary call whose answer is made on another thread than the reaction that began it.
#ifndef BATON_PLATFORM_GRPC_UNARY_CALL_H_
#define BATON_PLATFORM_GRPC_UNARY_CALL_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/alarm.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"

namespace baton::platform::rpc {

// Answers exactly once: by Finish, by the client's cancellation, or shortly before the deadline
// with the answer set for that case. Whoever works for the call holds the shared_ptr and asks
// Abandoned() before starting something costly. Thread-safe.
class UnaryCall : public std::enable_shared_from_this<UnaryCall> {
 public:
  // The deadline is the client's or, if that is later or absent, now + deadline_max.
  static std::shared_ptr<UnaryCall> Begin(::grpc::CallbackServerContext* context,
                                          absl::Duration deadline_max,
                                          ::grpc::Status answer_at_deadline);

  // What the service method returns.
  ::grpc::ServerUnaryReactor* reactor() const;

  absl::Time deadline() const { return deadline_; }
  // Of the caller's metadata (trace_context.h); empty: none, or one that is malformed.
  const std::string& traceparent() const { return traceparent_; }
  // Answered, cancelled or past the deadline: nobody waits any more.
  bool Abandoned() const;
  // From now on this is the answer at the deadline.
  void SetAnswerAtDeadline(::grpc::Status status);

  // Answers if nobody did yet: `fill` writes the response, then `status` is sent. False (and `fill`
  // did not run, because the response may be gone) when the call had been answered.
  bool Finish(const ::grpc::Status& status, absl::FunctionRef<void()> fill);
  bool Finish(const ::grpc::Status& status) {
    return Finish(status, [] {});
  }
  // Finish, but at the next whole number of `step` after the call began: how long the work took up
  // to then nobody can tell. Only the first time.
  void FinishAtStep(absl::Duration step, ::grpc::Status status);

 private:
  class Reactor;
  UnaryCall() = default;
  void AnswerAtDeadline();

  Reactor* reactor_ = nullptr;  // lives until Finish and beyond; touched by the one who finishes
  absl::Time begun_;
  absl::Time deadline_;
  std::string traceparent_;
  std::atomic<bool> finished_ = false;
  std::atomic<bool> waits_for_step_ = false;
  absl::Mutex mutex_;
  ::grpc::Status answer_at_deadline_ ABSL_GUARDED_BY(mutex_);
  ::grpc::Alarm alarm_;
  ::grpc::Alarm step_;
};

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_UNARY_CALL_H_
