#include "webhooks/webhook_service.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/log.h"

namespace baton::webhooks {
namespace {

constexpr absl::Duration kRefreshEvery = absl::Seconds(1);
constexpr absl::Duration kIdleWait = absl::Milliseconds(50);  // a change is noticed at once anyway
constexpr absl::Duration kBusyWait = absl::Milliseconds(2);   // the end of an attempt within this
constexpr absl::Duration kBackoffFirst = absl::Milliseconds(200);
constexpr absl::Duration kBackoffMost = absl::Seconds(5);
constexpr absl::Duration kFinishBound = absl::Seconds(5);

}  // namespace

WebhookService::Gauges::Gauges(platform::Metrics& metrics)
    : pending(metrics.AddGauge("baton_webhook_pending",
                               "Changes in memory that webhooks have still to deliver")),
      parked(metrics.AddGauge("baton_webhook_parked",
                              "Webhooks that failed too long and wait to be replayed")),
      behind(metrics.AddGauge("baton_webhook_behind",
                              "Webhooks that have not caught up with what is in Kafka")) {}

WebhookService::WebhookService(store::WebhookStore& store, store::StoreHealth& health,
                               platform::kafka::KafkaConfig kafka, WebhookOptions options,
                               platform::Metrics& metrics)
    : store_(store),
      health_(health),
      kafka_(std::move(kafka)),
      options_(std::move(options)),
      metrics_(metrics),
      errors_(metrics.AddCounter("baton_webhook_errors_total",
                                 "Failures of Kafka or the store while delivering webhooks")),
      gauges_(metrics),
      ready_("webhooks"),
      backoff_(kBackoffFirst, kBackoffMost),
      directory_(store, options_.limits),
      feed_({options_.topic, options_.group}, store, directory_,
            [this](const std::set<int32_t>& partitions) { FinishInFlight(partitions); }) {}

WebhookService::~WebhookService() {
  Stop(absl::ZeroDuration());
}

absl::Status WebhookService::Start() {
  if (!options_.ca_file.empty() && !std::ifstream(options_.ca_file)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--webhooks-ca-file ", options_.ca_file, " cannot be read"));
  }
  // Receivers and brokers that fail are no reason to take the relay out of service.
  ready_.Set(absl::OkStatus());
  worker_.Start([this] { Run(); });
  return absl::OkStatus();
}

void WebhookService::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

absl::Status WebhookService::Open() {
  const absl::StatusOr<std::string> secret = health_.InstallationSecret();
  if (!secret.ok()) return secret.status();
  platform::HttpClientOptions options;
  options.refuse = [rules = options_.rules](const sockaddr& address, bool tls) {
    return rules.WhyNotConnect(address, tls);
  };
  options.ca_file = options_.ca_file;
  options.timeout = options_.timeout;
  sender_ = std::make_unique<platform::HttpClient>(std::move(options));
  courier_ = std::make_unique<Courier>(
      Courier::Options{*secret, options_.rules, options_.park_after}, directory_, store_, *sender_,
      [this](const Endpoint& endpoint) { return feed_.PlacesOf(endpoint); }, metrics_);
  absl::Status opened = feed_.Open(kafka_);
  if (opened.ok()) {
    platform::LogInfo("webhooks.began", {{"group", options_.group}});
  } else {
    Close();
  }
  return opened;
}

void WebhookService::Close() {
  feed_.Close();
  courier_.reset();
  sender_.reset();
}

void WebhookService::FinishInFlight(const std::set<int32_t>& partitions) {
  const absl::Time give_up_at =
      std::min(worker_.deadline(), absl::Now() + std::min(options_.timeout, kFinishBound));
  while (courier_->HasInFlight(partitions) && absl::Now() < give_up_at) {
    absl::SleepFor(kBusyWait);
    courier_->Collect(absl::Now());
  }
  const absl::Status status = courier_->Report(absl::Now(), true);
  if (!status.ok()) {
    platform::LogWarning("webhooks.not_reported", {{"why", std::string(status.message())}});
  }
}

void WebhookService::Measure() {
  size_t pending = 0;
  int parked = 0;
  directory_.ForEach([&](const Endpoint& endpoint) {
    pending += endpoint.queue.pending();
    if (store::WebhookState{endpoint.webhook, endpoint.progress}.parked()) ++parked;
  });
  gauges_.pending.Set(static_cast<double>(pending));
  gauges_.parked.Set(parked);
  gauges_.behind.Set(feed_.behind());
}

absl::Status WebhookService::Step() {
  const absl::Time now = absl::Now();
  if (now >= refresh_at_) {
    refresh_at_ = now + kRefreshEvery;
    if (absl::Status status = directory_.Refresh(); !status.ok()) return status;
    Measure();
  }
  if (directory_.idle() && (courier_ == nullptr || courier_->in_flight() == 0)) {
    if (feed_.open()) Close();
    worker_.StopsWithin(refresh_at_ - absl::Now());
    return absl::OkStatus();
  }
  if (!feed_.open()) {
    if (absl::Status status = Open(); !status.ok()) return status;
  }
  const absl::Status read = feed_.Step(courier_->in_flight() > 0 ? kBusyWait : kIdleWait);
  courier_->SendDue(absl::Now(), feed_.Owns(0));
  courier_->Collect(absl::Now());
  const absl::Status reported = courier_->Report(absl::Now(), false);
  if (absl::IsInternal(read)) Close();  // one of the store is no reason to
  return read.ok() ? reported : read;
}

void WebhookService::Run() {
  while (!worker_.stopping()) {
    const absl::Status status = Step();
    if (status.ok()) {
      backoff_.Reset();
      continue;
    }
    errors_.Add();
    platform::LogWarning("webhooks.failed", {{"why", std::string(status.message())}});
    worker_.StopsWithin(backoff_.Next());
  }
  Close();
}

}  // namespace baton::webhooks
