// One request and its answer: reads it as a call, makes the call, writes what comes of it.
#ifndef BATON_CONNECT_EXCHANGE_H_
#define BATON_CONNECT_EXCHANGE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "connect/answer.h"
#include "connect/call.h"
#include "connect/cors.h"
#include "connect/message.h"
#include "connect/rpc_call.h"
#include "platform/metrics.h"

namespace baton::connect {

// What an answer is written to. But for Post, it is called on its own strand, on which it also
// calls the exchange.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void Post(std::function<void()> task) = 0;  // runs it on the strand; thread-safe
  virtual void Send(Response response) = 0;           // the whole answer, and that was it
  virtual void Begin(Response head) = 0;              // of an answer in pieces
  virtual void Write(std::string piece) = 0;          // then comes Exchange::Written
  virtual void End() = 0;                             // behind all that was written
};

// What all exchanges have in common. Outlives them.
struct Front {
  Front(Backend to, CallRules with, Cors pages, platform::Metrics& counts)
      : backend(std::move(to)),
        methods(backend.services),
        rules(with),
        cors(std::move(pages)),
        metrics(counts) {}

  const Backend backend;
  const Methods methods;
  const CallRules rules;
  const Cors cors;
  platform::Metrics& metrics;
};

// baton_connect_requests_total{method,code} counts it when it ends; what is not a method is
// "unknown". Called on the wire's strand.
class Exchange final : public CallObserver, public std::enable_shared_from_this<Exchange> {
 public:
  static std::shared_ptr<Exchange> Start(const Front& front, Request request,
                                         std::shared_ptr<Wire> wire);

  void Written();  // the piece that was written last is out
  void Abandon();  // the client is gone
  // The connection is to end: a stream ends with this status, any other answer is waited for.
  void Drain(const absl::Status& why);

  void OnHead(Headers metadata) override;
  void OnMessage(std::string message) override;
  void OnEnd(const ::grpc::Status& status, Headers trailers) override;

 private:
  Exchange(const Front& front, Request request, std::shared_ptr<Wire> wire);
  void Run();
  void TakeHead(Headers metadata);
  void TakeMessage(std::string message);
  void TakeEnd(const ::grpc::Status& status, Headers trailers);
  void BeginStream();
  void EndStream(const ::grpc::Status& status, const Headers& trailers);
  void Finish(Response response);
  void Count(const std::string& code);

  const Front& front_;
  const Request request_;
  std::shared_ptr<Wire> wire_;  // until the end
  std::optional<Call> call_;    // from Run on, unless the request was refused
  std::shared_ptr<RpcCall> rpc_;
  Outcome outcome_;
  bool head_known_ = false;
  std::optional<std::string> early_message_;  // came before the head
  bool permits_ = false;                      // a preflight's answer has its permissions already
  bool begun_ = false;
  bool writing_ = false;
  bool cut_ = false;  // a stream that ended before its call did
  std::optional<std::pair<::grpc::Status, Headers>> end_;  // waits for what is being written
};

}  // namespace baton::connect

#endif  // BATON_CONNECT_EXCHANGE_H_
