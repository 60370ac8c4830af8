#include "batonctl/kafka_options.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "platform/kafka/properties_file.h"

namespace baton::batonctl {

using platform::kafka::KafkaConfig;

void AddKafkaOptions(CLI::App& command, KafkaArguments& arguments) {
  command.add_option("--brokers", arguments.brokers, "HOST:PORT,HOST:PORT")
      ->envname("BATON_KAFKA_BROKERS");
  command.add_option("--prefix", arguments.prefix, "first part of each topic's name")
      ->envname("BATON_KAFKA_TOPIC_PREFIX")
      ->capture_default_str();
  command
      .add_option("--properties", arguments.all_properties,
                  "NAME=VALUE;NAME=VALUE, as Baton's own; a password belongs into the variable, "
                  "where no other user sees it")
      ->envname("BATON_KAFKA_PROPERTIES");
  command
      .add_option("--property", arguments.properties,
                  "a property of librdkafka, NAME=VALUE, for TLS and SASL; repeat for more")
      ->allow_extra_args(false);
  command
      .add_option("--properties-file", arguments.properties_file,
                  "a file of lines NAME=VALUE, or a folder with a file for each property, for "
                  "secrets; wins over the others")
      ->envname("BATON_KAFKA_PROPERTIES_FILE");
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
  for (const absl::string_view text :
       absl::StrSplit(arguments.all_properties, ';', absl::SkipWhitespace())) {
    const auto property = ParseKeyValue("an item of --properties",
                                        std::string(absl::StripLeadingAsciiWhitespace(text)));
    if (!property.ok()) return property.status();
    config.properties.insert(*property);
  }
  if (arguments.properties_file.empty()) return config;
  auto file = platform::kafka::PropertiesFile::Open(arguments.properties_file, config.properties);
  if (!file.ok()) {
    return UsageError(absl::StrCat("--properties-file ", file.status().message()));
  }
  config.file = *std::move(file);
  return config;
}

}  // namespace baton::batonctl
