// The role `dispatch`: the gRPC API of Baton as one thing to start and stop.
#ifndef BATON_DISPATCH_DISPATCH_SERVICE_H_
#define BATON_DISPATCH_DISPATCH_SERVICE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/options.h"
#include "grpcpp/channel.h"
#include "platform/grpc/peer_voucher.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "store/store.h"

namespace baton::dispatch {

// Threads: gRPC's own for reactions; readers (blocking reads and administration); watch fillers;
// action batchers; one each for drains, decision waits and the outbox follower. Every queue between
// them has a cap. Start and Stop belong to one thread; the rest is thread-safe.
class DispatchService final : public platform::Service {
 public:
  // REQUIRES: options.authority. `store` and `metrics` outlive the service.
  DispatchService(DispatchOptions options, store::Store& store, PolicySource policies,
                  ProducerFactory producers, platform::Metrics& metrics);
  ~DispatchService() override;

  std::string_view name() const override { return "dispatch"; }
  // INVALID_ARGUMENT for token_secrets that TokenSealer::Check refuses, an address without port, or
  // what the producer says of its configuration; UNAVAILABLE when the address is taken.
  absl::Status Start() override;
  // Health NOT_SERVING, watch streams end with UNAVAILABLE, no new calls, running ones finish
  // within `grace`, the rest is cancelled; then the threads end and what is buffered for Kafka goes
  // out.
  void Stop(absl::Duration grace) override;
  // OK while the outbox can be read.
  absl::Status Ready() const override;

  // From now on, instead of the options' ones. REQUIRES: TokenSealer::Check says OK.
  void UseTokenSecrets(std::vector<std::string> secrets);

  int bound_port() const;  // 0 before Start

  // For doors in front of this one, in the same process: a way to it that stands between Start and
  // Stop, the services behind it, and how they vouch for the certificates of their clients.
  std::shared_ptr<::grpc::Channel> InProcessChannel();
  const std::vector<std::string>& service_names() const;
  const platform::rpc::PeerVoucher& voucher() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_DISPATCH_SERVICE_H_
