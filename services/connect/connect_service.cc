#include "connect/connect_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "connect/envelope.h"
#include "platform/log.h"

namespace baton::connect {

ConnectService::ConnectService(ConnectOptions options, std::function<Backend()> backend,
                               platform::Metrics& metrics)
    : options_(std::move(options)), backend_(std::move(backend)), metrics_(metrics) {}

ConnectService::~ConnectService() {
  Stop(absl::ZeroDuration());
}

absl::Status ConnectService::Start() {
  std::unique_ptr<platform::RotatingTls> tls;
  if (!options_.tls.cert_file.empty()) {
    auto opened = platform::RotatingTls::Open(options_.tls);
    if (!opened.ok()) return opened.status();
    tls = *std::move(opened);
  }
  CallRules rules;
  rules.message_bytes_max = options_.limits.body_bytes_max;
  rules.local_hosts_only = options_.local_hosts_only;
  front_ = std::make_unique<Front>(backend_(), rules, options_.cors, metrics_);
  HttpLimits limits = options_.limits;
  limits.body_bytes_max += kEnvelopeBytes;
  listener_ = std::make_unique<HttpListener>(options_.address, limits, std::move(tls), *front_);
  if (absl::Status listening = listener_->Start(); !listening.ok()) return listening;
  platform::LogInfo("connect.started", {{"port", absl::StrCat(listener_->port())}});
  return absl::OkStatus();
}

void ConnectService::Stop(absl::Duration grace) {
  // A client that reads no answer does not use up what the API behind has left for its own calls.
  if (listener_ != nullptr) listener_->Stop(grace / 2);
}

int ConnectService::port() const {
  return listener_ == nullptr ? 0 : listener_->port();
}

}  // namespace baton::connect
