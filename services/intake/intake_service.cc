#include "intake/intake_service.h"

#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "intake/marketing_handler.h"
#include "intake/sales_handler.h"

namespace baton::intake {
namespace {

// The dead letter topic's max.message.bytes (deploy/kafka/topics.yaml): twice what the brokers take
// as an input record by default, so that the headers find room.
constexpr int kDeadLetterBytesMax = 2 * 1024 * 1024;

IntakeClients MakeClients(const platform::kafka::KafkaConfig& kafka,
                          const IntakeServiceOptions& options) {
  // The ends of partitions are asked for behind a fetch that waits for records.
  platform::kafka::KafkaConfig reading = kafka;
  reading.properties.emplace("fetch.wait.max.ms", "100");
  platform::kafka::ConsumerOptions consumer;
  consumer.group = options.group;
  consumer.topics = {options.topic};
  consumer.session_timeout = options.session_timeout;
  consumer.resets = false;
  IntakeClients clients;
  clients.make_consumer = [reading, consumer](platform::kafka::RebalanceListener* listener) {
    return platform::kafka::Consumer::Create(reading, consumer, listener);
  };
  clients.make_producer = [kafka] {
    platform::kafka::ProducerOptions producer;
    producer.record_bytes_max = kDeadLetterBytesMax;
    return platform::kafka::Producer::Create(kafka, producer);
  };
  clients.now = absl::Now;
  return clients;
}

IntakeOptions WorkerOptions(const IntakeServiceOptions& options) {
  IntakeOptions worker;
  worker.name = options.name;
  worker.topic = options.topic;
  worker.flow = options.flow;
  worker.group = options.group;
  worker.batch_max = options.batch_max;
  worker.input_generation = options.input_generation;
  return worker;
}

}  // namespace

MakeHandler HandleMarketing(const IntakePorts& ports, WorkspaceFilter filter, size_t slice_leads) {
  return [ports, filter = std::move(filter), slice_leads](IntakeMetrics& metrics) {
    return std::make_unique<MarketingHandler>(ports, filter, metrics, slice_leads);
  };
}

MakeHandler HandleSales(const IntakePorts& ports, DecodeSales decode, WorkspaceFilter filter) {
  return [ports, decode = std::move(decode), filter = std::move(filter)](IntakeMetrics& metrics) {
    return std::make_unique<SalesHandler>(ports, decode, filter, metrics);
  };
}

IntakeService::IntakeService(store::InputStore& input, const MakeHandler& make_handler,
                             const platform::kafka::KafkaConfig& kafka,
                             const IntakeServiceOptions& options, platform::Metrics& metrics)
    : name_(options.name),
      worker_(input, make_handler, MakeClients(kafka, options), WorkerOptions(options), metrics) {}

IntakeService::~IntakeService() {
  Stop(absl::ZeroDuration());
}

absl::Status IntakeService::Start() {
  if (absl::Status status = worker_.Open(); !status.ok()) return status;
  thread_.Start([this] { Run(); });
  return absl::OkStatus();
}

void IntakeService::Run() {
  while (!thread_.stopping()) {
    const absl::Duration wait = worker_.Step();
    if (wait > absl::ZeroDuration() && thread_.StopsWithin(wait)) break;
  }
  worker_.Close(thread_.deadline());
}

void IntakeService::Stop(absl::Duration grace) {
  thread_.Stop(grace);
}

}  // namespace baton::intake
