#include <algorithm>

#include "absl/strings/str_cat.h"
#include "platform/kafka/client.h"

namespace baton::platform::kafka {
namespace {

using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, Deleter<rd_kafka_metadata_destroy>>;
using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_destroy>>;
using AdminOptionsPtr =
    std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_destroy>>;

absl::StatusOr<HandlePtr> NewAdmin(const KafkaConfig& config) {
  absl::StatusOr<ConfPtr> conf = MakeConf(config, {});
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_ERROR);
  return NewHandle(RD_KAFKA_PRODUCER, *std::move(conf), config);
}

// Why the brokers were not reached, as far as they or TLS said; empty: nobody did.
std::string WhyUnreached(rd_kafka_t* admin) {
  const QueuePtr events(rd_kafka_queue_get_main(admin));
  while (const EventPtr event{rd_kafka_queue_poll(events.get(), 0)}) {
    if (TellsWhy(rd_kafka_event_error(event.get())))
      return rd_kafka_event_error_string(event.get());
  }
  return "";
}

absl::StatusOr<NewTopicPtr> MakeTopic(const TopicSpec& topic) {
  char reason[512];
  NewTopicPtr made(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication,
                                         reason, sizeof(reason)));
  if (made == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("topic ", topic.name, ": ", reason));
  }
  for (const auto& [name, value] : topic.config) {
    rd_kafka_NewTopic_set_config(made.get(), name.c_str(), value.c_str());
  }
  return made;
}

int FewestReplicas(const rd_kafka_metadata_topic_t& topic) {
  int fewest = topic.partition_cnt == 0 ? 0 : topic.partitions[0].replica_cnt;
  for (int i = 1; i < topic.partition_cnt; ++i) {
    fewest = std::min(fewest, topic.partitions[i].replica_cnt);
  }
  return fewest;
}

}  // namespace

absl::StatusOr<std::vector<TopicInfo>> ListTopics(const KafkaConfig& config,
                                                  absl::Duration deadline) {
  absl::StatusOr<HandlePtr> admin = NewAdmin(config);
  if (!admin.ok()) return admin.status();
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code = rd_kafka_metadata(admin->get(), 1, nullptr, &raw, ToMs(deadline));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ToStatus(code, absl::StrCat("list of topics from ", config.brokers),
                    WhyUnreached(admin->get()));
  }
  MetadataPtr metadata(raw);
  std::vector<TopicInfo> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    topics.push_back({topic.topic, topic.partition_cnt, FewestReplicas(topic)});
  }
  std::sort(topics.begin(), topics.end(),
            [](const TopicInfo& a, const TopicInfo& b) { return a.name < b.name; });
  return topics;
}

absl::Status CreateTopic(const KafkaConfig& config, const TopicSpec& topic,
                         absl::Duration deadline) {
  const std::string what = absl::StrCat("creation of topic ", topic.name);
  absl::StatusOr<NewTopicPtr> wanted = MakeTopic(topic);
  if (!wanted.ok()) return wanted.status();
  absl::StatusOr<HandlePtr> admin = NewAdmin(config);
  if (!admin.ok()) return admin.status();
  AdminOptionsPtr options(rd_kafka_AdminOptions_new(admin->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  char reason[512];
  absl::Status status = ToStatus(rd_kafka_AdminOptions_set_request_timeout(
                                     options.get(), ToMs(deadline), reason, sizeof(reason)),
                                 what);
  if (!status.ok()) return status;
  QueuePtr answers(rd_kafka_queue_new(admin->get()));
  rd_kafka_NewTopic_t* list[] = {wanted->get()};
  rd_kafka_CreateTopics(admin->get(), list, 1, options.get(), answers.get());
  EventPtr answer(rd_kafka_queue_poll(answers.get(), ToMs(deadline)));
  if (answer == nullptr) {
    return absl::UnavailableError(
        absl::StrCat(what, ": no answer in ", absl::FormatDuration(deadline)));
  }
  status = ToStatus(rd_kafka_event_error(answer.get()), what);
  if (!status.ok()) return status;
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": no result"));
  const char* detail = rd_kafka_topic_result_error_string(results[0]);
  return ToStatus(rd_kafka_topic_result_error(results[0]), what, detail == nullptr ? "" : detail);
}

}  // namespace baton::platform::kafka
