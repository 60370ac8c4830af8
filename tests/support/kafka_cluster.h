// The real Kafka of the test run: deploy/local/up (or tests/run) names it in BATON_KAFKA_BROKERS.
// Tests share the cluster, so each makes topics and groups of its own.
#ifndef BATON_SUPPORT_KAFKA_CLUSTER_H_
#define BATON_SUPPORT_KAFKA_CLUSTER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"

namespace baton::support {

// Ends the test program with an explanation when BATON_KAFKA_BROKERS is not set.
platform::kafka::KafkaConfig KafkaOfTheRun();

// "<stem>-<random>".
std::string UniqueName(const std::string& stem);

// Creates the topic, if it is not there, and waits until brokers know it; patiently, as a broker
// beside other tests may take a while to begin.
absl::Status MakeTopic(const std::string& topic, int partitions);

// Every record of the topic that a reader of this kind can see now, in the order of each partition.
absl::StatusOr<std::vector<platform::kafka::Record>> ReadTopic(const std::string& topic,
                                                               int partitions, bool read_committed);

}  // namespace baton::support

#endif  // BATON_SUPPORT_KAFKA_CLUSTER_H_
