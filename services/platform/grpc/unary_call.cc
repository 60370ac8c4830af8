#include "platform/grpc/unary_call.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "platform/grpc/trace_metadata.h"

namespace baton::platform::rpc {
namespace {

// So that the answer reaches the client before its own clock gives up.
constexpr absl::Duration kMarginMax = absl::Milliseconds(50);

}  // namespace

class UnaryCall::Reactor final : public ::grpc::ServerUnaryReactor {
 public:
  explicit Reactor(std::shared_ptr<UnaryCall> call) : call_(std::move(call)) {}
  void OnCancel() override { call_->Finish(::grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<UnaryCall> call_;
};

std::shared_ptr<UnaryCall> UnaryCall::Begin(::grpc::CallbackServerContext* context,
                                            absl::Duration deadline_max,
                                            ::grpc::Status answer_at_deadline) {
  std::shared_ptr<UnaryCall> call(new UnaryCall);
  const absl::Time now = absl::Now();
  call->begun_ = now;
  call->deadline_ = std::min(absl::FromChrono(context->deadline()), now + deadline_max);
  call->traceparent_ = TraceparentIn(context->client_metadata());
  call->reactor_ = new Reactor(call);
  {
    absl::MutexLock lock(&call->mutex_);
    call->answer_at_deadline_ = std::move(answer_at_deadline);
  }
  const absl::Duration left = std::max(call->deadline_ - now, absl::ZeroDuration());
  const absl::Time answer_at = call->deadline_ - std::min(kMarginMax, left / 10);
  // The alarm keeps its function until it is destroyed, so that must not keep the alarm's owner.
  call->alarm_.Set(absl::ToChronoTime(answer_at), [weak = std::weak_ptr(call)](bool expired) {
    const std::shared_ptr<UnaryCall> alive = expired ? weak.lock() : nullptr;
    if (alive != nullptr) alive->AnswerAtDeadline();
  });
  return call;
}

::grpc::ServerUnaryReactor* UnaryCall::reactor() const {
  return reactor_;
}

bool UnaryCall::Abandoned() const {
  return finished_ || absl::Now() >= deadline_;
}

void UnaryCall::SetAnswerAtDeadline(::grpc::Status status) {
  absl::MutexLock lock(&mutex_);
  answer_at_deadline_ = std::move(status);
}

void UnaryCall::AnswerAtDeadline() {
  ::grpc::Status status;
  {
    absl::MutexLock lock(&mutex_);
    status = answer_at_deadline_;
  }
  Finish(status);
}

void UnaryCall::FinishAtStep(absl::Duration step, ::grpc::Status status) {
  if (waits_for_step_.exchange(true)) return;
  const absl::Time at = begun_ + step + absl::Floor(absl::Now() - begun_, step);
  // The reactor keeps the call until it is answered.
  step_.Set(absl::ToChronoTime(at), [weak = weak_from_this(), status = std::move(status)](bool) {
    if (const std::shared_ptr<UnaryCall> alive = weak.lock()) alive->Finish(status);
  });
}

bool UnaryCall::Finish(const ::grpc::Status& status, absl::FunctionRef<void()> fill) {
  if (finished_.exchange(true)) return false;
  fill();
  alarm_.Cancel();
  reactor_->Finish(status);
  return true;
}

}  // namespace baton::platform::rpc
