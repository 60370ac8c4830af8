#include "batonctl/kafka_options.h"

#include "batonctl/exit_codes.h"
#include "batonctl/format.h"

namespace baton::batonctl {

using platform::kafka::KafkaConfig;

void AddKafkaOptions(CLI::App& command, KafkaArguments& arguments) {
  command.add_option("--brokers", arguments.brokers, "HOST:PORT,HOST:PORT")
      ->envname("BATON_KAFKA_BROKERS");
  command.add_option("--prefix", arguments.prefix, "first part of each topic's name")
      ->envname("BATON_KAFKA_TOPIC_PREFIX")
      ->capture_default_str();
  command
      .add_option("--property", arguments.properties,
                  "a property of librdkafka, NAME=VALUE, for TLS and SASL; repeat for more")
      ->allow_extra_args(false);
}

absl::StatusOr<KafkaConfig> ConfigOf(const KafkaArguments& arguments) {
  KafkaConfig config;
  config.brokers = arguments.brokers;
  if (config.brokers.empty()) {
    return UsageError("no brokers given: use --brokers or BATON_KAFKA_BROKERS");
  }
  for (const std::string& text : arguments.properties) {
    const auto property = ParseKeyValue("--property", text);
    if (!property.ok()) return property.status();
    config.properties.insert(*property);
  }
  return config;
}

}  // namespace baton::batonctl
