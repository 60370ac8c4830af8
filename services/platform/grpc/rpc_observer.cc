#include "platform/grpc/rpc_observer.h"

#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "platform/grpc/trace_metadata.h"
#include "platform/log.h"
#include "platform/spans.h"

namespace baton::platform::rpc {
namespace {

namespace experimental = ::grpc::experimental;

// The handles by (method, code): both come from small fixed sets, because only registered methods
// reach an interceptor.
class RpcMetrics {
 public:
  explicit RpcMetrics(Metrics& metrics) : metrics_(metrics) {}

  void Observe(const std::string& method, const std::string& code, bool unary, double seconds) {
    absl::MutexLock lock(&mutex_);
    const auto key = std::make_pair(method, code);
    const Labels labels = {{"method", method}, {"code", code}};
    if (unary) {
      auto found = durations_.find(key);
      if (found == durations_.end()) {
        Histogram& made =
            metrics_.AddHistogram("baton_rpc_duration_seconds",
                                  "Time from receiving a unary call to its status.", labels);
        found = durations_.emplace(key, &made).first;
      }
      found->second->Observe(seconds);
    } else {
      metrics_.AddCounter("baton_rpc_streams_total", "Streams that ended, by status.", labels)
          .Add();
    }
  }

 private:
  Metrics& metrics_;
  absl::Mutex mutex_;
  std::map<std::pair<std::string, std::string>, Histogram*> durations_ ABSL_GUARDED_BY(mutex_);
};

class Observer final : public experimental::Interceptor {
 public:
  Observer(RpcMetrics& metrics, const experimental::ServerRpcInfo& info)
      : metrics_(metrics),
        method_(absl::StripPrefix(info.method(), "/")),
        unary_(info.type() == experimental::ServerRpcInfo::Type::UNARY),
        begun_at_(absl::Now()) {}

  void Intercept(experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            experimental::InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      traceparent_ = TraceparentIn(*methods->GetRecvInitialMetadata());
    }
    if (methods->QueryInterceptionHookPoint(
            experimental::InterceptionHookPoints::PRE_SEND_STATUS)) {
      const absl::StatusCode code =
          static_cast<absl::StatusCode>(methods->GetSendStatus().error_code());
      const double seconds = absl::ToDoubleSeconds(absl::Now() - begun_at_);
      const std::string code_name = absl::StatusCodeToString(code);
      metrics_.Observe(method_, code_name, unary_, seconds);
      EmitSpan(traceparent_,
               {SpanKind::kServer, method_, begun_at_, absl::Now(),
                code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnavailable ||
                    code == absl::StatusCode::kUnknown || code == absl::StatusCode::kDataLoss ||
                    code == absl::StatusCode::kDeadlineExceeded},
               {{"rpc.system", "grpc"}, {"rpc.grpc.status", code_name}});
      const TraceScope scope(traceparent_);
      Log(LogLevel::kDebug, "rpc.finished",
          {{"method", method_},
           {"code", code_name},
           {"seconds", absl::StrFormat("%.6f", seconds)}});
    }
    methods->Proceed();
  }

 private:
  RpcMetrics& metrics_;
  const std::string method_;
  const bool unary_;
  const absl::Time begun_at_;
  std::string traceparent_;  // of the caller
};

class ObserverFactory final : public experimental::ServerInterceptorFactoryInterface {
 public:
  explicit ObserverFactory(Metrics& metrics) : metrics_(metrics) {}
  experimental::Interceptor* CreateServerInterceptor(experimental::ServerRpcInfo* info) override {
    return new Observer(metrics_, *info);
  }

 private:
  RpcMetrics metrics_;
};

}  // namespace

std::unique_ptr<experimental::ServerInterceptorFactoryInterface> NewRpcObserver(Metrics& metrics) {
  return std::make_unique<ObserverFactory>(metrics);
}

}  // namespace baton::platform::rpc
