// What the brokers' settings of topics are.
#ifndef BATON_PLATFORM_KAFKA_TOPIC_SETTINGS_H_
#define BATON_PLATFORM_KAFKA_TOPIC_SETTINGS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"

namespace baton::platform::kafka {

using TopicSettings = std::map<std::string, std::string>;  // name -> value, as Kafka writes them

// All settings of each of the topics, which exist, the brokers' defaults among them. One request;
// blocks up to `deadline`. UNAVAILABLE, or why the brokers say no.
absl::StatusOr<std::map<std::string, TopicSettings>> ReadTopicSettings(
    const KafkaConfig& config, const std::vector<std::string>& topics, absl::Duration deadline);

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_TOPIC_SETTINGS_H_
