// A call of the API in the same process, over gRPC's in-process channel: so it is admitted,
// limited, answered and measured by the same code as every other call.
#ifndef BATON_CONNECT_RPC_CALL_H_
#define BATON_CONNECT_RPC_CALL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "connect/call.h"
#include "connect/headers.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/client_callback.h"
#include "platform/grpc/peer_voucher.h"

namespace baton::connect {

// What is called, and how it learns of certificates that clients showed here.
struct Backend {
  std::shared_ptr<::grpc::Channel> channel;
  const platform::rpc::PeerVoucher* voucher = nullptr;  // outlives all calls
  std::vector<std::string> services;                    // full names of what may be called
};

// Told of a call on gRPC's threads, one thing at a time. Must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void OnHead(Headers metadata) = 0;                               // first, at most once
  virtual void OnMessage(std::string message) = 0;                         // the next one: Next
  virtual void OnEnd(const ::grpc::Status& status, Headers trailers) = 0;  // last, exactly once
};

// Unary or server stream. Thread-safe; lives until OnEnd was told by itself.
class RpcCall final : public ::grpc::ClientBidiReactor<::grpc::ByteBuffer, ::grpc::ByteBuffer>,
                      public std::enable_shared_from_this<RpcCall> {
 public:
  // Begins it and asks for the first message.
  static std::shared_ptr<RpcCall> Start(const Backend& backend, const Call& call,
                                        const std::vector<std::string>& peer_names,
                                        std::shared_ptr<CallObserver> observer);

  // Asks for one more message. REQUIRES: OnMessage was told of the one asked for before.
  void Next();
  // Nobody waits for the answer any more; OnEnd follows soon, whatever came of the call.
  void Cancel();

  void OnReadInitialMetadataDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnDone(const ::grpc::Status& status) override;

 private:
  RpcCall(const Backend& backend, const Call& call, std::shared_ptr<CallObserver> observer);
  void SetContext(const Backend& backend, const Call& call,
                  const std::vector<std::string>& peer_names);

  ::grpc::GenericStub stub_;
  ::grpc::ClientContext context_;
  ::grpc::ByteBuffer request_;
  ::grpc::ByteBuffer response_;
  std::shared_ptr<CallObserver> observer_;
  std::shared_ptr<RpcCall> self_;  // until OnDone
  absl::Mutex mutex_;
  bool reading_ ABSL_GUARDED_BY(mutex_) = true;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;  // no message will come
};

}  // namespace baton::connect

#endif  // BATON_CONNECT_RPC_CALL_H_
