// From a reaction to a thread that may block, and back: how a unary method answers.
#ifndef BATON_DISPATCH_CALL_RUNNER_H_
#define BATON_DISPATCH_CALL_RUNNER_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dispatch/wire_status.h"
#include "platform/grpc/bounded_executor.h"
#include "platform/grpc/unary_call.h"

namespace baton::dispatch {

using platform::rpc::UnaryCall;

// A unary call and the response it will fill. Copyable; the first answer wins. Thread-safe.
template <typename Response>
class Reply {
 public:
  Reply(std::shared_ptr<UnaryCall> call, Response* response)
      : call_(std::move(call)), response_(response) {}

  const std::shared_ptr<UnaryCall>& call() const { return call_; }

  void operator()(absl::StatusOr<Response> answer) const {
    if (answer.ok()) {
      call_->Finish(::grpc::Status::OK, [&] { *response_ = *std::move(answer); });
    } else {
      call_->Finish(ToGrpcStatus(answer.status()));
    }
  }

 private:
  std::shared_ptr<UnaryCall> call_;
  Response* response_;  // lives until the call is answered
};

// Begins unary calls and runs their blocking work on a bounded executor. Thread-safe.
class CallRunner {
 public:
  CallRunner(platform::rpc::BoundedExecutor& executor, absl::Duration deadline_max)
      : executor_(executor),
        deadline_max_(deadline_max),
        answer_at_deadline_(ToGrpcStatus(NoAnswerInTime(
            "the store", "repeating it with the same request_id or etag is safe"))) {}

  template <typename Response>
  Reply<Response> Begin(::grpc::CallbackServerContext* context, Response* response) const {
    return Reply<Response>(UnaryCall::Begin(context, deadline_max_, answer_at_deadline_), response);
  }

  // `work` takes the request and gives StatusOr<Response>; it does not run when nobody waits for
  // the answer any more.
  template <typename Request, typename Response, typename Work>
  ::grpc::ServerUnaryReactor* Run(::grpc::CallbackServerContext* context, const Request* request,
                                  Response* response, Work work) const {
    const Reply<Response> reply = Begin(context, response);
    Submit(reply,
           [reply, work = std::move(work), request = *request]() mutable { reply(work(request)); });
    return reply.call()->reactor();
  }

  // Runs `task` for the call of `reply` unless it is abandoned, or answers RESOURCE_EXHAUSTED.
  template <typename Response, typename Task>
  void Submit(const Reply<Response>& reply, Task task) const {
    const bool accepted =
        executor_.TrySubmit([call = reply.call(), task = std::move(task)]() mutable {
          if (!call->Abandoned()) task();
        });
    if (!accepted) reply(Overloaded("calls"));
  }

 private:
  platform::rpc::BoundedExecutor& executor_;
  const absl::Duration deadline_max_;
  const ::grpc::Status answer_at_deadline_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_CALL_RUNNER_H_
