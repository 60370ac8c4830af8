// The role intake: lead events from Kafka into the store, on one thread of its own.
#ifndef BATON_INTAKE_INTAKE_SERVICE_H_
#define BATON_INTAKE_INTAKE_SERVICE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "events/handoff_event_codec.h"
#include "intake/intake_worker.h"
#include "platform/kafka/kafka.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/worker.h"

namespace baton::intake {

struct IntakeServiceOptions {
  std::string group = "baton-intake";
  int batch_max = 500;                                 // records decided together, 1..10,000
  int input_generation = 1;                            // >= 1; see IntakeOptions
  absl::Duration session_timeout = absl::Seconds(10);  // of the consumer group
  std::string static_member_id;                        // empty: dynamic member
};

// Thread-safe as platform::Service says. Ports and metrics outlive the service.
class IntakeService : public platform::Service {
 public:
  IntakeService(const IntakePorts& ports, const platform::kafka::KafkaConfig& kafka,
                const events::TopicNames& topics, const IntakeServiceOptions& options,
                platform::Metrics& metrics);
  ~IntakeService() override;

  std::string_view name() const override { return "intake"; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return worker_.ready(); }

 private:
  void Run();

  IntakeWorker worker_;
  platform::Worker thread_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_INTAKE_SERVICE_H_
