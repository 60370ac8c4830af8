// relay_process PREFIX GROUP SHARDS ENTRIES: relays a FakeOutbox until SIGTERM.
#include <signal.h>
#include <sys/prctl.h>

#include <cstdlib>
#include <iostream>

#include "platform/lifecycle.h"
#include "platform/metrics.h"
#include "platform/signals.h"
#include "relay/relay_service.h"
#include "relay_test_outbox/fake_outbox.h"
#include "store/memory/memory_store.h"
#include "support/kafka_cluster.h"

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "relay_process PREFIX GROUP SHARDS ENTRIES\n";
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlives the test
  baton::platform::StopSignals signals;
  baton::relay::FakeOutbox outbox(std::atoi(argv[3]));
  outbox.Append(std::atoll(argv[4]));
  const auto metrics = baton::platform::NewMetrics();
  baton::relay::RelayOptions options;
  options.group = argv[2];
  options.batch_max = 100;  // many transactions
  baton::store::MemoryStore reports(std::atoi(argv[3]), {}, [] { return 0; });
  auto counting = std::make_unique<baton::relay::ReportCounting>(outbox, reports, reports,
                                                                 absl::Hours(24), *metrics);
  baton::relay::RelayService relay(outbox, outbox, std::move(counting),
                                   baton::support::KafkaOfTheRun(),
                                   baton::events::MakeTopicNames(argv[1]), options, *metrics);
  baton::platform::Lifecycle lifecycle(absl::Seconds(10));
  lifecycle.Add(relay);
  const absl::Status status = lifecycle.Run(signals);
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
