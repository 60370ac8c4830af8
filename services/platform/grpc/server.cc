#include "platform/grpc/server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "platform/grpc/rpc_observer.h"

namespace baton::platform::rpc {
namespace {

// Of the quota, for a connection with a few small calls; measured: 14 KB.
constexpr size_t kConnectionBytes = 24 * 1024;

// Linking the reflection library adds its plugin to every server; this makes it a choice.
class ReflectionOption final : public ::grpc::ServerBuilderOption {
 public:
  explicit ReflectionOption(bool enabled) : enabled_(enabled) {}
  void UpdateArguments(::grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<::grpc::ServerBuilderPlugin>>* plugins) override {
    auto reflection = std::make_unique<::grpc::reflection::ProtoServerReflectionPlugin>();
    const std::string name = reflection->name();
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(),
                                  [&name](const auto& plugin) { return plugin->name() == name; }),
                   plugins->end());
    if (enabled_) plugins->push_back(std::move(reflection));
  }

 private:
  const bool enabled_;
};

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void SetLimits(const ServerOptions& options, size_t connections_max,
               ::grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.message_bytes_max);
  ::grpc::ResourceQuota memory("api");
  memory.Resize(std::max(options.memory_bytes_max, kConnectionBytes * connections_max));
  builder.SetResourceQuota(memory);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, options.metadata_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.concurrent_streams_max);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             Milliseconds(options.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(options.client_ping_interval_min));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             Milliseconds(options.connection_age_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             Milliseconds(options.connection_age_grace));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             Milliseconds(options.handshake_timeout));
  // gRPC takes a message apart before it measures it: a megabyte could become a gigabyte.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
}

}  // namespace

Server::Server(ServerOptions options, ConnectionCount& connections, Metrics& metrics)
    : options_(std::move(options)), connections_(connections), metrics_(metrics) {}

Server::~Server() {
  Stop(absl::ZeroDuration());
}

absl::Status Server::Start(const std::vector<::grpc::Service*>& services,
                           const std::vector<std::string>& service_names) {
  if (options_.address.find(':') == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("listen address '", options_.address, "' is not host:port"));
  }
  std::shared_ptr<::grpc::ServerCredentials> credentials = ::grpc::InsecureServerCredentials();
  if (!options_.tls.cert_file.empty()) {
    auto tls = ServerTls(options_.tls);
    if (!tls.ok()) return tls.status();
    credentials = *std::move(tls);
  }
  auto listener = ConnectionListener::Bind(options_.address, options_.keepalive_timeout,
                                           connections_, metrics_);
  if (!listener.ok()) return listener.status();
  ::grpc::EnableDefaultHealthCheckService(true);
  ::grpc::ServerBuilder builder;
  SetLimits(options_, static_cast<size_t>(connections_.limits().all_max), builder);
  builder.SetOption(std::make_unique<ReflectionOption>(options_.reflection));
  std::vector<std::unique_ptr<::grpc::experimental::ServerInterceptorFactoryInterface>> creators;
  creators.push_back(NewRpcObserver(metrics_));
  builder.experimental().SetInterceptorCreators(std::move(creators));
  using External = ::grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  std::shared_ptr<::grpc::experimental::ExternalConnectionAcceptor> acceptor =
      builder.experimental().AddExternalConnectionAcceptor(External::FROM_FD, credentials);
  for (::grpc::Service* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return absl::InternalError("gRPC does not start a server");
  service_names_ = service_names;
  SetServing(false);
  listener_ = *std::move(listener);
  listener_->Start([acceptor](int listener_fd, int fd) {
    ::grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = listener_fd;
    connection.fd = fd;
    acceptor->HandleNewConnection(&connection);
  });
  return absl::OkStatus();
}

std::shared_ptr<::grpc::Channel> Server::InProcessChannel() {
  ::grpc::ChannelArguments unlimited;
  unlimited.SetMaxReceiveMessageSize(-1);
  return server_->InProcessChannel(unlimited);
}

void Server::SetServing(bool serving) {
  for (const std::string& name : service_names_) {
    server_->GetHealthCheckService()->SetServingStatus(name, serving);
  }
}

void Server::BeginStop() {
  if (server_ != nullptr) server_->GetHealthCheckService()->Shutdown();
}

void Server::Stop(absl::Duration grace) {
  if (server_ == nullptr || std::exchange(stopped_, true)) return;
  BeginStop();
  listener_->Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
}

}  // namespace baton::platform::rpc
