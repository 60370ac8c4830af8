#include "connect/exchange.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "connect/error_json.h"
#include "connect/refusal.h"

namespace baton::connect {

std::shared_ptr<Exchange> Exchange::Start(const Front& front, Request request,
                                          std::shared_ptr<Wire> wire) {
  std::shared_ptr<Exchange> made(new Exchange(front, std::move(request), std::move(wire)));
  made->Run();
  return made;
}

Exchange::Exchange(const Front& front, Request request, std::shared_ptr<Wire> wire)
    : front_(front), request_(std::move(request)), wire_(std::move(wire)) {}

void Exchange::Run() {
  if (auto preflight = front_.cors.Preflight(request_); preflight.has_value()) {
    return Finish(*std::move(preflight));
  }
  permits_ = true;
  std::variant<Call, Response> read = ReadCall(front_.methods, front_.rules, request_);
  if (Response* refusal = std::get_if<Response>(&read)) return Finish(std::move(*refusal));
  call_ = std::get<Call>(std::move(read));
  rpc_ = RpcCall::Start(front_.backend, *call_, request_.peer_names, shared_from_this());
}

void Exchange::OnHead(Headers metadata) {
  wire_->Post([self = shared_from_this(), metadata = std::move(metadata)]() mutable {
    self->TakeHead(std::move(metadata));
  });
}

void Exchange::OnMessage(std::string message) {
  wire_->Post([self = shared_from_this(), message = std::move(message)]() mutable {
    self->TakeMessage(std::move(message));
  });
}

void Exchange::OnEnd(const ::grpc::Status& status, Headers trailers) {
  wire_->Post([self = shared_from_this(), status, trailers = std::move(trailers)]() mutable {
    self->TakeEnd(status, std::move(trailers));
  });
}

void Exchange::TakeHead(Headers metadata) {
  outcome_.head = std::move(metadata);
  head_known_ = true;
  if (cut_ || !call_->stream()) return;
  BeginStream();  // a reader of a stream hears at once that it stands
  if (early_message_.has_value()) TakeMessage(*std::exchange(early_message_, std::nullopt));
}

void Exchange::TakeMessage(std::string message) {
  if (cut_) return;
  if (!call_->stream()) {
    outcome_.message = std::move(message);
    return rpc_->Next();  // to hear of the end
  }
  if (!head_known_) {  // gRPC tells of the two on different threads
    early_message_ = std::move(message);
    return;
  }
  auto frame = StreamMessage(*call_, message);
  if (!frame.ok()) {
    EndStream(WithDetails(frame.status()), {});
    return rpc_->Cancel();
  }
  writing_ = true;
  wire_->Write(*std::move(frame));
}

void Exchange::Written() {
  writing_ = false;
  if (end_.has_value()) {
    EndStream(end_->first, end_->second);
  } else if (!cut_ && rpc_ != nullptr) {
    rpc_->Next();
  }
}

void Exchange::TakeEnd(const ::grpc::Status& status, Headers trailers) {
  rpc_ = nullptr;
  if (cut_) {
    wire_ = nullptr;
    return;
  }
  if (!call_->stream()) {
    outcome_.status = status;
    outcome_.trailers = std::move(trailers);
    Response response = Answer(*call_, outcome_);
    return Finish(std::move(response));
  }
  if (!writing_) {
    EndStream(status, trailers);
  } else if (!end_.has_value()) {
    end_.emplace(status, std::move(trailers));
  }
}

void Exchange::BeginStream() {
  if (std::exchange(begun_, true)) return;
  Response head = StreamHead(*call_, outcome_.head);
  front_.cors.Permit(request_, head);
  wire_->Begin(std::move(head));
}

void Exchange::EndStream(const ::grpc::Status& status, const Headers& trailers) {
  if (std::exchange(cut_, true)) return;
  BeginStream();
  Count(CodeName(status.error_code()));
  wire_->Write(StreamEnd(status, trailers));
  wire_->End();
  if (rpc_ == nullptr) wire_ = nullptr;
}

void Exchange::Abandon() {
  if (wire_ == nullptr || std::exchange(cut_, true)) return;
  Count(CodeName(::grpc::StatusCode::CANCELLED));
  if (rpc_ != nullptr) rpc_->Cancel();
}

void Exchange::Drain(const absl::Status& why) {
  if (!call_.has_value() || !call_->stream() || cut_) return;
  if (writing_) {
    end_.emplace(WithDetails(why), Headers());
  } else {
    EndStream(WithDetails(why), {});
  }
  if (rpc_ != nullptr) rpc_->Cancel();
}

void Exchange::Finish(Response response) {
  if (permits_) front_.cors.Permit(request_, response);
  Count(response.code);
  std::exchange(wire_, nullptr)->Send(std::move(response));
}

void Exchange::Count(const std::string& code) {
  const auto* method = front_.methods.FindTarget(request_.target);
  const std::string name = method == nullptr
                               ? "unknown"
                               : absl::StrCat(method->service()->full_name(), "/", method->name());
  front_.metrics
      .AddCounter("baton_connect_requests_total", "Requests by HTTP that were answered, by result.",
                  {{"method", name}, {"code", code}})
      .Add();
}

}  // namespace baton::connect
