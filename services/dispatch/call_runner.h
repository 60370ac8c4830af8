// From a reaction to a thread that may block, and back: how a unary method answers.
#ifndef BATON_DISPATCH_CALL_RUNNER_H_
#define BATON_DISPATCH_CALL_RUNNER_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dispatch/caller_gate.h"
#include "dispatch/request_bytes.h"
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
  Reply(std::shared_ptr<UnaryCall> call, ::grpc::ByteBuffer* response)
      : call_(std::move(call)), response_(response) {}

  const std::shared_ptr<UnaryCall>& call() const { return call_; }
  // The same reply to somebody who sees only a part of the workspace.
  Reply Silent() const {
    Reply silent = *this;
    silent.silent_ = true;
    return silent;
  }

  void operator()(absl::StatusOr<Response> answer) const {
    if (answer.ok()) {
      call_->Finish(::grpc::Status::OK, [&] { *response_ = ToBytes(*answer); });
    } else if (silent_ && absl::IsNotFound(answer.status())) {
      call_->FinishAtStep(kSilenceStep, ToGrpcStatus(answer.status()));
    } else {
      call_->Finish(ToGrpcStatus(answer.status()));
    }
  }

 private:
  std::shared_ptr<UnaryCall> call_;
  ::grpc::ByteBuffer* response_;  // lives until the call is answered
  bool silent_ = false;
};

// What a function from a request to StatusOr of its response takes and gives.
template <typename Work>
struct WorkTraits : WorkTraits<decltype(&Work::operator())> {};
template <typename Work, typename Answer, typename Wanted, typename... Others>
struct WorkTraits<absl::StatusOr<Answer> (Work::*)(const Wanted&, Others...) const> {
  using Request = Wanted;
  using Response = Answer;
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

  // `begin` takes the reply, the request and the caller, in the reaction; it does not run for a
  // caller or a request that the gate refuses.
  template <typename Request, typename Response, typename BeginWork>
  ::grpc::ServerUnaryReactor* Start(::grpc::CallbackServerContext* context,
                                    const ::grpc::ByteBuffer* bytes, ::grpc::ByteBuffer* response,
                                    BeginWork begin, RequestReader read = ReadRequest) const {
    const Reply<Response> reply(UnaryCall::Begin(context, deadline_max_, answer_at_deadline_),
                                response);
    Request request;
    absl::StatusOr<Caller> caller = gate_.Admit(*context, *bytes, request, read);
    ReleaseRequest(*bytes);
    if (caller.ok()) {
      const bool sees_all = caller->only_rep.empty();
      begin(sees_all ? reply : reply.Silent(), std::move(request), *std::move(caller));
    } else {
      reply(caller.status());
    }
    return reply.call()->reactor();
  }

  // `work` takes the request, and the caller if it asks for one, and gives StatusOr of the
  // response; it does not run when nobody waits for the answer any more.
  template <typename Work>
  ::grpc::ServerUnaryReactor* Run(::grpc::CallbackServerContext* context,
                                  const ::grpc::ByteBuffer* bytes, ::grpc::ByteBuffer* response,
                                  Work work) const {
    using Request = typename WorkTraits<Work>::Request;
    using Response = typename WorkTraits<Work>::Response;
    const auto begin = [&](const Reply<Response>& reply, Request request, Caller caller) {
      Submit(reply, [reply, work = std::move(work), request = std::move(request),
                     caller = std::move(caller)] { reply(Invoke(work, request, caller)); });
    };
    return Start<Request, Response>(context, bytes, response, begin);
  }

  // The same for `work` that changes something: what was done is told once it is durable.
  template <typename Work>
  ::grpc::ServerUnaryReactor* RunChange(::grpc::CallbackServerContext* context,
                                        const ::grpc::ByteBuffer* bytes,
                                        ::grpc::ByteBuffer* response, Work work) const {
    using Request = typename WorkTraits<Work>::Request;
    using Response = typename WorkTraits<Work>::Response;
    return Run(context, bytes, response,
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
