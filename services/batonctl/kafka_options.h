// The options of commands that reach Kafka themselves.
#ifndef BATON_BATONCTL_KAFKA_OPTIONS_H_
#define BATON_BATONCTL_KAFKA_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/kafka/kafka.h"

namespace baton::batonctl {

struct KafkaArguments {
  std::string brokers;
  std::string prefix = "baton";
  std::string all_properties;           // NAME=VALUE;NAME=VALUE
  std::vector<std::string> properties;  // NAME=VALUE; these win over those
  std::string properties_file;          // what it says wins over both
};

// `arguments` must outlive the parsing.
void AddKafkaOptions(CLI::App& command, KafkaArguments& arguments);

// A usage error if there are no brokers, a property is not NAME=VALUE, or the file cannot be used.
absl::StatusOr<platform::kafka::KafkaConfig> ConfigOf(const KafkaArguments& arguments);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_KAFKA_OPTIONS_H_
