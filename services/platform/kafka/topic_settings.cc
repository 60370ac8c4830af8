#include "platform/kafka/topic_settings.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/kafka/client.h"

namespace baton::platform::kafka {
namespace {

using ResourcePtr =
    std::unique_ptr<rd_kafka_ConfigResource_t, Deleter<rd_kafka_ConfigResource_destroy>>;

TopicSettings SettingsOf(const rd_kafka_ConfigResource_t* resource) {
  TopicSettings settings;
  size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

}  // namespace

absl::StatusOr<std::map<std::string, TopicSettings>> ReadTopicSettings(
    const KafkaConfig& config, const std::vector<std::string>& topics, absl::Duration deadline) {
  const std::string what = "settings of topics";
  std::map<std::string, TopicSettings> settings;
  if (topics.empty()) return settings;
  absl::StatusOr<ConfPtr> conf = MakeConf(config, {});
  if (!conf.ok()) return conf.status();
  absl::StatusOr<HandlePtr> admin = NewHandle(RD_KAFKA_PRODUCER, *std::move(conf), config);
  if (!admin.ok()) return admin.status();
  std::vector<ResourcePtr> resources;
  std::vector<rd_kafka_ConfigResource_t*> list;
  for (const std::string& topic : topics) {
    resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    list.push_back(resources.back().get());
  }
  QueuePtr answers(rd_kafka_queue_new(admin->get()));
  rd_kafka_DescribeConfigs(admin->get(), list.data(), list.size(), nullptr, answers.get());
  EventPtr answer(rd_kafka_queue_poll(answers.get(), ToMs(deadline)));
  if (answer == nullptr) {
    return absl::UnavailableError(
        absl::StrCat(what, ": no answer in ", absl::FormatDuration(deadline)));
  }
  absl::Status status = ToStatus(rd_kafka_event_error(answer.get()), what);
  if (!status.ok()) return status;
  size_t count = 0;
  const rd_kafka_ConfigResource_t** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(answer.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const char* detail = rd_kafka_ConfigResource_error_string(found[i]);
    status =
        ToStatus(rd_kafka_ConfigResource_error(found[i]), what, detail == nullptr ? "" : detail);
    if (!status.ok()) return status;
    settings[rd_kafka_ConfigResource_name(found[i])] = SettingsOf(found[i]);
  }
  return settings;
}

}  // namespace baton::platform::kafka
