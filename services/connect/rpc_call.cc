#include "connect/rpc_call.h"

#include <map>
#include <utility>

#include "absl/time/clock.h"

namespace baton::connect {
namespace {

using GrpcMetadata = std::multimap<::grpc::string_ref, ::grpc::string_ref>;

Headers ToHeaders(const GrpcMetadata& metadata) {
  Headers headers;
  for (const auto& [name, value] : metadata) {
    headers.emplace_back(std::string(name.data(), name.size()),
                         std::string(value.data(), value.size()));
  }
  return headers;
}

std::string ToText(const ::grpc::ByteBuffer& buffer) {
  std::vector<::grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  text.reserve(buffer.Length());
  for (const ::grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

}  // namespace

RpcCall::RpcCall(const Backend& backend, const Call& call, std::shared_ptr<CallObserver> observer)
    : stub_(backend.channel), observer_(std::move(observer)) {
  ::grpc::Slice slice(call.message);
  request_ = ::grpc::ByteBuffer(&slice, 1);
}

void RpcCall::SetContext(const Backend& backend, const Call& call,
                         const std::vector<std::string>& peer_names) {
  for (const auto& [name, value] : call.metadata) context_.AddMetadata(name, value);
  if (!peer_names.empty()) {
    context_.AddMetadata(platform::rpc::kPeerHeader, backend.voucher->Issue(peer_names));
  }
  if (call.timeout < absl::InfiniteDuration()) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + call.timeout));
  }
}

std::shared_ptr<RpcCall> RpcCall::Start(const Backend& backend, const Call& call,
                                        const std::vector<std::string>& peer_names,
                                        std::shared_ptr<CallObserver> observer) {
  std::shared_ptr<RpcCall> made(new RpcCall(backend, call, std::move(observer)));
  made->self_ = made;
  made->SetContext(backend, call, peer_names);
  const std::string path = "/" + call.method->service()->full_name() + "/" + call.method->name();
  made->stub_.PrepareBidiStreamingCall(&made->context_, path, {}, made.get());
  made->AddHold();  // Next comes from outside of reactions
  made->StartWriteLast(&made->request_, {});
  made->StartRead(&made->response_);
  made->StartCall();
  return made;
}

void RpcCall::Next() {
  {
    absl::MutexLock lock(&mutex_);
    if (reading_ || over_) return;
    reading_ = true;
  }
  StartRead(&response_);
}

void RpcCall::Cancel() {
  {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
  }
  context_.TryCancel();
  Next();  // a read fails in the end, which lets go of the hold
}

void RpcCall::OnReadInitialMetadataDone(bool ok) {
  if (ok) observer_->OnHead(ToHeaders(context_.GetServerInitialMetadata()));
}

void RpcCall::OnReadDone(bool ok) {
  std::string message = ok ? ToText(response_) : "";  // before another may be read into it
  bool cancelled = false;
  {
    absl::MutexLock lock(&mutex_);
    over_ = !ok;
    cancelled = cancelled_;
    reading_ = ok && cancelled;
  }
  if (!ok) return RemoveHold();
  // What came just before the cancellation is read in vain, or the call would never end.
  if (cancelled) return StartRead(&response_);
  observer_->OnMessage(std::move(message));
}

void RpcCall::OnDone(const ::grpc::Status& status) {
  const std::shared_ptr<RpcCall> self = std::move(self_);
  observer_->OnEnd(status, ToHeaders(context_.GetServerTrailingMetadata()));
  observer_ = nullptr;  // it may hold this
}

}  // namespace baton::connect
