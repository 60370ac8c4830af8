// The role intake: events from Kafka into the store. One service for each input, on one thread of
// its own: the lead events of marketing, and the events of sales.
#ifndef BATON_INTAKE_INTAKE_SERVICE_H_
#define BATON_INTAKE_INTAKE_SERVICE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "intake/intake_ports.h"
#include "intake/intake_worker.h"
#include "platform/kafka/kafka.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/worker.h"

namespace baton::intake {

struct IntakeServiceOptions {
  std::string name = "intake";  // of the service, for readiness
  std::string topic;
  store::InputFlow flow = store::InputFlow::kMarketing;
  std::string group = "baton-intake";
  int batch_max = 500;                                 // records decided together, 1..10,000
  int input_generation = 1;                            // >= 1; see IntakeOptions
  absl::Duration session_timeout = absl::Seconds(10);  // of the consumer group
};

// The handlers of the two flows; `filter` says which workspaces their events may be about.
MakeHandler HandleMarketing(const IntakePorts& ports, WorkspaceFilter filter = {},
                            size_t slice_leads = kSliceLeads);
MakeHandler HandleSales(const IntakePorts& ports, DecodeSales decode, WorkspaceFilter filter = {});

// Thread-safe as platform::Service says. `input` and metrics outlive the service.
class IntakeService : public platform::Service {
 public:
  IntakeService(store::InputStore& input, const MakeHandler& make_handler,
                const platform::kafka::KafkaConfig& kafka, const IntakeServiceOptions& options,
                platform::Metrics& metrics);
  ~IntakeService() override;

  std::string_view name() const override { return name_; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return worker_.ready(); }

 private:
  void Run();

  const std::string name_;
  IntakeWorker worker_;
  platform::Worker thread_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_INTAKE_SERVICE_H_
