// From a reaction to a thread that may block, and back: how a unary method answers.
#ifndef BATON_DISPATCH_CALL_RUNNER_H_
#define BATON_DISPATCH_CALL_RUNNER_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dispatch/caller_gate.h"
#include "dispatch/wire_status.h"
#include "grpcpp/support/byte_buffer.h"
#include "platform/grpc/bounded_executor.h"
#include "platform/grpc/unary_call.h"
#include "platform/trace_context.h"
#include "store/pipe_store.h"

namespace baton::dispatch {

using platform::rpc::UnaryCall;

// What a rep may not see is not found, like what does not exist, and in the same time: both are
// said at the end of such a step, however long the look into the store took.
inline constexpr absl::Duration kSilenceStep = absl::Milliseconds(5);

// A unary call and the response it will fill. Copyable; the first answer wins. Thread-safe.
template <typename Response>
class Reply {
 public:
  Reply(std::shared_ptr<UnaryCall> call, Response* response)
      : call_(std::move(call)), response_(response) {}

  // Of a method whose response is written as bytes.
  Reply(std::shared_ptr<UnaryCall> call, ::grpc::ByteBuffer* bytes)
      : call_(std::move(call)), bytes_(bytes) {}

  const std::shared_ptr<UnaryCall>& call() const { return call_; }
  // The same reply to somebody who sees only a part of the workspace.
  Reply Silent() const {
    Reply silent = *this;
    silent.silent_ = true;
    return silent;
  }

  void operator()(absl::StatusOr<Response> answer) const {
    if (answer.ok()) {
      call_->Finish(::grpc::Status::OK, [&] { Fill(*std::move(answer)); });
    } else if (silent_ && absl::IsNotFound(answer.status())) {
      call_->FinishAtStep(kSilenceStep, ToGrpcStatus(answer.status()));
    } else {
      call_->Finish(ToGrpcStatus(answer.status()));
    }
  }

 private:
  void Fill(Response answer) const {
    if (bytes_ == nullptr) {
      *response_ = std::move(answer);
    } else {
      const ::grpc::Slice slice(answer.SerializeAsString());
      *bytes_ = ::grpc::ByteBuffer(&slice, 1);
    }
  }

  std::shared_ptr<UnaryCall> call_;
  Response* response_ = nullptr;  // lives until the call is answered, like bytes_ in its place
  ::grpc::ByteBuffer* bytes_ = nullptr;
  bool silent_ = false;
};

// Begins unary calls, lets them through the gate and runs their blocking work on a bounded
// executor. Thread-safe.
class CallRunner {
 public:
  CallRunner(const CallerGate& gate, store::DurabilityGate& durable,
             platform::rpc::BoundedExecutor& executor, absl::Duration deadline_max)
      : gate_(gate),
        durable_(durable),
        executor_(executor),
        deadline_max_(deadline_max),
        answer_at_deadline_(ToGrpcStatus(NoAnswerInTime(
            "the store", "repeating it with the same request_id or etag is safe"))) {}

  // `begin` takes the reply and the caller, in the reaction; it does not run for a caller that the
  // gate refuses.
  template <typename Response, typename BeginWork>
  ::grpc::ServerUnaryReactor* Start(::grpc::CallbackServerContext* context,
                                    const google::protobuf::Message* request, Response* response,
                                    BeginWork begin) const {
    return Admit(context, *request, Reply<Response>(Begin(context), response), std::move(begin));
  }

  // The two halves of Start, for a method that reads its request itself in between.
  std::shared_ptr<UnaryCall> Begin(::grpc::CallbackServerContext* context) const {
    return UnaryCall::Begin(context, deadline_max_, answer_at_deadline_);
  }
  template <typename Response, typename BeginWork>
  ::grpc::ServerUnaryReactor* Admit(::grpc::CallbackServerContext* context,
                                    const google::protobuf::Message& request,
                                    const Reply<Response>& reply, BeginWork begin) const {
    absl::StatusOr<Caller> caller = gate_.Admit(*context, request);
    if (caller.ok()) {
      const bool sees_all = caller->only_rep.empty();
      begin(sees_all ? reply : reply.Silent(), *std::move(caller));
    } else {
      reply(caller.status());
    }
    return reply.call()->reactor();
  }

  // `work` takes the request, and the caller if it asks for one, and gives StatusOr<Response>; it
  // does not run when nobody waits for the answer any more.
  template <typename Request, typename Response, typename Work>
  ::grpc::ServerUnaryReactor* Run(::grpc::CallbackServerContext* context, const Request* request,
                                  Response* response, Work work) const {
    return Start(context, request, response, [&](const Reply<Response>& reply, Caller caller) {
      Submit(reply,
             [reply, work = std::move(work), request = *request,
              caller = std::move(caller)]() mutable { reply(Invoke(work, request, caller)); });
    });
  }

  // The same for `work` that changes something: what was done is told once it is durable.
  template <typename Request, typename Response, typename Work>
  ::grpc::ServerUnaryReactor* RunChange(::grpc::CallbackServerContext* context,
                                        const Request* request, Response* response,
                                        Work work) const {
    return Run(context, request, response,
               [this, work = std::move(work)](const Request& wanted,
                                              const Caller& caller) -> absl::StatusOr<Response> {
                 const int64_t incarnation = durable_.Incarnation();
                 absl::StatusOr<Response> done = Invoke(work, wanted, caller);
                 if (!done.ok()) return done;
                 const absl::Status durable = durable_.ConfirmDurable(incarnation);
                 return durable.ok() ? std::move(done) : durable;
               });
  }

  // Runs `task` for the call of `reply` unless it is abandoned, or answers RESOURCE_EXHAUSTED.
  template <typename Response, typename Task>
  void Submit(const Reply<Response>& reply, Task task) const {
    const auto wanted = [call = reply.call()] { return !call->Abandoned(); };
    const bool accepted = executor_.TrySubmit(
        [wanted, call = reply.call(), task = std::move(task)]() mutable {
          const platform::TraceScope scope(call->traceparent());
          if (wanted()) task();
        },
        wanted);
    if (!accepted) reply(Overloaded("calls"));
  }

 private:
  template <typename Request, typename Work>
  static auto Invoke(const Work& work, const Request& request, const Caller& caller) {
    if constexpr (std::is_invocable_v<Work, const Request&, const Caller&>) {
      return work(request, caller);
    } else {
      return work(request);
    }
  }

  const CallerGate& gate_;
  store::DurabilityGate& durable_;
  platform::rpc::BoundedExecutor& executor_;
  const absl::Duration deadline_max_;
  const ::grpc::Status answer_at_deadline_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_CALL_RUNNER_H_
