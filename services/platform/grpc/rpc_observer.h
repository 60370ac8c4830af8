// Counts and logs every finished unary call of a server, whatever its service.
#ifndef BATON_PLATFORM_GRPC_RPC_OBSERVER_H_
#define BATON_PLATFORM_GRPC_RPC_OBSERVER_H_

#include <memory>

#include "grpcpp/support/server_interceptor.h"
#include "platform/metrics.h"

namespace baton::platform::rpc {

// baton_rpc_duration_seconds{method,code} for unary calls; streams last as long as their reader
// likes, so they only count: baton_rpc_streams_total{method,code}. At debug level one access log
// line per call. `metrics` must outlive the server. The factory is thread-safe.
std::unique_ptr<::grpc::experimental::ServerInterceptorFactoryInterface> NewRpcObserver(
    Metrics& metrics);

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_RPC_OBSERVER_H_
