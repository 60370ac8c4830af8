// Delivers changes to webhooks, in the role `relay`: what is published to the feedback topic goes
// out over HTTPS, signed as Standard Webhooks has it, at least once and of each lead in order.
//
// One thread reads, decides and reports; another one does the HTTP. As long as no workspace has a
// webhook, all that happens is one round trip to the store a second.
#ifndef BATON_WEBHOOKS_WEBHOOK_SERVICE_H_
#define BATON_WEBHOOKS_WEBHOOK_SERVICE_H_

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/backoff.h"
#include "platform/kafka/kafka.h"
#include "platform/metrics.h"
#include "platform/outbound/http_client.h"
#include "platform/service.h"
#include "platform/worker.h"
#include "store/store.h"
#include "webhooks/change_feed.h"
#include "webhooks/courier.h"
#include "webhooks/directory.h"
#include "webhooks/egress_rules.h"

namespace baton::webhooks {

struct WebhookOptions {
  EgressRules rules;
  std::string topic;  // of feedback
  std::string group = "baton-webhooks";
  std::string ca_file;                          // empty: the system's
  absl::Duration timeout = absl::Seconds(15);   // of one attempt
  absl::Duration park_after = absl::Hours(24);  // of failures without a success
  QueueLimits limits;
};

class WebhookService final : public platform::Service {
 public:
  // References outlive the service. REQUIRES: rules that are not off.
  WebhookService(store::WebhookStore& store, store::StoreHealth& health,
                 platform::kafka::KafkaConfig kafka, WebhookOptions options,
                 platform::Metrics& metrics);
  ~WebhookService() override;

  std::string_view name() const override { return "webhooks"; }
  absl::Status Start() override;  // INVALID_ARGUMENT for a CA file that cannot be read
  // Lets what is under way come to an end and remembers it, then gives the partitions to others.
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return ready_.Get(); }

 private:
  struct Gauges {
    explicit Gauges(platform::Metrics& metrics);
    platform::Gauge &pending, &parked, &behind;
  };

  void Run();
  absl::Status Step();
  void Measure();
  absl::Status Open();
  // Until nothing of the partitions is in flight, or for as long as an attempt may take.
  void FinishInFlight(const std::set<int32_t>& partitions);
  void Close();

  store::WebhookStore& store_;
  store::StoreHealth& health_;
  const platform::kafka::KafkaConfig kafka_;
  const WebhookOptions options_;
  platform::Metrics& metrics_;
  platform::Counter& errors_;
  Gauges gauges_;
  platform::ReadyState ready_;

  // Of the thread.
  platform::Backoff backoff_;
  Directory directory_;
  absl::Time refresh_at_ = absl::InfinitePast();
  ChangeFeed feed_;
  std::unique_ptr<platform::HttpClient> sender_;  // while there are webhooks
  std::unique_ptr<Courier> courier_;

  platform::Worker worker_;  // last: its thread uses all of the above
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_WEBHOOK_SERVICE_H_
